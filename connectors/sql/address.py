"""A source's url as SQLAlchemy wants it: driver chosen, password beside the text, nothing opened."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

import sqlalchemy as sa

from piiscan.errors import ConfigError, SourceError
from piiscan.model import SkipCode, Source

DRIVERS: Final = {
    "mariadb": "pymysql",
    "mssql": "pyodbc",
    "mysql": "pymysql",
    "oracle": "oracledb",
    "postgresql": "psycopg",
    "sqlite": "pysqlite",
}
"""The one driver each database is read with: errors, streams and timeouts are told by its own codes.

MariaDB's connector (2.0.0rc2) is 2.5 times faster than PyMySQL, but it ends a result that broke off without an error, and
never frees a value: a truncated table would look clean.
"""
EXTRAS: Final = {"pyodbc": "mssql", "oracledb": "oracle"}
SECRET_KEYS: Final = frozenset({"password", "passwd", "pwd", "odbc_connect", "sslpassword", "wallet_password"})


def parse_address(source: Source) -> sa.URL:
    """The url with its driver and password, ready for an engine. Raises ConfigError for one that makes no sense."""
    url = _read_url(source)
    if source.options:
        raise ConfigError(
            f"sources.{source.name}: unknown key {', '.join(map(repr, sorted(source.options)))}",
            hint="see the manual's connector page for the keys of an sql source",
        )
    if url.password is not None or SECRET_KEYS & {key.lower() for key in url.query}:
        raise ConfigError(
            f"sources.{source.name}.url: it carries a password",
            hint="take it out and set password_file or password_command",
        )
    url = _choose_driver(url, source.name)
    if url.get_backend_name() == "sqlite":
        return _read_only_file(url, source.name)
    return url.set(password=source.secret.reveal()) if source.secret else url


def require_driver(url: sa.URL) -> None:
    """Returns when the url's driver can be imported. Raises SourceError naming the extra to install."""
    try:
        url.get_dialect().import_dbapi()
    except ImportError:
        driver = url.get_driver_name()
        extra = EXTRAS.get(driver)
        hint = f'pip install "piiscan-inventory[{extra}]"' if extra else f"install the Python package of {driver}"
        raise SourceError(
            SkipCode.UNREACHABLE, f"the driver {driver} for {url.get_backend_name()} is not installed", hint=hint
        ) from None


def is_local(url: sa.URL) -> bool:
    """Whether the connection stays on this machine: a file, a socket or the loopback."""
    host = url.host or url.query.get("host") or url.query.get("unix_socket") or ""
    return isinstance(host, str) and (host in {"", "localhost", "::1"} or host.startswith(("/", "127.")))


def _read_url(source: Source) -> sa.URL:
    text = "postgresql" + source.url.removeprefix("postgres") if source.url.startswith("postgres://") else source.url
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        raise ConfigError(
            f"sources.{source.name}.url: not a database url", hint="write dialect://user@host:port/database"
        ) from None
    if url.get_backend_name() not in DRIVERS:
        raise ConfigError(
            f"sources.{source.name}.url: unknown database {url.get_backend_name()!r}",
            hint=f"known: {', '.join(DRIVERS)}",
        )
    return url


def _choose_driver(url: sa.URL, name: str) -> sa.URL:
    backend, _, driver = url.drivername.partition("+")
    if driver not in {"", DRIVERS[backend]}:
        raise ConfigError(
            f"sources.{name}.url: piiscan does not read {backend} with the driver {driver!r}",
            hint=f"leave it out: {backend}://...",
        )
    return url.set(drivername=f"{backend}+{DRIVERS[backend]}")


def _read_only_file(url: sa.URL, name: str) -> sa.URL:
    """A SQLite url that can neither write nor create the file (https://www.sqlite.org/uri.html)."""
    path = url.database or ""
    if path in {"", ":memory:"} or path.startswith("file:"):
        raise ConfigError(
            f"sources.{name}.url: a SQLite source is a file",
            hint="write sqlite:///relative.db or sqlite:////absolute.db",
        )
    return sa.URL.create(url.drivername, database="file:" + quote(path), query={"mode": "ro", "uri": "true"})
