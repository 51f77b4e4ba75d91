"""The writing side of the inventory: one process, one lock, one transaction for each unit of work."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from piiscan.errors import StoreError
from piiscan.inventory import history, schema, skips, tally, units
from piiscan.inventory.engine import Address, plain_errors
from piiscan.inventory.rows import Writing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from piiscan.inventory.records import RunRecord, RunSettings, RunStatus
    from piiscan.model import Container, Skip, UnitResult

RESUME_WITHIN: Final = timedelta(days=1)
"""An unfinished run is taken up again so long after its last sign of life; then what it read is too old."""


class RunWriter:
    """What the scan driver writes with. Every method is one transaction; all raise StoreError when the store fails.

    A process that dies leaves the run open; the next `start` under equal settings takes it up again.
    """

    def __init__(self, connection: Connection, address: Address) -> None:
        self._connection = connection
        self._address = address
        self._run: Writing | None = None
        self._resumed = False

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with plain_errors(self._address), self._connection.begin():
            yield self._connection

    @property
    def _writing(self) -> Writing:
        if self._run is None:
            raise StoreError("no run was started")
        return self._run

    def start(self, settings: RunSettings) -> RunRecord:
        """A new run, or the last one where it is unfinished, under equal settings and at most a day old.

        Another unfinished run is closed as ``interrupted``.
        """
        with self._transaction() as connection:
            last = connection.execute(select(schema.run).order_by(schema.run.c.id.desc()).limit(1)).first()
            self._resumed = last is not None and _is_resumable(connection, last, settings)
            if last is not None and self._resumed:
                run_id = last.id
                connection.execute(
                    update(schema.run).where(schema.run.c.id == run_id), {"status": "running", "finished_at": None}
                )
                reopened = update(schema.run_source).where(schema.run_source.c.run_id == run_id)
                connection.execute(reopened, {"listing": "open", "status": None})
            else:
                if last is not None:
                    _give_up(connection, last)
                run_id = _insert_run(connection, settings)
            self._run = _writing(connection, run_id, settings)
            skips.retract_listing(self._run)
            return self._record()

    def is_done(self, container: Container) -> bool:
        """Whether this run has committed the container's unit already."""
        with self._transaction():
            return units.is_recorded(self._writing, container)

    def is_unchanged(self, container: Container) -> bool:
        """Whether its content was read before, as planned and whole but for tolerated skips, under equal settings.

        Never for a container without a fingerprint, nor in a run that reads all. A sample counts: equal content and
        settings give the same sample.
        """
        if self._writing.settings.all or container.fingerprint is None:
            return False
        with self._transaction():
            return units.is_read(self._writing, container)

    def commit(self, result: UnitResult) -> None:
        """Stores everything a unit showed, in one transaction; a second time in the same run changes nothing."""
        with self._transaction():
            units.record(self._writing, result)

    def commit_unchanged(self, container: Container) -> None:
        """Stores that a container `is_unchanged`: what it holds was seen again, and its skips are told again."""
        with self._transaction():
            units.record_unchanged(self._writing, container)

    def skip(self, skip: Skip) -> None:
        """Stores what a listing could not read; a second time in the same run changes nothing."""
        with self._transaction():
            units.record_skip(self._writing, skip)

    def close_source(self, source: str, *, complete_listing: bool) -> None:
        """Ends what containers held that are gone from a complete listing.

        Every container of the listing must have been committed or skipped before. A skip of this run that names the
        whole source, or hides containers, makes the listing incomplete whatever the caller says.
        """
        run = self._writing
        with self._transaction() as connection:
            told = skips.told_skips(connection, run.run_id, source=source)
            complete = complete_listing and not any(skip.hides or skip.container is None for skip in told)
            if complete:
                units.unlist(run, units.unlisted(run, source))
            mine = (schema.run_source.c.run_id == run.run_id, schema.run_source.c.source == source)
            connection.execute(
                update(schema.run_source).where(*mine), {"listing": "complete" if complete else "incomplete"}
            )

    def finish(self, status: Literal["complete", "partial", "failed", "interrupted"]) -> RunRecord:
        """The run with its totals, counted from the store. An ``interrupted`` run can still be taken up again."""
        run = self._writing
        with self._transaction() as connection:
            _end(connection, run.run_id, status, run.settings.tolerate)
            record = self._record()
        self._run = None
        return record

    def prune(self, runs: Sequence[int]) -> int:
        """Forgets runs, but no source's last, and what only they could show; how many ended intervals went."""
        with self._transaction() as connection:
            return history.prune(connection, runs)

    def _record(self) -> RunRecord:
        row = self._connection.execute(select(schema.run).where(schema.run.c.id == self._writing.run_id)).one()
        return tally.run_record(self._connection, row, resumed=self._resumed)


def _is_resumable(connection: Connection, last: Row[Any], settings: RunSettings) -> bool:
    if last.status not in ("running", "interrupted"):
        return False
    covered = connection.execute(select(schema.run_source).where(schema.run_source.c.run_id == last.id)).all()
    same = (last.mode, last.settings, last.everything) == (settings.mode, settings.fingerprint, settings.all)
    sources = sorted((row.source, row.connector) for row in covered) == sorted(settings.sources)
    alive = (
        connection.scalar(select(func.max(schema.unit.c.done_at)).where(schema.unit.c.run_id == last.id))
        or last.started_at
    )
    return same and sources and datetime.now(UTC) - alive <= RESUME_WITHIN


def _give_up(connection: Connection, last: Row[Any]) -> None:
    """Lets go of the unit keys of a run that nobody will take up again, and closes it where it is open."""
    if last.status == "running":
        _end(connection, last.id, "interrupted", ())
    connection.execute(delete(schema.unit).where(schema.unit.c.run_id == last.id))


def _end(connection: Connection, run_id: int, status: RunStatus, tolerate: Sequence[str]) -> None:
    tally.close_books(connection, run_id, tolerate)
    ended = {"status": status, "finished_at": datetime.now(UTC)}
    connection.execute(update(schema.run).where(schema.run.c.id == run_id), ended)


def _started_at(connection: Connection) -> datetime:
    """Now, or a second after the last start: moments have whole seconds, and a run is known by its own as when a finding was first seen."""
    now, last = datetime.now(UTC), connection.scalar(select(func.max(schema.run.c.started_at)))
    return now if last is None or now.replace(microsecond=0) != last else last + timedelta(seconds=1)


def _insert_run(connection: Connection, settings: RunSettings) -> int:
    values = {"status": "running", "mode": settings.mode, "settings": settings.fingerprint, "everything": settings.all}
    values["rules"] = settings.rules
    inserted = connection.execute(
        insert(schema.run).returning(schema.run.c.id), values | {"started_at": _started_at(connection)}
    )
    run_id = int(inserted.scalar_one())
    rows = [
        {"run_id": run_id, "source": name, "position": position, "connector": connector, "listing": "open"}
        for position, (name, connector) in enumerate(settings.sources)
    ]
    if rows:
        connection.execute(insert(schema.run_source), rows)
    return run_id


def _writing(connection: Connection, run_id: int, settings: RunSettings) -> Writing:
    table = schema.run_source
    before = select(table.c.source, func.max(table.c.run_id)).where(table.c.run_id < run_id).group_by(table.c.source)
    earlier = dict(connection.execute(before).tuples().all())
    previous = {name: earlier.get(name) for name, _ in settings.sources}
    last_container = connection.scalar(select(func.max(schema.container.c.id))) or 0
    return Writing(connection, run_id, settings, previous, last_container + 1)
