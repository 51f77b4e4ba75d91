"""What differs between databases: one class a dialect, everything else in this package is written once."""

from __future__ import annotations

import threading
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine, _Binary

from piiscan.connectors.sql.matching import match_each, match_list, match_set
from piiscan.connectors.sql.values import Values
from piiscan.model import Check, ReadPlan, SkipCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from piiscan.connectors.sql.matching import Matcher

TEXT_CAP: Final = 1 << 20
"""Code points of one text cell that are fetched."""
BLOB_CAP: Final = 1 << 16
"""Bytes of one binary cell that are fetched."""
BUCKETS: Final = 1 << 20
"""Hashes of keys are taken modulo this: fine enough for any share."""
SEED: Final = 20_260_101
"""Of every sample that needs one: the same data give the same sample."""

Expression = sa.ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the server's own catalogue knows of a table beyond its columns."""

    rows: int | None = None
    rows_exact: bool = False
    size_bytes: int | None = None
    is_view: bool = False
    hint: str = ""
    """What must stand beside the table's name to read it once and whole (``ONLY``...)."""
    readable: bool = True
    notes: tuple[str, ...] = ()
    root: tuple[str, str] | None = None
    """Schema and name of the partitioned table that this is a part of, and is read with."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How one column is fetched: its expression, and how many characters or bytes of a cell at most."""

    name: str
    expression: Expression
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """A deterministic part of a table that has no key: what to select from, which rows, and how that is called."""

    table: sa.FromClause
    where: Expression | None
    note: str


@contextmanager
def unknown_types() -> Iterator[None]:
    """A stretch in which the Inspector does not warn of types it does not know: they are fetched as text all the same.

    The lock is there because the interpreter's warning filters belong to all threads.
    """
    with _filters, warnings.catch_warnings():
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        yield


_filters = threading.Lock()


