"""The shipped rules of retention, duties and grounds: all of the law base, each example, and what the packs promise as a whole."""

from __future__ import annotations

from datetime import date

import pytest

from piiscan import rulepack
from piiscan.periods import Period
from piiscan.rulepack.retention import KEEPING, MAXIMA, load_retention, pack_names
from piiscan.rulepack.retention_examples import ExampleOutcome, run_examples

ALL = load_retention(pack_names())
TYPES = rulepack.load(pack_names()).data_types

# The 59 rules of the law base as of 2026-11-21: pack, id, kind, period, status, enabled, citation. A duty's period is a text.
LAW = """
us-collections | regf_account         | min_keep       | P3Y       | C     | on  | 12 CFR 1006.100(a)
us-collections | regf_recording       | min_keep       | P3Y       | C     | on  | 12 CFR 1006.100(b)
us-collections | glba_dispose         | max_keep       | P2Y       | S     | on  | 16 CFR 314.4(c)(6)(i)
us-collections | glba_review          | review         | P1Y       | S     | on  | 16 CFR 314.4(c)(6)(ii)
ccpa           | ccpa_storage_limit   | max_keep       | policy    | C     | on  | Civ. 1798.100(a)(3), (c); 11 CCR 7002
ccpa           | ccpa_request_log     | min_keep       | P24M      | C     | on  | 11 CCR 7101(a), (b)
ccpa           | ccpa_verify_data     | max_keep       | P0D       | C     | on  | 11 CCR 7060(d); Civ. 1798.130(a)(7)
ccpa           | ccpa_delete_suppress | suppression    | never     | C     | on  | Civ. 1798.105(c)(2); 11 CCR 7022(e)
ccpa           | ccpa_backup_defer    | defer          | -         | C     | on  | 11 CCR 7022(d)
ccpa           | ccpa_optout_wait     | use_limit      | P12M      | C     | on  | Civ. 1798.135(c)(4)
ccpa           | ccpa_risk_assessment | min_keep       | P5Y P0D   | S     | on  | 11 CCR art. 10 (7155)
ccpa           | ccpa_cyber_audit     | min_keep       | P5Y       | S     | on  | 11 CCR art. 9 (7122-7124)
ccpa           | le_hold              | hold           | P90D      | C     | on  | Civ. 1798.145(a)(1)(B)
ccpa           | litigation_hold      | hold           | never     | C     | on  | Civ. 1798.145(a)(1)(E)
ccpa           | drop_cycle           | process        | P45D      | S     | on  | Civ. 1798.99.86(c), (d)
ccpa           | drop_audit           | min_keep       | P6Y       | G     | off | Civ. 1798.99.86(e)
us-collections | fcra_collection_7    | use_limit      | P7Y180D   | C     | on  | 15 USC 1681c(a)(4), (c)(1)
us-collections | fcra_suit_7          | use_limit      | P7Y       | C     | on  | 15 USC 1681c(a)(2)
us-collections | fcra_bk_10           | use_limit      | P10Y      | C     | on  | 15 USC 1681c(a)(1)
us-collections | fcra_other_7         | use_limit      | P7Y       | C     | on  | 15 USC 1681c(a)(5)
us-collections | fcra_dofd            | duty           | P90D      | C     | on  | 15 USC 1681s-2(a)(5)
us-collections | ca_medical_report    | use_limit      | always    | S     | on  | Cal. Civ. 1785.13(a)(7) (SB 1061)
us-collections | hipaa_docs           | min_keep       | P6Y P6Y   | C / G | on  | 45 CFR 164.316(b)(2)(i); 164.530(j)(2)
us-collections | hipaa_ba_return      | max_keep       | P0D       | G     | off | 45 CFR 164.504(e)(2)(ii)(J)
pci            | pci_sad              | max_keep       | P0D       | S     | on  | PCI DSS 4.0.1 req. 3.3.1
pci            | pci_pan              | max_keep       | policy    | S / G | on  | PCI DSS 4.0.1 req. 3.2.1, 3.5.1
us-collections | call_consent         | consent_gate   | -         | C     | on  | Cal. Penal 632, 632.7; Smith v. LoanMe (2021)
us-collections | regb_application     | min_keep       | P25M      | C     | on  | 12 CFR 1002.12(b)(1)
us-collections | regb_existing        | min_keep       | P25M      | C     | on  | 12 CFR 1002.12(b)(2)
us-collections | regz                 | min_keep       | P2Y       | C     | on  | 12 CFR 1026.25(a)
us-collections | rege                 | min_keep       | P2Y       | G     | off | 12 CFR 1005.13(b)(1)
us-collections | nacha                | min_keep       | P2Y       | G     | off | Nacha Operating Rules
us-collections | tsr                  | min_keep       | P5Y P5Y   | S     | on  | 16 CFR 310.5 (2024)
us-collections | tcpa_idnc            | suppression    | P5Y       | S     | on  | 47 CFR 64.1200(d)(6)
us-collections | tcpa_consent         | defence_window | P4Y       | G     | off | 28 USC 1658(a)
us-collections | fdcpa_cease          | suppression    | P3Y       | G     | off | 15 USC 1692c(c); 12 CFR 1006.6(e)
us-collections | ca_ccp337            | use_limit      | P4Y P4Y   | S     | on  | Cal. CCP 337(a), (d)
us-collections | sol_fdcpa_rosenthal  | defence_window | P1Y       | G     | off | 15 USC 1692k(d); Cal. Civ. 1788.30(f)
us-collections | sol_fcra             | defence_window | P2Y P5Y   | G     | off | 15 USC 1681p
us-collections | dcla_proposed        | proposed       | P7Y       | S     | off | DFPI draft PRO 05-21 (not found adopted)
us-collections | ca_deferred_deposit  | min_keep       | P2Y       | C     | on  | Cal. Fin. 23024
us-collections | ca_prorater          | min_keep       | P4Y       | C     | on  | Cal. Fin. 12303
us-employer    | irs_employment       | min_keep       | P4Y P4Y   | S     | on  | 26 CFR 31.6001-1(e)(2)
us-employer    | flsa_payroll         | min_keep       | P3Y       | C     | on  | 29 CFR 516.5(a)
us-employer    | flsa_time            | min_keep       | P2Y       | G     | off | 29 CFR 516.6
us-employer    | ca_feha_create       | min_keep       | P4Y       | C     | on  | Cal. Gov. 12946(a)
us-employer    | ca_feha_action       | min_keep       | P4Y       | C     | on  | Cal. Gov. 12946(a)
us-employer    | ca_feha_hold         | hold           | never     | C     | on  | Cal. Gov. 12946(b)
us-employer    | ca_lab_1198_5        | min_keep       | P3Y       | S     | on  | Cal. Lab. 1198.5(c)(1)
us-employer    | ca_lab_226           | min_keep       | P3Y       | C     | on  | Cal. Lab. 226(a)
us-employer    | ca_lab_432_3         | min_keep       | P3Y       | S     | on  | Cal. Lab. 432.3
us-employer    | i9                   | min_keep       | P3Y P1Y   | G     | off | 8 CFR 274a.2(b)(2)
ccpa           | disposal_method_ca   | method         | -         | C     | on  | Cal. Civ. 1798.81
ccpa           | disposal_method_fcra | method         | -         | C     | on  | 16 CFR 682.3
india          | dpdp_min_log         | min_keep       | P1Y       | C     | on  | DPDP Rules 2025, r. 8(3)
india          | dpdp_erase           | max_keep       | policy policy | S | on  | DPDP Act 2023 s. 8(7)
india          | dpdp_third_schedule  | max_keep       | P3Y       | C     | off | DPDP Rules r. 8(1)-(2), Third Sch.
pci            | seed_ap_card         | policy_max     | P0D       | C     | on  | Action Professionals, Inc., Privacy Policy, item (1)(e)
pci            | seed_as_card         | policy_max     | always    | C     | on  | Actionstep, Privacy Policy, section 5
"""
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in LAW.strip().splitlines()]
HALVES = {"dpdp_min_log_erase"}
"""The second half of a rule of the law base that says two things."""


