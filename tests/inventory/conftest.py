"""A firm's units by hand, and a store of each kind to put them in."""

from __future__ import annotations

import os
import shutil
import uuid
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from piiscan.inventory import HoldingRecord, Inventory, RunRecord, RunSettings, RunWriter
from piiscan.model import (
    AgeRow,
    Ages,
    Classification,
    Clock,
    Column,
    Container,
    Coverage,
    Holding,
    Scanned,
    Skip,
    SkipCode,
    UnitResult,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SETTINGS = RunSettings(mode="full", sources=(("crm", "sql"), ("share", "files")), fingerprint="rules-1")
COLUMNS = (Column("ssn"), Column("email"), Column("city"))
Member = tuple[str, ...]


class Firm:
    """Builds what a scan hands to the store."""

    settings = SETTINGS

    def container(
        self,
        path: str = "public.debtors",
        *,
        source: str = "crm",
        member: Member = (),
        fingerprint: str | None = None,
        rows: int = 100,
    ) -> Container:
        """A table of `crm`, or a file of `share`."""
        kind = "table" if source == "crm" else "file"
        return Container(source, path, kind, member, rows=rows, columns=COLUMNS, fingerprint=fingerprint)

    def scanned(
        self,
        container: Container,
        *columns: str,
        coverage: Coverage = "full",
        matched: int = 90,
        confidence: float = 0.9,
        days: Sequence[AgeRow] = (),
        rows_seen: int = 100,
    ) -> Scanned:
        """A container in which each of ``columns`` holds the data type of its own name."""
        names = {"ssn": "ssn", "email": "email", "city": "street_address"}
        holdings = tuple(
            Holding(
                container,
                column,
                Classification(
                    names[column],
                    confidence,
                    ("values",) if matched else ("name",),
                    ("R",),
                    rows_seen,
                    matched,
                    "because",
                ),
                coverage,
            )
            for column in columns
        )
        ages = (Ages(Clock("collected", ("placed_at",)), tuple(days)),) if days else ()
        return Scanned(container, coverage, rows_seen, 300, 3000, holdings, ages)

    def unit(
        self,
        *columns: str,
        path: str = "public.debtors",
        source: str = "crm",
        fingerprint: str | None = None,
        **how: object,
    ) -> UnitResult:
        """A unit without members."""
        container = self.container(path, source=source, fingerprint=fingerprint)
        return UnitResult(container, (self.scanned(container, *columns, **how),))

    def archive(
        self, members: Sequence[str], *, skips: Sequence[Skip] = (), fingerprint: str | None = None
    ) -> UnitResult:
        """A zip on the share; every member holds an ssn."""
        root = self.container("a.zip", source="share", fingerprint=fingerprint)
        parts = tuple(self.scanned(self.container("a.zip", source="share", member=(name,)), "ssn") for name in members)
        return UnitResult(root, parts, tuple(skips))

    def skip(
        self,
        code: SkipCode = SkipCode.TIMEOUT,
        *,
        container: str | None = "public.debtors",
        source: str = "crm",
        member: Member = (),
        hides: bool = False,
    ) -> Skip:
        """Something that was not read."""
        return Skip(source, container, code, f"because of {code}", member, hides)

    def day(self, year: int, rows: int, owner: str | None = None) -> AgeRow:
        """Rows of the second of March."""
        return AgeRow(date(year, 3, 2), rows, owner)

    def run(
        self,
        inventory: Inventory,
        *units: UnitResult | Skip | Container,
        settings: RunSettings = SETTINGS,
        complete: bool = True,
        status: str = "complete",
    ) -> RunRecord:
        """A whole run: results are committed, skips told, bare containers found unchanged."""
        with inventory.writer() as writer:
            writer.start(settings)
            for unit in units:
                self.put(writer, unit)
            for source, _ in settings.sources:
                writer.close_source(source, complete_listing=complete)
            return writer.finish(status)

    def put(self, writer: RunWriter, unit: UnitResult | Skip | Container) -> None:
        """One step of the scan driver."""
        if isinstance(unit, Skip):
            writer.skip(unit)
        elif isinstance(unit, UnitResult):
            writer.commit(unit)
        else:
            assert writer.is_unchanged(unit)
            writer.commit_unchanged(unit)

    def held(self, inventory: Inventory, run: int | None = None) -> list[str]:
        """What is held, one short line each."""
        return [self.line(record) for record in inventory.holdings(run=run)]

    def line(self, record: HoldingRecord) -> str:
        """Place and data type."""
        return f"{'/'.join((record.container, *record.member))}.{record.column} {record.data_type}"

    def statuses(self, inventory: Inventory, run: int | None = None) -> dict[str, str]:
        """The status of every container and member."""
        return {"/".join((record.container, *record.member)): record.status for record in inventory.containers(run=run)}


@pytest.fixture(scope="session")
def firm() -> Firm:
    """The builder."""
    return Firm()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A store that is not there yet."""
    return f"sqlite:///{tmp_path / 'piiscan.db'}"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """An empty schema of its own in a PostgreSQL database, dropped afterwards."""
    server = os.environ.get("PIISCAN_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    schema = f"piiscan_store_{uuid.uuid4().hex[:12]}"
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except OperationalError:
        pytest.skip("no PostgreSQL server")
    yield f"{server}?options=-csearch_path%3D{schema}"
    with engine.connect() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty store of each kind."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def inventory(store_url: str, empty_store: Path) -> Inventory:
    """A new inventory of each kind."""
    if store_url.startswith("sqlite"):
        shutil.copy(empty_store, store_url.removeprefix("sqlite:///"))
    return Inventory.open(store_url, create=True)
