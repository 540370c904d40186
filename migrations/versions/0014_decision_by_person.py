"""Somebody's decisions are found without reading everybody's."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """An index more changes nothing for older code."""
    op.create_index("decision_by_person", "decision", ["tenant", "oid"])
