"""Presidio's recognizer YAML, imported: our rules find what Presidio's own registry finds with the same file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import presidio_analyzer
import pytest
import regex
import tomli
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

from piiscan import Detector, rulepack
from piiscan.detect.recognizers import entities_of
from piiscan.detect.settings import DetectorSettings
from piiscan.errors import RuleError
from piiscan.rulepack import presidio_yaml, toml_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from piiscan.rulepack.presidio_yaml import Imported

YAML = r"""
supported_languages: [en, es]
global_regex_flags: 26
recognizers:
  - name: Zip code (weak)
    supported_entity: ZIP
    type: custom
    supported_languages:
      - language: en
        context: [zip, code]
      - language: es
        context: [código, zip]
    patterns:
      - {name: five digits, regex: '(\b\d{5}(?:\-\d{4})?\b)', score: 0.3}
  - name: Salutations
    supported_language: en
    supported_entity: SALUTATION
    deny_list: [Mr., Mrs., Dr., "O'Neil (sr)", "a\\b"]
    deny_list_score: 0.9
  - name: Switched off
    supported_language: en
    supported_entity: NOTHING
    enabled: false
    deny_list: [x]
  - name: Our badge
    supported_language: en
    supported_entity: STAFF-BADGE
    country_code: uk
    patterns:
      - name: badge
        regex: "^B-\\d{4}$"
        score: 1
      - name: old badge
        regex: "bdg'[0-9]{3}"
        score: 0.6
  - EmailRecognizer
"""
TYPES = {"ZIP": "zip", "SALUTATION": "prefix_or_title", "STAFF-BADGE": "agency_file_no"}
TEXTS = (
    "Dear Mr. Lee and mrs. Ray, zip 94107-1234, from DR. Ito, zip code 1000",
    "B-1234",
    "first line\nb-9876\nlast line",
    "xB-1234 and bdg'123, BDG'999, bdg1",
    "12345 123456 x12345 12345-12 (12345) O'NEIL (SR), O'Neil (senior) a\\b a\\bc",
    "",
)


@pytest.fixture(scope="module")
def packs() -> rulepack.RulePacks:
    """The shipped rules."""
    return rulepack.load()


@pytest.fixture(scope="module")
def types(packs: rulepack.RulePacks) -> Mapping[str, str]:
    """What the entities of the example are here: any data types will do."""
    known = sorted(packs.data_types)
    return {name: chosen if chosen in known else "agency_file_no" for name, chosen in TYPES.items()}


def convert(packs: rulepack.RulePacks, text: str, types: Mapping[str, str], *, lenient: bool = False) -> Imported:
    """The import of a YAML text."""
    return presidio_yaml.convert(
        text.encode(), "ours.yaml", packs, types=types, entities_of=entities_of, lenient=lenient
    )


def by_presidio(yaml: Path, text: str) -> set[tuple[str, int, int, float]]:
    """What Presidio's registry finds with the pattern recognizers of a file."""
    registry = RecognizerRegistryProvider(conf_file=yaml).create_recognizer_registry()
    own = [each for each in registry.recognizers if type(each).__name__ == "PatternRecognizer"]
    assert len({each.name for each in own}) == 3
    found = [result for each in own for result in each.analyze(text, each.supported_entities)]
    return {(each.entity_type.replace("-", "_"), each.start, each.end, each.score) for each in found}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, packs: rulepack.RulePacks, types: Mapping[str, str]) -> Path:
    """A folder with the YAML, and a folder of rules with its import."""
    folder = tmp_path_factory.mktemp("import")
    (folder / "ours.yaml").write_text(YAML)
    (folder / "rules").mkdir()
    (folder / "rules" / "imported.toml").write_text(convert(packs, YAML, types).toml)
    return folder


@pytest.fixture(scope="module")
def detector(folders: Path) -> Detector:
    """A detector with the imported rules, for a firm in the United Kingdom too."""
    return Detector(DetectorSettings(extra=(folders / "rules",), regions=("US", "GB")))


@pytest.mark.parametrize("text", TEXTS)
def test_the_import_finds_what_presidio_finds(folders: Path, detector: Detector, text: str) -> None:
    """The same places, entities and scores, for every expression and every word of the deny list."""
    ours = set()
    for rule in ("zip_code_weak", "salutations", "our_badge"):
        station = detector.engine.station(rule)
        assert station is not None
        ours |= {(station.rule.entity, start, end, worth) for start, end, worth in station.runner.find(text)}

    assert ours == by_presidio(folders / "ours.yaml", text)


def test_the_example_finds_something(folders: Path) -> None:
    """Else the test above proved nothing."""
    found = {entity for text in TEXTS for entity, *_ in by_presidio(folders / "ours.yaml", text)}

    assert found == {"ZIP", "SALUTATION", "STAFF_BADGE"}


