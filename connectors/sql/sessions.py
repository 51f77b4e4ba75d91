"""The engine: few connections, read-only, bounded in time, never showing a parameter."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.connectors.sql.address import require_driver
from piiscan.connectors.sql.faults import explain
from piiscan.connectors.sql.mssql import Mssql
from piiscan.connectors.sql.mysql import Mariadb, Mysql
from piiscan.connectors.sql.oracle import Oracle
from piiscan.connectors.sql.postgresql import Postgresql
from piiscan.connectors.sql.sqlite import Sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.sql.server import Server
    from piiscan.model import ReadPlan

SERVERS: Final[dict[str, type[Server]]] = {
    "mariadb": Mariadb,
    "mssql": Mssql,
    "mysql": Mysql,
    "oracle": Oracle,
    "postgresql": Postgresql,
    "sqlite": Sqlite,
}


class Sessions:
    """Connections to one source; the engine is made at the first."""

    def __init__(self, url: sa.URL, plan: ReadPlan) -> None:
        self.server = SERVERS[url.get_backend_name()](url, plan)
        self._url = url
        self._engine: sa.Engine | None = None

    @contextmanager
    def open(self) -> Iterator[sa.Connection]:
        """A connection in one read-only snapshot, rolled back at the end.

        Raises SourceError when none can be had, or at the end when the snapshot did not hold.
        """
        try:
            connection = self.engine().connect()
        except Exception as error:  # noqa: BLE001  # drivers raise what they like while connecting
            raise explain(error, self.server) from None
        with connection:
            try:
                yield connection
            except Exception:
                self.server.confirm(connection)  # the better reason, where there is one
                raise
            self.server.confirm(connection)

    def engine(self) -> sa.Engine:
        """The engine. Raises SourceError when the driver is missing."""
        if self._engine is None:
            require_driver(self._url)
            self._engine = sa.create_engine(
                self._url,
                hide_parameters=True,
                **self.server.pooling(),
                connect_args=self.server.connect_args(),
                execution_options=self.server.execution_options(),
            )
            sa.event.listen(self._engine, "do_connect", self._connect)
            sa.event.listen(self._engine, "connect", self._prepare)
            if self.server.begin:
                sa.event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql(self.server.begin))
        return self._engine

    def close(self) -> None:
        """Lets go of every connection; may be called twice."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        self.server.close()

    def _connect(self, dialect: Any, record: Any, address: list[Any], settings: dict[str, Any]) -> Any:
        return self.server.connect(dialect.connect, address, settings, record.info)

    def _prepare(self, connection: Any, _record: object) -> None:
        self.server.prepare(connection)
