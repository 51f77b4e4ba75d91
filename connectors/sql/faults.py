"""Errors of drivers as values the report can show: a code and our own words, for theirs may quote a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from piiscan.errors import SourceError
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from piiscan.connectors.sql.server import Server

WORDS: Final = {
    SkipCode.NO_PERMISSION: "the account may not read it",
    SkipCode.UNREACHABLE: "the connection failed or was lost",
    SkipCode.UNREADABLE: "the database reports damaged data",
    SkipCode.ENCRYPTED: "it is encrypted",
    SkipCode.TIMEOUT: "it was locked, or took longer than the statement timeout",
    SkipCode.VANISHED: "it is gone: dropped or renamed since the listing",
    SkipCode.LIMIT: "a limit of the server was reached",
}
HINTS: Final = {
    SkipCode.NO_PERMISSION: "check user and password, and GRANT SELECT to the scanning account",
    SkipCode.UNREACHABLE: "check host, port, database, network and TLS settings of the url",
    SkipCode.TIMEOUT: "raise [scan] statement_timeout or lock_timeout, or scan at a quieter hour",
}


def explain(error: BaseException, server: Server, container: str | None = None) -> SourceError:
    """The same failure without anything the driver said but its code."""
    if isinstance(error, SourceError):
        return error
    if isinstance(error, sa.exc.UnreflectableTableError) and error.__cause__ is not None:
        error = error.__cause__
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig is not None else error
    mark = server.code(cause)
    code = server.judge(cause) or _by_class(error)
    words = server.describe(cause) or WORDS.get(code, "the database could not deliver it")
    return SourceError(code, f"{words} ({server.name}: {mark})", container=container, hint=HINTS.get(code, ""))


def _by_class(error: BaseException) -> SkipCode:
    if isinstance(error, sa.exc.NoSuchTableError):
        return SkipCode.VANISHED
    if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
        return SkipCode.UNREACHABLE
    if isinstance(error, sa.exc.TimeoutError):
        return SkipCode.TIMEOUT
    return SkipCode.ERROR
