"""What the ignore list left out of a container."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the counts to the states of containers; none in those read before."""
    op.add_column("state", sa.Column("ignored", sa.Text(), nullable=True))
