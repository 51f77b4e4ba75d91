"""Rules of retention from folders of the firm's own: added, replaced, adjusted, switched off, and what is wrong in them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from piiscan.errors import RuleError
from piiscan.periods import Period
from piiscan.rulepack.retention import End, Example, RetentionRule, iso, load_retention
from piiscan.rulepack.retention_examples import run_examples

if TYPE_CHECKING:
    from pathlib import Path

RULE = {
    "id": '"our_recordings"',
    "data_types": '["call_recording", "group:recordings", "category:H"]',
    "kind": '"max_keep"',
    "trigger": '"call_date"',
    "period": '"P5Y"',
    "citation": '"our schedule of 2026"',
}


def write(folder: Path, text: str) -> Path:
    """A folder with one rule file."""
    folder.mkdir(exist_ok=True)
    (folder / "ours.toml").write_text(text)
    return folder


def table(**changes: str | None) -> str:
    """The firm's rule with other keys; None leaves one out."""
    keys = {key: value for key, value in {**RULE, **changes}.items() if value is not None}
    return "[[rule]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


def test_a_firms_rule_is_what_its_table_says(tmp_path: Path) -> None:
    """As the contract writes it; what it does not say has the defaults of a firm's own rule."""
    text = table(
        title='"Recordings of calls"',
        where='["share:rec/**", "crm:call_log"]',
        capacities='["debt_collector"]',
        reason='"kept as long as claims may arise"',
        example='[{ age = "P4Y", status = "within" }, { age = "P6Y", status = "overdue" }]',
    )
    folder = write(tmp_path / "x", 'pack = "our-rules"\n' + text)

    assert load_retention(extra=[folder]).rules["our_recordings"] == RetentionRule(
        id="our_recordings",
        title="Recordings of calls",
        records="",
        data_types=("call_recording", "group:recordings", "category:H"),
        only_with=(),
        where=("share:rec/**", "crm:call_log"),
        capacities=("debt_collector",),
        regimes=(),
        roles=(),
        kind="max_keep",
        ends=(End("call_date", Period(60)),),
        combine="later",
        fixed="",
        action="delete",
        anonymize={},
        exception="",
        yields=True,
        citation="our schedule of 2026",
        reason="kept as long as claims may arise",
        note="",
        status="",
        source="",
        as_of=None,
        advisory=False,
        in_force_from=None,
        enabled=True,
        examples=(Example({"call_date": Period(48)}, "within"), Example({"call_date": Period(72)}, "overdue")),
        pack="our-rules",
        origin=f"{folder}/ours.toml",
    )


def test_anonymizing_says_what_becomes_of_each_type_null_by_default(tmp_path: Path) -> None:
    """Every data type the rule selects has its way."""
    folder = write(
        tmp_path / "x",
        table(
            data_types='["group:education", "dob"]',
            action='"anonymize"',
            anonymize='{ dob = "year", school = "prefix:3", gpa = "constant:x" }',
            kind='"policy_max"',
            yields="false",
        ),
    )

    rule = load_retention(extra=[folder]).rules["our_recordings"]

    assert rule.anonymize == {
        "dob": "year",
        "gpa": "constant:x",
        "school": "prefix:3",
        "student_id": "null",
        "transcript": "null",
    }
    assert not rule.yields


def test_a_rule_without_a_day_is_over_from_the_first_or_never(tmp_path: Path) -> None:
    """``always`` and ``indefinite`` take the place of ends."""
    both = table(trigger='"always"', period=None) + table(
        id='"our_list"', kind='"suppression"', trigger=None, period='"indefinite"', exception='"E8"'
    )

    rules = load_retention(extra=[write(tmp_path / "x", both)]).rules

    assert (rules["our_recordings"].fixed, rules["our_recordings"].ends) == ("always", ())
    assert (rules["our_list"].fixed, rules["our_list"].ends) == ("never", ())


def test_a_firm_replaces_a_shipped_rule_visibly(tmp_path: Path) -> None:
    """By id; the packs say so, and the fingerprint changes."""
    folder = write(tmp_path / "x", table(id='"ccpa_storage_limit"'))

    rules = load_retention(extra=[folder])

    assert rules.rules["ccpa_storage_limit"].ends == (End("call_date", Period(60)),)
    assert rules.overrides == (f"{folder}/ours.toml: rule ccpa_storage_limit replaces the one of retention/ccpa.toml",)
    assert rules.fingerprint != load_retention().fingerprint


