"""The life of an activation: what Entra holds, and what AWS was seen to have of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.access import Authority
from bot.domain.ids import ActivationId, GroupId, PersonId, RequestId

MINIMUM = timedelta(minutes=5)
"""PIM ends no activation earlier than this after its start (ActiveDurationTooShort)."""
SCIM_CYCLE = timedelta(minutes=40)
"""Entra's regular provisioning cycle: the longest it should take to bring or remove a member.

https://learn.microsoft.com/en-us/entra/identity/saas-apps/aws-single-sign-on-provisioning-tutorial
"""
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
    `changed_at` is when its times were last noticed to have been changed beside the bot.
    `ending_at` is when PIM was first asked to end it, and has not said that it does not.
    With authority `application` Entra holds an assignment, and with `delegated` an activation.
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
    changed_at: datetime | None = None
    ending_at: datetime | None = None
    version: int = 1
    authority: Authority = Authority.DELEGATED

    @property
    def active(self) -> bool:
        """Whether Entra holds it, as far as we know."""
        return self.ended_at is None

    @property
    def may_end_from(self) -> datetime:
        """The first moment at which PIM lets it be deactivated."""
        return self.started_at + MINIMUM

    @property
    def late_from(self) -> datetime:
        """When a membership that AWS has not got is later than provisioning should be."""
        return self.started_at + SCIM_CYCLE

    def over(self, how: End, at: datetime) -> "Activation":
        """It has ended; ending twice changes nothing."""
        if not self.active:
            return self
        return replace(self, ended_at=at, end=how, version=self.version + 1)

    @property
    def how_gone(self) -> End:
        """How it ended when Entra is found to hold it no more before its time is over."""
        return End.ELSEWHERE if self.ending_at is None else End.DEACTIVATED

    def ending(self, at: datetime | None) -> "Activation":
        """PIM is about to be asked to end it; with None, it has said that it does not."""
        return replace(self, ending_at=at, version=self.version + 1)

    def changed(self, starts_at: datetime, ends_at: datetime, at: datetime) -> "Activation":
        """Entra holds it at other times than we knew: changed, or ended and begun anew, beside us."""
        start = max(self.started_at, starts_at)
        return replace(
            self,
            started_at=start,
            ends_at=ends_at,
            changed_at=at,
            ending_at=None,  # what was asked to end may be over, and this another one
            version=self.version + 1,
        )

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
    return SCIM_CYCLE + PORTAL_LAG + session if setup_is_scim else session
