"""Databases, through SQLAlchemy: SQLite, PostgreSQL, MariaDB and MySQL; SQL Server and Oracle with their extras."""

from __future__ import annotations

from piiscan.connectors.sql.connector import SqlConnector

__all__ = ["SqlConnector"]
