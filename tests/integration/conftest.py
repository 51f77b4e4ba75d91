"""Real servers for tests: own names, a role that may only SELECT, everything dropped afterwards.

PIISCAN_TEST_POSTGRESQL and PIISCAN_TEST_MARIADB name the servers (an account that may create); without them the
loopback is tried. A server that cannot be reached skips its tests, but fails them where CI is set.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from piiscan.model import Secret, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

POSTGRESQL = os.environ.get("PIISCAN_TEST_POSTGRESQL") or "postgresql://postgres@127.0.0.1/postgres"
MARIADB = os.environ.get("PIISCAN_TEST_MARIADB") or "mariadb://root@127.0.0.1"


@dataclass
class Place:
    """A schema or database of our own; ``run`` changes it as its owner, ``source`` looks at it as the scanner does."""

    engine: sa.Engine
    name: str
    url: str
    secret: Secret
    role: str
    prefix: str
    """What stands before a table's name in a container's path."""
    extra: dict[str, Any] = field(default_factory=dict)

    def run(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.engine.begin() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query.replace("%", "%%"))]

    def source(self, **settings: Any) -> Source:
        return Source(
            **{"name": "db", "connector": "sql", "url": self.url, "secret": self.secret, **self.extra, **settings}
        )


def _engine(url: sa.URL, **settings: Any) -> sa.Engine:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool, **settings)
    try:
        engine.connect().close()
    except sa.exc.OperationalError:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            f"no {url.get_backend_name()} server at {url.host}", pytrace=False
        )
    return engine


@pytest.fixture
def postgresql() -> Iterator[Place]:
    """A schema with a SELECT-only role; every table made in it later is granted too."""
    url = sa.make_url(POSTGRESQL).set(drivername="postgresql+psycopg")
    name = f"piiscan_t{secrets.token_hex(5)}"
    password = "p" + secrets.token_urlsafe(18)  # never like an option of a command that prints it
    engine = _engine(url, connect_args={"options": f"-c search_path={name}"})
    scanner = url.set(drivername="postgresql", username=name, password=None)
    place = Place(
        engine, name, scanner.render_as_string(), Secret(password), name, f"{name}.", {"include": (f"{name}.*",)}
    )
    place.run(
        f"CREATE SCHEMA {name}",
        f"CREATE ROLE {name} LOGIN PASSWORD '{password}'",
        f"GRANT USAGE ON SCHEMA {name} TO {name}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {name} GRANT SELECT ON TABLES TO {name}",
    )
    try:
        yield place
    finally:
        place.run(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{name}'",
            f"DROP SCHEMA {name} CASCADE",
            f"DROP OWNED BY {name}",
            f"DROP ROLE {name}",
        )
        engine.dispose()


@pytest.fixture
def mariadb() -> Iterator[Place]:
    """A database with a SELECT-only account; the url names no driver."""
    url = sa.make_url(MARIADB).set(drivername="mariadb+pymysql")
    name = f"piiscan_t{secrets.token_hex(5)}"
    password = "p" + secrets.token_urlsafe(18)  # never like an option of a command that prints it
    admin = _engine(url)
    with admin.begin() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        connection.exec_driver_sql(f"CREATE USER {name} IDENTIFIED BY '{password}'")
        connection.exec_driver_sql(f"GRANT SELECT, SHOW VIEW ON {name}.* TO {name}")
    engine = _engine(url.set(database=name))
    scanner = url.set(drivername="mariadb", username=name, password=None, database=name)
    try:
        yield Place(engine, name, scanner.render_as_string(), Secret(password), name, "")
    finally:
        with admin.begin() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name}")
            connection.exec_driver_sql(f"DROP USER {name}")
        engine.dispose()
        admin.dispose()


@pytest.fixture
def ascii_database(postgresql: Place) -> Iterator[Place]:
    """A database without an encoding, for the same role."""
    postgresql.run(
        f"CREATE DATABASE {postgresql.name} ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    )
    # LATIN1 lets any byte pass on the way in.
    engine = _engine(postgresql.engine.url.set(database=postgresql.name), connect_args={"client_encoding": "latin1"})
    url = sa.make_url(postgresql.url).set(database=postgresql.name).render_as_string()
    place = Place(engine, postgresql.name, url, postgresql.secret, postgresql.role, "public.")
    place.run(f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {place.role}")
    try:
        yield place
    finally:
        engine.dispose()
        postgresql.run(f"DROP DATABASE {postgresql.name} WITH (FORCE)")
