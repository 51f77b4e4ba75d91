"""A firm whose inventory is written row by row through the real store, so that every figure of a report can be foretold."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from piiscan import rulepack
from piiscan.config import Config
from piiscan.inventory import Inventory, RunRecord, RunSettings
from piiscan.model import (
    AgeRow,
    Ages,
    Classification,
    Clock,
    Container,
    Coverage,
    Document,
    Evidence,
    Holding,
    Scanned,
    Skip,
    UnitResult,
)
from piiscan.report import categories

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

PACKS = rulepack.load()


class Firm:
    """An inventory to fill and a configuration to change."""

    packs = PACKS

    def __init__(self, folder: Path, empty_store: Path) -> None:
        self.path = Path(shutil.copy(empty_store, folder / "store.db"))
        self.inventory = Inventory.open(f"sqlite:///{self.path}", packs=PACKS)
        self.settings: dict[str, Any] = {
            "firm": {"name": "Example Receivables"},
            "sources": {"crm": {"connector": "sql", "url": "sqlite:///crm.db"}},
        }

    @property
    def config(self) -> Config:
        """The settings, checked."""
        return Config.model_validate(self.settings)

    def scan(
        self,
        *items: UnitResult | Skip,
        sources: Sequence[str] = ("crm",),
        status: str = "complete",
        cut: Collection[str] = (),
        day: str = "2026-11-21",
        rules: str = "",
    ) -> RunRecord:
        """One run over the sources, finished early on a fixed day; ``cut`` names sources it did not get to the end of."""
        connectors = {"crm": "sql", "share": "files"}
        with self.inventory.writer() as writer:
            pairs = tuple((name, connectors.get(name, "sql")) for name in sources)
            run = writer.start(RunSettings("sample", pairs, "settings", rules=rules))
            for item in items:
                writer.skip(item) if isinstance(item, Skip) else writer.commit(item)
            for name in sources:
                if name not in cut:
                    writer.close_source(name, complete_listing=True)
            if status != "running":
                writer.finish(status)
        with sqlite3.connect(self.path) as database:
            times = (f"{day}T02:00:00Z", None if status == "running" else f"{day}T02:13:00Z", run.run_id)
            database.execute("UPDATE run SET started_at = ?, finished_at = ? WHERE id = ?", times)
        database.close()
        return self.inventory.run(run.run_id)

    def categories(self, **options: Any) -> Document:
        """The category report as of 21 November 2026."""
        return categories(self.inventory, self.config, PACKS, **({"as_of": date(2026, 11, 21)} | options))

    def rows(self, **options: Any) -> dict[str, dict[str, Any]]:
        """Its twelve rows by letter."""
        return {row["letter"]: row for row in self.categories(**options).body["categories"]}


def table(
    path: str,
    rows: int,
    *columns: tuple[str, str] | tuple[str, str, dict[str, Any]],
    ages: Sequence[tuple[Any, ...]] = (),
    clock: Clock | None = None,
    seen: int | None = None,
    coverage: Coverage = "full",
    kind: str = "table",
    source: str = "crm",
    member: tuple[str, ...] = (),
) -> UnitResult:
    """A table that was read: its columns with their data types, and its rows by day of collection.

    ``ages``: day, rows, and maybe the client and the filled cells by column.
    """
    container = Container(source, path, kind, member, rows=rows, rows_exact=True)
    read = rows if seen is None else seen
    holdings = tuple(_holding(container, read, coverage, *column) for column in columns)
    days = tuple(AgeRow(date.fromisoformat(day) if day else None, count, *owner) for day, count, *owner in ages)
    dated = (Ages(clock or Clock("collected", ("placed_at",)), days),) if days else ()
    return UnitResult(container, (Scanned(container, coverage, read, read * 3, read * 30, holdings, dated),))


def file(
    path: str, *data_types: str, source: str = "share", evidence: Evidence = "text", member: tuple[str, ...] = ()
) -> UnitResult:
    """A file of running text or sound that was read."""
    columns = tuple((None, name, {"evidence": (evidence,)}) for name in data_types)
    return table(path, 1, *columns, source=source, kind="file", member=member)


def _holding(
    container: Container,
    read: int,
    coverage: Coverage,
    column: str | None,
    data_type: str,
    more: dict[str, Any] | None = None,
) -> Holding:
    found = Classification(data_type, 0.9, ("values", "name"), (), cells_seen=read, cells_matched=read, why="test")
    return Holding(container, column, replace(found, **(more or {})), coverage)


@pytest.fixture
def firm(tmp_path: Path, empty_store: Path) -> Firm:
    """A firm with one source, crm, and nothing scanned."""
    return Firm(tmp_path, empty_store)


@pytest.fixture
def make_table() -> Any:
    """`table` for tests."""
    return table


@pytest.fixture
def make_file() -> Any:
    """`file` for tests."""
    return file
