"""The inventory as the rest of the program, and the Python interface, read it."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, select

from piiscan.errors import UsageError
from piiscan.inventory import history, queries, schema, skips, tally
from piiscan.inventory.engine import Address, plain_errors
from piiscan.inventory.justifications import Justification, JustificationWriter, Kind, justification_rows
from piiscan.inventory.migrate import require_current, upgrade
from piiscan.inventory.past import PastHolding, past_holdings
from piiscan.inventory.records import (
    AgesRecord,
    ContainerRecord,
    HoldingRecord,
    IgnoredCount,
    Interval,
    RunDiff,
    RunRecord,
    bound,
)
from piiscan.inventory.requests import (
    ConsumerRequest,
    Identity,
    RequestWriter,
    Suppression,
    identity_rows,
    request_rows,
    suppression_rows,
)
from piiscan.inventory.writer import RunWriter
from piiscan.model import Ages, Clock, ContainerKind, DataType, Secret, Skip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from piiscan.rulepack import RulePacks


class Inventory:
    """What is held where, as the scans have found it. Reading never changes the store, and works while a scan writes.

    Every method raises StoreError when the store cannot be read. With ``run`` it shows what stood in that run; counts
    and dates are those of the latest reading of what stood then.
    """

    def __init__(self, address: Address, packs: RulePacks | None = None) -> None:
        """Use `open`: it checks that the store is there."""
        self._address = address
        self._reader = address.reader()
        self._packs = packs

    def __repr__(self) -> str:
        return f"Inventory({str(self._address)!r})"

    @classmethod
    def open(
        cls, url: str, *, secret: Secret | None = None, create: bool = False, packs: RulePacks | None = None
    ) -> Inventory:
        """The inventory at ``sqlite:///FILE`` or ``postgresql+psycopg://USER@HOST/DATABASE``.

        ``create`` makes or migrates the store; without it a missing one is a StoreError. ``packs`` name the data types;
        None = the shipped ones. Raises StoreError, and LockedError when another run is making the store.
        """
        address = Address(url, secret)
        with plain_errors(address):
            if create:
                upgrade(address.writer(), address)
            else:
                require_current(address.reader(), address)
        return cls(address, packs)

    @property
    def packs(self) -> RulePacks:
        """The rule packs that say what a data type is called and which letters it bears."""
        if self._packs is None:
            from piiscan import rulepack  # noqa: PLC0415 - reading TOML packs, needed by some readers only

            self._packs = rulepack.load()
        return self._packs

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with plain_errors(self._address), self._reader.connect() as connection, connection.begin():
            yield connection

    def holdings(
        self,
        *,
        source: str | None = None,
        category: str | None = None,
        data_type: str | None = None,
        min_confidence: float = 0.0,
        run: int | None = None,
    ) -> list[HoldingRecord]:
        """What is held, sorted by source, container, member, column (running text first) and data type.

        ``category`` is a letter A-L; ``data_type`` an id, ``group:X`` or ``category:X``. Raises RuleError for an unknown selector.
        """
        wanted = self._select(data_type)
        with self._reading() as connection:
            rows = list(queries.holding_rows(connection, source=source, run=run))
            origins, owners, kinds = queries.origins(connection), queries.owners(connection), queries.kinds(connection)
            until = queries.reading_end(connection, run)
        records = (
            self._holding(
                row, origins.get(row.container_id, (None, None)), owners.get(row.container_id, ()), kinds, until
            )
            for row in rows
        )
        return [
            record
            for record in records
            if record.confidence >= min_confidence
            and (category is None or category in record.categories)
            and (wanted is None or record.data_type in wanted)
        ]

    def containers(self, *, source: str | None = None, run: int | None = None) -> list[ContainerRecord]:
        """Every container and member, the clean ones too, sorted by source, container and member."""
        with self._reading() as connection:
            rows = list(queries.state_rows(connection, source=source, run=run))
            held, kinds = queries.held_counts(connection, run=run), queries.kinds(connection)
            until = queries.reading_end(connection, run)
        return [_container(row, held.get(row.container_id, 0), kinds, until) for row in rows]

    def ignored(self, *, run: int | None = None) -> list[tuple[str, IgnoredCount]]:
        """What the ignore list left out, as source and count: one for each container and entry, in no order."""
        with self._reading() as connection:
            rows = queries.ignored_rows(connection, run=run)
        return [(row.source, count) for row in rows for count in row.ignored]

    def ages(self, *, run: int | None = None) -> list[AgesRecord]:
        """How old the rows are, by container and clock; sorted."""
        with self._reading() as connection:
            rows = list(queries.ages_rows(connection, run=run))
        return [
            AgesRecord(row.source, row.path, row.member, Ages(Clock(row.event, row.steps, row.basis), row.rows))
            for row in rows
        ]

    def runs(self) -> list[RunRecord]:
        """All runs the store remembers, oldest first."""
        with self._reading() as connection:
            rows = connection.execute(select(schema.run).order_by(schema.run.c.id)).all()
            return [tally.run_record(connection, row) for row in rows]

    def run(self, run_id: int) -> RunRecord:
        """One run. Raises UsageError when the store does not remember it."""
        with self._reading() as connection:
            row = connection.execute(select(schema.run).where(schema.run.c.id == run_id)).first()
            if row is None:
                raise UsageError(f"there is no run {run_id}", hint="piiscan runs list shows the runs")
            return tally.run_record(connection, row)

    def skips(self, run_id: int) -> list[Skip]:
        """What a run could not read, sorted."""
        with self._reading() as connection:
            return skips.told_skips(connection, run_id)

    def sources(self) -> list[str]:
        """The names of all sources the store has ever heard of, sorted."""
        with self._reading() as connection:
            heard = set(connection.scalars(select(schema.container.c.source).union(select(schema.run_source.c.source))))
        return sorted(heard)

    def history(self, holding_id: str) -> list[Interval]:
        """The intervals of one holding, oldest first; none for an unknown id."""
        held = schema.holding
        with self._reading() as connection:
            rows = connection.execute(select(held).where(held.c.id == holding_id).order_by(held.c.from_run)).all()
        return [Interval(row.from_run, row.to_run, row.ended_by, row.strength, row.evidence) for row in rows]

    def forgettable(self, runs: Iterable[int]) -> list[int]:
        """Those of ``runs`` that pruning may forget: all but the newest run, and the last run of each source."""
        with self._reading() as connection:
            return history.forgettable(connection, runs)

    def past(self) -> list[PastHolding]:
        """What was held in a run the store remembers, and is no longer; sorted as `holdings` are."""
        with self._reading() as connection:
            return past_holdings(connection)

    def diff(self, before: int, after: int) -> RunDiff:
        """What came, went and changed from one run to a later one."""
        with self._reading() as connection:
            endings = queries.endings(connection, before, after)
        return history.compare(self.holdings(run=before), self.holdings(run=after), endings)

    @contextmanager
    def writer(self) -> Iterator[RunWriter]:
        """The one writer of the store, for as long as the block runs. Raises LockedError (exit 5) while another run writes."""
        with self._writing() as connection:
            yield RunWriter(connection, self._address)

    def justifications(self, *, kind: Kind | None = None) -> list[Justification]:
        """All exceptions and holds, also those that are over, in the order they were entered, exceptions first."""
        with self._reading() as connection:
            return justification_rows(connection, kind=kind)

    @contextmanager
    def justifying(self) -> Iterator[JustificationWriter]:
        """What adds, renews and ends exceptions and holds. Raises LockedError (exit 5) while a run writes."""
        with self._writing() as connection:
            yield JustificationWriter(connection, self._address)

    def requests(self, *, number: int | None = None) -> list[ConsumerRequest]:
        """All consumers' requests, or the one of that number, in the order they were opened."""
        with self._reading() as connection:
            return request_rows(connection, number=number)

    def identities(self) -> dict[int, tuple[Identity, ...]]:
        """The keyed hashes of who asked, by the number of the request; also of requests the log has forgotten."""
        with self._reading() as connection:
            return identity_rows(connection)

    def suppressions(self) -> list[Suppression]:
        """Who asked to be deleted or left alone and was answered so, as keyed hashes; also of requests the log has forgotten."""
        with self._reading() as connection:
            return suppression_rows(connection)

    @contextmanager
    def requesting(self) -> Iterator[RequestWriter]:
        """What opens, answers and forgets requests. Raises LockedError (exit 5) while a run writes."""
        with self._writing() as connection:
            yield RequestWriter(connection, self._address)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A connection that may write, under the lock of the store's one writer."""
        with ExitStack() as held:
            with plain_errors(self._address):
                connection = held.enter_context(self._address.writer().connect())
                held.enter_context(self._address.locked(connection))
            yield connection

    def _select(self, data_type: str | None) -> frozenset[str] | None:
        """The ids a selector names; None = all of them."""
        if data_type is None:
            return None
        from piiscan import rulepack  # noqa: PLC0415 - as in `packs`

        return rulepack.select([data_type], self.packs.data_types)

    def _holding(
        self,
        row: Row[Any],
        origin: tuple[Any, Any],
        owners: tuple[str, ...],
        kinds: dict[str, ContainerKind],
        until: datetime | None,
    ) -> HoldingRecord:
        known = self.packs.data_types.get(row.data_type) or _unknown(row.data_type)
        return HoldingRecord(
            id=row.id,
            source=row.source,
            container=row.path,
            member=row.member,
            container_kind=row.kind or kinds.get(row.source) or "file",
            column=row.column,
            data_type=row.data_type,
            label=known.label,
            categories=known.categories,
            group=known.group,
            sensitive=known.sensitive,
            confidence=row.confidence,
            evidence=row.evidence,
            recognizers=row.recognizers,
            cells_seen=row.cells_seen,
            cells_matched=row.cells_matched,
            rows_total=row.rows_total,
            coverage=row.coverage,
            first_seen=row.first_seen,
            last_seen=_until(row.last_seen, until),
            oldest_at=origin[0],
            newest_at=origin[1],
            owners=owners,
            why=row.why,
        )


def _container(row: Row[Any], held: int, kinds: dict[str, ContainerKind], until: datetime | None) -> ContainerRecord:
    return ContainerRecord(
        source=row.source,
        container=row.path,
        member=row.member,
        container_kind=row.kind or kinds.get(row.source) or "file",
        status=row.status,
        coverage=row.coverage,
        rows_total=row.rows_total,
        rows_seen=row.rows_seen,
        bound=bound(row.coverage, row.status, row.rows_seen),
        scanned_at=_until(row.read_at, until),
        holdings=held,
        size_bytes=row.size_bytes,
        columns=row.columns,
        fingerprint=row.fingerprint,
        notes=row.notes,
        ignored=row.ignored,
    )


def _until(moment: Any, until: datetime | None) -> Any:
    return moment if moment is None or until is None else min(moment, until)


def _unknown(data_type: str) -> DataType:
    """What is said of a data type whose rule pack is not loaded: its id, no letters, to be looked at."""
    return DataType(
        id=data_type,
        label=data_type,
        group="",
        categories=(),
        sensitive="conditional",
        note="not in the loaded rule packs",
    )
