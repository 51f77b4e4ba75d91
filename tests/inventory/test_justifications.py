"""Exceptions and holds in the store: ids, ends, renewals, and what is sealed; on SQLite and PostgreSQL."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from piiscan.errors import LockedError, StoreError, UsageError
from piiscan.inventory import Inventory, Justification, Renewal, Scope, SealedScope
from piiscan.inventory.justifications import opened, sealed
from piiscan.model import Secret
from piiscan.model.judging import Test
from piiscan.sealing import SealError

KEY = Secret(base64.b64encode(bytes(range(32))).decode())
DRAFT = Justification(
    id="",
    kind="exception",
    against="request",
    basis="E8",
    rule="regf_account",
    evidence="rule regf_account",
    reason="the account is worked",
    approver="counsel",
    use_lock="answering regulators",
    starts=date(2026, 1, 1),
    ends=date(2026, 12, 31),
    scope=Scope("crm", "public.*", ("group:financial", "email")),
    created_at=datetime(2000, 1, 1, tzinfo=UTC),
    author="j.doe",
)
HOLD = replace(DRAFT, kind="hold", against="schedule", basis="litigation", rule="litigation_hold", ends=None)


def test_what_is_added_comes_back_whole_with_ids_of_its_kind_in_order(inventory: Inventory) -> None:
    with inventory.justifying() as writer:
        added = [writer.add(draft) for draft in (DRAFT, HOLD, DRAFT)]

    kept = inventory.justifications()

    assert [each.id for each in added] == ["X1", "H1", "X2"]
    assert kept == [added[0], added[2], added[1]]
    assert kept[0] == replace(DRAFT, id="X1", created_at=kept[0].created_at)
    assert datetime.now(UTC) - kept[0].created_at < timedelta(minutes=5)
    assert inventory.justifications(kind="hold") == [added[1]]


def test_what_was_ended_stays_in_the_store_and_its_id_is_not_given_again(inventory: Inventory) -> None:
    with inventory.justifying() as writer:
        writer.add(DRAFT)
        ended = writer.end("X1", on=date(2026, 6, 1), by="j.doe", why="paid off")
        again = writer.add(DRAFT)

    assert inventory.justifications() == [ended, again]
    assert again.id == "X2"
    assert (ended.ended_on, ended.ended_by, ended.ended_why) == (date(2026, 6, 1), "j.doe", "paid off")
    assert [ended.state(date(2026, 5, 31)), ended.state(date(2026, 6, 1))] == ["active", "ended"]
    for change in (
        lambda writer: writer.end("X1", on=date(2026, 6, 2), by="j.doe", why="again"),
        lambda writer: writer.renew("X1", ends=date(2027, 1, 1), by="j.doe", approver="counsel", why="again"),
    ):
        with inventory.justifying() as writer, pytest.raises(UsageError, match="X1 was ended"):
            change(writer)


def test_every_renewal_is_kept_and_the_last_one_says_the_end(inventory: Inventory) -> None:
    with inventory.justifying() as writer:
        writer.add(DRAFT)
        writer.renew("X1", ends=date(2027, 6, 30), by="j.doe", approver="counsel", why="still worked")
        renewed = writer.renew("X1", ends=date(2027, 12, 31), by="a.roe", approver="head", why="sued")

    first, second = renewed.renewals
    assert renewed.ends == date(2027, 12, 31)
    assert first == Renewal(first.at, date(2026, 12, 31), date(2027, 6, 30), "j.doe", "counsel", "still worked")
    assert second == Renewal(second.at, date(2027, 6, 30), date(2027, 12, 31), "a.roe", "head", "sued")
    assert inventory.justifications() == [renewed]


def test_an_unknown_id_is_refused_and_changes_nothing(inventory: Inventory) -> None:
    with inventory.justifying() as writer, pytest.raises(UsageError, match="no exception or hold 'X9'"):
        writer.end("X9", on=date(2026, 6, 1), by="j.doe", why="no")

    assert inventory.justifications() == []


def test_nobody_changes_them_while_a_run_writes(inventory: Inventory) -> None:
    with inventory.writer(), pytest.raises(LockedError), inventory.justifying():
        pass


@pytest.mark.parametrize(
    ("day", "state"),
    [("2025-12-31", "not_yet"), ("2026-01-01", "active"), ("2026-12-31", "active"), ("2027-01-01", "expired")],
)
def test_it_covers_from_its_first_to_its_last_day(day: str, state: str) -> None:
    as_of = date.fromisoformat(day)

    assert (DRAFT.state(as_of), DRAFT.covers(as_of)) == (state, state == "active")


def test_a_hold_without_an_end_covers_until_it_is_released() -> None:
    released = replace(HOLD, ended_at=datetime(2027, 3, 1, tzinfo=UTC))

    assert HOLD.covers(date.max)
    assert [released.covers(date(2027, 2, 28)), released.covers(date(2027, 3, 1))] == [True, False]


PRIVATE = SealedScope(
    rows=((Test(("account_id",), "=", 4711), Test(("closed_at",), "null")), (Test(("a", "b.c"), "~", "Zoë"),)),
    subject={"phone": "212-555-0187", "email": "ann@example.org"},
)


def test_a_sealed_scope_opens_with_its_key_only_and_counts_without_it(inventory: Inventory) -> None:
    with inventory.justifying() as writer:
        writer.add(replace(DRAFT, scope=sealed(DRAFT.scope, PRIVATE, KEY)))
    kept = inventory.justifications()[0].scope

    assert opened(kept, KEY) == PRIVATE
    assert (kept.row_tests, kept.subject_types) == (3, ("email", "phone"))
    assert (kept.source, kept.container, kept.data_types) == ("crm", "public.*", ("group:financial", "email"))
    assert opened(DRAFT.scope, KEY) is None
    with pytest.raises(SealError):
        opened(kept, Secret(base64.b64encode(bytes(32)).decode()))


@pytest.mark.parametrize("shown", [repr(PRIVATE), str(PRIVATE), repr(sealed(DRAFT.scope, PRIVATE, KEY))])
def test_no_value_is_shown_or_stands_in_the_scope(shown: Any) -> None:
    assert [value for value in ("= 4711", "Zoë", "212-555", "ann@") if value in shown] == []


def test_a_store_of_the_release_before_gets_the_tables_and_keeps_what_it_holds(store_url: str, firm: Any) -> None:
    firm.run(Inventory.open(store_url, create=True), firm.unit("ssn"))
    engine = create_engine(store_url)
    with engine.begin() as connection:
        for statement in (
            *(f"DROP TABLE {name}" for name in ("request_event", "request_identity", "request")),
            "DROP TABLE renewal",
            "DROP TABLE justification",
            "UPDATE piiscan_version SET version_num = '0002'",
        ):
            connection.execute(text(statement))
    engine.dispose()

    with pytest.raises(StoreError, match="older piiscan"):
        Inventory.open(store_url)
    inventory = Inventory.open(store_url, create=True)

    assert inventory.justifications() == []
    assert firm.held(inventory) == ["public.debtors.ssn ssn"]
