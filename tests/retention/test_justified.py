"""What an exception or a hold reaches in a container, and what speaks against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from piiscan.inventory import HoldingRecord, Justification, Renewal, Scope, SealedScope
from piiscan.model import Column, Container
from piiscan.model.judging import Test
from piiscan.periods import Period
from piiscan.retention import justified
from piiscan.retention.justified import Reach, doubts, justifies, mismatch, problems, reach
from piiscan.rulepack.retention import End, Ground, RetentionRule

NOW = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = date(2026, 11, 21)
EXCEPTION = Justification(
    "X1", "exception", "request", "E8", "regf", "rule regf", "the account is worked", "counsel", "",
    date(2026, 1, 1), date(2027, 1, 1), Scope(), NOW, author="j.doe",
)  # fmt: skip
EXTENSION = replace(EXCEPTION, against="schedule", basis="extension", rule="max")
HOLD = replace(EXCEPTION, id="H1", kind="hold", against="schedule", basis="litigation", rule="hold", ends=None)


def rule(id_: str, kind: str = "min_keep", *periods: str, **more: Any) -> RetentionRule:
    """A rule as a pack would give it."""
    ends = tuple(End("collected", Period.parse(period)) for period in periods)
    plain: dict[str, Any] = dict.fromkeys(
        ("title", "records", "exception", "citation", "reason", "note", "status", "source", "pack", "origin", "fixed"),
        "",
    )
    plain |= dict.fromkeys(("data_types", "only_with", "where", "capacities", "regimes", "roles", "examples"), ())
    plain |= {
        "id": id_,
        "kind": kind,
        "ends": ends,
        "combine": "later",
        "action": "delete",
        "anonymize": {},
        "yields": True,
    }
    plain |= {"as_of": None, "advisory": False, "in_force_from": None, "enabled": True}
    return RetentionRule(**plain | more)


def ground(id_: str, *, repealed: bool = False) -> Ground:
    return Ground(id_, id_, "", "", "", "", f"Civ. {id_}", "C", repealed, "it was struck" if repealed else "")


GROUNDS = {each.id: each for each in (ground("E1"), ground("E8"), ground("X.claim"), ground("E9", repealed=True))}
RULES = {
    each.id: each
    for each in (
        rule("regf", "min_keep", "P3Y"),
        rule("short", "min_keep", "P30D"),
        rule("either", "min_keep", "P30D", "P3Y", combine="earlier"),
        rule("forever", "min_keep", fixed="never"),
        rule("off", "min_keep", "P9Y", enabled=False),
        rule("later", "min_keep", "P9Y", in_force_from=date(2027, 5, 13)),
        rule("max", "max_keep", "P2Y"),
        rule("cvv", "max_keep", "P0D", yields=False, citation="PCI DSS 3.3.1"),
        rule("ours", "policy_max", "P1Y", yields=False),
        rule("hold", "hold", fixed="never"),
    )
}


@pytest.mark.parametrize(
    ("justification", "said"),
    [
        (EXCEPTION, []),
        (replace(EXCEPTION, basis="E1", rule=None), []),
        (replace(EXCEPTION, basis="X.claim", rule=None), []),
        (EXTENSION, []),
        (replace(EXTENSION, rule="ours"), []),
        (HOLD, []),
        (replace(EXCEPTION, ends=date(2026, 11, 21)), []),
        (replace(EXCEPTION, ends=date(2026, 11, 20)), ["expired on 2026-11-20"]),
        (replace(EXCEPTION, ends=None), ["no end"]),
        (replace(EXCEPTION, reason=" ", evidence="", approver=""), ["no reason", "no evidence", "no approver"]),
        (replace(EXCEPTION, approver="J.Doe"), ["who approved it also entered it"]),
        (
            replace(EXCEPTION, renewals=(Renewal(NOW, None, date(2027, 1, 1), "a.roe", "a.roe", "more"),)),
            ["who approved it also entered it"],
        ),
        (replace(EXCEPTION, rule=None), ["E8 names no rule: it is the obligation of one that is refused on"]),
        (replace(EXCEPTION, rule="nix"), ["rule 'nix' is unknown"]),
        (replace(EXCEPTION, rule="max"), ["rule max is no minimum: it is max_keep"]),
        (replace(EXCEPTION, rule="off"), ["rule off is disabled"]),
        (replace(EXCEPTION, rule="later"), ["rule later is not in force before 2027-05-13"]),
        (replace(EXCEPTION, rule="forever"), []),
        (
            replace(EXCEPTION, rule="short"),
            ["rule short is over before its end: on 2026-12-21 for an event of this day"],
        ),
        (
            replace(EXCEPTION, rule="either"),
            ["rule either is over before its end: on 2026-12-21 for an event of this day"],
        ),
        (replace(EXCEPTION, basis="E10"), ["ground 'E10' is unknown"]),
        (replace(EXCEPTION, basis="E9", rule=None), ["E9 is repealed: it was struck"]),
        (
            replace(EXCEPTION, against="schedule"),
            ["E8 answers a consumer's request: it excuses nothing from the schedule"],
        ),
        (
            replace(EXTENSION, against="request"),
            ["an extension of the schedule is no ground on which a consumer's request is refused"],
        ),
        (replace(EXTENSION, rule=None), ["an extension names no rule: it is the period of one that is extended"]),
        (replace(EXTENSION, rule="regf"), ["rule regf is no maximum that could be extended: it is min_keep"]),
        (replace(EXTENSION, rule="cvv"), ["rule cvv yields to nothing, a written extension either: PCI DSS 3.3.1"]),
        (replace(HOLD, ends=date(2026, 3, 31)), ["lapsed: it was not renewed after 2026-03-31"]),
        (replace(HOLD, rule="regf"), ["rule regf is no hold: it is min_keep"]),
        (replace(HOLD, rule="nix"), ["rule 'nix' is unknown"]),
        (replace(HOLD, rule=None), []),
        (replace(HOLD, against="request"), ["a hold speaks against the schedule"]),
        (replace(EXCEPTION, reason="", ends=None, ended_at=NOW), []),
        (replace(EXCEPTION, starts=date(2026, 12, 1), reason=""), ["no reason"]),
    ],
)
def test_problems_say_why_it_justifies_nothing(justification: Justification, said: list[str]) -> None:
    assert problems(justification, GROUNDS, RULES, AS_OF) == said


def test_an_exception_that_justifies_nothing_covers_nothing_and_a_hold_holds_until_it_is_over() -> None:
    unsound = {"reason": "", "approver": "j.doe"}
    over = {"ends": date(2026, 11, 20)}
    changes: tuple[dict[str, Any], ...] = ({}, unsound, over)

    found = [
        [justifies(replace(each, **change), GROUNDS, RULES, AS_OF) for change in changes] for each in (EXCEPTION, HOLD)
    ]

    assert found == [[True, False, False], [True, True, False]]


@pytest.mark.parametrize("basis", ["E1", "E8", "X.claim"])
def test_no_ground_of_a_request_excuses_from_the_schedule_and_no_extension_answers_a_request(basis: str) -> None:
    assert mismatch("request", basis, GROUNDS) == []
    assert len(mismatch("schedule", basis, GROUNDS)) == 1
    assert len(mismatch("request", "extension", GROUNDS)) == 1


def held(container: str, column: str | None, data_type: str, *, source: str = "crm", **more: Any) -> HoldingRecord:
    """One line of the inventory."""
    plain: dict[str, Any] = {
        "id": "0" * 16, "member": (), "container_kind": "table", "label": data_type, "categories": ("A",), "group": "identifiers",
        "sensitive": "no", "confidence": 0.9, "evidence": ("values", "name"), "recognizers": (), "cells_seen": 9, "cells_matched": 9,
        "rows_total": 9, "coverage": "full", "first_seen": NOW, "last_seen": NOW, "oldest_at": None, "newest_at": None, "owners": (), "why": "",
    }  # fmt: skip
    return HoldingRecord(
        **plain | {"source": source, "container": container, "column": column, "data_type": data_type} | more
    )


def table(path: str, *columns: str | Column, source: str = "crm", kind: Any = "table") -> Container:
    return Container(
        source,
        path,
        kind,
        columns=tuple(each if isinstance(each, Column) else Column(each, "VARCHAR(40)") for each in columns),
    )


def alike(column: str, value: str) -> Test:
    return Test((column,), "~", value)


ACCOUNTS = table("public.accounts", Column("id", "INTEGER", primary_key=True), "email", "phone", "account_no")
HOLDINGS = [held("public.accounts", "email", "email"), held("public.accounts", "account_no", "creditor_account_no")]


@pytest.mark.parametrize(
    ("scope", "tests"),
    [
        (Scope(), ((),)),
        (Scope("crm", "public.*"), ((),)),
        (Scope("share"), None),
        (Scope("crm", "private.*"), None),
        (Scope(data_types=("email",)), ((),)),
        (Scope(data_types=("group:identifiers",)), ((),)),
        (Scope(data_types=("category:A",)), ((),)),
        (Scope(data_types=("ssn", "category:L")), None),
    ],
)
def test_without_rows_all_of_what_the_globs_and_data_types_name_is_covered(scope: Scope, tests: Any) -> None:
    assert justified.tests_for(replace(EXCEPTION, scope=scope), None, ACCOUNTS, HOLDINGS) == tests


def told(private: SealedScope, container: Container, holdings: Any, *others: Container) -> Reach:
    return reach(HOLD, private, container, holdings, others)


def test_a_predicate_is_taken_as_given_and_an_alternative_without_its_column_is_said() -> None:
    first, second = Test(("id",), "=", 4711), Test(("debtor",), "=", 1)

    assert told(SealedScope(((first,), (second,))), ACCOUNTS, []) == Reach(((first,),), "it has no column debtor")
    assert told(SealedScope(((first, second),)), ACCOUNTS, []) == Reach(None, "it has no column debtor")


def test_all_that_is_known_of_a_person_and_held_in_the_table_must_match() -> None:
    subject = {"email": " Ann@Example.org", "creditor_account_no": "AB-12 34", "dob": "1980-01-31"}

    found = told(SealedScope(subject=subject), ACCOUNTS, HOLDINGS)

    email = alike("email", "Ann@Example.org")
    assert found == Reach(((email, alike("account_no", "AB-12 34")), (email, alike("account_no", "AB1234"))))


def test_a_person_and_a_predicate_must_both_be_true() -> None:
    first = Test(("id",), "=", 4711)

    found = told(SealedScope(((first,),), {"email": "ann@example.org"}), ACCOUNTS, HOLDINGS)

    assert found == Reach(((first, alike("email", "ann@example.org")),))


def test_one_of_several_columns_of_a_type_is_enough() -> None:
    holdings = [*HOLDINGS, held("public.accounts", "phone", "email")]

    found = told(SealedScope(subject={"email": "ann@example.org"}), ACCOUNTS, holdings)

    assert found == Reach(((alike("email", "ann@example.org"),), (alike("phone", "ann@example.org"),)))


@pytest.mark.parametrize(
    "holding",
    [
        held("public.accounts", "phone", "ssn", evidence=("text",)),
        held("public.accounts", "phone", "ssn", source="crm", member=("inner",)),
        held("public.other", "phone", "ssn"),
        held("public.accounts", None, "ssn"),
    ],
)
def test_who_cannot_be_told_in_a_table_is_said_and_not_ignored(holding: HoldingRecord) -> None:
    """Running text, another table's column: no comparison finds the person there."""
    found = told(SealedScope(subject={"ssn": "219-09-9998"}), ACCOUNTS, [*HOLDINGS, holding])

    assert found == Reach(None, "nothing in it leads to the person by ssn")


