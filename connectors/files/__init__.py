"""Local and mounted folders."""

from __future__ import annotations

from piiscan.connectors.files.connector import FilesConnector

__all__ = ["FilesConnector"]
