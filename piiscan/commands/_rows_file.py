"""The file that says which rows an exception or a hold covers, and whose: TOML or JSON, from a file or standard input.

No message repeats anything of it.
"""

from __future__ import annotations

import json
import math
import os
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from piiscan.errors import UsageError
from piiscan.inventory import SealedScope
from piiscan.model.judging import Comparison, Test

if TYPE_CHECKING:
    from collections.abc import Collection

_MOST_BYTES: Final = 1 << 20
_MOST_TESTS: Final = 200
_LONGEST: Final = 1_000
"""Characters of a value: a longer one is the wrong file."""
_NO_VALUE: Final = ("null", "not null")
_HINT: Final = (
    'rows = [{ column = "account_id", operator = "=", value = ... }], and [subject] with data types and values'
)


def read_rows(name: str, data_types: Collection[str]) -> SealedScope:
    """What stands in the file, or in standard input for ``-``. Raises UsageError, also when it names nothing."""
    raw = _read(name)
    where = "standard input" if name == "-" else name
    table = _parse(raw, where)
    if table.keys() - {"rows", "subject"}:
        raise _wrong(where, "it has rows and subject, and nothing else")
    private = SealedScope(
        _alternatives(table.get("rows", []), where), _subject(table.get("subject", {}), data_types, where)
    )
    if not private.rows and not private.subject:
        raise _wrong(where, "neither rows nor a subject")
    if private.row_tests > _MOST_TESTS:
        raise _wrong(where, f"more than {_MOST_TESTS} row tests")
    return private


def _read(name: str) -> bytes:
    try:
        if name == "-":
            raw = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                raw = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"--rows {name}: {os.strerror(error.errno or 0)}") from None
    if len(raw) > _MOST_BYTES:
        raise UsageError(
            f"--rows {name}: larger than 1 MiB", hint="name the rows by fewer tests, or a column that all share"
        )
    return raw


def _parse(raw: bytes, where: str) -> dict[str, Any]:
    """The table in it. The parsers' own messages may quote what they read, so that none of them is passed on."""
    try:
        text = raw.decode("utf-8-sig")
        table = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError):
        raise _wrong(where, "neither TOML nor JSON") from None
    return dict(table)


def _alternatives(rows: object, where: str) -> tuple[tuple[Test, ...], ...]:
    """A list of tests, all of which must be true; or a list of such lists, one of which must be."""
    if not isinstance(rows, list):
        raise _wrong(where, "rows is a list of tables")
    nested = [each for each in rows if isinstance(each, list)]
    if nested and len(nested) != len(rows):
        raise _wrong(where, "rows holds either tables or lists of tables")
    several = nested or ([rows] if rows else [])
    if not all(several):
        raise _wrong(where, "a list of rows is empty: it would name every row")
    return tuple(tuple(_test(each, where) for each in tests) for tests in several)


def _test(given: object, where: str) -> Test:
    if not isinstance(given, dict) or given.keys() - {"column", "operator", "value"}:
        raise _wrong(where, "a row test has column, operator and value, and nothing else")
    steps = tuple(step.strip() for step in str(given.get("column", "")).split(">"))
    if not isinstance(given.get("column"), str) or not all(steps) or any("." not in step for step in steps[1:]):
        raise _wrong(where, 'column is a name, or a path along foreign keys such as "account_id > accounts.number"')
    operator = given.get("operator", "=")
    if operator not in get_args(Comparison):
        raise _wrong(where, f"operator is one of {' '.join(get_args(Comparison))}")
    value = given.get("value")
    if (value is None) != (operator in _NO_VALUE):
        raise _wrong(where, f"{' and '.join(_NO_VALUE)} take no value, every other operator takes one")
    return Test(steps, operator, None if value is None else _value(value, where))


def _value(value: object, where: str) -> str | int | float:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable():
        return value
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise _wrong(where, f"a value is a text of 1 to {_LONGEST} printable characters, a number or a day")


def _subject(given: object, data_types: Collection[str], where: str) -> dict[str, str]:
    if not isinstance(given, dict):
        raise _wrong(where, "subject is a table: data type = value")
    if given.keys() - set(data_types):
        raise _wrong(where, "a key of subject is no data type", hint="piiscan rules list shows them")
    return {name: str(_value(value, where)).strip() for name, value in given.items()}


def _wrong(where: str, what: str, hint: str = _HINT) -> UsageError:
    return UsageError(f"--rows {where}: {what}", hint=hint)
