"""A database of one's own on SQLite, PostgreSQL and MariaDB, read by one account and written by another."""

from __future__ import annotations

import secrets
import sqlite3
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from piiscan.connectors.sql import SqlConnector
from piiscan.model import Clock, Container, ReadPlan, Secret, Source
from piiscan.model.erasing import Chunk, Dependent, Key, Shape, Target
from piiscan.model.judging import Change, Ended, Judgment, Term

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AS_OF = date(2026, 1, 1)
LAST = date(2020, 12, 31)
"""Rows dated to this day or earlier are overdue."""


@dataclass
class File:
    """A SQLite file, changed as its owner does."""

    path: Path

    def run(self, *statements: str) -> None:
        database = sqlite3.connect(self.path)
        database.execute("PRAGMA foreign_keys = ON")
        for statement in statements:
            database.execute(statement)
        database.commit()
        database.close()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        database = sqlite3.connect(self.path)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()


@dataclass
class Bench:
    """One database and what a plan asks of it. Tables are dated by their column ``at``."""

    kind: str
    place: Any
    reading: Source
    writing: Source
    prefix: str = ""
    opened: list[SqlConnector] = field(default_factory=list)

    def run(self, *statements: str) -> None:
        self.place.run(*statements)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return sorted(self.place.rows(query))

    @contextmanager
    def holding(self, statement: str) -> Iterator[sa.Connection]:
        """A transaction that has run a statement and stays open to the end of the block."""
        url = f"sqlite:///{self.place.path}" if self.kind == "sqlite" else self.place.engine.url
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            if self.kind == "postgresql":
                connection.exec_driver_sql(f"SET search_path = {self.place.name}")
            connection.exec_driver_sql(statement)
            yield connection

    def connector(self, source: Source | None = None, **plan: Any) -> SqlConnector:
        self.opened.append(SqlConnector(source or self.reading, ReadPlan(**{"lock_timeout_s": 2.0, **plan})))
        return self.opened[-1]

    def writer(self, **plan: Any) -> SqlConnector:
        return self.connector(self.writing, write=True, **plan)

    def container(self, name: str) -> Container:
        listed = self.connector().containers()
        return next(each for each in listed if isinstance(each, Container) and each.path == self.prefix + name)

    def shape(self, name: str) -> Shape:
        return self.connector().shapes([self.container(name)])[0]

    def target(self, name: str, children: dict[str, Target] | None = None, **settings: Any) -> Target:
        """Rows overdue by ``at``; ``released`` names children, ``columns`` changes one, ``key`` another key."""
        shape, released = self.shape(name), settings.pop("released", ())
        changes: tuple[Change, ...] = settings.pop("changes", ())
        due = Term((Ended(Clock("collected", (settings.pop("column", "at"),)), settings.pop("last", LAST)),))
        dependents = tuple(
            Dependent(each, (children or {}).get(self.bare(each.child)), self.bare(each.child) in released)
            for each in shape.references
        )
        target = Target(
            container=shape.container,
            judgment=Judgment("rule", due, changes=changes),
            action="anonymize" if changes else "delete",
            as_of=AS_OF,
            key=shape.key,
            changes=changes,
            dependents=dependents,
        )
        return replace(target, **settings)

    def bare(self, container: Container) -> str:
        return container.path.removeprefix(self.prefix)

    def keys(self, target: Target, **plan: Any) -> list[Key]:
        return [key for portion in self.connector(**plan).keys(target) for key in portion]

    def erase(self, target: Target, keys: list[Key] | None = None, **plan: Any) -> Chunk:
        """What became of the keys; the witness must have been told the same."""
        told: list[Chunk] = []
        done = self.writer(**plan).erase(target, self.keys(target) if keys is None else keys, told.append)
        assert told == [done]
        return done

    def day(self, text: str) -> date | str:
        """A day as the owner's driver gives it."""
        return text if self.kind == "sqlite" else date.fromisoformat(text)

    def kill_writers(self) -> None:
        """Ends every connection of the account that writes."""
        role = sa.make_url(self.writing.url).username
        if self.kind == "postgresql":
            self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'")
        else:
            for (number,) in self.rows(f"SELECT id FROM information_schema.PROCESSLIST WHERE user = '{role}'"):
                self.run(f"KILL {number}")

    def remaining(self, target: Target, keys: list[Key]) -> list[int]:
        return list(self.connector().remaining(target, keys))


def everything_said(error: BaseException) -> str:
    """All that an exception, what it came of, and their traceback would show."""
    said = "".join(traceback.format_exception(error))
    chain: list[BaseException | None] = [error]
    while (found := chain.pop()) is not None:
        said += f"{found!r} {found} {found.args} {getattr(found, 'hint', '')}"
        chain += [found.__cause__ or found.__context__]
    return said


@pytest.fixture
def said():
    return everything_said


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def base(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """The three databases one after the other; a test may ask for one of them by indirect parametrization."""
    maker = {"sqlite": _sqlite, "postgresql": _postgresql, "mariadb": _mariadb}[request.param]
    for made in maker(request, tmp_path):
        yield made
        for connector in made.opened:
            connector.close()


def _sqlite(_request: pytest.FixtureRequest, folder: Path) -> Iterator[Bench]:
    place = File(folder / "base.db")
    place.run("PRAGMA user_version = 1")
    source = Source("db", "sql", f"sqlite:///{place.path}")
    yield Bench("sqlite", place, source, source)


def _postgresql(request: pytest.FixtureRequest, _folder: Path) -> Iterator[Bench]:
    place = request.getfixturevalue("postgresql")
    role, password = f"{place.name}w", f"p{secrets.token_urlsafe(18)}"
    place.run(
        f"CREATE ROLE {role} LOGIN PASSWORD '{password}'",
        f"GRANT USAGE ON SCHEMA {place.name} TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {place.name} GRANT SELECT, UPDATE, DELETE ON TABLES TO {role}",
    )
    url = sa.make_url(place.url).set(username=role).render_as_string()
    yield Bench("postgresql", place, place.source(), place.source(url=url, secret=Secret(password)), place.prefix)
    place.run(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'",
        f"DROP OWNED BY {role}",
        f"DROP ROLE {role}",
    )


def _mariadb(request: pytest.FixtureRequest, _folder: Path) -> Iterator[Bench]:
    place = request.getfixturevalue("mariadb")
    role, password = f"{place.name}w", f"p{secrets.token_urlsafe(18)}"
    place.run(
        f"CREATE USER {role} IDENTIFIED BY '{password}'", f"GRANT SELECT, UPDATE, DELETE ON {place.name}.* TO {role}"
    )
    url = sa.make_url(place.url).set(username=role).render_as_string()
    yield Bench("mariadb", place, place.source(), place.source(url=url, secret=Secret(password)))
    place.run(f"DROP USER {role}")
