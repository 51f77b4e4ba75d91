"""Conditions that pick rows by many keys at once, fast to build and looked up by the index."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

Keys = Sequence[tuple[object, ...]]
Columns = Sequence[sa.ColumnElement[Any]]
Matcher = Callable[[Columns, Keys], sa.ColumnElement[bool]]
"""A condition that columns hold one of some keys."""


class Untyped(sa.types.UserDefinedType[Any]):
    """The type of a value that goes to the driver as it is, and is taken by the database for what it is compared with."""

    cache_ok = True


class Spelled(sa.types.UserDefinedType[Any]):
    """A type by the name the database has for it."""

    cache_ok = True

    def __init__(self, text: str) -> None:
        self.text = text

    def get_col_spec(self, **_settings: Any) -> str:
        """The name, as it stands in a statement with parameters."""
        return self.text.replace("%", "%%")


_NUMBERS: Final = itertools.count()
UNTYPED: Final = Untyped()
"""One for all: SQLAlchemy keeps for each what it makes of it."""


class AnyOf(sa.ColumnElement[bool]):
    """Whether columns hold one of some keys, spelled out column by column; ``name`` once in a statement."""

    inherit_cache = False

    def __init__(self, columns: Columns, keys: Keys, name: str = "key") -> None:
        self.columns = columns
        self.keys = keys
        self.name = name


@compiles(AnyOf)
def _spell_out(element: AnyOf, compiler: SQLCompiler, **settings: Any) -> str:
    names = [compiler.process(column, **settings) for column in element.columns]
    alternatives = []
    for number, key in enumerate(element.keys):
        binds = (
            sa.bindparam(f"{element.name}_{number}_{place}", part, type_=UNTYPED) for place, part in enumerate(key)
        )
        values = [compiler.process(bind, **settings) for bind in binds]
        alternatives.append(" AND ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True)))
    return f"(({') OR ('.join(alternatives)}))"


def match_list(columns: Columns, keys: Keys) -> sa.ColumnElement[bool]:
    """By a list of rows."""
    return sa.tuple_(*(sa.type_coerce(column, UNTYPED) for column in columns)).in_(keys)


def match_each(columns: Columns, keys: Keys) -> sa.ColumnElement[bool]:
    """By a list of values; keys of several columns one by one, for servers that compare lists of rows badly or not at all."""
    if len(columns) == 1:
        return sa.type_coerce(columns[0], UNTYPED).in_([key[0] for key in keys])
    return AnyOf(columns, keys)


def match_set(columns: Columns, keys: Keys) -> sa.ColumnElement[bool]:
    """As `match_each`; any number of them in a statement."""
    return match_each(columns, keys) if len(columns) == 1 else AnyOf(columns, keys, f"set_{next(_NUMBERS)}")


def match_json(columns: Columns, keys: Keys) -> sa.ColumnElement[bool]:
    """By SQLite's own reading of JSON: one value to bind for any number of keys; one by one where a key has bytes.

    A part is taken for what its column is, as in a comparison (https://www.sqlite.org/datatype3.html#in_comparisons).
    """
    if any(isinstance(part, bytes) for key in keys for part in key):
        return match_set(columns, keys)
    text = sa.bindparam(None, json.dumps(list(map(list, keys)), ensure_ascii=False, default=_spell), type_=sa.Text())
    rows = sa.func.json_each(text).table_valued("value", name="piiscan_keys")
    parts = [sa.func.json_extract(rows.c.value, f"$[{place}]") for place in range(len(columns))]
    wanted = columns[0] if len(columns) == 1 else sa.tuple_(*columns)
    return wanted.in_(sa.select(*parts))


def match_records(types: Mapping[str, str]) -> Matcher:
    """By PostgreSQL's own reading of JSON as rows: one value to bind, each part of the type that ``types`` says by column.

    A list of rows is planned there as so many alternatives: that takes twenty times as long.
    """

    def match(columns: Columns, keys: Keys) -> sa.ColumnElement[bool]:
        names = [str(column.key) for column in columns]
        records = [dict(zip(names, key, strict=True)) for key in keys]
        text = json.dumps(records, ensure_ascii=False, default=_spell)
        value = sa.cast(sa.bindparam(None, text, type_=sa.Text()), postgresql.JSONB)
        spelled = (sa.column(name, Spelled(types[name])) for name in names)
        rows = sa.func.jsonb_to_recordset(value).table_valued(*spelled, name="piiscan_keys")
        found = rows.render_derived(with_types=True)
        return sa.tuple_(*columns).in_(sa.select(*found.c))

    return match


def _spell(part: object) -> str:
    """A value that JSON does not know, as PostgreSQL reads it."""
    if isinstance(part, bytes):
        return "\\x" + part.hex()
    return part.isoformat() if isinstance(part, date) else str(part)