def test_rows_of_a_file_cannot_be_told_apart_and_that_is_said() -> None:
    file = table("a.csv", "email", source="share", kind="file")

    found = told(
        SealedScope(subject={"email": "ann@example.org"}), file, [held("a.csv", "email", "email", source="share")]
    )

    assert found == Reach(None, "a file has no rows to tell apart: name the files instead")


def key(name: str, references: str, sql_type: str = "INTEGER") -> Column:
    return Column(name, sql_type, references=references)


DEBTORS = table("public.debtors", "id", "email", "first_name", "last_name")
LOANS = table("public.loans", "id", key("debtor_id", "debtors.id"), key("cosigner_id", "debtors.id"))
PAYMENTS = table("public.payments", "id", key("loan_id", "loans.id"))
CHECKS = table("public.checks", "id", key("payment_id", "payments.id"))
STAMPS = table("public.stamps", key("check_id", "checks.id"))
PERSON = [held("public.debtors", "email", "email")]
ANN = SealedScope(subject={"email": "ann@example.org"})


@pytest.mark.parametrize(
    ("container", "ways"),
    [
        (LOANS, [("debtor_id", "debtors.email"), ("cosigner_id", "debtors.email")]),
        (
            PAYMENTS,
            [("loan_id", "loans.debtor_id", "debtors.email"), ("loan_id", "loans.cosigner_id", "debtors.email")],
        ),
        (
            CHECKS,
            [
                ("payment_id", "payments.loan_id", f"loans.{key}", "debtors.email")
                for key in ("debtor_id", "cosigner_id")
            ],
        ),
        (STAMPS, None),
    ],
)
def test_a_person_is_found_along_up_to_three_foreign_keys(container: Container, ways: Any) -> None:
    found = told(ANN, container, PERSON, DEBTORS, LOANS, PAYMENTS, CHECKS)

    expected = None if ways is None else tuple((Test(way, "~", "ann@example.org"),) for way in ways)
    assert found.tests == expected


