"""The life of an activation: what Entra holds, and what AWS was seen to have of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ids import ActivationId, GroupId, PersonId, RequestId

MINIMUM = timedelta(minutes=5)
"""PIM ends no activation earlier than this after its start (ActiveDurationTooShort)."""
SCIM_REMOVAL = timedelta(minutes=40)
PORTAL_LAG = timedelta(hours=1)


class End(StrEnum):
    """How an activation came to its end."""

    EXPIRED = "expired"
    DEACTIVATED = "deactivated"
    REVOKED = "revoked"
    ELSEWHERE = "ended elsewhere"


@dataclass(frozen=True, slots=True)
class Activation:
    """A membership that PIM holds for a person until `ends_at`.

    `request` is empty when it was made beside the bot. `aws_seen_at` and `aws_gone_at` are when
    AWS was seen to have, and no longer have, the membership; both empty where there is none to see.
    """

    id: ActivationId
    request: RequestId | None
    person: PersonId
    group: GroupId
    access: str
    started_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None
    end: End | None = None
    aws_seen_at: datetime | None = None
    aws_gone_at: datetime | None = None
    version: int = 1

    @property
    def active(self) -> bool:
        """Whether Entra holds it, as far as we know."""
        return self.ended_at is None

    @property
    def may_end_from(self) -> datetime:
        """The first moment at which PIM lets it be deactivated."""
        return self.started_at + MINIMUM

    def over(self, how: End, at: datetime) -> "Activation":
        """It has ended; ending twice changes nothing."""
        if not self.active:
            return self
        return replace(self, ended_at=at, end=how, version=self.version + 1)

    def prolonged(self, ends_at: datetime) -> "Activation":
        """Entra holds it for longer than we knew (changed beside the bot)."""
        return replace(self, ends_at=ends_at, version=self.version + 1)

    def seen_in_aws(self, at: datetime) -> "Activation":
        """AWS was seen to have the membership."""
        return replace(self, aws_seen_at=self.aws_seen_at or at, version=self.version + 1)

    def gone_from_aws(self, at: datetime) -> "Activation":
        """AWS was seen to have it no longer."""
        return replace(self, aws_gone_at=self.aws_gone_at or at, version=self.version + 1)


def aws_may_last(setup_is_scim: bool, session: timedelta) -> timedelta:  # noqa: FBT001
    """How long AWS access may outlast the activation, as far as that is known (P11).

    With SCIM: the removal cycle, the portal's lag, and one role session. Without it the portal
    session comes first, whose length no API tells: what is left is the one role session after it.
    https://docs.aws.amazon.com/singlesignon/latest/userguide/authconcept.html
    """
    return SCIM_REMOVAL + PORTAL_LAG + session if setup_is_scim else session