def test_the_rules_say_what_the_yaml_says(packs: rulepack.RulePacks, types: Mapping[str, str]) -> None:
    """Names, context words of all languages, the region, the deny list as one expression, what is switched off."""
    imported = convert(packs, YAML, types)
    tables = tomli.loads(imported.toml)
    [zip_code, salutations, badge] = tables["recognizer"]

    assert imported.rules == ("zip_code_weak", "salutations", "our_badge")
    assert zip_code["context"] == ["zip", "code", "código"]
    assert salutations["pattern"] == [
        {
            "name": "deny_list",
            "regex": r"(?<!\w)(?:Mr\.|Mrs\.|Dr\.|O'Neil\ \(sr\)|a\\b)(?!\w)",
            "score": 0.9,
        }
    ]
    assert (badge["entity"], badge["regions"], len(badge["pattern"])) == ("STAFF_BADGE", ["GB"], 2)
    assert imported.notes[0] == "Switched off is disabled"
    assert imported.notes[1].startswith("EmailRecognizer ")


def test_a_class_switched_off_there_is_off_here(packs: rulepack.RulePacks, tmp_path: Path) -> None:
    """Its shipped rule is replaced by nothing; and no other."""
    rule = min(packs.predefined.values(), key=lambda rule: rule.id)
    text = f"recognizers:\n- {{name: {rule.recognizer}, type: predefined, enabled: false}}\n"
    (tmp_path / "x.toml").write_text(convert(packs, text, {}).toml)

    assert set(packs.predefined) - set(rulepack.load(extra=[tmp_path]).predefined) == {
        each.id for each in packs.predefined.values() if each.recognizer == rule.recognizer
    }


def test_words_of_context_replace_those_of_the_shipped_rule(packs: rulepack.RulePacks, tmp_path: Path) -> None:
    """All else of it stays."""
    before = min(packs.predefined.values(), key=lambda rule: rule.id)
    text = f"recognizers:\n- name: {before.recognizer}\n  supported_language: en\n  context: [host, adresse]\n  type: predefined\n"
    (tmp_path / "x.toml").write_text(convert(packs, text, {}).toml)
    after = rulepack.load(extra=[tmp_path]).predefined[before.id]

    assert after.context == ("host", "adresse")
    assert (after.scale, after.context_score, after.match) == (before.scale, before.context_score, before.match)


def test_a_class_that_no_shipped_rule_runs_is_run_or_needless(packs: rulepack.RulePacks) -> None:
    """It is imported where it finds something new; else the rules are named that find the same."""
    bare = replace(packs, recognizers={}, predefined={})
    own = convert(bare, "recognizers: [UuidRecognizer]\n", {"UUID": "agency_file_no"})
    same = convert(packs, "recognizers: [CreditCardRecognizer]\n", {})

    assert tomli.loads(own.toml)["predefined"] == [
        {"id": "uuidrecognizer", "class": "UuidRecognizer", "entity": "UUID", "data_type": "agency_file_no"}
    ]
    assert same.rules == ()
    assert same.notes[0].startswith("CreditCardRecognizer ")
    assert "shipped rule" in same.notes[0]


@pytest.mark.parametrize(
    ("flags", "text", "found"),
    [
        (26, "AB\nab", 2),
        (0, "AB\nab", 0),
        (8, "AB\nab", 1),
        (10, "AB\nab", 2),
        (24, "ab\nAB", 1),
        (2, "AB", 1),
        (64, "AB", 0),
    ],
)
def test_expressions_keep_their_flags(packs: rulepack.RulePacks, flags: int, text: str, found: int) -> None:
    """Case, lines and dots mean what they meant there, though ours run under flags of their own."""
    own = entry("supported_entity: US_SSN\npatterns: [{name: a, regex: '^ab$', score: 1}]")
    imported = convert(packs, f"global_regex_flags: {flags}\n{own}", {})
    [rule] = tomli.loads(imported.toml)["recognizer"]
    ours = regex.compile(rule["pattern"][0]["regex"], regex.DOTALL | regex.MULTILINE | regex.IGNORECASE)

    assert len(ours.findall(text)) == len(regex.compile("^ab$", flags).findall(text)) == found


def entry(text: str) -> str:
    """A registry of one custom recognizer with these lines, the first of which is line 4."""
    lines = "".join(f"  {line}\n" for line in text.splitlines())
    return f"recognizers:\n- name: own\n  supported_language: en\n{lines}"


