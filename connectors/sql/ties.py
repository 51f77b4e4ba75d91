"""What ties rows of a database together, by its own catalogue: foreign keys, and triggers that act on what is removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import sqlalchemy as sa

from piiscan.connectors.sql.server import unknown_types

if TYPE_CHECKING:
    from piiscan.connectors.sql.server import Server
    from piiscan.model.erasing import OnDelete

ACTIONS: Final[dict[str, OnDelete]] = {"CASCADE": "cascade", "SET NULL": "null", "SET DEFAULT": "default"}
"""By the standard's words; everything else refuses."""
COPIES: Final = "Replicas, backups and archives keep what is deleted until they are renewed (11 CCR 7022(d))."


@dataclass(frozen=True, slots=True)
class Link:
    """One foreign key. ``child`` is a locator (schema, name, hint), ``parent`` a schema and a name; "" = no schema."""

    name: str
    child: tuple[str, str, str]
    columns: tuple[str, ...]
    parent: tuple[str, str]
    parent_columns: tuple[str, ...]
    on_delete: OnDelete
    nullable: bool


@dataclass(frozen=True, slots=True)
class Trigger:
    """What fires by itself, for one event; ``body`` tells one version of it from another."""

    name: str
    event: str
    body: str


class Ties:
    """What SQLAlchemy's Inspector knows of any database; a subclass asks its own catalogue where that knows more."""

    residue: ClassVar[str] = COPIES
    """What stays behind when a row is deleted, as a plan must say."""

    def __init__(self, connection: sa.Connection, server: Server) -> None:
        self.connection = connection
        self.server = server
        self.inspector = sa.inspect(connection)

    def links(self) -> list[Link]:
        """Every foreign key of the database that the account can see, in a stable order."""
        found: list[Link] = []
        for schema in self.server.schemas(self.inspector):
            with unknown_types():
                keys = self.inspector.get_multi_foreign_keys(schema)
                columns = self.inspector.get_multi_columns(schema)
            for (_, name), many in keys.items():
                required = {column["name"] for column in columns.get((schema, name), ()) if not column["nullable"]}
                found.extend(self._link(schema, name, key, required) for key in many)
        return sorted(found, key=lambda link: (link.child, link.name, link.columns))

    def _link(self, schema: str | None, name: str, key: Any, required: set[str]) -> Link:
        spell, columns = self.server.spell, tuple(map(str, key["constrained_columns"]))
        return Link(
            name=spell(key["name"] or ""),
            child=(schema or "", name, ""),
            columns=tuple(map(spell, columns)),
            parent=(key["referred_schema"] or schema or "", spell(key["referred_table"])),
            parent_columns=tuple(map(spell, key["referred_columns"])),
            on_delete=ACTIONS.get(str(key.get("options", {}).get("ondelete", "")).upper(), "refuse"),
            nullable=required.isdisjoint(columns),
        )

    def triggers(self, _schema: str, _name: str) -> list[Trigger]:
        """What fires when a row of a table is deleted or changed, once an event."""
        return []

    def refuses(self, _schema: str, _name: str) -> str:
        """Why no row of a table can be removed at all; empty where it can."""
        return ""

    def unique_texts(self, _schema: str, _name: str) -> list[str]:
        """Expressions of unique indexes that the Inspector does not tell."""
        return []

    def check_texts(self, _schema: str, _name: str) -> list[str]:
        """Checks of columns that the Inspector does not tell."""
        return []

    def build(self, _schema: str, _name: str) -> str:
        """Anything else that makes a table another one (how it is partitioned)."""
        return ""
