"""What was activated beside the bot is listed with the decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Only more indexes, over what no request caused."""
    where = sa.text("coalesce(request_id, '') = ''")
    for name, first in (
        ("activation_beside", ()),
        ("activation_beside_of_person", ("tenant", "oid")),
        ("activation_beside_of_access", ("access",)),
    ):
        op.create_index(
            name,
            "activation",
            [*first, "started_at", "id"],
            sqlite_where=where,
            postgresql_where=where,
        )