class Server(Values):
    """One kind of database. The base class is plain SQL; a subclass overrides what its database does otherwise."""

    name: ClassVar[str]
    hidden: ClassVar[frozenset[str]] = frozenset()
    """Schemas of the system itself."""
    codes: ClassVar[Mapping[str, SkipCode]] = {}
    """The driver's error codes that say why."""
    words: ClassVar[Mapping[str, str]] = {}
    """Error codes that deserve words of their own."""
    isolation: ClassVar[str | None] = "REPEATABLE READ"
    begin: str = ""
    """What opens a transaction where the driver does not, or not read-only."""
    begin_writing: ClassVar[str] = ""
    """The same on a connector opened for writing."""
    native: ClassVar[tuple[type[TypeEngine[Any]], ...]] = (sa.Integer, sa.Numeric, sa.Float, sa.Boolean)
    """Types every value of which the driver converts; all others are fetched as text."""
    binary: ClassVar[tuple[type[TypeEngine[Any]], ...]] = (_Binary,)
    exact_types: ClassVar[tuple[type[TypeEngine[Any]], ...]] = (
        *(sa.Integer, sa.Numeric, sa.String, sa.Boolean, sa.Date, sa.DateTime, sa.Uuid),
        _Binary,
    )
    """Types a value of which finds its row again when it is bound without a type."""
    deletes_loops: ClassVar[bool] = True
    """Whether a row that refers to itself can be deleted."""
    bind_limit: ClassVar[int] = 30_000
    """Values one statement may be given."""
    loses_bytes: ClassVar[bool] = False
    """Whether a text that is damaged is fetched all the same, with something in the place of the damage."""
    takes_arrays: ClassVar[bool] = False
    """Whether a statement can be given many numbers as one parameter."""
    blob_cap: ClassVar[int] = BLOB_CAP
    fences_dates: ClassVar[bool] = False
    """Whether `fence` pays for columns that are compared as they are."""
    joins_exists: ClassVar[bool] = True
    """Whether its planner makes a join of an EXISTS, so that it need not be asked row by row."""

    def __init__(self, url: sa.URL, plan: ReadPlan) -> None:
        self.url = url
        self.plan = plan
        if plan.write:
            self.begin = self.begin_writing

    # -- the connection -------------------------------------------------------------------------------------------------

    def connect_args(self) -> dict[str, Any]:
        """What the driver's connect function gets beside the url."""
        return {}

    def execution_options(self) -> dict[str, Any]:
        """What every connection of the engine is set to: to write, rows are locked first and judged as they are then."""
        isolation = "READ COMMITTED" if self.plan.write and self.isolation else self.isolation
        return {"isolation_level": isolation} if isolation else {}

    def pooling(self) -> dict[str, Any]:
        """How the engine keeps connections: one, and one more while it is busy."""
        return {
            "pool_size": 1,
            "max_overflow": 1,
            "pool_timeout": self.plan.connect_timeout_s,
            "pool_pre_ping": True,
        }

    def connect(
        self, driver: Callable[..., Any], address: Sequence[Any], settings: Mapping[str, Any], _info: dict[Any, Any]
    ) -> Any:
        """A fresh connection of the driver; ``info`` stays with it."""
        return driver(*address, **settings)

    def settings(self) -> tuple[str, ...]:
        """Statements that make a fresh session read-only (unless it is there to write) and bounded in time."""
        return ()

    def prepare(self, connection: Any) -> None:
        """Runs `settings` on a fresh driver connection, outside of any transaction."""
        cursor = connection.cursor()
        try:
            for statement in self.settings():
                cursor.execute(statement)
        finally:
            cursor.close()

    def stream(self, connection: sa.Connection) -> None:
        """Prepares the session for one long statement whose reader takes its time."""

    def abandon(self, connection: sa.Connection, result: sa.CursorResult[Any]) -> None:
        """Gives up a result that was not read to its end."""

    def confirm(self, connection: sa.Connection) -> None:
        """Raises SourceError when what was read through a connection may not hold together."""

    def close(self) -> None:
        """Lets go of what is held beside connections; may be called twice."""

    def code(self, error: BaseException) -> str:
        """The driver's own code of an error, or its class name; never its text, which may quote a value."""
        return type(error).__name__

    def judge(self, error: BaseException) -> SkipCode | None:
        """Why it failed, by the driver's code; None when the code says nothing."""
        return self.codes.get(self.code(error))

    def describe(self, error: BaseException) -> str:
        """What the driver's code means, where that says more than `judge`; else empty."""
        return self.words.get(self.code(error), "")

    # -- the catalogue --------------------------------------------------------------------------------------------------

    def schemas(self, inspector: sa.Inspector) -> list[str | None]:
        """The schemas to list, sorted; None is the one place of a server without schemas."""
        return [name for name in sorted(inspector.get_schema_names()) if name.lower() not in self.hidden]

    def facts(self, _connection: sa.Connection, _schema: str | None) -> dict[str, Facts] | None:
        """All tables and views of a schema with estimates, sizes and rights, in one query; None where there is none."""
        return None

    def hides(self, _connection: sa.Connection, _schema: str | None) -> str:
        """Why tables may exist in a schema that this account cannot see; empty when it sees all."""
        return ""

    def hides_triggers(self, _connection: sa.Connection, _schema: str | None) -> str:
        """Why triggers may exist in a schema that this account cannot see; empty when it sees all."""
        return ""

    def spell(self, name: str) -> str:
        """A name as it is, from the way SQLAlchemy's Inspector gives it."""
        return name

    def fingerprint(self) -> str | None:
        """What stays equal while the whole database does, where that is cheap to know."""
        return None

    # -- values ---------------------------------------------------------------------------------------------------------

    def cell(self, name: str, kind: TypeEngine[Any]) -> Cell:
        """How a column is fetched so that no cell is huge and no value breaks the driver."""
        raw: Expression = sa.column(name)
        if isinstance(kind, self.native):
            return Cell(name, raw)
        if isinstance(kind, self.binary):
            return Cell(name, self.head(raw, self.blob_cap + 1), self.blob_cap)
        if isinstance(kind, sa.String):
            if kind.length and kind.length <= TEXT_CAP:
                return Cell(name, raw)
            return Cell(name, self.head(raw, TEXT_CAP + 1), TEXT_CAP)
        return Cell(name, self.head(self.text(raw), TEXT_CAP + 1), TEXT_CAP)

    def withholds(self, _connection: sa.Connection, _schema: str | None, _name: str) -> str:
        """Why rows of a table may be there that this account cannot see; empty when it sees all."""
        return ""

    # -- keys of rows, and rows that are written ------------------------------------------------------------------------

    def key_part(self, column: Expression, kind: TypeEngine[Any]) -> Expression:
        """A key's column as it is fetched: as a value of its own type where that can be bound again, else as text."""
        if isinstance(kind, sa.Enum) or not isinstance(kind, self.exact_types):
            return sa.type_coerce(self.text(column), sa.Text())
        return sa.type_coerce(column, sa.String() if isinstance(kind, sa.String) else kind)

    def matcher(self, _connection: sa.Connection, _schema: str | None, _name: str, _columns: Sequence[str]) -> Matcher:
        """How rows of a table are picked by many keys, of these columns, at once."""
        return match_list

    def set_matcher(self, connection: sa.Connection, schema: str | None, name: str, columns: Sequence[str]) -> Matcher:
        """The same for sets of keys, several of which may stand in one statement."""
        match = self.matcher(connection, schema, name, columns)
        return match_set if match is match_each else match

    def lock(self, query: sa.Select[Any], _table: sa.FromClause) -> sa.Select[Any]:
        """The query of one table, such that nobody else can change its rows until the transaction ends."""
        return query.with_for_update()

    def is_indexed(self, _connection: sa.Connection, _schema: str | None, _name: str, _column: str) -> bool:
        """Whether an index leads from a column's value to its rows; asked where `joins_exists` is false."""
        return False

    def touched(self, _connection: sa.Connection) -> int | None:
        """Rows deleted or changed so far, in whatever table and by whatever cause; None where the database does not say."""
        return None

    # -- samples --------------------------------------------------------------------------------------------------------

    def row_key(self, _connection: sa.Connection, _table: sa.TableClause) -> Expression | None:
        """An integer that every row of a table has beside its columns (SQLite's rowid)."""
        return None

    def bucket(self, key: Sequence[Expression]) -> Expression:
        """A key's hash modulo `BUCKETS`, never negative."""
        raise NotImplementedError

    def spread_table(self, table: sa.TableClause, wanted: int, total: int) -> Spread:
        """A part of a table without a key."""
        return self.spread(table, wanted, total)

    def spread(self, table: sa.TableClause, wanted: int, total: int) -> Spread:
        """A part of a view, or of anything else: evenly spaced rows of a full pass."""
        inner = table.alias("piiscan_table")
        number = sa.func.row_number().over(order_by=sa.select(sa.null()).scalar_subquery()).label("piiscan_row")
        numbered = sa.select(sa.literal_column("piiscan_table.*"), number).select_from(inner).subquery("piiscan_rows")
        row = sa.cast(sa.column("piiscan_row"), sa.BigInteger())
        return Spread(numbered, (row * wanted) % total < wanted, "sample: evenly spaced rows of a full pass, no key")

    # -- statements ----------------------------------------------------------------------------------------------------

    def fence(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """The query such that what it selects is worked out once a row, however often an outer one asks for it."""
        return query

    def group(self, connection: sa.Connection) -> None:
        """Prepares the session for one statement that counts many rows in few groups."""

    # -- check ----------------------------------------------------------------------------------------------------------

    def version(self, connection: sa.Connection) -> str:
        """The server's version for the eye."""
        return ".".join(str(part) for part in connection.dialect.server_version_info or ("unknown",))

    def checks(self, _connection: sa.Connection) -> Iterator[Check]:
        """Whether the connection is encrypted and the account can only read."""
        yield Check("read-only", "warning", "the account's rights were not examined: use one that may only SELECT")
