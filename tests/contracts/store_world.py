"""What the suites of the store start from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.activation import Activation
from bot.domain.ids import Chat, ChatAccount, GroupId, PersonId, new_activation_id, new_request_id
from bot.domain.policy import Terms
from bot.domain.request import Request, State
from bot.store import Jobs, SignInRow, Store

NOON = datetime.fromisoformat("2026-03-04T12:00:00.123456+00:00")
HOUR = timedelta(hours=1)
ANA, BO = PersonId("tenant", "ana"), PersonId("tenant", "bo")
ANAS, BOS = ChatAccount(Chat.SLACK, "T1", "U-ana"), ChatAccount(Chat.SLACK, "T1", "U-bo")
DEV, PROD = GroupId("dev"), GroupId("prod")


@dataclass(frozen=True)
class StoreWorld:
    """A store and its jobs, and how often it said that there is work."""

    store: Store
    jobs: Jobs
    woken: list[None]


class Recorded(Protocol):
    """What the suite must be told of the record, which has no port to read it by."""

    async def __call__(self) -> Sequence[str]: ...


def a_request(
    person: PersonId | None = ANA, asker: ChatAccount = ANAS, group: GroupId = DEV
) -> Request:
    return Request(
        id=new_request_id(),
        asker=asker,
        terms=Terms(group, group, HOUR, "a reason", "INC-42"),
        state=State.ACTIVATING,
        asked_at=NOON,
        expires_at=NOON + HOUR,
        person=person,
    )


def an_activation(request: Request | None = None, person: PersonId = ANA) -> Activation:
    return Activation(
        id=new_activation_id(),
        request=request.id if request else None,
        person=person,
        group=request.terms.group if request else DEV,
        access="dev",
        started_at=NOON,
        ends_at=NOON + HOUR,
    )


def a_sign_in(key: str = "key", state_key: str = "") -> SignInRow:
    return SignInRow(key, ANAS, '{"do":"status"}', "", NOON, NOON + HOUR, state_key=state_key)


async def added(store: Store, *requests: Request) -> None:
    async with store.begin() as tx:
        for request in requests:
            await tx.add_request(request)


async def found(store: Store, request: Request) -> Request | None:
    async with store.begin() as tx:
        return await tx.request(request.id)
