"""What became of a request stays with the hashes that outlive it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the answer and its day to the hashes; unknown of requests forgotten before."""
    op.add_column("request_identity", sa.Column("response", sa.String(length=24), nullable=True))
    op.add_column("request_identity", sa.Column("answered_on", sa.Date(), nullable=True))
