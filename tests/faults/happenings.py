"""What can happen: people click, chats deliver, Entra is changed, systems fail, clocks are set."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from bot.domain.access import Principal
from bot.domain.decision import Verdict
from bot.ports import IntegrationError, PimRefusedError, PimState
from tests.faults import cast
from tests.faults.story import STEP, Click, Provisioned, Story
from tests.faults.wires import killed, lost
from tests.handlers.cast import ADA, ADAS, ANN, BEN, DUAL, PROD, STRANGER
from tests.handlers.harness import BUSY, DOWN, LOST

Dice = tuple[int, int, int]
"""Each from 0 to 11: which, where there are several."""
Happening = Callable[[Story, Dice], Awaitable[None]]
_Any = TypeVar("_Any")
_FAILURES: tuple[IntegrationError, ...] = (LOST, BUSY, DOWN)
_SYSTEMS = ("pim", "directory", "sign_in", "aws")


def _one(of: Sequence[_Any], die: int) -> _Any:
    return of[die % len(of)]


# --- people, and what brings their clicks ------------------------------------------------------


async def _clicked(story: Story, click: Click, die: int) -> None:
    """Mostly at once; else the chat keeps it for later."""
    if die:
        await story.does(click)


async def asked(story: Story, dice: Dice) -> None:
    who, access = _one((*cast.ASKERS, STRANGER), dice[0]), _one(sorted(cast.NAMES), dice[1])
    length = _one(("30m", "1h", "9h"), dice[2] % 5)
    await _clicked(story, story.asks(who, access, length), dice[2])


async def decided(story: Story, dice: Dice) -> None:
    """One of the newest requests, by anybody: as a card of it may still stand somewhere."""
    if newest := (await story.bot.requests())[:4]:
        verdict = Verdict.DENY if dice[2] == 1 else Verdict.APPROVE
        click = story.decides(_one(cast.DECIDERS, dice[0]), _one(newest, dice[1]), verdict)
        await _clicked(story, click, dice[2])


async def taken_back(story: Story, dice: Dice) -> None:
    words = _one(("deactivate", "withdraw"), dice[1])
    await _clicked(story, story.clicks(_one(cast.ASKERS, dice[0]), words), dice[2])


async def delivered(story: Story, dice: Dice) -> None:
    """The newest first: late, out of order, or once more."""
    if clicks := story.sent if dice[0] % 2 else story.held:
        await story.does(clicks[-1 - dice[1] % len(clicks)])


async def signed_in(story: Story, dice: Dice) -> None:
    if links := sorted(story.links_shown):
        await story.signs_in(_one(links, dice[0]))


# --- beside the bot ------------------------------------------------------------------------------


async def decided_in_the_portal(story: Story, dice: Dice) -> None:
    n = dice[0]
    pim = story.bot.pim
    if waiting := [i for i, a in pim.asked.items() if a.request.state is PimState.WAITING]:
        pim.decide(waiting[n % len(waiting)], approve=bool(n % 2))


async def activated_in_the_portal(story: Story, dice: Dice) -> None:
    n = dice[0]
    act = story.bot.deactivates_in_the_portal if n else story.bot.activates_in_the_portal
    try:
        await act()
    except (PimRefusedError, IntegrationError):
        return  # as it may refuse anybody


async def approvers_changed(story: Story, dice: Dice) -> None:
    """One of them is dropped, or named again, in PIM and in the access file."""
    n = dice[0]
    bot, one = story.bot, Principal("user", (ADA, BEN)[n % 2].oid)
    rules, catalog = bot.pim.policies[PROD], bot.world.policy.catalog
    assert catalog is not None
    named = tuple(p for p in cast.APPROVERS if (p in rules.approvers) is not (p == one))
    bot.pim.policies[PROD] = replace(rules, approvers=named)
    accesses = (replace(a, approvers=named) if a.group == DUAL else a for a in catalog.accesses)
    bot.world.policy.replace(replace(catalog, accesses=tuple(accesses)))


async def disabled_or_enabled(story: Story, dice: Dice) -> None:
    n = dice[0]
    users, oid = story.bot.directory.users, (ADA, BEN)[n % 2].oid
    users[oid] = replace(users[oid], enabled=not users[oid].enabled)


async def ineligible_or_eligible(story: Story, dice: Dice) -> None:
    n = dice[0]
    pim, group = story.bot.pim, sorted(cast.NAMES.values())[n % len(cast.NAMES)]
    if found := [e for e in pim.eligible[ANN] if e.group == group]:
        pim.eligible[ANN].remove(found[0])
    else:
        pim.make_eligible(ANN, group, pim.policies[group])


async def locked_or_let_in(story: Story, dice: Dice) -> None:
    n = dice[0]
    words = f"lock {BEN.oid} because" if n % 2 else f"unlock {BEN.oid}"
    await story.does(story.clicks(ADAS, words))


async def signed_out(story: Story, _: Dice) -> None:
    """No refresh token is worth anything any more."""
    story.bot.sign_in._kept.clear()
    story.bot.world.tokens.__init__()  # type: ignore[misc]


async def message_deleted(story: Story, dice: Dice) -> None:
    n = dice[0]
    chat = story.bot.chat
    if standing := [m.posted for m in chat.messages if m.posted]:
        chat.delete(standing[-1 - n % len(standing)])


# --- faults ----------------------------------------------------------------------------------------


async def it_will_die(story: Story, dice: Dice) -> None:
    story.wires.cut(dice[0], killed)


async def an_answer_will_be_lost(story: Story, dice: Dice) -> None:
    story.wires.cut(dice[0], lost)


async def pim_fails_once(story: Story, dice: Dice) -> None:
    n = dice[0]
    story.bot.pim.failures.append(_FAILURES[n % len(_FAILURES)])


async def a_post_to_pim_is_swallowed(story: Story, dice: Dice) -> None:
    n = dice[0]
    story.bot.pim.swallowed.append(_FAILURES[n % len(_FAILURES)])


async def the_chat_fails_once(story: Story, dice: Dice) -> None:
    n = dice[0]
    story.bot.chat.failures.append(_FAILURES[n % len(_FAILURES)])


async def lists_lag(story: Story, dice: Dice) -> None:
    """And SCIM with them."""
    n = dice[0]
    story.bot.pim.lag = timedelta(seconds=15 * (n % 2))
    assert isinstance(story.bot.aws, Provisioned)
    story.bot.aws.behind = bool(n % 2)


async def a_system_is_away_or_back(story: Story, dice: Dice) -> None:
    n = dice[0]
    system = _SYSTEMS[n % len(_SYSTEMS)]
    port, name = getattr(story.bot, system), "unreadable" if system == "pim" else "failure"
    setattr(port, name, None if getattr(port, name) else DOWN)


async def the_clock_is_stepped(story: Story, dice: Dice) -> None:
    """And back again, when it was stepped before."""
    n = dice[0]
    story.steps_clock(-story.time.step or (STEP if n % 2 else -STEP))


async def the_record_is_full_or_not(story: Story, _: Dice) -> None:
    story.wires.full = not story.wires.full


async def time_went_by(story: Story, dice: Dice) -> None:
    await story.bot.waits(minutes=_one((0.5, 6, 61), dice[0]))


async def it_was_away_for_a_day(story: Story, _: Dice) -> None:
    story.bot.clock.pass_(hours=24, minutes=30)


ANYTHING: tuple[Happening, ...] = (
    *(6 * (asked,)),
    *(9 * (decided,)),
    *(3 * (taken_back,)),
    *(3 * (delivered,)),
    *(2 * (signed_in,)),
    *(2 * (decided_in_the_portal,)),
    activated_in_the_portal,
    *(2 * (approvers_changed,)),
    disabled_or_enabled,
    ineligible_or_eligible,
    locked_or_let_in,
    signed_out,
    message_deleted,
    *(3 * (it_will_die,)),
    *(2 * (an_answer_will_be_lost,)),
    pim_fails_once,
    a_post_to_pim_is_swallowed,
    the_chat_fails_once,
    lists_lag,
    a_system_is_away_or_back,
    the_clock_is_stepped,
    the_record_is_full_or_not,
    *(4 * (time_went_by,)),
    it_was_away_for_a_day,
)
"""As often as it is worth while."""