def test_a_firm_switches_a_rule_off_and_one_on_that_its_counsel_has_checked(tmp_path: Path) -> None:
    """Without writing the law anew; both are said."""
    text = """
[[rule]]
id = "regz"
enabled = false
reason = "we grant no consumer credit"
[[rule]]
id = "rege"
enabled = true
status = "C"
reason = "read by our counsel on 2026-12-01"
[[rule]]
id = "glba_dispose"
advisory = false
"""
    folder = write(tmp_path / "x", text)

    rules = load_retention(["ccpa", "us-collections"], [folder])

    assert (rules.rules["regz"].enabled, rules.rules["regz"].citation) == (False, "12 CFR 1026.25(a)")
    assert (rules.rules["rege"].enabled, rules.rules["rege"].reason) == (True, "read by our counsel on 2026-12-01")
    assert not rules.rules["glba_dispose"].advisory
    assert {"regz", "rege"} & {rule.id for rule in rules.active(date(2027, 1, 1))} == {"rege"}
    assert rules.overrides == (
        f"{folder}/ours.toml: rule regz switches off the one of retention/us_collections_credit.toml",
        f"{folder}/ours.toml: rule rege switches on the one of retention/us_collections_credit.toml: status",
        f"{folder}/ours.toml: rule glba_dispose adjusts the one of retention/us_collections.toml: advisory",
    )


def test_a_firm_says_where_a_rule_reaches(tmp_path: Path) -> None:
    """The law stays as it is shipped."""
    text = '[[rule]]\nid = "ccpa_request_log"\nwhere = ["crm:privacy_requests"]\ndata_types = ["all"]\n'
    folder = write(tmp_path / "x", text)

    rule = load_retention(extra=[folder]).rules["ccpa_request_log"]

    assert (rule.where, rule.data_types, rule.kind) == (("crm:privacy_requests",), ("all",), "min_keep")
    assert (rule.pack, rule.origin) == ("ccpa", f"retention/ccpa.toml, adjusted by {folder}/ours.toml")


def test_a_firms_own_events_capacities_and_data_types_are_known_from_then_on(tmp_path: Path) -> None:
    """Used by a rule, or declared where they are like a shipped one."""
    text = """
[[event]]
id = "call_dates"
text = "the day of the last of several calls"
[[data_type]]
id = "staff_badge"
label = "Badge number"
group = "identifiers"
letters = ["A"]
sensitive = "no"
"""
    folder = write(
        tmp_path / "x", table(trigger='"call_dates"', capacities='["notary"]', data_types='["staff_badge"]') + text
    )

    rules = load_retention(extra=[folder])

    assert rules.events["call_dates"] == "the day of the last of several calls"
    assert rules.capacities["notary"] == "a firm's own capacity"
    assert rules.rules["our_recordings"].data_types == ("staff_badge",)


def test_the_fingerprint_does_not_depend_on_where_the_folder_lies_nor_on_examples(tmp_path: Path) -> None:
    """The same law elsewhere is the same law."""
    example = '[{ age = "P4Y", status = "within" }]'
    here, there = write(tmp_path / "x", table()), write(tmp_path / "y", table(example=example))

    assert load_retention(extra=[here]).fingerprint == load_retention(extra=[there]).fingerprint


def test_tables_of_detection_and_notices_may_stand_in_the_same_file(tmp_path: Path) -> None:
    """A folder of rules holds all a firm's rules."""
    text = table() + '[[words]]\nname = "ours"\nwords = ["harbor"]\n[[heading]]\ntext = "x"\ndata_types = ["ssn"]\n'

    assert "our_recordings" in load_retention(extra=[write(tmp_path / "x", text)]).rules