def test_the_nearest_table_that_holds_anything_of_the_person_decides() -> None:
    holdings = [*PERSON, held("public.loans", "id", "creditor_account_no")]
    private = SealedScope(subject={"email": "ann@example.org", "creditor_account_no": "L1"})

    found = told(private, PAYMENTS, holdings, DEBTORS, LOANS)

    assert found == Reach(((Test(("loan_id", "loans.id"), "~", "L1"),),))


def test_one_step_needs_no_other_table_and_a_schema_of_the_key_is_followed() -> None:
    abroad = table("public.calls", key("who", "crm2.people.id"))

    assert told(ANN, LOANS, PERSON).tests is not None
    found = told(ANN, abroad, [held("crm2.people", "email", "email")])
    assert found == Reach(((Test(("who", "crm2.people.email"), "~", "ann@example.org"),),))


def test_cycles_end_and_keys_of_several_columns_are_no_way() -> None:
    one, other = table("a", key("b_id", "b.id")), table("b", key("a_id", "a.id"))
    wide = table("public.items", key("tenant", "debtors.tenant"), key("debtor", "debtors.id"))

    assert told(ANN, one, [], other).tests is None
    assert told(ANN, wide, PERSON, DEBTORS).tests is None


def test_a_name_in_two_columns_is_found_as_well() -> None:
    holdings = [held("public.debtors", name, "person_name") for name in ("first_name", "last_name")]

    found = told(SealedScope(subject={"person_name": "Mary Ann Lee"}), DEBTORS, holdings)

    pairs = {
        (("first_name", given), ("last_name", family))
        for given, family in (("Mary", "Ann Lee"), ("Mary Ann", "Lee"), ("Mary", "Lee"))
    }
    assert {
        tuple((*test.path, test.value) for test in tests) for tests in found.tests or () if len(tests) == 2
    } >= pairs
    assert (alike("first_name", "Mary Ann Lee"),) in (found.tests or ())


