"""The ignore list: what it leaves out, what it must not, and that it counts."""

from __future__ import annotations

import base64
import pickle
from dataclasses import asdict, replace
from datetime import date

import pytest

from piiscan import Detector
from piiscan.detect.allow import Hasher, entry_id
from piiscan.detect.settings import Bar, DetectorSettings, IgnoreEntry
from piiscan.errors import RuleError, UsageError
from piiscan.model import Batch, Column, Container, Ignored, Secret

KEY = Secret(base64.b64encode(bytes(range(32))).decode())
OTHER = Secret(base64.b64encode(bytes(32)).decode())
HASHER = Hasher(KEY)
ROWS = {"ssn": ["219-09-9998", "219-09-9997"], "memo": ["write to ann@example.com", "or bob@example.org"]}


def entry(name: str = "e", **keys: object) -> IgnoreEntry:
    """An entry with these keys."""
    return IgnoreEntry(name, "because", date(2027, 1, 1), **keys)  # type: ignore[arg-type]


def settings(*entries: IgnoreEntry, **more: object) -> DetectorSettings:
    """Settings with these entries and the firm's key."""
    return replace(DetectorSettings(ignore=entries, key=KEY), **more)


@pytest.fixture(scope="module")
def plain() -> Detector:
    """A detector to lend its loaded rules to others: loading them anew for every test takes seconds."""
    return Detector()


def use(plain: Detector, chosen: DetectorSettings) -> None:
    """Gives the detector other settings."""
    from piiscan.detect.allow import AllowList

    plain.settings, plain.allow = chosen, AllowList(chosen.ignore, plain.packs.data_types, chosen.key)


def judged(
    plain: Detector, chosen: DetectorSettings, container: Container | None = None
) -> tuple[list[str], tuple[Ignored, ...]]:
    """What a table of two columns is taken for under some settings, and what was left out."""
    use(plain, chosen)
    container = container or Container("crm", "public.debtors", "table", columns=(Column("ssn"), Column("memo")))
    profile = plain.profile(container)
    profile.add(Batch(container, ROWS, 2))
    return [f"{column} {found.data_type}" for column, found in profile.classify()], profile.ignored


def test_nothing_is_left_out_by_default(plain: Detector) -> None:
    """The two columns hold what they hold."""
    assert judged(plain, DetectorSettings()) == (["ssn ssn", "memo email"], ())


@pytest.mark.parametrize(
    "glob", ["public.debtors.ssn", "*.ssn", "crm:public.debtors.ssn", "cr*:*.s?n", "*"], ids=lambda g: g
)
def test_a_column_is_left_out_as_a_whole_and_counted(plain: Detector, glob: str) -> None:
    """By its path, with or without the source; its neighbour stays unless the glob fits it too."""
    held, ignored = judged(plain, settings(entry(columns=(glob,))))

    assert held == ([] if glob == "*" else ["memo email"])
    assert Ignored("e", "ssn", "ssn", 2, whole=True) in ignored


@pytest.mark.parametrize("glob", ["ssn", "debtors.ssn", "share:public.debtors.ssn", "public.debtors.SSN"])
def test_a_glob_that_does_not_fit_leaves_nothing_out(plain: Detector, glob: str) -> None:
    """Half a path, another source, another case."""
    assert judged(plain, settings(entry(columns=(glob,)))) == (["ssn ssn", "memo email"], ())


def test_a_path_covers_what_lies_in_it() -> None:
    """An archive and its members, a folder and its files."""
    from piiscan.detect.allow import AllowList

    allow = AllowList([entry(paths=("share:fixtures/**", "old.zip"))], {}, None)
    reached = [
        allow.of(Container(source, path, "file", member)).column(None).leaves_out("ssn")
        for source, path, member in [
            ("share", "fixtures/a/b.csv", ()),
            ("share", "old.zip", ("x.csv",)),
            ("crm", "fixtures/a/b.csv", ()),
            ("share", "old.zipped", ()),
        ]
    ]

    assert reached == ["e", "e", None, None]


def test_a_pattern_leaves_out_whole_findings_only(plain: Detector) -> None:
    """One of two addresses goes; a pattern that fits a part of a finding leaves it."""
    held, ignored = judged(plain, settings(entry(patterns=(r"ann@example\.com",))))
    untouched = judged(plain, settings(entry(patterns=("ann@example", "219"))))

    assert held == ["ssn ssn", "memo email"]
    assert ignored == (Ignored("e", "memo", "email", 1, whole=False),)
    assert untouched == (["ssn ssn", "memo email"], ())


def test_a_column_whose_findings_are_all_left_out_holds_nothing(plain: Detector) -> None:
    """And says so."""
    held, ignored = judged(plain, settings(entry(patterns=(".*@example.(com|org)",))))

    assert held == ["ssn ssn"]
    assert ignored == (Ignored("e", "memo", "email", 2, whole=False),)


def test_values_are_left_out_by_their_digests(plain: Detector) -> None:
    """Only those of the list, only in the places and for the data types it names."""
    digest = HASHER.digest("ann@example.com")
    held, ignored = judged(plain, settings(entry(values_hashed=(digest,))))
    elsewhere = judged(plain, settings(entry(values_hashed=(digest,), columns=("*.ssn",))))
    other_type = judged(plain, settings(entry(values_hashed=(digest,), data_types=("group:financial",))))

    assert held == ["ssn ssn", "memo email"]
    assert ignored == (Ignored("e", "memo", "email", 1, whole=False),)
    assert elsewhere[1] == other_type[1] == ()


