"""Memberships that nobody asked for through the bot, so that each is told of once."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """A table more; older code does not look at it."""
    op.create_table(
        "orphan",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("seen_at", MOMENT, nullable=False),
    )
