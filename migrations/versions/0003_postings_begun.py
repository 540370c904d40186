"""When a post was begun of which it is not known what became."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Older code neither reads nor writes the new column."""
    op.add_column("posting", sa.Column("begun_at", MOMENT))