def test_what_would_need_too_many_comparisons_is_left_out_and_said() -> None:
    columns = [f"phone{number}" for number in range(40)]
    wide = table("public.wide", "email", *columns)
    holdings = [held("public.wide", "email", "email"), *(held("public.wide", name, "phone") for name in columns)]

    found = told(SealedScope(subject={"email": "ann@example.org", "phone": "212-555-0187"}), wide, holdings)

    assert found == Reach(
        ((alike("email", "ann@example.org"),),), "not compared, for there are too many ways to write them: phone"
    )


NOTHING = ["its scope reaches nothing that a scan has found"]


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (Scope(), []),
        (Scope("crm", "*codes"), []),
        (Scope("share"), NOTHING),
        (Scope("crm", "*invoices"), NOTHING),
        (Scope(data_types=("email",)), []),
        (Scope("crm", "*codes", ("email",)), NOTHING),
        (Scope(subject_types=("email", "ssn")), []),
        (
            Scope(subject_types=("phone", "ssn")),
            ["no scan has found a column of phone, ssn: nothing leads to the person"],
        ),
    ],
)
def test_a_scope_that_reaches_nothing_a_scan_has_found_is_doubtful(scope: Scope, said: list[str]) -> None:
    places = [("crm", "public.accounts"), ("crm", "public.codes")]

    assert doubts(replace(EXCEPTION, scope=scope), places, HOLDINGS) == said
