"""Run by Alembic: migrates over the connection it is handed, inside the caller's transaction."""

from __future__ import annotations

from alembic import context

from piiscan.inventory.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
