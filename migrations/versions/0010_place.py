"""Where Teams lets the bot write by itself: to somebody, or in a channel."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """A table more; older code does not look at it."""
    op.create_table(
        "place",
        sa.Column("chat", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("conversation", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("oid", sa.String, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
    )
    op.create_index("place_by_oid", "place", ["chat", "oid"])
    op.create_index("place_by_conversation", "place", ["chat", "conversation"])
