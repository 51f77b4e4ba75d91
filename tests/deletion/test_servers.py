"""The whole chain on PostgreSQL and MariaDB: composite keys and keys of every type, planned by an account that may only SELECT."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

POSTGRESQL = os.environ.get("PIISCAN_TEST_POSTGRESQL") or "postgresql://postgres@127.0.0.1/postgres"
MARIADB = os.environ.get("PIISCAN_TEST_MARIADB") or "mariadb://root@127.0.0.1"

CONFIG = """
[security]
key_file = "piiscan.key"
[detection]
ner = "off"
[deletion]
max_percent = 95.0
chunk_rows = 40
valid_for = "P3650D"
[rules]
packs = ["ccpa"]
extra = ["rules"]
[sources.crm]
connector = "sql"
url = "{reader}"
password_file = "reader"
include = ["{prefix}*"]
[sources.crm.write]
url = "{writer}"
password_file = "writer"
[sources.crm.clocks."{prefix}accounts"]
created = "made_at"
[sources.crm.clocks."{prefix}payments"]
created = "paid_on"
[sources.crm.clocks."{prefix}parts"]
created = "payment > payments.paid_on"
[[sources.crm.declared]]
tables = ["{prefix}accounts", "{prefix}payments", "{prefix}parts"]
columns = ["email"]
data_types = ["email"]
reason = "known to hold it"
[[sources.crm.declared]]
tables = ["{prefix}people"]
columns = ["dob"]
data_types = ["dob"]
reason = "known to hold it"
[sources.crm.clocks."{prefix}people"]
created = "made_on"
"""

RULES = """
pack = "our"
[[rule]]
id = "our_rows"
title = "Rows"
data_types = ["email"]
kind = "max_keep"
trigger = "created"
period = "P3Y"
citation = "our schedule"
[[rule]]
id = "our_births"
title = "Births"
data_types = ["dob"]
kind = "policy_max"
trigger = "created"
period = "P3Y"
action = "anonymize"
anonymize = { dob = "year" }
citation = "our schedule"
"""


@dataclass
class Server:
    """A schema or database of our own, an account that may read, and one that may write."""

    engine: sa.Engine
    prefix: str
    reader: str
    writer: str
    password: str
    types: dict[str, str]

    def run(self, *statements: str) -> None:
        """Changes it as its owner."""
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self.engine.begin() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query.replace("%", "%%"))]


def connect(url: sa.URL, **settings: Any) -> sa.Engine:
    """The server, or no test."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool, **settings)
    try:
        engine.connect().close()
    except sa.exc.OperationalError:
        end = pytest.fail if os.environ.get("CI") else pytest.skip
        end(f"no {url.get_backend_name()} server at {url.host}", pytrace=False)
    return engine


def postgresql() -> Iterator[Server]:
    """A schema of its own."""
    url = sa.make_url(POSTGRESQL).set(drivername="postgresql+psycopg")
    name, password = f"piiscan_d{secrets.token_hex(5)}", "p" + secrets.token_urlsafe(18)
    engine = connect(url, connect_args={"options": f"-c search_path={name}"})
    reader, writer = f"{name}_r", f"{name}_w"
    server = Server(
        engine,
        f"{name}.",
        url.set(username=reader, password=None).render_as_string(),
        url.set(username=writer, password=None).render_as_string(),
        password,
        {"key": "uuid", "moment": "timestamptz", "exact": "numeric(20, 4)", "bytes": "bytea"},
    )
    server.run(
        f"CREATE SCHEMA {name}",
        *(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'" for role in (reader, writer)),
        f"GRANT USAGE ON SCHEMA {name} TO {reader}, {writer}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {name} GRANT SELECT ON TABLES TO {reader}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {name} GRANT SELECT, UPDATE, DELETE ON TABLES TO {writer}",
    )
    try:
        yield server
    finally:
        server.run(f"DROP SCHEMA {name} CASCADE", *(f"DROP OWNED BY {role}" for role in (reader, writer)))
        server.run(*(f"DROP ROLE {role}" for role in (reader, writer)))
        engine.dispose()


def mariadb() -> Iterator[Server]:
    """A database of its own."""
    url = sa.make_url(MARIADB).set(drivername="mariadb+pymysql")
    name, password = f"piiscan_d{secrets.token_hex(5)}", "p" + secrets.token_urlsafe(18)
    admin = connect(url)
    reader, writer = f"{name}_r", f"{name}_w"
    with admin.begin() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        for account, rights in ((reader, "SELECT"), (writer, "SELECT, UPDATE, DELETE")):
            connection.exec_driver_sql(f"CREATE USER {account} IDENTIFIED BY '{password}'")
            connection.exec_driver_sql(f"GRANT {rights} ON {name}.* TO {account}")
    place = url.set(drivername="mariadb", database=name, password=None)
    server = Server(
        connect(url.set(database=name)),
        "",
        place.set(username=reader).render_as_string(),
        place.set(username=writer).render_as_string(),
        password,
        {"key": "char(36)", "moment": "datetime(6)", "exact": "decimal(20, 4)", "bytes": "varbinary(20)"},
    )
    try:
        yield server
    finally:
        with admin.begin() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name}")
            for account in (reader, writer):
                connection.exec_driver_sql(f"DROP USER {account}")
        server.engine.dispose()
        admin.dispose()


