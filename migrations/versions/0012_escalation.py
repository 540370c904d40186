"""How somebody came to be asked for a decision."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """A column with a default, which is what code that does not know it makes."""
    op.add_column(
        "invitation", sa.Column("asked", sa.String, nullable=False, server_default="first")
    )