FAULTS = {
    "an unknown data type": (
        table(data_types='["call_recordings"]'),
        "rule our_recordings: data_types: unknown data type 'call_recordings'",
        "did you mean call_recording?",
    ),
    "an unknown type beside it": (
        table(only_with='["group:nothing"]'),
        "rule our_recordings: only_with: unknown data type 'group:nothing'",
        "",
    ),
    "a trigger misspelt": (
        table(trigger='"last_colection_activity"'),
        "rule our_recordings: trigger: unknown event 'last_colection_activity'",
        "did you mean last_collection_activity?",
    ),
    "a capacity misspelt": (
        table(capacities='["debt_colector"]'),
        "rule our_recordings: capacities: unknown capacity 'debt_colector'",
        "did you mean debt_collector?",
    ),
    "a ground that is none": (
        table(kind='"min_keep"', exception='"E10"'),
        "rule our_recordings: exception: 'E10' is no ground",
        "grounds are E1, E2",
    ),
    "the repealed ground": (
        table(kind='"min_keep"', exception='"E9"'),
        "rule our_recordings: exception: E9 is repealed: Proposition 24 struck it out",
        "",
    ),
    "a minimum without a ground": (
        table(kind='"min_keep"'),
        "rule our_recordings: exception: a minimum needs the ground on which a request is refused meanwhile, such as E8",
        "",
    ),
    "a ground of a maximum": (
        table(exception='"E8"'),
        "rule our_recordings: exception: a rule of kind max_keep keeps nothing: leave the ground out",
        "",
    ),
    "an action of a use limit": (
        table(kind='"use_limit"', action='"delete"'),
        "rule our_recordings: action: a rule of kind use_limit lets nothing go: only max_keep and policy_max have it",
        "",
    ),
    "a minimum that yields": (
        table(kind='"min_keep"', exception='"E8"', yields="true"),
        "rule our_recordings: yields: a rule of kind min_keep lets nothing go",
        "",
    ),
    "an advisory minimum": (
        table(kind='"min_keep"', exception='"E8"', advisory="true"),
        "rule our_recordings: advisory: a rule of kind min_keep plans nothing",
        "",
    ),
    "trigger and ends": (
        table(ends='[{ trigger = "call_date", period = "P1Y" }]'),
        "rule our_recordings: ends: stands beside trigger or period",
        "",
    ),
    "no clock": (
        table(trigger=None, period=None),
        'rule our_recordings: period: is missing: trigger and period, or ends, or period = "indefinite"',
        "",
    ),
    "several ends without combine": (
        table(
            trigger=None,
            period=None,
            ends='[{ trigger = "created", period = "P1Y" }, { trigger = "call_date", period = "P1Y" }]',
        ),
        'rule our_recordings: combine: several ends need combine = "later" or "earlier"',
        "",
    ),
    "the same trigger twice": (
        table(
            trigger=None,
            period=None,
            combine='"later"',
            ends='[{ trigger = "created", period = "P1Y" }, { trigger = "created", period = "P2Y" }]',
        ),
        "rule our_recordings: ends: two ends have the same trigger",
        "",
    ),
    "combine without ends": (table(combine='"later"'), "rule our_recordings: combine: combines several ends", ""),
    "the published period of a minimum": (
        table(kind='"min_keep"', exception='"E8"', period='"policy"'),
        'rule our_recordings: period: "policy" is the period the firm publishes',
        "",
    ),
    "a maximum without end": (
        table(trigger=None, period='"indefinite"'),
        'rule our_recordings: period: "indefinite" means kept for ever: no rule of kind max_keep',
        "",
    ),
    "indefinite after an event": (
        table(kind='"suppression"', period='"indefinite"'),
        'rule our_recordings: trigger: period "indefinite" begins with no event: leave it out',
        "",
    ),
    "a period of always": (
        table(trigger='"always"'),
        'rule our_recordings: period: trigger "always" is over from the first day: leave it out',
        "",
    ),
    "a minimum that is always over": (
        table(kind='"min_keep"', exception='"E8"', trigger='"always"', period=None),
        'rule our_recordings: trigger: "always" is over from the first day: a rule of kind min_keep would keep nothing',
        "",
    ),
    "a period of hours": (
        table(period='"PT6H"'),
        "rule our_recordings: period: must be an ISO 8601 period in years, months, weeks or days, such as P3Y or P90D",
        "",
    ),
    "general knowledge switched on": (
        table(status='"G"'),
        "rule our_recordings: enabled: status G is general knowledge: must be false until counsel has checked it",
        "",
    ),
    "a status that is none": (table(status='"X"'), "rule our_recordings: status: must be C, S or G", ""),
    "a kind that is none": (table(kind='"maximum"'), "rule our_recordings: kind: must be 'min_keep', 'max_keep'", ""),
    "a key misspelt": (
        table(exeption='"E8"'),
        "rule our_recordings: exeption: is no key here",
        "did you mean exception?",
    ),
    "a key that is missing": (table(citation=None), "rule our_recordings: citation: is missing", ""),
    "a place without a source": (
        table(where='["call_log"]'),
        "rule our_recordings: where 1: must be source:container, such as share:rec/** or *:public.call_log",
        "",
    ),
    "anonymize without the action": (
        table(anonymize='{ photo = "null" }'),
        'rule our_recordings: anonymize: needs action = "anonymize"',
        "",
    ),
    "anonymizing what the rule does not select": (
        table(action='"anonymize"', anonymize='{ ssn = "null" }'),
        "rule our_recordings: anonymize: ssn is none of its data types",
        "",
    ),
    "a way to anonymize that is none": (
        table(action='"anonymize"', anonymize='{ photo = "blur" }'),
        "rule our_recordings: anonymize: photo: must be null, year, constant:TEXT or prefix:N",
        "",
    ),
    "an example without an age": (
        table(example='[{ status = "within" }]'),
        "rule our_recordings: example 1: must have one of age, ages and event",
        "",
    ),
    "an example of another trigger": (
        table(example='[{ ages = { created = "P1Y" }, status = "within" }]'),
        "rule our_recordings: example 1: created is no trigger of the rule",
        "",
    ),
    "an example that needs the published period": (
        table(period='"policy"', example='[{ age = "P1Y", status = "within" }]'),
        "rule our_recordings: example 1: policy: is the published period",
        "",
    ),
    "an id used twice": (table() + table(), "rule our_recordings: id: is already used in", ""),
    "an id of a duty": (
        table(id='"glba_review"'),
        "rule glba_review: id: is already used in retention/us_collections",
        "",
    ),
    "a rule to adjust that is not loaded": (
        '[[rule]]\nid = "dpdp_erase"\nenabled = false\n',
        "rule dpdp_erase: there is no such rule to adjust",
        "is the rule's pack named in [rules] packs?",
    ),
    "the law adjusted": (
        '[[rule]]\nid = "regf_account"\nperiod = "P1Y"\n',
        "rule regf_account: period: cannot be adjusted: write the whole rule anew, with kind, data_types and citation",
        "without kind a rule may change advisory, as_of, capacities",
    ),
    "the ninth exception brought back": (
        '[[exception]]\nid = "E9"\ntitle = "x"\ntext = "x"\ncitation = "x"\n',
        "exception E9: is repealed and cannot be brought back: Proposition 24",
        "",
    ),
    "a rule without an id": ('[[rule]]\nkind = "max_keep"\n', "rule 1: id: is missing", ""),
    "a table instead of tables": ('[rule]\nid = "x"\n', "rule: write [[rule]] tables", ""),
    "tables that are none": ("[[rules]]\n", "rules: ", ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_mistake_is_an_error_with_file_table_key_and_problem(tmp_path: Path, fault: str) -> None:
    """In plain words, with what to do where that can be said."""
    text, message, hint = FAULTS[fault]
    folder = write(tmp_path / "x", text)

    with pytest.raises(RuleError) as raised:
        load_retention(["ccpa", "us-collections"], [folder])

    assert f"{folder}/ours.toml: {message}" in raised.value.message
    assert hint in raised.value.hint


def test_an_unknown_pack_is_an_error_that_names_the_shipped_ones() -> None:
    """Those with rules of retention, too."""
    with pytest.raises(RuleError) as raised:
        load_retention(["us-colections"])

    assert raised.value.message == "unknown rule pack 'us-colections'"
    assert raised.value.hint == "[rules] packs: shipped are ccpa, india, pci, us-collections, us-employer"


@pytest.mark.parametrize(
    ("example", "found"),
    [
        ('{ age = "P5Y", status = "overdue" }', "within"),
        ('{ age = "P4Y12M1D", status = "within" }', "overdue"),
        ('{ event = 2024-02-29, on = 2029-03-02, status = "within" }', "overdue"),
    ],
)
def test_an_example_that_is_wrong_says_what_the_rule_finds(tmp_path: Path, example: str, found: str) -> None:
    """Whatever the day."""
    rules = load_retention(extra=[write(tmp_path / "x", table(example=f"[{example}]"))]).rules

    [outcome] = run_examples([rules["our_recordings"]])

    assert (outcome.found, outcome.passed) == (found, False)


def test_an_example_without_an_age_that_decides_is_undated(tmp_path: Path) -> None:
    """Later of running and unknown is running; of over and unknown it is unknown."""
    text = table(
        trigger=None,
        period=None,
        combine='"later"',
        ends='[{ trigger = "created", period = "P1Y" }, { trigger = "call_date", period = "P1Y" }]',
        example='[{ ages = { created = "P2Y" }, status = "overdue" }, { ages = { created = "P1Y" }, status = "within" }]',
    )
    rules = load_retention(extra=[write(tmp_path / "x", text)]).rules

    assert [each.found for each in run_examples([rules["our_recordings"]])] == ["undated", "within"]


@pytest.mark.parametrize("text", ["P3Y", "P25M", "P7Y180D", "P90D", "P0D", "P14M3D"])
def test_a_period_is_written_as_it_is_read(text: str) -> None:
    """In the largest unit that holds it."""
    assert iso(Period.parse(text)) == text
