"""Activations made or changed beside the bot: when a change was noticed, and who had one lately."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Only more: older code neither reads nor writes what is new here."""
    op.add_column("activation", sa.Column("changed_at", MOMENT))
    op.create_index("activation_ended", "activation", ["tenant", "oid", "ended_at"])
