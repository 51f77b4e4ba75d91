"""The store's tables.

One idea throughout: *presence is history, numbers are of the latest reading*. `state` and `holding` rows are intervals
(``from_run`` to ``to_run``, None = still so). A new interval begins only when something came, went, or changed in kind:
a container's status or coverage, a holding's evidence or strength of confidence. Counts, dates and the sentence of
the why are written over in place, so a year of nights costs what changed in it, and a report about a past run says
what was held then with the numbers of the last reading of that interval.

Rows that name a run do not refer to it by a foreign key: a pruned run leaves the intervals it began.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from piiscan.inventory.records import IgnoredCount, clean
from piiscan.model import AgeRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Dialect

VERSIONS: Final = ("0001", "0002", "0003", "0004", "0005")
"""All migrations in order; `metadata` describes the last."""
VERSION_TABLE: Final = "piiscan_version"


class Name(TypeDecorator[str]):
    """A name found in a source: printable or not, it can be stored."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The cleaned name."""
        return None if value is None else clean(value)


class Names(TypeDecorator[tuple[str, ...]]):
    """An ordered list of names, kept as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The JSON text."""
        return None if value is None else json.dumps([clean(name) for name in value], separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:  # noqa: ARG002 - SQLAlchemy's signature
        """The names; none where nothing was stored."""
        return tuple(json.loads(value)) if value else ()


class Moment(TypeDecorator[datetime]):
    """A UTC time to the second, kept as ISO 8601 text so that every database sorts and shows it alike."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """ISO 8601 text ending in Z."""
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """An aware datetime."""
        return None if value is None else datetime.fromisoformat(value)


class Ignorings(TypeDecorator[tuple[IgnoredCount, ...]]):
    """What the ignore list left out of a container, kept as JSON: ``[[entry, holdings, findings], ...]``."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[IgnoredCount] | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The JSON text; nothing where nothing was left out."""
        rows = [[clean(each.entry), each.holdings, each.findings] for each in value or ()]
        return json.dumps(rows, separators=(",", ":")) if rows else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[IgnoredCount, ...]:  # noqa: ARG002 - SQLAlchemy's signature
        """The counts, by entry."""
        return tuple(IgnoredCount(*row) for row in json.loads(value)) if value else ()


class AgeRows(TypeDecorator[tuple[AgeRow, ...]]):
    """The rows of one `Ages`, kept as JSON: ``{"columns": [...], "rows": [[day, rows, owner, filled], ...]}``.

    In day order, undated last. ``filled`` counts by column; null where every row fills every column, as most do.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[AgeRow] | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The JSON text: the same rows in any order give the same text."""
        rows = in_order(value or ())
        columns = sorted({name for row in rows for name in row.filled})
        kept = []
        for row in rows:
            filled = [row.filled.get(name, 0) for name in columns]
            kept.append([_iso(row.day), row.rows, row.owner, None if set(filled) <= {row.rows} else filled])
        return json.dumps({"columns": columns, "rows": kept}, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[AgeRow, ...]:  # noqa: ARG002 - SQLAlchemy's signature
        """The rows in day order, undated last."""
        found: dict[str, list[Any]] = json.loads(value or '{"columns":[],"rows":[]}')
        columns = found["columns"]
        return tuple(
            AgeRow(
                day and date.fromisoformat(day),
                rows,
                owner,
                dict(zip(columns, [rows] * len(columns) if filled is None else filled, strict=True)),
            )
            for day, rows, owner, filled in found["rows"]
        )


def in_order(rows: Iterable[AgeRow]) -> tuple[AgeRow, ...]:
    """The rows in day order, undated last, then by owner."""
    return tuple(sorted(rows, key=lambda row: (row.day is None, row.day or date.max, row.owner or "")))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


metadata = MetaData()

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("status", String(12), nullable=False),
    Column("mode", String(8), nullable=False),
    Column("settings", Text, nullable=False),
    Column("rules", Text, nullable=False),
    Column("everything", Boolean, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    sqlite_autoincrement=True,
)

run_source = Table(
    "run_source",
    metadata,
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("source", Name, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("connector", Text, nullable=False),
    Column("listing", String(12), nullable=False),
    Column("status", String(12)),
    Column("containers", Integer),
    Column("scanned", Integer),
    Column("partial", Integer),
    Column("unchanged", Integer),
    Column("skipped", Integer),
    Column("holdings", Integer),
    Column("cells", BigInteger),
    Column("bytes", BigInteger),
)

container = Table(
    "container",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("unit_key", String(32), nullable=False, index=True),
    Column("source", Name, nullable=False, index=True),
    Column("path", Name, nullable=False),
    Column("member", Names, nullable=False),
    Column("kind", String(8)),
)

unit = Table(
    "unit",
    metadata,
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("container_id", ForeignKey("container.id"), primary_key=True),
    Column("status", String(12), nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("cells", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("done_at", Moment, nullable=False),
)

state = Table(
    "state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("container_id", ForeignKey("container.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("from_run", Integer, nullable=False),
    Column("to_run", Integer),
    Column("seen_run", Integer, nullable=False),
    Column("status", String(12), nullable=False),
    Column("coverage", String(8)),
    Column("rows_total", BigInteger),
    Column("rows_seen", BigInteger, nullable=False),
    Column("size_bytes", BigInteger),
    Column("columns", Integer, nullable=False),
    Column("notes", Names, nullable=False),
    Column("fingerprint", Text),
    Column("settings", Text),
    Column("read_at", Moment),
    Column("ignored", Ignorings),
)

holding = Table(
    "holding",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", String(16), nullable=False),
    Column("container_id", ForeignKey("container.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("from_run", Integer, nullable=False),
    Column("to_run", Integer),
    Column("ended_by", String(12)),
    Column("column", Name),
    Column("data_type", Text, nullable=False),
    Column("evidence", Names, nullable=False),
    Column("strength", String(8), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("recognizers", Names, nullable=False),
    Column("cells_seen", BigInteger, nullable=False),
    Column("cells_matched", BigInteger, nullable=False),
    Column("rows_seen", BigInteger, nullable=False),
    Column("coverage", String(8), nullable=False),
    Column("why", Name, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
)

ages = Table(
    "ages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("container_id", ForeignKey("container.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("event", Text, nullable=False),
    Column("steps", Names, nullable=False),
    Column("basis", String(12), nullable=False),
    Column("oldest", Date),
    Column("newest", Date),
    Column("owners", Names, nullable=False),
    Column("rows", AgeRows, nullable=False),
)

skip = Table(
    "skip",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit_key", String(32), nullable=False, index=True),
    Column("source", Name, nullable=False, index=True),
    Column("path", Name),
    Column("member", Names, nullable=False),
    Column("code", String(16), nullable=False),
    Column("reason", Name, nullable=False),
    Column("hides", Boolean, nullable=False),
    Column("from_run", Integer, nullable=False),
    Column("to_run", Integer, nullable=False),
)

justification = Table(
    "justification",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("number", Integer, nullable=False),
    Column("against", String(12), nullable=False),
    Column("basis", Name, nullable=False),
    Column("rule", Name),
    Column("evidence", Name, nullable=False),
    Column("reason", Name, nullable=False),
    Column("approver", Name, nullable=False),
    Column("use_lock", Name, nullable=False),
    Column("starts", Date, nullable=False),
    Column("ends", Date),
    Column("source", Name, nullable=False),
    Column("container", Name, nullable=False),
    Column("data_types", Names, nullable=False),
    Column("sealed", Text),
    Column("row_tests", Integer, nullable=False),
    Column("subject_types", Names, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("author", Name, nullable=False),
    Column("ended_at", Moment),
    Column("ended_on", Date),
    Column("ended_by", Name),
    Column("ended_why", Name),
    UniqueConstraint("kind", "number"),
)
"""Exceptions and holds, ``kind`` says which. ``ends`` is the first end: renewals stand in `renewal`."""

renewal = Table(
    "renewal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("justification", ForeignKey("justification.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("ends", Date),
    Column("by", Name, nullable=False),
    Column("approver", Name, nullable=False),
    Column("why", Name, nullable=False),
)

request = Table(
    "request",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("regime", String(8), nullable=False),
    Column("received", Date, nullable=False),
    Column("channel", Name, nullable=False),
    Column("data_types", Names, nullable=False),
    Column("agent", Boolean, nullable=False),
    Column("authority", String(24), nullable=False),
    Column("notarized", Boolean, nullable=False),
    Column("minor", Boolean, nullable=False),
    Column("declared", Boolean, nullable=False),
    Column("fee", Name, nullable=False),
    Column("facts", Text, nullable=False),
    Column("sealed", Text),
    Column("state", String(8), nullable=False),
    Column("closed_on", Date),
    Column("response", String(24), nullable=False),
    Column("ground", String(24), nullable=False),
    Column("citation", Name, nullable=False),
    Column("client", Name, nullable=False),
    Column("extended_on", Date),
    Column("author", Name, nullable=False),
)
"""Consumers' requests; who asks is in ``sealed`` alone, and gone once it is closed."""

request_event = Table(
    "request_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request", ForeignKey("request.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("on", Date, nullable=False),
    Column("what", String(12), nullable=False),
    Column("by", Name, nullable=False),
    Column("said", Name, nullable=False),
)

request_identity = Table(
    "request_identity",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request", Integer, nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("data_type", Text, nullable=False),
    Column("digest", String(64), nullable=False, index=True),
    Column("response", String(24), nullable=True),
    Column("answered_on", Date, nullable=True),
)
"""Keyed hashes of data points. No foreign key: those of requests that suppress outlive the log.

``response`` and ``answered_on`` are NULL while the log has the request, and where an older piiscan has forgotten it.
"""

for _table, _key in ((state, state.c.container_id), (holding, holding.c.id)):
    _open = _table.c.to_run.is_(None)
    Index(f"{_table.name}_open", _key, unique=True, sqlite_where=_open, postgresql_where=_open)
