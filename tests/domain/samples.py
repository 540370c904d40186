"""Plain values that many tests start from."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.access import Access
from bot.domain.activation import Activation
from bot.domain.ids import (
    ActivationId,
    Chat,
    ChatAccount,
    GroupId,
    PersonId,
    PimId,
    RequestId,
)
from bot.domain.policy import Terms
from bot.domain.request import PATIENCE, SIGN_IN_WAIT, Request, State

NOON = datetime(2026, 3, 4, 12, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
TENANT = "11111111-1111-4111-8111-111111111111"
ANN = PersonId(TENANT, "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa")
BEN = PersonId(TENANT, "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb")
ANNS = ChatAccount(Chat.SLACK, "T0TEAM", "U0ANN")
DEV = GroupId("dddddddd-dddd-4ddd-8ddd-dddddddddddd")
ACCESS = Access("dev-poweruser", DEV)
TERMS = Terms("dev-poweruser", DEV, HOUR, "checking the slow index", "INC-42")


def a_request(state: State = State.ACTIVATING, **changes: object) -> Request:
    """Ann's request of an hour; in the states before a grant, as if just asked."""
    waits = SIGN_IN_WAIT if state is State.AWAITING_SIGN_IN else PATIENCE
    made = Request(
        id=RequestId("R-7K3Q9FHM"),
        asker=ANNS,
        terms=TERMS,
        state=state,
        asked_at=NOON,
        expires_at=NOON + waits,
        person=ANN,
        pim=PimId("pim-1") if state in {State.GRANTED, State.AWAITING_APPROVAL} else None,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def an_activation(**changes: object) -> Activation:
    """Ann's activation of an hour, begun at noon."""
    made = Activation(
        id=ActivationId("A-7K3Q9FHM"),
        request=RequestId("R-7K3Q9FHM"),
        person=ANN,
        group=DEV,
        access="dev-poweruser",
        started_at=NOON,
        ends_at=NOON + HOUR,
    )
    return replace(made, **changes)  # type: ignore[arg-type]
