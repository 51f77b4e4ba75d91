"""Urls of the sql connector: drivers, passwords, what is refused."""

from __future__ import annotations

import psycopg
import pytest

from piiscan.connectors.sql import SqlConnector
from piiscan.connectors.sql.address import is_local, parse_address, require_driver
from piiscan.connectors.sql.catalog import path_of
from piiscan.connectors.sql.faults import explain
from piiscan.connectors.sql.mysql import _covers
from piiscan.connectors.sql.sessions import Sessions
from piiscan.errors import ConfigError, SourceError
from piiscan.model import ReadPlan, Secret, SkipCode, Source


def _parse(url, **settings):
    return parse_address(Source("db", "sql", url, **settings))


@pytest.mark.parametrize(
    ("url", "drivername"),
    [
        ("postgresql://h/d", "postgresql+psycopg"),
        ("postgres://h/d", "postgresql+psycopg"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg"),
        ("mariadb://h/d", "mariadb+pymysql"),
        ("mysql://h/d", "mysql+pymysql"),
        ("mssql://h/d", "mssql+pyodbc"),
        ("oracle://h/d", "oracle+oracledb"),
    ],
)
def test_a_url_without_a_driver_gets_the_one_that_is_tested(url, drivername):
    """The user need not know drivers."""
    assert _parse(url).drivername == drivername


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("no url", "not a database url"),
        ("snowflake://h/d", "unknown database 'snowflake'"),
        ("postgresql+asyncpg://h/d", "with the driver 'asyncpg'"),
        ("mariadb+mariadbconnector://h/d", "with the driver 'mariadbconnector'"),
        ("postgresql://u:canary@h/d", "it carries a password"),
        ("postgresql://h/d?password=canary", "it carries a password"),
        ("mssql://?odbc_connect=PWD%3Dcanary", "it carries a password"),
        ("sqlite://", "a SQLite source is a file"),
        ("sqlite:///:memory:", "a SQLite source is a file"),
    ],
)
def test_a_url_that_makes_no_sense_is_refused(url, words):
    """By ConfigError, which names the key and shows no password."""
    with pytest.raises(ConfigError, match=words) as caught:
        _parse(url)

    assert "canary" not in f"{caught.value} {caught.value.hint} {caught.value.__cause__!r}"


def test_the_password_is_in_the_url_object_and_in_no_text():
    """Special characters need no quoting; reprs hide it."""
    source = Source("db", "sql", "postgresql://u@h/d", secret=Secret("p@ss/w:rd%"))
    url = parse_address(source)

    assert url.password == "p@ss/w:rd%"
    assert "p@ss" not in f"{url} {url!r} {source!r} {SqlConnector(source, ReadPlan())!r}"


def test_a_missing_driver_names_the_extra(monkeypatch):
    """What to install, in one line."""
    import sqlalchemy.dialects.oracle.oracledb as dialect

    def fail(_cls):
        raise ImportError("no oracledb")

    monkeypatch.setattr(dialect.OracleDialect_oracledb, "import_dbapi", classmethod(fail))

    with pytest.raises(SourceError) as caught:
        require_driver(_parse("oracle://h/d"))

    assert (caught.value.code, caught.value.message, caught.value.hint) == (
        SkipCode.UNREACHABLE,
        "the driver oracledb for oracle is not installed",
        'pip install "piiscan-inventory[oracle]"',
    )


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        (
            'FATAL:  password authentication failed for user "canary"',
            SkipCode.NO_PERMISSION,
            "the login was refused: wrong user or password (PostgreSQL: 28P01)",
        ),
        (
            'FATAL:  role "canary" does not exist',
            SkipCode.NO_PERMISSION,
            "the login was refused: the server knows no such user (PostgreSQL: 28000)",
        ),
        (
            "fe_sendauth: no password supplied",
            SkipCode.NO_PERMISSION,
            "the login was refused: no password given, set password_file or password_command (PostgreSQL: 28P01)",
        ),
        (
            "FATAL:  kein pg_hba.conf-Eintrag für Host »10.0.0.9«, Benutzer »canary«, Datenbank »d«, keine Verschlüsselung",
            SkipCode.NO_PERMISSION,
            "the login was refused: pg_hba.conf has no entry for this user, host and database (PostgreSQL: 28000)",
        ),
        (
            'FATAL:  Peer authentication failed for user "canary"',
            SkipCode.NO_PERMISSION,
            "the login was refused: the server's proof of identity failed (PostgreSQL: 28000)",
        ),
        (
            "FATAL:  sorry, too many clients already",
            SkipCode.LIMIT,
            "the server has no connection left: try again later (PostgreSQL: 53300)",
        ),
        (
            "FATAL:  the database system is starting up",
            SkipCode.UNREACHABLE,
            "the server is there, but refused the connection: look at its log (PostgreSQL: 08004)",
        ),
        (
            "Connection refused, canary",
            SkipCode.UNREACHABLE,
            "the connection failed or was lost (PostgreSQL: OperationalError)",
        ),
    ],
)
def test_what_a_postgresql_server_said_to_a_login_is_understood_and_not_passed_on(said, code, message):
    """These a server that trusts the loopback never says; the others are tested on one."""
    server = Sessions(_parse("postgresql://h/d"), ReadPlan()).server
    text = f'connection failed: connection to server at "10.0.0.1", port 5432 failed: {said}'

    error = explain(psycopg.OperationalError(text), server)

    assert (error.code, error.message) == (code, message)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("postgresql://127.0.0.1/d", True),
        ("postgresql:///d", True),
        ("mysql://localhost/d", True),
        ("mysql://db.example/d", False),
    ],
)
def test_the_loopback_needs_no_encryption(url, local):
    """A socket neither."""
    assert is_local(_parse(url)) is local


@pytest.mark.parametrize(
    ("schema", "name", "path"),
    [
        (None, "t", "t"),
        (None, "a.b", "a.b"),
        ("s", "t", "s.t"),
        ("s", "a.b", 's."a.b"'),
        ("a.b", "t", '"a.b".t'),
        ("s", "a\nb\x07", "s.a\\nb\\x07"),
    ],
)
def test_a_path_is_printable_and_unambiguous(schema, name, path):
    """A name with a dot is quoted where a schema stands before it."""
    assert path_of(schema, name) == path


@pytest.mark.parametrize(
    ("where", "covered"),
    [
        ("*.*", True),
        ("`crm`.*", True),
        ("`c\\_m`.*", False),
        ("`crm%`.*", True),
        ("`c_m`.*", True),
        ("`crm`.`t`", False),
        ("`other`.*", False),
    ],
)
def test_a_grant_covers_a_database_by_mysql_s_wildcards(where, covered):
    """Percent and underscore, unless escaped."""
    assert _covers(where, "crm") is covered
