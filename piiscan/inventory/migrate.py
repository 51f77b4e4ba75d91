"""The version of a store's tables, and how they are brought to this release's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import Connection, Engine, column, inspect, select, table

from piiscan.errors import StoreError
from piiscan.inventory.schema import VERSION_TABLE, VERSIONS

if TYPE_CHECKING:
    from piiscan.inventory.engine import Address

Standing = Literal["current", "older", "missing"]
_FIRST: Final = "run piiscan scan first"


def standing(connection: Connection, address: Address) -> Standing:
    """How the tables stand to this release. Raises StoreError for a newer store, or tables of another program."""
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if tables:
            raise StoreError(
                f"this database belongs to another program: {address}",
                hint="give the store a file, a database or a schema of its own in [store] url",
            )
        return "missing"
    version = connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))
    if version not in (None, *VERSIONS):
        raise StoreError(f"the store was written by a newer piiscan: {address}", hint="upgrade piiscan on this machine")
    return "missing" if version is None else "current" if version == VERSIONS[-1] else "older"


def require_current(engine: Engine, address: Address) -> None:
    """Raises StoreError unless the store is there with this release's tables; changes nothing."""
    if address.path is not None and not address.path.exists():
        raise StoreError(f"there is no inventory yet: {address}", hint=_FIRST)
    with engine.connect() as connection:
        found = standing(connection, address)
    if found == "missing":
        raise StoreError(f"there is no inventory yet: {address}", hint=_FIRST)
    if found == "older":
        raise StoreError(
            f"the store is of an older piiscan: {address}", hint="run piiscan scan: it brings the store up to date"
        )


def upgrade(engine: Engine, address: Address) -> None:
    """Creates the tables or brings them up to date, under the run lock and in one transaction.

    Raises LockedError when another run holds the lock and there is something to do.
    """
    with engine.connect() as connection:
        with connection.begin():
            found = standing(connection, address)
        if found == "current":
            return
        with address.locked(connection), connection.begin():
            _run_migrations(connection)


def _run_migrations(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - 0.2 s that only a new or older store costs
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", "piiscan.inventory:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
