"""Approvals: who was asked to decide a request, and what they decided."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Two tables beside the others; code that does not know them goes on as before."""
    op.create_table(
        "invitation",
        sa.Column("request_id", sa.String, sa.ForeignKey("request.id"), primary_key=True),
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("oid", sa.String, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("chat", sa.String),
        sa.Column("team", sa.String),
        sa.Column("chat_user", sa.String),
        sa.Column("invited_at", MOMENT, nullable=False),
        sa.Column("reminders", sa.Integer, nullable=False),
    )
    op.create_index("invitation_by_person", "invitation", ["tenant", "oid"])
    op.create_table(
        "decision",
        sa.Column("request_id", sa.String, sa.ForeignKey("request.id"), primary_key=True),
        sa.Column("human", sa.String, primary_key=True),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("oid", sa.String, nullable=False),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("chat_user", sa.String, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("standing", sa.String, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
