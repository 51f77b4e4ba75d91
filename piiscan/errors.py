"""What can go wrong, as the user sees it: one line, a hint, an exit code."""

from __future__ import annotations

from enum import IntEnum

from piiscan.model import Skip, SkipCode


class ExitCode(IntEnum):
    """The contract's exit codes."""

    OK = 0
    FAILED = 1
    USAGE = 2
    FOUND = 3
    INCOMPLETE = 4
    LOCKED = 5
    REFUSED = 6
    INTERRUPTED = 130
    TERMINATED = 143


class PiiscanError(Exception):
    """An error a user can act on. Its text holds no value of a source and no secret."""

    exit_code: ExitCode = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.hint))


def _rebuild(kind: type[PiiscanError], message: str, hint: str) -> PiiscanError:
    return kind(message, hint=hint)


class UsageError(PiiscanError):
    """Wrong usage, configuration, rule, or a missing credential."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """The configuration file is wrong: the message names file, line, key and problem."""


class RuleError(UsageError):
    """A rule pack is wrong: the message names pack, table, key and problem."""


class LockedError(PiiscanError):
    """Another run holds the store's lock."""

    exit_code = ExitCode.LOCKED


class RefusedError(PiiscanError):
    """A safety limit, a missing approval, a stale plan."""

    exit_code = ExitCode.REFUSED


class StoreError(PiiscanError):
    """The inventory store could not be opened, migrated or written."""


class SourceError(PiiscanError):
    """A connector could not read something; the scan turns it into a `Skip` and goes on.

    ``container`` None: the whole source.
    """

    def __init__(self, code: SkipCode, message: str, *, container: str | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.container = container

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_source, (self.code, self.message, self.container, self.hint))

    def skip(self, source: str, *, container: str | None = None, member: tuple[str, ...] = ()) -> Skip:
        """This failure as the value that reaches the report; of a whole source with what to do about it."""
        place = self.container or container
        reason = f"{self.message}; {self.hint}" if self.hint and place is None else self.message
        return Skip(source, place, self.code, reason, member)


def _rebuild_source(code: SkipCode, message: str, container: str | None, hint: str) -> SourceError:
    return SourceError(code, message, container=container, hint=hint)
