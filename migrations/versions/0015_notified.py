"""Which of their chats somebody wants to be written to, where it is not the one used last."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """A table more; older code does not look at it."""
    op.create_table(
        "notified",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("oid", sa.String, primary_key=True),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("chat_user", sa.String, nullable=False),
    )