@pytest.mark.parametrize(
    ("pack", "name", "kind", "period", "status", "switch", "citation"), ROWS, ids=[r[1] for r in ROWS]
)
def test_a_rule_of_the_law_base_is_shipped_as_it_stands_there(
    pack: str, name: str, kind: str, period: str, status: str, switch: str, citation: str
) -> None:
    """Once, as a rule or as a duty, with its kind, period, status and citation."""
    rule, duty = ALL.rules.get(name), ALL.duties.get(name)
    shipped = rule or duty

    assert shipped is not None
    assert (rule is None) != (duty is None)
    assert (shipped.pack, shipped.kind, shipped.status, shipped.enabled) == (pack, kind, status, switch == "on")
    assert shipped.citation == citation
    if rule:
        periods = tuple(None if text == "policy" else Period.parse(text) for text in period.split() if text[0] in "Pp")
        assert (rule.fixed, tuple(end.period for end in rule.ends)) == (
            ("" if periods else period),
            periods,
        )
    elif duty and period != "-":
        assert duty.period == period


def test_nothing_is_shipped_that_the_law_base_does_not_have() -> None:
    """59 rules; one of them says two things."""
    assert len(ROWS) == 59
    assert {*ALL.rules, *ALL.duties} == {row[1] for row in ROWS} | HALVES


