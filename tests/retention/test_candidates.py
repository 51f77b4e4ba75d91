"""Which columns are proposed as clocks: by name, by type, by what their values are worth, and one step along a foreign key."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from piiscan.eventphrases import EVENTS
from piiscan.model import Clock, Column, Container
from piiscan.model.judging import DateProfile
from piiscan.retention.candidates import candidates, dateable, likeliest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OLDEST, NEWEST = date(2015, 1, 1), date(2026, 1, 1)


def table(name: str, *columns: Column) -> Container:
    return Container("crm", f"public.{name}", "table", columns=columns)


def profile(column: str, rows: int = 1000, **counts: Any) -> DateProfile:
    known = {
        "nulls": 0,
        "sentinels": 0,
        "future": 0,
        "unreadable": 0,
        "format": "date",
        "oldest": OLDEST,
        "newest": NEWEST,
    }
    return DateProfile(column, rows, **known | counts)


def events(
    container: Container, *profiles: DateProfile, others: tuple[Container, ...] = ()
) -> dict[str, tuple[str, float]]:
    """The likeliest column of each event, and how sure it is."""
    by_path = {each.path: each for each in (container, *others)}
    found = candidates(container, by_path, {(container.path, each.column): each for each in profiles})
    return {event: (each.clock.column, each.confidence) for event, each in likeliest(found).items()}


def test_every_event_of_the_contract_has_names() -> None:
    """None is left to the firm alone."""
    assert " ".join(EVENTS) == (
        "collected created record_made last_collection_activity call_date last_use payment_processed transaction_complete"
        " account_closed delinquency default date_of_service action_notice final_response employment_start employment_end"
        " wage_paid tax_due consent_given consent_withdrawn request_received last_login purpose_ended"
    )


@pytest.mark.parametrize(
    ("name", "column", "event"),
    [
        ("accounts", "placed_at", "collected"),
        ("customers", "createdate", "created"),
        ("letters", "crt_dt", "created"),
        ("journal", "recorded_on", "record_made"),
        ("accounts", "last_activity_at", "last_collection_activity"),
        ("accounts", "LastContactDate", "last_collection_activity"),
        ("calls", "started_at", "call_date"),
        ("call_log", "dt", "call_date"),
        ("dialer", "called_ts", "call_date"),
        ("files", "last_accessed", "last_use"),
        ("payments", "pmt_dt", "payment_processed"),
        ("receipts", "paidOn", "payment_processed"),
        ("orders", "OrderDate", "transaction_complete"),
        ("rentals", "return_date", "transaction_complete"),
        ("accounts", "acct_close_dt", "account_closed"),
        ("accounts", "dofd", "delinquency"),
        ("accounts", "first_delinquency_date", "delinquency"),
        ("accounts", "charge_off_date", "default"),
        ("claims", "dos", "date_of_service"),
        ("visits", "visit_date", "date_of_service"),
        ("applications", "adverse_action_notice_sent", "action_notice"),
        ("requests", "responded_at", "final_response"),
        ("complaints", "closed_on", "final_response"),
        ("employees", "HireDate", "employment_start"),
        ("job_history", "start_date", "employment_start"),
        ("employees", "termination_date", "employment_end"),
        ("dept_emp", "to_date", "employment_end"),
        ("payroll", "pay_date", "wage_paid"),
        ("tax_forms", "due_date", "tax_due"),
        ("people", "opt_in_date", "consent_given"),
        ("consents", "revoked_at", "consent_withdrawn"),
        ("people", "unsubscribed_at", "consent_withdrawn"),
        ("dsar_requests", "received_at", "request_received"),
        ("users", "lastlogindate", "last_login"),
        ("clients", "contract_end", "purpose_ended"),
    ],
)
def test_a_name_tells_its_event(name: str, column: str, event: str) -> None:
    """Run together, shortened, in capitals; what is said by the table needs not be said again."""
    found = events(table(name, Column(column, "DATE")), profile(column))

    assert found[event][0] == column
    assert found[event][1] >= 0.6


@pytest.mark.parametrize(
    "column",
    [
        "birth_date",
        "dob",
        "dateofbirth",
        "card_expiry_date",
        "expires_at",
        "valid_until",
        "last_update",
        "updated_at",
        "modified_on",
        "next_payment_date",
        "payment_due_date",
        "scheduled_call_date",
        "issue_date",
        "date_of_death",
        "created_by",
        "payment_id",
        "format",
        "first_order_date",
    ],
)
def test_births_expiries_changes_and_plans_are_no_events(column: str) -> None:
    """Whatever the table is about, and however good the values."""
    for name in ("people", "payments", "employees"):
        assert events(table(name, Column(column, "DATE")), profile(column)) == {}


@pytest.mark.parametrize(
    ("kind", "column", "found", "expected"),
    [
        ("DATE", "paid_on", profile("paid_on"), 0.8),
        ("DATE", "paid_on", profile("paid_on", nulls=500), 0.64),
        ("DATE", "paid_on", profile("paid_on", nulls=1000), None),
        ("DATE", "paid_on", profile("paid_on", sentinels=600, nulls=400), None),
        ("DATE", "paid_on", profile("paid_on", future=100), 0.46),
        ("DATE", "paid_on", profile("paid_on", oldest=NEWEST), 0.4),
        ("DATE", "paid_on", profile("paid_on", oldest=date(1931, 5, 6)), None),
        ("DATE", "paid_on", profile("paid_on", rows=0), 0.6),
        ("DATE", "paid_on", None, 0.6),
        ("DATE", "closed_on", profile("closed_on", nulls=900), 0.85),
        ("DATE", "closed_on", profile("closed_on", sentinels=900), 0.85),
        ("VARCHAR(20)", "paid_on", profile("paid_on", format="DD.MM.YYYY"), 0.8),
        ("VARCHAR(20)", "paid", profile("paid", format="YYYY-MM-DD"), 0.8),
        ("VARCHAR(20)", "paid_on", profile("paid_on", format="ambiguous", unreadable=1000), None),
        ("VARCHAR(20)", "paid_on", profile("paid_on", format="YYYY-MM-DD", unreadable=700), None),
        ("VARCHAR(20)", "paid", None, None),
        ("INTEGER", "paid_ts", profile("paid_ts", format="epoch seconds"), 0.8),
        ("INTEGER", "paid", profile("paid", format="yyyymmdd"), 0.8),
        ("INTEGER", "paid", profile("paid", format="Excel days"), None),
        ("INTEGER", "paid_dt", profile("paid_dt", format="Excel days"), 0.8),
        ("BOOLEAN", "paid", profile("paid"), None),
        ("BLOB", "paid_on", None, None),
    ],
)
def test_the_values_confirm_or_refuse(
    kind: str, column: str, found: DateProfile | None, expected: float | None
) -> None:
    """All null, all sentinels, no day, or as old as people: none. Ahead, or all on one day: doubtful. Not yet: no fault."""
    event = "account_closed" if column.startswith("closed") else "payment_processed"
    by_event = events(table("t", Column(column, kind)), *([found] if found else []))

    assert by_event.get(event, (column, None)) == (column, expected)


def test_the_reason_says_what_was_counted() -> None:
    """A name, days, a spelling, a doubt: one sentence."""
    container = table("t", Column("paid_on", "TEXT"))
    found = profile("paid_on", future=100, nulls=10, format="MM/DD/YYYY")

    (only,) = candidates(container, {}, {(container.path, "paid_on"): found})

    assert (only.event, only.clock) == ("payment_processed", Clock("payment_processed", ("paid_on",), "inferred"))
    assert only.why == (
        "its name says 'paid'; 89 % of the rows have a day, 2015-01-01 to 2026-01-01, written MM/DD/YYYY; 10 % of the rows lie ahead"
    )


def test_a_parents_date_is_one_step_away() -> None:
    """For what the table itself does not tell; when the parent was made is the parent's own affair."""
    accounts = table(
        "accounts", Column("id", primary_key=True), Column("closed_on", "DATE"), Column("created_at", "DATE")
    )
    calls = table("calls", Column("account_id", references="accounts.id"), Column("started_at", "DATE"))
    loose = table("notes", Column("account_id", references="elsewhere.accounts.id"))

    assert events(calls, others=(accounts,)) == {
        "call_date": ("started_at", 0.6),
        "account_closed": ("account_id > accounts.closed_on", 0.58),
    }
    assert events(loose, others=(accounts,)) == {}


