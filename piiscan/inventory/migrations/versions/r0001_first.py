"""The first release's tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates all tables."""
    _create_runs()
    _create_containers()
    _create_findings()


def _create_runs() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.String(length=20), nullable=False),
        sa.Column("finished_at", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "run_source",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("listing", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=True),
        sa.Column("containers", sa.Integer(), nullable=True),
        sa.Column("scanned", sa.Integer(), nullable=True),
        sa.Column("partial", sa.Integer(), nullable=True),
        sa.Column("unchanged", sa.Integer(), nullable=True),
        sa.Column("skipped", sa.Integer(), nullable=True),
        sa.Column("holdings", sa.Integer(), nullable=True),
        sa.Column("cells", sa.BigInteger(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "source"),
    )


def _create_containers() -> None:
    op.create_table(
        "container",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_key", sa.String(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_container_source", "container", ["source"], unique=False)
    op.create_index("ix_container_unit_key", "container", ["unit_key"], unique=False)
    op.create_table(
        "unit",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("container_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("cells", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["container_id"], ["container.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "container_id"),
    )
    op.create_table(
        "state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("container_id", sa.Integer(), nullable=False),
        sa.Column("from_run", sa.Integer(), nullable=False),
        sa.Column("to_run", sa.Integer(), nullable=True),
        sa.Column("seen_run", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("coverage", sa.String(length=8), nullable=True),
        sa.Column("rows_total", sa.BigInteger(), nullable=True),
        sa.Column("rows_seen", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("columns", sa.Integer(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("settings", sa.Text(), nullable=True),
        sa.Column("read_at", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["container_id"], ["container.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_state_container_id", "state", ["container_id"], unique=False)
    op.create_index(
        "state_open",
        "state",
        ["container_id"],
        unique=True,
        sqlite_where=sa.text("to_run IS NULL"),
        postgresql_where=sa.text("to_run IS NULL"),
    )


def _create_findings() -> None:
    op.create_table(
        "holding",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("container_id", sa.Integer(), nullable=False),
        sa.Column("from_run", sa.Integer(), nullable=False),
        sa.Column("to_run", sa.Integer(), nullable=True),
        sa.Column("ended_by", sa.String(length=12), nullable=True),
        sa.Column("column", sa.Text(), nullable=True),
        sa.Column("data_type", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("strength", sa.String(length=8), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("recognizers", sa.Text(), nullable=False),
        sa.Column("cells_seen", sa.BigInteger(), nullable=False),
        sa.Column("cells_matched", sa.BigInteger(), nullable=False),
        sa.Column("rows_seen", sa.BigInteger(), nullable=False),
        sa.Column("coverage", sa.String(length=8), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.String(length=20), nullable=False),
        sa.Column("last_seen", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["container_id"], ["container.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index(
        "holding_open",
        "holding",
        ["id"],
        unique=True,
        sqlite_where=sa.text("to_run IS NULL"),
        postgresql_where=sa.text("to_run IS NULL"),
    )
    op.create_index("ix_holding_container_id", "holding", ["container_id"], unique=False)
    op.create_table(
        "ages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("container_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=12), nullable=False),
        sa.Column("oldest", sa.Date(), nullable=True),
        sa.Column("newest", sa.Date(), nullable=True),
        sa.Column("owners", sa.Text(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["container_id"], ["container.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_ages_container_id", "ages", ["container_id"], unique=False)
    op.create_table(
        "skip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_key", sa.String(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=True),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hides", sa.Boolean(), nullable=False),
        sa.Column("from_run", sa.Integer(), nullable=False),
        sa.Column("to_run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_skip_source", "skip", ["source"], unique=False)
    op.create_index("ix_skip_unit_key", "skip", ["unit_key"], unique=False)
