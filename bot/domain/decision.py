"""Deciding a request: whose yes or no it is, which human that is, and whether it counts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.ids import ChatAccount, PersonId, RequestId


class Verdict(StrEnum):
    """What was decided."""

    APPROVE = "approve"
    DENY = "deny"

    @property
    def done(self) -> str:
        """As one says it afterwards."""
        return "approved" if self is Verdict.APPROVE else "denied"


class Standing(StrEnum):
    """What a decision is worth."""

    RELAYING = "relaying"
    """Written down here; PIM, which has the last word, is about to be told."""
    SENT = "sent"
    """PIM is being told: from here on it may know, whether we hear of it or not."""
    COUNTED = "counted"
    """It is in force: PIM took it, or with authority `application` it is a vote."""
    VOID = "void"
    """It counts for nothing; `why` says how that came."""


SIGN_IN = "sign_in"
"""Why a decision counts for nothing yet: PIM takes it only after a sign-in of its maker."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One human's decision about one request. `human` is the same for all accounts of a human.

    `proved_at` is when they signed in for exactly this, where that was asked (real time);
    `challenges` is how often PIM asked them for more proof of it.
    """

    request: RequestId
    human: str
    person: PersonId
    account: ChatAccount
    name: str
    verdict: Verdict
    reason: str
    at: datetime
    standing: Standing = Standing.RELAYING
    why: str = ""
    proved_at: datetime | None = None
    challenges: int = 0

    @property
    def holds(self) -> bool:
        """Whether it stands in the way of another one."""
        return self.standing is not Standing.VOID

    @property
    def under_way(self) -> bool:
        """Whether what it is worth is not known yet."""
        return self.standing in {Standing.RELAYING, Standing.SENT}

    def sent(self) -> "Decision":
        """PIM is told now."""
        return replace(self, standing=Standing.SENT)

    def counted(self) -> "Decision":
        """It is in force."""
        return replace(self, standing=Standing.COUNTED, why="")

    def void(self, why: str) -> "Decision":
        """It counts for nothing."""
        return replace(self, standing=Standing.VOID, why=why)


class Asked(StrEnum):
    """How somebody came to be asked."""

    FIRST = "first"
    ESCALATED = "escalated"
    """Because those who were asked before have not decided."""
    TOLD = "told"
    """The same, of somebody who cannot decide it and may find one who can."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """That somebody was found to be an approver of a request, and where they are asked.

    `account` is None for somebody whom no chat knows; PIM itself sends every approver an e-mail.
    """

    request: RequestId
    person: PersonId
    name: str
    account: ChatAccount | None
    invited_at: datetime
    reminders: int = 0
    asked: Asked = Asked.FIRST


def human(oid: str, aliases: Iterable[frozenset[str]]) -> str:
    """Who somebody is, by whichever of their accounts: the first object id of the human's.

    What nobody has written down as an alias is taken for a human of its own (promise P2).
    """
    mine = {oid.lower()}
    for accounts in aliases:
        if oid.lower() in accounts:
            mine |= accounts
    return min(mine)