OUTCOMES = list(run_examples(ALL.rules.values()))


@pytest.mark.parametrize("outcome", OUTCOMES, ids=[f"{o.rule}: {o.example}" for o in OUTCOMES])
def test_a_rule_does_what_its_examples_say(outcome: ExampleOutcome) -> None:
    """On days across a leap day and around the ends of months."""
    assert outcome.found == outcome.expected


@pytest.mark.parametrize("name", list(ALL.rules))
def test_every_rule_has_examples_around_its_end(name: str) -> None:
    """Two at least, and both verdicts, where there are two."""
    rule = ALL.rules[name]
    seen = {example.status for example in rule.examples}
    possible = {"always": {"overdue"}, "never": {"within"}}.get(rule.fixed, {"within", "overdue"})

    assert len(rule.examples) >= 2
    assert seen == possible


def test_general_knowledge_ships_switched_off() -> None:
    """Nobody's data is kept or deleted on what nobody has read."""
    assert [r.id for r in [*ALL.rules.values(), *ALL.duties.values()] if r.status == "G" and r.enabled] == []


def test_every_minimum_names_a_ground_that_stands() -> None:
    """And only what keeps names one."""
    standing = {ground.id for ground in ALL.grounds.values() if not ground.repealed}

    assert {r.exception for r in ALL.rules.values() if r.kind == "min_keep"} == {"E8"}
    assert {r.exception for r in ALL.rules.values() if r.kind in KEEPING} <= standing
    assert {r.exception for r in ALL.rules.values() if r.kind not in KEEPING} == {""}


def test_a_maximum_yields_by_its_own_words_only() -> None:
    """No promise about cards and nothing of PCI's gives way to a minimum (law.md section 5, resolution order 4)."""
    assert {r.id: r.yields for r in ALL.rules.values() if r.kind in MAXIMA} == {
        "ccpa_storage_limit": True,
        "ccpa_verify_data": True,
        "dpdp_erase": True,
        "dpdp_min_log_erase": True,
        "dpdp_third_schedule": True,
        "glba_dispose": True,
        "hipaa_ba_return": True,
        "pci_pan": False,
        "pci_sad": False,
        "seed_ap_card": False,
        "seed_as_card": False,
    }


def test_card_data_goes_and_the_record_stays() -> None:
    """A row that law orders to keep survives the security code in it."""
    assert {r.id: r.anonymize for r in ALL.rules.values() if r.action == "anonymize"} == {
        "pci_pan": {"card_expiry": "null", "card_pan": "null"},
        "pci_sad": {"card_cvv": "null", "card_pin": "null", "card_track": "null"},
        "seed_ap_card": {"card_cvv": "null", "card_expiry": "null", "card_pan": "null"},
        "seed_as_card": {"card_cvv": "null", "card_pan": "null"},
    }


def reached(holds: set[str], capacity: str) -> set[str]:
    """The rules that reach a container which holds some data types, for a firm of one capacity."""
    return {
        rule.id
        for rule in ALL.rules.values()
        if capacity in rule.capacities
        and holds & rulepack.select(rule.data_types, TYPES)
        and (not rule.only_with or holds & rulepack.select(rule.only_with, TYPES))
    }


@pytest.mark.parametrize(
    ("holds", "capacity", "expected"),
    [
        ({"person_name", "ssn", "income", "employer", "job_title", "employment_dates"}, "employer", set()),
        ({"person_name", "email", "phone", "street_address"}, "debt_collector", set()),
        ({"person_name", "phone"}, "telemarketer", set()),
        ({"bank_account_no"}, "deferred_deposit_licensee", set()),
        ({"income", "pay_stub"}, "creditor", set()),
        ({"debt_balance", "person_name"}, "furnisher", set()),
        ({"creditor_account_no", "phone"}, "debt_collector", {"regf_account", "sol_fdcpa_rosenthal"}),
        ({"phone", "suppression_flag"}, "telemarketer", {"tcpa_idnc"}),
        ({"ssn", "w2_form"}, "employer", {"irs_employment"}),
        ({"resume", "employer"}, "employer", {"ca_feha_action", "ca_feha_create", "ca_lab_1198_5"}),
        ({"icd10", "debt_balance"}, "furnisher", {"ca_medical_report"}),
    ],
    ids=lambda value: " ".join(sorted(value)) if isinstance(value, set) else value,
)
def test_rules_reach_the_records_they_are_about(holds: set[str], capacity: str, expected: set[str]) -> None:
    """A debtor's Social Security number is no payroll, a debtor's employer no personnel file, a phone no do-not-call request."""
    assert reached(holds, capacity) == expected