def test_what_a_worker_did_is_no_record_about_the_worker() -> None:
    """An order an employee took is not kept by the employee's last day; the employee's pay is."""
    workers = table("employees", Column("id", primary_key=True), Column("hired_on", "DATE"))
    worker = Column("employee_id", references="employees.id")

    assert events(table("orders", worker), others=(workers,)) == {}
    assert events(table("salaries", worker), others=(workers,)) == {
        "employment_start": ("employee_id > employees.hired_on", 0.64)
    }


def test_only_columns_whose_names_tell_something_are_looked_at() -> None:
    """Counting costs a pass over the table."""
    columns = (Column("paid_on", "DATE"), Column("dob", "DATE"), Column("note", "TEXT"), Column("closed", "BOOLEAN"))

    assert dateable(table("t", *columns)) == ("paid_on",)


def test_check_proposes_lines_to_paste(tmp_path: Path, invoke: Callable[..., Any]) -> None:
    """They are TOML as they stand, at 80 columns; what is configured is not proposed, and what it is worth is said."""
    with sqlite3.connect(tmp_path / "crm.db") as database:
        for statement in (
            "CREATE TABLE accounts (id INTEGER PRIMARY KEY, last_activity_at TEXT, closed_on TEXT, dob TEXT)",
            'CREATE TABLE "odd ""calls""" (id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts, called_at TEXT, paid TEXT)',
            "INSERT INTO accounts VALUES (1, '2024-05-06', '05/06/2024', '1980-01-01'), (2, '2025-05-06', NULL, '1980-01-01')",
            "INSERT INTO \"odd \"\"calls\"\"\" VALUES (1, 1, '13.05.2024', '2099-01-01'), (2, 1, '14.05.2024', NULL)",
        ):
            database.execute(statement)
    database.close()
    (tmp_path / "piiscan.toml").write_text(
        '[firm]\nname = "x"\n[sources.crm]\nconnector = "sql"\nurl = "sqlite:///crm.db"\n'
        '[sources.crm.clocks.accounts]\naccount_closed = "closed_on"\nlast_login = "dob"\n'
    )

    shown = invoke("check", env={"COLUMNS": "80"})
    printed = json.loads(invoke("check", "--format", "json").stdout)

    assert {(each["container"], each["event"]): (each["column"], each["confidence"]) for each in printed["clocks"]} == {
        ("accounts", "last_collection_activity"): ("last_activity_at", 0.95),
        ("accounts", "last_use"): ("last_activity_at", 0.75),
        ('odd "calls"', "last_collection_activity"): ("account_id > accounts.last_activity_at", 0.85),
        ('odd "calls"', "call_date"): ("called_at", 0.9),
        ('odd "calls"', "last_use"): ("account_id > accounts.last_activity_at", 0.68),
    }
    pasted = tomllib.loads(shown.stdout[shown.stdout.index("\n[sources.crm.clocks") :])
    assert pasted["sources"]["crm"]["clocks"]['odd "calls"']["call_date"] == "called_at"
    assert max(map(len, shown.stdout.splitlines())) <= 80
    warned = [line["message"] for line in printed["checks"] if line["subject"] == "accounts"]
    assert [message for message in warned if "account_closed" in message] == [
        "account_closed = closed_on: every day can be read with the month first and with the day first: its rows are undated"
    ]
