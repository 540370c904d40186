"""Locks, when a link was last checked, and how often a request was asked for a stronger sign-in."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Only adds: code from before goes on working beside it."""
    op.add_column(
        "request", sa.Column("challenges", sa.Integer, nullable=False, server_default="0")
    )
    op.add_column("link", sa.Column("checked_at", MOMENT))
    op.create_table(
        "person_lock",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("oid", sa.String, primary_key=True),
        sa.Column("locked_at", MOMENT, nullable=False),
        sa.Column("by_oid", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
