"""Proof that somebody signed in at Entra for exactly this, a moment ago (assurance `confirm`)."""

from datetime import datetime

from bot.domain.access import Assurance
from bot.domain.ids import GroupId
from bot.domain.sign_in import is_fresh
from bot.store import Job
from handlers.context import World

PROVED = "proved"
"""In the payload of the job that a sign-in causes for what it was made for, and for nothing else."""


def confirms(world: World, group: GroupId) -> bool:
    """Whether the access file asks for a fresh sign-in; without a file nothing does."""
    named = world.policy.catalog
    access = named.of_group(group) if named else None
    return access is not None and access.assurance is Assurance.CONFIRM


def proof_of(world: World, job: Job) -> datetime | None:
    """When whoever caused this job proved who they are, if that was for this and lately enough.

    Real time on both sides. A kept token proves nothing: only the id_token of a sign-in does.
    """
    said = job.payload.get(PROVED)
    at = datetime.fromisoformat(said) if said else None
    return at if is_fresh(at, world.real_now()) else None


def told(proved_at: datetime | None) -> dict[str, str]:
    """As the record has it."""
    return {"proved_at": proved_at.isoformat()} if proved_at else {}
