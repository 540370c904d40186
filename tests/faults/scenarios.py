"""The ways a request goes, told so that the process may die, or hear no answer, at any point of each.

Whoever gets no answer does what people and chats do: they send the same once more.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.decision import Verdict
from bot.domain.ids import ChatAccount
from bot.domain.request import State
from tests.faults.story import Click, Story
from tests.handlers.cast import ADAS, ANN, ANNS, BENS

MOST_TRIES = 9


@dataclass(frozen=True)
class Scenario:
    """`ends` is the state that its one request is in afterwards; `sent` what PIM was told, in order."""

    tell: Callable[[Story], Awaitable[None]]
    ends: State
    sent: tuple[str, ...]

    def __str__(self) -> str:
        return self.tell.__name__


async def does(story: Story, click: Click) -> None:
    """Delivered until it is answered, and once more."""
    story.held.remove(click)
    for _ in range(2):
        while await story.until_it_dies(story.does(click)):
            pass


async def a_moment(story: Story, minutes: float = 2) -> None:
    """As long as the bot may need to find out what became of something."""
    while await story.until_it_dies(story.bot.waits(minutes=minutes)):
        pass


async def decides(story: Story, who: ChatAccount, verdict: Verdict = Verdict.APPROVE) -> None:
    await a_moment(story)
    [request] = await story.bot.requests()
    await does(story, story.decides(who, request, verdict))


async def activate(story: Story) -> None:
    await does(story, story.asks(ANNS, "dev-poweruser"))


async def sign_in(story: Story) -> None:
    """Of somebody who is not linked yet; the request waits for it."""
    async with story.store.begin() as tx:
        await tx.drop_link(ANNS)
        await tx.drop_token(ANN)
    await does(story, story.asks(ANNS, "dev-poweruser"))
    for _ in range(MOST_TRIES):
        await a_moment(story, 0.5)
        [request] = await story.bot.requests()
        if request.state is not State.AWAITING_SIGN_IN:
            break
        await story.until_it_dies(story.signs_in(ANNS))
    await a_moment(story, 0.5)


async def deactivate(story: Story) -> None:
    await activate(story)
    await a_moment(story, 7)
    await does(story, story.clicks(ANNS, "deactivate"))


async def approve(story: Story) -> None:
    await does(story, story.asks(ANNS, "prod-admin"))
    await decides(story, ADAS)


async def deny(story: Story) -> None:
    await does(story, story.asks(ANNS, "prod-admin"))
    await decides(story, ADAS, Verdict.DENY)


async def vote(story: Story) -> None:
    """Two yeses, and the grantor assigns."""
    await does(story, story.asks(ANNS, "prod-dual-control", "30m"))
    await decides(story, ADAS)
    await decides(story, BENS)


async def withdraw(story: Story) -> None:
    await does(story, story.asks(ANNS, "prod-admin"))
    await a_moment(story)
    await does(story, story.clicks(ANNS, "withdraw"))


SCENARIOS = (
    Scenario(activate, State.GRANTED, ("activate",)),
    Scenario(sign_in, State.GRANTED, ("activate",)),
    Scenario(deactivate, State.GRANTED, ("activate", "deactivate")),
    Scenario(approve, State.GRANTED, ("activate", "approve")),
    Scenario(deny, State.DENIED, ("activate", "deny")),
    Scenario(vote, State.GRANTED, ("assign",)),
    Scenario(withdraw, State.WITHDRAWN, ("activate", "cancel")),
)