def test_a_promise_of_a_notice_binds_the_firm_that_gave_it_alone() -> None:
    """By the profile its configuration names."""
    assert (ALL.rules["seed_ap_card"].capacities, ALL.rules["seed_as_card"].capacities) == (
        ("notice:action-professionals",),
        ("notice:actionstep",),
    )
    assert ALL.rules["seed_as_card"].roles == ("business",)


def test_the_indian_rules_begin_on_13_may_2027() -> None:
    """Not a day before."""
    indian = {rule.id for rule in ALL.rules.values() if rule.pack == "india" and rule.enabled}
    active = {day: {rule.id for rule in ALL.active(day)} & indian for day in (date(2027, 5, 12), date(2027, 5, 13))}

    assert indian == {"dpdp_min_log", "dpdp_min_log_erase", "dpdp_erase"}
    assert active == {date(2027, 5, 12): set(), date(2027, 5, 13): indian}


def test_what_is_in_doubt_is_advisory_and_says_why() -> None:
    """Shown, never planned."""
    advisory = {rule.id for rule in ALL.rules.values() if rule.advisory}

    assert advisory == {"ccpa_verify_data", "dpdp_min_log_erase", "glba_dispose"}
    assert [name for name in advisory if "Advisory:" not in ALL.rules[name].note] == []


def test_every_narrowed_reach_is_explained() -> None:
    """Whoever wonders why a rule does not reach a table reads it in the note."""
    narrowed = [r for r in ALL.rules.values() if r.only_with or r.where or not r.data_types or r.advisory]
    assert [rule.id for rule in narrowed if not rule.note] == []


def test_every_shipped_rule_says_what_it_is_about_and_where_it_was_read() -> None:
    """Title, records, reason, day; a source unless it is general knowledge."""
    rules = ALL.rules.values()
    assert [r.id for r in rules if not (r.title and r.records and r.reason and r.as_of)] == []
    assert [r.id for r in [*rules, *ALL.duties.values()] if not r.source and r.status != "G"] == []


def test_the_catalogue_has_the_eight_exceptions_the_repealed_ninth_and_the_exemptions() -> None:
    """Whatever packs are loaded: they are the law's own."""
    grounds = load_retention(["india"]).grounds

    assert list(grounds) == [
        *(f"E{number}" for number in range(1, 10)),
        *(
            f"X.{name}"
            for name in [
                "claim",
                "coop",
                "cred",
                "dppa",
                "emerg",
                "fcra",
                "glba",
                "house",
                "inq",
                "law",
                "med",
                "noreid",
                "others",
                "priv",
            ]
        ),
    ]
    assert [ground.id for ground in grounds.values() if ground.repealed] == ["E9"]
    assert "since 1 January 2023" in grounds["E9"].reason
    assert [ground.id for ground in grounds.values() if ground.id != "E9" and not ground.evidence] == []


def test_every_event_and_capacity_of_a_rule_is_in_the_vocabulary_and_every_word_of_it_is_used() -> None:
    """A word nobody uses misleads; but the contract's events are there for a firm's own rules, too."""
    events = {end.trigger for rule in ALL.rules.values() for end in rule.ends}
    capacities = {c for rule in ALL.rules.values() for c in rule.capacities if not c.startswith("notice:")}
    contract = {
        "collected", "created", "record_made", "last_collection_activity", "call_date", "last_use", "payment_processed",
        "transaction_complete", "account_closed", "delinquency", "default", "date_of_service", "action_notice", "final_response",
        "employment_start", "employment_end", "wage_paid", "tax_due", "consent_given", "consent_withdrawn", "request_received",
        "last_login", "purpose_ended",
    }  # fmt: skip

    assert set(ALL.events) == contract | events
    assert set(ALL.capacities) == capacities
