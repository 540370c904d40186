"""When PIM was asked to end an activation: an answer that was lost is not asked for blindly."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Only more: older code neither reads nor writes what is new here."""
    op.add_column("activation", sa.Column("ending_at", MOMENT))
