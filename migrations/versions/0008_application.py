"""Whose credential grants a request, and whose granted an activation."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Two columns with a default, which is what code that does not know them makes."""
    for table in ("request", "activation"):
        op.add_column(
            table, sa.Column("authority", sa.String, nullable=False, server_default="delegated")
        )
