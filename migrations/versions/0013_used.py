"""When somebody last used a chat account that is linked, so that they are written to there."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """A column that may be empty, which is what code that does not know it leaves."""
    op.add_column("link", sa.Column("used_at", MOMENT))
