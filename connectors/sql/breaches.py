"""Why a database would not carry out a change, by the driver's code: in words of ours, with columns and without values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import sqlalchemy as sa

from piiscan.connectors.sql.faults import explain
from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from piiscan.connectors.sql.server import Server
    from piiscan.connectors.sql.structure import Bonds
    from piiscan.model.erasing import Target

Breach = Literal["null", "unique", "check", "reference", "fit", "computed", "trigger", "closed"]

_SQLITE: Final[dict[str, Breach]] = {
    "SQLITE_CONSTRAINT_NOTNULL": "null",
    "SQLITE_CONSTRAINT_UNIQUE": "unique",
    "SQLITE_CONSTRAINT_PRIMARYKEY": "unique",
    "SQLITE_CONSTRAINT_CHECK": "check",
    "SQLITE_CONSTRAINT_DATATYPE": "fit",
    "SQLITE_CONSTRAINT_FOREIGNKEY": "reference",
    "SQLITE_CONSTRAINT_TRIGGER": "trigger",
    "SQLITE_READONLY": "closed",
    "SQLITE_READONLY_DIRECTORY": "closed",
}
_POSTGRESQL: Final[dict[str, Breach]] = {
    "23502": "null",
    "23505": "unique",
    "23P01": "unique",
    "23514": "check",
    "23503": "reference",
    "23001": "reference",
    **dict.fromkeys(("22001", "22003", "22007", "22008", "22P02", "42804"), "fit"),
    "428C9": "computed",
    **dict.fromkeys(("P0001", "27000"), "trigger"),
    "25006": "closed",
}
_MARIADB: Final[dict[str, Breach]] = {
    "1048": "null",
    **dict.fromkeys(("1062", "1169", "1586"), "unique"),
    **dict.fromkeys(("4025", "3819"), "check"),
    **dict.fromkeys(("1451", "1452", "1216", "1217"), "reference"),
    **dict.fromkeys(("1264", "1265", "1292", "1366", "1406"), "fit"),
    **dict.fromkeys(("1906", "3105"), "computed"),
    **dict.fromkeys(("1442", "1644"), "trigger"),
    **dict.fromkeys(("1290", "1792", "1836"), "closed"),
}
_ORACLE: Final[dict[str, Breach]] = {
    "1407": "null",
    "1": "unique",
    "2290": "check",
    **dict.fromkeys(("2291", "2292"), "reference"),
    **dict.fromkeys(("1438", "1841", "12899"), "fit"),
    "54013": "computed",
    **dict.fromkeys(("4091", "20000"), "trigger"),
    "16000": "closed",
}
BREACHES: Final[dict[str, dict[str, Breach]]] = {
    "mariadb": _MARIADB,
    "mssql": {"23000": "reference", "22001": "fit"},
    "mysql": _MARIADB,
    "oracle": _ORACLE,
    "postgresql": _POSTGRESQL,
    "sqlite": _SQLITE,
}
REPEATED: Final[dict[str, frozenset[str]]] = {
    "mariadb": frozenset({"1020", "1213"}),
    "mssql": frozenset({"40001"}),
    "mysql": frozenset({"1213"}),
    "oracle": frozenset({"60", "8177"}),
    "postgresql": frozenset({"40001", "40P01"}),
    "sqlite": frozenset(),
}
"""Codes of a deadlock, and of two transactions that could not both be right: the same once more may well succeed."""
ACCOUNT: Final = "GRANT SELECT, UPDATE and DELETE on it to the account of [sources.NAME.write]"


def is_repeatable(error: BaseException, server: Server) -> bool:
    """Whether the same transaction may succeed when it is tried again."""
    return _mark(error, server) in REPEATED[server.url.get_backend_name()]


def explain_change(error: BaseException, server: Server, target: Target, bonds: Bonds | None) -> SourceError:
    """The failure in our own words, with the columns it is about and what to do."""
    breach = BREACHES[server.url.get_backend_name()].get(_mark(error, server))
    path = target.container.path
    if breach is None or isinstance(error, SourceError):
        return _explain_rest(error, server, path)
    message, hint = _say(breach, target, bonds)
    code = SkipCode.NO_PERMISSION if breach == "closed" else SkipCode.ERROR
    return SourceError(code, f"{message} ({server.name}: {_mark(error, server)})", container=path, hint=hint)


def _explain_rest(error: BaseException, server: Server, path: str) -> SourceError:
    found = explain(error, server, path)
    hints = {
        SkipCode.NO_PERMISSION: ACCOUNT,
        SkipCode.TIMEOUT: "go on at a quieter hour, index the columns that refer to it, or raise [scan] lock_timeout",
    }
    if found.code not in hints or found is error:
        return found
    words = found.message.replace("may not read it", "may not change it")
    return SourceError(found.code, words, container=path, hint=hints[found.code])


def _say(breach: Breach, target: Target, bonds: Bonds | None) -> tuple[str, str]:
    """What happened and what to do, for one kind of breach."""
    bound = {
        "null": bonds.required if bonds else frozenset(),
        "unique": bonds.unique if bonds else frozenset(),
        "check": bonds.checked if bonds else frozenset(),
        "reference": bonds.referring if bonds else frozenset(),
        "computed": bonds.computed if bonds else frozenset(),
    }.get(breach, frozenset())
    changed = [change.column for change in target.changes]
    named = ", ".join(repr(name) for name in changed if name in bound) or ", ".join(map(repr, changed)) or "a column"
    if breach == "reference" and target.action == "delete":
        return "rows of another table still refer to these rows", "plan those as well, or release the reference"
    return {
        "null": (f"{named} may not be null", "change it to a constant, or delete the rows"),
        "unique": (f"{named} must be unique: rows cannot all become alike", "change it to null, or delete the rows"),
        "check": (f"a check refuses what {named} would become", "choose a value that the check accepts"),
        "reference": (f"{named} refers to a row that is not there", "change it to null, or to a key that is there"),
        "fit": (f"what {named} would become does not fit its type", "choose a value that fits"),
        "computed": (f"{named} is computed by the database", "change the columns it is computed from"),
        "trigger": ("a trigger of the database refused it", "look at its triggers with their owner"),
        "closed": ("it takes no changes: it is read-only, or a replica", "name the primary in [sources.NAME.write]"),
    }[breach]


def _mark(error: BaseException, server: Server) -> str:
    """The driver's most exact code."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig is not None else error
    return str(getattr(cause, "sqlite_errorname", None) or server.code(cause))
