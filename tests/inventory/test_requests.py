"""Consumers' requests in the store: numbers, logs, hashes, and what pruning leaves; on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from piiscan.errors import UsageError
from piiscan.inventory import ConsumerRequest, Identity, Inventory

DRAFT = ConsumerRequest(
    id=0, kind="delete", regime="ccpa", received=date(2026, 11, 21), channel="mail", data_types=("email", "phone"), agent=True,
    authority="parent", notarized=False, minor=True, declared=False, fee="", facts="{}", sealed="c2VhbGVk", author="j.doe",
)  # fmt: skip
HASHES = (Identity("email", "a" * 64), Identity("phone", "b" * 64))
DAY = date(2026, 11, 23)


def test_a_request_comes_back_whole_with_its_log_and_its_hashes(inventory: Inventory) -> None:
    with inventory.requesting() as writer:
        added = writer.add(DRAFT, HASHES, DAY, "by letter")
        second = writer.add(replace(DRAFT, kind="know_specific"), (), DAY)
        done = writer.record(1, "extended", DAY, "m.roe", "three systems", extended_on=DAY)

    kept = inventory.requests()
    assert [each.id for each in kept] == [1, 2]
    assert kept == [done, second]
    assert kept[0] == replace(DRAFT, id=1, extended_on=DAY, log=kept[0].log)
    assert added.log == kept[0].log[:1]
    assert [(each.what, each.on, each.by, each.said) for each in kept[0].log] == [
        ("opened", DAY, "j.doe", "by letter"), ("extended", DAY, "m.roe", "three systems"),
    ]  # fmt: skip
    assert datetime.now(UTC) - kept[0].log[0].at < timedelta(minutes=5)
    assert inventory.identities() == {1: HASHES}
    assert inventory.requests(number=2) == [second]


def test_what_is_answered_takes_no_further_event(inventory: Inventory) -> None:
    with inventory.requesting() as writer:
        writer.add(DRAFT, HASHES, DAY)
        closed = writer.record(1, "closed", DAY, "j.doe", "", state="closed", closed_on=DAY, response="complied", sealed=None)  # fmt: skip
        with pytest.raises(UsageError):
            writer.record(1, "extended", DAY, "j.doe", "more")
        with pytest.raises(UsageError):
            writer.record(9, "extended", DAY, "j.doe", "more")

    assert (closed.sealed, closed.on("closed"), closed.on("extended")) == (None, DAY, None)
    assert inventory.requests() == [closed]


def test_pruning_leaves_the_hashes_of_those_who_must_not_come_back_with_their_answer(inventory: Inventory) -> None:
    answers = (
        ("delete", "complied"), ("know_specific", "complied"), ("opt_out", "partly"), ("delete", "denied"), ("limit", "withdrawn"),
        ("object", "nothing_held"), ("delete", ""),
    )  # fmt: skip
    with inventory.requesting() as writer:
        for number, (kind, response) in enumerate(answers, 1):
            writer.add(replace(DRAFT, kind=kind), HASHES, DAY)
            state = "denied" if response == "denied" else "closed"
            if response:
                writer.record(number, "closed", DAY, "j.doe", "", state=state, closed_on=DAY, response=response)
        before = inventory.suppressions()
        writer.prune([1, 2, 4, 5, 6])
        left = inventory.suppressions()
        writer.prune([3])
        again = writer.add(DRAFT, (), DAY)

    assert before == left == inventory.suppressions()
    assert [(each.request, each.kind, each.response, each.answered_on, each.identities) for each in left] == [
        (1, "delete", "complied", DAY, HASHES), (3, "opt_out", "partly", DAY, HASHES), (6, "object", "nothing_held", DAY, HASHES),
    ]  # fmt: skip
    assert sorted(inventory.identities()) == [1, 3, 6, 7]
    assert [each.id for each in inventory.requests()] == [7, again.id] == [7, 8]
