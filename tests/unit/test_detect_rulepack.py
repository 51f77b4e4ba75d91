"""Rule packs: loading, extra folders, mistakes in them, selectors, notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from piiscan import rulepack
from piiscan.errors import RuleError

if TYPE_CHECKING:
    from pathlib import Path

RULE = """
[[recognizer]]
id = "our_badge"
entity = "BADGE"
data_type = "agency_file_no"
match = ["badge B-1234"]
[[recognizer.pattern]]
name = "badge"
regex = '''\\bB-\\d{4}\\b'''
score = 0.9
"""


def write(folder: Path, text: str) -> Path:
    """A folder with one rule file."""
    folder.mkdir(exist_ok=True)
    (folder / "ours.toml").write_text(text)
    return folder


def test_an_extra_folder_adds_a_rule_and_changes_the_fingerprint(tmp_path: Path) -> None:
    """Other rules detect otherwise, so unchanged containers must be read again."""
    packs = rulepack.load(extra=[write(tmp_path / "x", RULE)])

    assert packs.recognizers["our_badge"].data_type == "agency_file_no"
    assert packs.fingerprint != rulepack.load().fingerprint
    assert packs.overrides == ()


def test_the_fingerprint_does_not_depend_on_where_the_folder_lies(tmp_path: Path) -> None:
    """The same rules elsewhere are the same rules."""
    here, there = write(tmp_path / "x", RULE), write(tmp_path / "y", RULE)

    assert rulepack.load(extra=[here]).fingerprint == rulepack.load(extra=[there]).fingerprint


def test_an_extra_folder_replaces_a_shipped_rule_visibly(tmp_path: Path) -> None:
    """The rule of the same id gives way, and the packs say so."""
    folder = write(tmp_path / "x", RULE.replace("our_badge", "jwt"))

    packs = rulepack.load(extra=[folder])

    assert packs.recognizers["jwt"].entity == "BADGE"
    assert packs.overrides == (
        f"{folder}/ours.toml: recognizer jwt replaces the one of recognizers/patterns_credentials.toml",
    )


def test_an_extra_folder_switches_a_shipped_rule_off(tmp_path: Path) -> None:
    """``enabled = false`` takes it out."""
    folder = write(tmp_path / "x", RULE.replace("our_badge", "jwt").replace("entity", "enabled = false\nentity"))

    assert "jwt" not in rulepack.load(extra=[folder]).recognizers


def test_tables_of_other_rooms_may_stand_in_the_same_folder(tmp_path: Path) -> None:
    """A folder of rules may hold retention rules as well."""
    folder = write(tmp_path / "x", RULE + '[[rule]]\nid = "our_recordings"\nkind = "max_keep"\n')

    assert "our_badge" in rulepack.load(extra=[folder]).recognizers


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            RULE.replace("score = 0.9", "score = 2"),
            "recognizer our_badge: pattern badge: score: Input should be less than or equal to 1",
        ),
        (RULE.replace("regex =", "rgx ="), "recognizer our_badge: pattern badge: regex: Field required"),
        (RULE.replace("\\bB", "(\\bB"), "recognizer our_badge: pattern badge: regex: missing )"),
        (RULE.replace("agency_file_no", "badge_number"), "our_badge: data_type: 'badge_number' is defined nowhere"),
        (RULE + RULE, "recognizer our_badge: id is already used in"),
        ("[[recogniser]]\n", "recogniser: Extra inputs are not permitted"),
        (
            '[[column]]\nid = "x"\ndata_type = "ssn"\nnames = ["@nobody id"]\n',
            "column x: there is no word list @nobody",
        ),
        ("[[recognizer]\n", "Expected"),
    ],
)
def test_a_mistake_is_named_with_file_table_and_key(tmp_path: Path, text: str, message: str) -> None:
    """One line that leads to the place."""
    folder = write(tmp_path / "x", text)

    with pytest.raises(RuleError) as caught:
        rulepack.load(extra=[folder])

    assert caught.value.message.startswith(f"{folder}/ours.toml: ")
    assert message in caught.value.message


def test_an_unknown_pack_is_refused_with_the_known_ones() -> None:
    """The hint lists what there is."""
    with pytest.raises(RuleError, match="unknown rule pack 'nowhere'") as caught:
        rulepack.load(("ccpa", "nowhere"))

    assert "ccpa" in caught.value.hint


def test_a_missing_extra_folder_is_refused(tmp_path: Path) -> None:
    """A typo in [rules] extra must not mean "no further rules"."""
    with pytest.raises(RuleError, match="no such folder"):
        rulepack.load(extra=[tmp_path / "absent"])


def test_sensitive_when_names_conditional_types_only() -> None:
    """What is always sensitive needs no confirmation, what never is cannot be confirmed."""
    with pytest.raises(RuleError, match="'ssn' is no data type of conditional sensitivity"):
        rulepack.load(sensitive_when=("ssn",))


def test_selectors_name_ids_groups_and_letters() -> None:
    """The three ways configuration speaks of data types."""
    types = rulepack.load().data_types

    assert rulepack.select(["ssn"], types) == {"ssn"}
    assert rulepack.select(["group:education"], types) == {"student_id", "gpa", "transcript", "school"}
    assert "exif_gps" in rulepack.select(["category:G"], types)
    assert rulepack.select([], types) == frozenset()


@pytest.mark.parametrize("selector", ["nothing", "group:nothing", "category:Z", "kind:ssn"])
def test_an_unknown_selector_is_refused(selector: str) -> None:
    """A selector that selects nothing is a mistake."""
    with pytest.raises(RuleError, match="unknown data type"):
        rulepack.select([selector], rulepack.load().data_types)


def test_a_notice_profile_is_read_from_a_path(tmp_path: Path) -> None:
    """Its headings keep their words and order."""
    (tmp_path / "n.toml").write_text('title = "Ours"\n[[heading]]\ntext = "Names"\ndata_types = ["person_name"]\n')

    notice = rulepack.notice("n.toml", tmp_path)

    assert (notice.id, notice.title) == ("n", "Ours")
    assert notice.headings == (rulepack.Heading("Names", ("person_name",)),)


def test_a_wrong_notice_profile_is_refused(tmp_path: Path) -> None:
    """File, heading and key are named."""
    (tmp_path / "n.toml").write_text('[[heading]]\ntext = "Names"\n')

    with pytest.raises(RuleError, match=r"n\.toml: heading 1: data_types"):
        rulepack.notice("n.toml", tmp_path)
    with pytest.raises(RuleError, match="no notice profile 'nowhere'"):
        rulepack.notice("nowhere")
