"""Who has opened the bot's own tab in the chat, so that it is kept up to date for them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """A table more; older code does not look at it."""
    op.create_table(
        "home",
        sa.Column("chat", sa.String, primary_key=True),
        sa.Column("team", sa.String, primary_key=True),
        sa.Column("chat_user", sa.String, primary_key=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("shown", sa.String, nullable=False),
    )