GOOD = "supported_entity: US_SSN\npatterns: [{name: a, regex: x, score: 1}]\n"
REFUSED = {
    "no YAML": ("recognizers: [\n", "ours.yaml:2: is not valid YAML: expected the node content, but found '<stream end>'"),
    "no registry": ("nlp_engine_name: spacy\nrecognizers: [EmailRecognizer]\n", "ours.yaml:1: nlp_engine_name: cannot be carried over"),
    "no recognizers": ("supported_languages: [en]\n", "ours.yaml:1: recognizers: field required"),
    "a key given twice": (entry(GOOD + "context: [a]\ncontext: [b]"), "ours.yaml:7: context: is given twice"),
    "an unknown entity": (
        entry("supported_entity: BADGE\ndeny_list: [x]"),
        "ours.yaml:4: own: which data type is BADGE? say so by --data-type BADGE=TYPE",
    ),
    "two entities": (
        entry("supported_entities: [US_SSN, EMAIL_ADDRESS]\ndeny_list: [x]"),
        "ours.yaml:4: own: finds several kinds: make a recognizer of each",
    ),
    "an expression that is none": (
        entry("supported_entity: US_SSN\npatterns:\n- name: a\n  regex: '(x'\n  score: 1"),
        "ours.yaml:7: own: is no regular expression: missing ) at position 2",
    ),
    "a score of nothing": (
        entry("supported_entity: US_SSN\npatterns:\n- name: a\n  regex: x\n  score: 0"),
        "ours.yaml:8: score: input should be greater than 0",
    ),
    "thresholds": (
        entry(GOOD + "score_thresholds: {default: 0.4}"),
        "ours.yaml:6: own: score_thresholds cannot be carried over: [detection] thresholds do that",
    ),
    "a model": (
        "recognizers:\n- name: SpacyRecognizer\n  type: predefined\n",
        "ours.yaml:2: SpacyRecognizer: asks a language model: see [detection] ner",
    ),
    "another service": (
        "recognizers:\n- AzureAILanguageRecognizer\n",
        "ours.yaml:2: AzureAILanguageRecognizer: is no class of Presidio that works without asking another service",
    ),
    "a class nobody knows": (
        "recognizers:\n- name: x\n  class_name: NoSuchRecognizer\n",
        "ours.yaml:2: x: is no class of Presidio that works without asking another service",
    ),
    "flags we have not": (f"global_regex_flags: 282\n{entry(GOOD)}", "ours.yaml:1: has flags beyond IGNORECASE, MULTILINE, DOTALL, VERBOSE and UNICODE"),
    "objects of Python": (
        "recognizers:\n- !!python/object/apply:os.system [ls]\n",
        "ours.yaml:2: recognizers: input should be a valid dictionary or instance of _Recognizer",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_carried_over_is_refused_by_file_and_line(
    packs: rulepack.RulePacks, text: str, expected: str
) -> None:
    """Nothing is dropped in silence."""
    with pytest.raises(RuleError) as caught:
        convert(packs, text, {})

    assert caught.value.message.splitlines()[0] == expected


def test_what_cannot_be_carried_over_may_be_left_out(packs: rulepack.RulePacks) -> None:
    """The rest is imported, and the file says what is missing."""
    text = "recognizers:\n- SpacyRecognizer\n- name: own\n  supported_language: en\n  supported_entity: US_SSN\n  deny_list: [x]\n"
    imported = convert(packs, text, {}, lenient=True)

    assert imported.rules == ("own",)
    assert "# ours.yaml:2: SpacyRecognizer: asks a language model" in imported.toml


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{n}: &{n} [{','.join([f'*{m}'] * 9)}]\n" for m, n in zip("abcdefg", "bcdefgh", strict=True)),
        "recognizers: &r [*r]\n",
        "recognizers: " + "[" * 50 + "]" * 50,
        "recognizers: " + "[" * 20_000,
        "recognizers: [" + "x," * 60_000 + "]",
        "x" * (presidio_yaml.MOST_BYTES + 1),
        f"global_regex_flags: {'9' * 5000}\nrecognizers: [x]\n",
    ],
    ids=["a billion laughs", "a list in itself", "deep", "very deep", "long", "large", "a number of 5000 digits"],
)  # fmt: skip
def test_a_file_made_to_exhaust_us_is_refused(packs: rulepack.RulePacks, text: str) -> None:
    """In one line."""
    with pytest.raises(RuleError) as caught:
        convert(packs, text, {})

    assert len(caught.value.message) < 200


def test_presidios_own_default_registry_is_understood(packs: rulepack.RulePacks, tmp_path: Path) -> None:
    """What it lists is a shipped rule, is switched off, or is said to be missing; the result loads."""
    default = Path(presidio_analyzer.__file__).parent / "conf" / "default_recognizers.yaml"
    imported = presidio_yaml.convert(
        default.read_bytes(), "default.yaml", packs, types={}, entities_of=entities_of, lenient=True
    )
    (tmp_path / "x.toml").write_text(imported.toml)
    loaded = rulepack.load(extra=[tmp_path])
    off = {rule.id for rule in packs.predefined.values() if rule.recognizer == "UkNinoRecognizer"}

    assert off
    assert not off & set(loaded.predefined)
    assert any(note.startswith("UrlRecognizer ") for note in imported.notes)


@pytest.mark.parametrize(
    "value", ["a", "a'b\\d", "\\d+", 'say "x"', "a\nb\\", "\x00\x7f\x1f", "é\u2028", 0.5, 1, True, ["a", "b\\"], 1e-05]
)
def test_toml_is_read_back_as_it_was(value: object) -> None:
    """Whatever stands in an expression."""
    assert tomli.loads(toml_text.table("t", {"k": value})) == {"t": [{"k": value}]}
