"""When somebody signed in for exactly what they ask or decide, and how often PIM asked for more."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Columns with what code that does not know them means: nothing was proved for this."""
    op.add_column("request", sa.Column("proved_at", MOMENT))
    op.add_column("decision", sa.Column("proved_at", MOMENT))
    op.add_column(
        "decision", sa.Column("challenges", sa.Integer, nullable=False, server_default="0")
    )
    op.add_column(
        "sign_in", sa.Column("fresh", sa.Boolean, nullable=False, server_default=sa.false())
    )
