"""What was held and is no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan import rulepack
from piiscan.inventory import Inventory, RunSettings
from piiscan.model import Classification, Container, Holding, Scanned, UnitResult

if TYPE_CHECKING:
    from pathlib import Path


def scan(inventory: Inventory, held: dict[str, tuple[str, ...]]) -> None:
    """One run that finds these data types in these tables, and lists no other table."""
    with inventory.writer() as writer:
        writer.start(RunSettings("full", (("crm", "sql"),), "settings"))
        for path, data_types in held.items():
            container = Container("crm", path, "table", rows=9, rows_exact=True)
            holdings = tuple(
                Holding(container, name, Classification(name, 0.9, ("values",), (), 9, 9, "test"), "full")
                for name in data_types
            )
            writer.commit(UnitResult(container, (Scanned(container, "full", 9, 9, 90, holdings),)))
        writer.close_source("crm", complete_listing=True)
        writer.finish("complete")


def test_what_has_ended_and_not_come_back_is_past_with_the_reason_of_its_end(tmp_path: Path) -> None:
    """A column that lost its data, a table that was dropped; not one that was emptied and filled again."""
    inventory = Inventory.open(f"sqlite:///{tmp_path / 'store.db'}", create=True, packs=rulepack.load())
    scan(inventory, {"debtors": ("ssn", "email"), "old": ("dob",), "again": ("phone",)})
    scan(inventory, {"debtors": ("email",), "again": ()})
    scan(inventory, {"debtors": ("email",), "again": ("phone",)})

    assert [(each.container, each.column, each.data_type, each.reason) for each in inventory.past()] == [
        ("debtors", "ssn", "ssn", "absent"),
        ("old", "dob", "dob", "unlisted"),
    ]
    assert all(each.first_seen <= each.last_seen for each in inventory.past())
