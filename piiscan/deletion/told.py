"""What a plan is told on the command line about obstacles that it otherwise refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from piiscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from piiscan.model.erasing import Reference


@dataclass(frozen=True, slots=True)
class Told:
    """Options that name tables as ``schema.table``, or ``source:schema.table`` where sources have tables of one name.

    Each is remembered when it was of use, so that a name with a slip in it is noticed.
    """

    breaks: tuple[str, ...] = ()
    """``TABLE.COLUMN``: a foreign key whose due rows lose it before anything is deleted."""
    triggers: tuple[str, ...] = ()
    """Tables whose triggers may fire."""
    keys: tuple[str, ...] = ()
    """``TABLE=COLUMN,COLUMN``: columns that tell rows apart where no key of the table does."""
    releases: tuple[str, ...] = ()
    """Tables whose rows the database may remove or change together with what they refer to."""
    without: tuple[str, ...] = ()
    """Containers that are left out."""
    _used: set[str] = field(default_factory=set, repr=False, compare=False)

    def breaks_at(self, source: str, reference: Reference) -> bool:
        """Whether this foreign key is to be emptied first."""
        names = (f"{reference.child.path}.{column}" for column in reference.columns)
        return any(self._names("--break", self.breaks, source, name) for name in names)

    def allows_triggers(self, source: str, path: str) -> bool:
        """Whether triggers of the table may fire."""
        return self._names("--allow-triggers", self.triggers, source, path)

    def key_of(self, source: str, path: str) -> tuple[str, ...]:
        """The columns named as the table's key; none where it is not named."""
        for option in self.keys:
            table, _, columns = option.partition("=")
            if table in (path, f"{source}:{path}"):
                self._used.add(f"--key {option}")
                return tuple(column.strip() for column in columns.split(","))
        return ()

    def releases_child(self, source: str, path: str) -> bool:
        """Whether the table's rows may go with what they refer to."""
        return self._names("--release", self.releases, source, path)

    def leaves_out(self, source: str, path: str) -> bool:
        """Whether the container is left out of the plan."""
        return self._names("--without", self.without, source, path)

    def check(self) -> None:
        """Raises UsageError for an option that is no key, or that names nothing in the plan."""
        for option in self.keys:
            if not all(part.strip() for part in option.partition("=")[2].split(",")):
                raise UsageError(f"--key {option}: no columns", hint="write --key TABLE=COLUMN,COLUMN")
        for name, values in self._options():
            for value in values:
                if f"{name} {value}" not in self._used:
                    raise UsageError(
                        f"{name} {value}: there is no such thing in this plan",
                        hint="name a table as the plan does: schema.table, or source:schema.table",
                    )

    def said(self) -> dict[str, list[str]]:
        """The options by their names, for the plan to say how it was told."""
        return {name.removeprefix("--"): list(values) for name, values in self._options() if values}

    def _options(self) -> Iterable[tuple[str, tuple[str, ...]]]:
        return (
            ("--break", self.breaks),
            ("--allow-triggers", self.triggers),
            ("--key", self.keys),
            ("--release", self.releases),
            ("--without", self.without),
        )

    def _names(self, option: str, values: tuple[str, ...], source: str, name: str) -> bool:
        found = [value for value in values if value in (name, f"{source}:{name}")]
        self._used.update(f"{option} {value}" for value in found)
        return bool(found)