def test_data_types_narrow_an_entry_down(plain: Detector) -> None:
    """A column may be ignored for one kind and not for another."""
    assert judged(plain, settings(entry(columns=("*",), data_types=("email",))))[0] == ["ssn ssn"]


def test_an_entry_of_one_source_leaves_others_alone(plain: Detector) -> None:
    """Written under [[sources.share.ignore]], it says nothing of crm."""
    assert judged(plain, settings(entry(source="share", columns=("*",)))) == (["ssn ssn", "memo email"], ())


def test_counts_are_of_cells_however_often_a_value_comes(plain: Detector) -> None:
    """A value that is remembered is counted each time it is met."""
    container = Container("crm", "t", "table", columns=(Column("memo"),))
    judged(plain, settings(entry(patterns=(".*",))))
    profile = plain.profile(container)
    for _ in range(3):
        profile.add(Batch(container, {"memo": ["write to ann@example.com"] * 5}, 5))

    assert profile.classify() == []
    assert profile.ignored == (Ignored("e", "memo", "email", 15, whole=False),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("212-555-0187", "(212) 555 0187"),
        ("Main Office", "  main   OFFICE "),
        ("\uff12\uff11\uff12", "212"),
    ],
)
def test_one_value_has_one_digest_however_it_is_written(one: str, other: str) -> None:
    """Case, spaces and the separators of a number do not count."""
    assert HASHER.digest(one) == HASHER.digest(other)


def test_different_values_and_keys_have_different_digests() -> None:
    """A dot in an address counts; another key makes another digest, and names itself."""
    assert HASHER.digest("a.b@example.com") != HASHER.digest("ab@example.com")
    assert HASHER.digest("x").split(":")[2] != Hasher(OTHER).digest("x").split(":")[2]
    assert HASHER.key_id != Hasher(OTHER).key_id


def test_digests_need_their_key() -> None:
    """Without it nothing could be compared: that is told, not passed over."""
    with pytest.raises(UsageError, match="needs the firm's key"):
        Detector(DetectorSettings(ignore=(entry(values_hashed=(HASHER.digest("x"),)),)))


def test_an_unknown_data_type_is_refused() -> None:
    """In an entry, and among the thresholds."""
    with pytest.raises(RuleError, match="unknown data type 'sssn'"):
        Detector(settings(entry(columns=("*",), data_types=("sssn",))))
    with pytest.raises(RuleError, match="unknown data type 'fone'"):
        Detector(DetectorSettings(thresholds={"fone": 0.5}))


def test_a_threshold_holds_for_its_data_type_alone(plain: Detector) -> None:
    """A telephone number of 0.75 is reported, until telephone numbers need 0.8; and one needs less where that is said."""
    texts = ["call 212-555-0187", "219099998"]
    seen = []
    for chosen in (
        DetectorSettings(),
        DetectorSettings(thresholds={"phone": 0.8}),
        DetectorSettings(by_source={"crm": Bar(0.8, {})}),
        DetectorSettings(min_confidence=0.99, thresholds={"ssn": 0.04, "phone": 0.7}),
    ):
        use(plain, chosen)
        seen.append([[d.data_type for d in found] for found in plain.detect(texts, source="crm")])

    assert seen == [[["phone"], []], [[], []], [[], []], [["phone"], ["ssn"]]]


def test_columns_follow_the_thresholds_of_their_source(plain: Detector) -> None:
    """What is not sure enough for one source is for another."""
    strict = DetectorSettings(by_source={"crm": Bar(0.5, {"ssn": 1.0})})
    other = Container("share", "debtors.csv", "file", columns=(Column("ssn"), Column("memo")))

    assert judged(plain, strict)[0] == ["memo email"]
    assert judged(plain, strict, other)[0] == ["ssn ssn", "memo email"]


def test_texts_are_searched_with_the_ignore_list(plain: Detector) -> None:
    """What holds everywhere holds for a text; what is tied to a column does not."""
    judged(plain, settings(entry(patterns=(".*@example.com",))))
    assert plain.detect(["ann@example.com"]) == [[]]

    judged(plain, settings(entry(patterns=(".*@example.com",), columns=("*.memo",))))
    assert [d.data_type for d in plain.detect(["ann@example.com"])[0]] == ["email"]


def test_settings_travel_and_are_compared_without_showing_the_key() -> None:
    """Workers get them through a pipe; a fingerprint is made of them; neither shows the key."""
    chosen = settings(entry(values_hashed=(HASHER.digest("x"),)))

    assert pickle.loads(pickle.dumps(chosen)) == chosen
    assert KEY.reveal() not in str(asdict(chosen))
    assert KEY.reveal() not in repr(chosen)


def test_what_decides_about_a_source_is_its_own() -> None:
    """Another source's entry or threshold does not make this one's tables be read again."""
    mine, other = (
        settings(entry(columns=("*",))),
        settings(entry(columns=("*",)), entry("f", source="share", paths=("*",))),
    )
    barred = replace(mine, by_source={"share": Bar(0.9, {})})

    assert mine.of_source("crm") == other.of_source("crm") == barred.of_source("crm")
    assert mine.of_source("share") != other.of_source("share")
    assert mine.of_source("share") != barred.of_source("share")


def test_an_entry_without_a_name_keeps_the_one_it_is_given() -> None:
    """The same as long as it leaves out the same."""
    names = [
        entry_id(None, {"columns": ("a.b",)}),
        entry_id(None, {"columns": ("a.b",), "patterns": ()}),
        entry_id("crm", {"columns": ("a.b",)}),
        entry_id(None, {"paths": ("a.b",)}),
    ]

    assert names[0] == names[1]
    assert len(set(names)) == 3