@pytest.fixture(
    params=[pytest.param(postgresql, marks=pytest.mark.postgresql), pytest.param(mariadb, marks=pytest.mark.mariadb)],
    ids=["postgresql", "mariadb"],
)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Each of the two."""
    yield from request.param()


@pytest.fixture
def firm(server: Server, make_firm: Callable[..., Any], tmp_path: Path) -> Any:
    """A firm whose data lies on the server: accounts by client and number, payments by uuid, parts by exact number and bytes."""
    types, days = server.types, ["2019-03-01 10:00:00", "2020-03-01 23:59:59", "2025-03-01 00:00:00"]
    server.run(
        "CREATE TABLE accounts (client varchar(10), number integer, email varchar(50), made_at "
        f"{types['moment']}, PRIMARY KEY (client, number))",
        f"CREATE TABLE payments (id {types['key']} PRIMARY KEY, client varchar(10) NOT NULL, number integer NOT NULL, email varchar(50), "
        "paid_on date, FOREIGN KEY (client, number) REFERENCES accounts (client, number))",
        f"CREATE TABLE parts (amount {types['exact']}, mark {types['bytes']}, payment {types['key']} NOT NULL, email varchar(50), "
        "PRIMARY KEY (amount, mark), FOREIGN KEY (payment) REFERENCES payments (id))",
        "CREATE TABLE people (name varchar(40) PRIMARY KEY, dob date, zip varchar(10), made_on date)",
    )
    accounts = [f"('{'AB'[n % 2]}é', {n}, 'e{n}', '{days[n % 3]}')" for n in range(1, 91)]
    payments = [
        f"('00000000-0000-0000-0000-{n:012}', '{'AB'[(1 + n % 90) % 2]}é', {1 + n % 90}, 'e', '{days[(1 + n % 90) % 3][:10]}')"
        for n in range(1, 181)
    ]
    marks = "decode('{0:04x}', 'hex')" if server.prefix else "unhex('{0:04x}')"
    parts = [
        f"({n}.{n % 10000:04}, {marks.format(n)}, '00000000-0000-0000-0000-{1 + n % 180:012}', 'e')"
        for n in range(1, 181)
    ]
    people = [f"('person {n}', '1950-05-{1 + n % 28:02}', '9021{n % 10}', '{days[n % 3][:10]}')" for n in range(1, 31)]
    for table, rows in (("accounts", accounts), ("payments", payments), ("parts", parts), ("people", people)):
        server.run(f"INSERT INTO {table} VALUES {', '.join(rows)}")
    config = CONFIG.format(prefix=server.prefix, reader=server.reader, writer=server.writer)
    made = make_firm(tmp_path / "firm", config=config, rules=RULES)
    for name in ("reader", "writer"):
        (made.folder / name).write_text(server.password)
        (made.folder / name).chmod(0o600)
    made.scan()
    return made


def counts(server: Server) -> list[int]:
    """Rows of each table."""
    return [server.rows(f"SELECT count(*) FROM {table}")[0][0] for table in ("parts", "payments", "accounts", "people")]


def test_the_whole_chain_on_a_server(server: Server, firm: Any) -> None:
    """Planned with SELECT alone; drift left; keys of two columns, uuids, exact numbers and bytes find their rows again."""
    made = firm.make()
    firm.sign()
    server.run(
        "UPDATE accounts SET made_at = '2026-01-01 00:00:00' WHERE number = 1",
        "DELETE FROM parts WHERE amount = 1.0001",
    )
    outcome = firm.carry_out()
    proof = firm.prove()

    assert [
        (step["container"].removeprefix(server.prefix), step["action"], step["rows"]) for step in made["steps"]
    ] == [
        ("parts", "delete", 120),
        ("people", "anonymize", 20),
        ("payments", "delete", 120),
        ("accounts", "delete", 60),
    ]
    assert [(each.taken, each.changed, each.gone) for _, each in sorted(outcome.steps.items())] == [
        (119, 0, 1),
        (20, 0, 0),
        (120, 0, 0),
        (59, 1, 0),
    ]
    assert counts(server) == [60, 60, 31, 30]
    assert server.rows("SELECT count(*) FROM people WHERE dob = '1950-01-01'") == [(20,)]
    assert proof.findings == []


@pytest.mark.slow
def test_killed_on_a_server_and_resumed_exactly_the_plan_is_done(server: Server, firm: Any) -> None:
    """Again and again, each time a little later, until it goes through."""
    firm.make()
    firm.sign()
    kill_at, deaths = 90, 0

    while firm.dies(kill_at):
        kill_at, deaths = kill_at + 60, deaths + 1
    proof = firm.prove()

    assert deaths >= 3
    assert counts(server) == [60, 60, 30, 30]
    assert [each.counts.taken for each in proof.steps] == [120, 20, 120, 60]
    assert proof.findings == []


def test_the_account_that_reads_cannot_carry_it_out(server: Server, firm: Any) -> None:
    """Without the right to delete the source refuses, and nothing is changed."""
    from piiscan.errors import PiiscanError

    path = firm.folder / "piiscan.toml"
    path.write_text(path.read_text().replace(server.writer, server.reader))
    firm.make()
    firm.sign()
    before = counts(server)

    with pytest.raises(PiiscanError) as caught:
        firm.carry_out()

    assert "may not change it" in caught.value.message
    assert counts(server) == before
