"""What PIM's answers make of a request, and following it by its id until it is final."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.activation import Activation, End
from bot.domain.audit import What
from bot.domain.ids import Chat, ChatAccount, PimId
from bot.domain.request import State
from bot.ports import PimRequest, PimState
from bot.store import JobKind
from handlers import settle as settling
from tests.handlers import cast
from tests.handlers.authority import KilledError
from tests.handlers.cast import ANN, ANNS, HOUR, PROD
from tests.handlers.harness import DOWN, LOST, Bot
from tests.handlers.words import text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
PENDING = "activate prod-admin 1h INC-42 deploy"


async def a_waiting_one(bot: Bot) -> PimId:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    return bot.asked().id


def becomes(bot: Bot, state: PimState, status: str = "") -> None:
    """PIM moved its one request."""
    [asked] = bot.pim.asked.values()
    asked.request = replace(asked.request, state=state, status=status or state.value)


@pytest.mark.parametrize(
    ("answer", "status", "state", "what", "told"),
    [
        (PimState.DENIED, "Denied", State.DENIED, What.DENIED, "An approver said no."),
        (PimState.DENIED, "AdminDenied", State.DENIED, What.DENIED, "An administrator said no."),
        (
            PimState.CANCELED,
            "Canceled",
            State.WITHDRAWN,
            What.WITHDRAWN,
            "It was cancelled in Entra. Nothing was activated.",
        ),
        (PimState.FAILED, "TimedOut", State.LAPSED, What.LAPSED, "PIM's 24 hours"),
        (PimState.FAILED, "Failed", State.FAILED, What.FAILED, "could not carry it out."),
    ],
)
async def test_a_decision_against_it_is_told_as_it_is(
    bot: Bot, answer: PimState, status: str, state: State, what: What, told: str
) -> None:
    await a_waiting_one(bot)

    becomes(bot, answer, status)
    await bot.waits(minutes=1)

    over = await bot.request()
    assert (over.state, over.why) == (state, status)
    assert (await bot.record())[-1] is what
    assert told in text(bot.last().lines)


async def test_an_approval_is_found_within_the_minute_and_counts_from_its_moment(bot: Bot) -> None:
    pim = await a_waiting_one(bot)
    await bot.waits(minutes=10)

    bot.pim.decide(pim, approve=True)
    approved = bot.clock.at
    await bot.waits(minutes=1)

    activation = await bot.activation(group=PROD)
    assert (activation.started_at, activation.ends_at) == (approved, approved + HOUR)


async def test_an_approved_one_that_is_being_provisioned_is_followed_on(bot: Bot) -> None:
    pim = await a_waiting_one(bot)

    becomes(bot, PimState.IN_PROGRESS, "PendingProvisioning")
    await bot.waits(minutes=1)
    assert (await bot.request()).state is State.ACTIVATING
    bot.pim.decide(pim, approve=True)
    await bot.waits(minutes=1)

    assert (await bot.request()).state is State.GRANTED


async def test_a_word_of_pims_that_is_not_final_is_waited_on(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.first_state = PimState.IN_PROGRESS

    await bot.says(ANNS, LINE)
    await bot.waits(minutes=2)

    assert (await bot.request()).state is State.ACTIVATING
    events = len(await bot.record())
    await bot.waits(minutes=2)
    assert len(await bot.record()) == events


async def test_a_word_that_nobody_knows_is_shown_as_it_is_and_followed(bot: Bot) -> None:
    pim = await a_waiting_one(bot)
    becomes(bot, PimState.UNKNOWN, "PendingMoonPhase")

    await bot.waits(minutes=1)

    request = await bot.request()
    assert (request.state, request.why) == (State.UNKNOWN, "unknown_status:PendingMoonPhase")
    card = bot.posts()[-1].card
    assert card.title.startswith("I do not know yet whether")
    assert "PIM says: PendingMoonPhase." in text(card.lines)
    events = await bot.record()
    assert events[-1] is What.UNKNOWN
    await bot.waits(minutes=3)
    assert await bot.record() == events

    becomes(bot, PimState.UNKNOWN, "PendingTide")
    await bot.waits(minutes=1)
    assert "PIM says: PendingTide." in text(bot.posts()[-1].card.lines)
    bot.pim.decide(pim, approve=True)
    await bot.waits(minutes=1)
    assert (await bot.request()).state is State.GRANTED


@pytest.mark.parametrize("silent", ["a word that nobody knows", "no such request"])
async def test_what_pim_never_explains_is_asked_about_ever_more_seldom_and_given_up(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, silent: str
) -> None:
    pim = await a_waiting_one(bot)
    asked_about, look = list[PimId](), bot.pim.request

    async def request(one: PimId) -> PimRequest | None:
        asked_about.append(one)
        return await look(one)

    monkeypatch.setattr(bot.pim, "request", request)
    if silent == "no such request":
        bot.pim.asked.clear()
    else:
        becomes(bot, PimState.UNKNOWN, "PendingMoonPhase")
    await bot.waits(minutes=70)
    seen = len(asked_about)
    await bot.waits(minutes=60)
    assert 5 <= len(asked_about) - seen <= 7

    await bot.waits(minutes=25 * 60)

    over = await bot.request()
    assert (over.state, over.why) == (State.FAILED, "unsettled")
    assert "look at aka.ms/pim" in text(bot.posts()[0].card.lines)
    bot.pim.asked.clear()
    await bot.says(ANNS, PENDING)
    assert bot.asked().id != pim


async def test_what_pim_calls_waiting_after_all_waits_for_approval(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.first_state = PimState.IN_PROGRESS
    await bot.says(ANNS, LINE)

    becomes(bot, PimState.WAITING, "PendingApproval")
    await bot.waits(seconds=10)

    assert (await bot.request()).state is State.AWAITING_APPROVAL


async def test_a_start_to_come_is_scheduled_until_it_comes(bot: Bot) -> None:
    await bot.links(ANN)
    start = bot.clock.at + timedelta(minutes=30)
    await bot.presses(
        ANNS,
        '{"do":"activate","access":"prod-readonly","starts_at":"' + start.isoformat() + '"}',
    )
    scheduled = await bot.request()
    assert (scheduled.state, scheduled.terms.starts_at) == (State.SCHEDULED, start)
    assert bot.last().title == "Accepted by Entra"

    await bot.waits(minutes=29)
    assert (await bot.request()).state is State.SCHEDULED
    await bot.waits(minutes=2)

    assert (await bot.request()).state is State.GRANTED
    assert What.SCHEDULED in await bot.record()


async def test_a_scheduled_one_whose_answer_was_lost_is_found(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.failures.append(LOST)
    start = (bot.clock.at + timedelta(minutes=30)).isoformat()
    await bot.presses(ANNS, f'{{"do":"activate","access":"prod-readonly","starts_at":"{start}"}}')

    await bot.waits(seconds=5)

    assert (await bot.request()).state is State.SCHEDULED


async def test_a_request_that_pim_does_not_show_yet_is_looked_for_again(bot: Bot) -> None:
    pim = await a_waiting_one(bot)
    hidden = bot.pim.asked.pop(pim)

    await bot.waits(minutes=1)
    assert (await bot.request()).state is State.AWAITING_APPROVAL
    bot.pim.asked[pim] = hidden
    bot.pim.decide(pim, approve=True)
    await bot.waits(minutes=2)

    assert (await bot.request()).state is State.GRANTED


async def test_an_entra_that_does_not_answer_leaves_it_waiting(bot: Bot) -> None:
    pim = await a_waiting_one(bot)
    bot.pim.unreadable = DOWN

    await bot.waits(minutes=30)
    assert (await bot.request()).state is State.AWAITING_APPROVAL
    bot.pim.unreadable = None
    bot.pim.decide(pim, approve=True)
    await bot.waits(minutes=15)

    assert (await bot.request()).state is State.GRANTED


async def test_what_was_over_before_we_heard_of_it_is_told_as_over(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.killers.append(KilledError())
    with pytest.raises(KilledError):
        await bot.says(ANNS, LINE)
    bot.clock.pass_(hours=3)
    await bot.jobs.release_all()
    jobs = {job.kind: job for job in await bot.jobs.claim(9)}

    await bot._run(jobs[JobKind.ACTIVATE])
    await bot.restarts()

    activation = await ended(bot)
    assert (activation.end, activation.ended_at) == (End.EXPIRED, activation.ends_at)
    assert [m.card.title for m in bot.posts()] == ["dev-poweruser has ended"]


async def test_what_was_revoked_before_we_heard_of_it_is_told_as_ended_elsewhere(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.first_state = PimState.IN_PROGRESS
    await bot.says(ANNS, LINE)

    becomes(bot, PimState.ENDED, "Revoked")
    await bot.waits(seconds=10)

    assert (await ended(bot)).end is End.ELSEWHERE
    assert "It was ended in Entra, not by me" in text(bot.last().lines)


async def test_what_pim_has_granted_and_not_begun_yet_is_on_its_way(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.first_state = PimState.SCHEDULED

    await bot.hears(ANNS, LINE)
    for kind in (JobKind.INTENT, JobKind.ACTIVATE):
        [job] = await bot.jobs.claim(1)
        assert job.kind is kind
        await bot._run(job)
    assert (await bot.request()).state is State.ACTIVATING
    await bot.works()

    assert (await bot.request()).state is State.GRANTED


async def test_a_new_activation_ends_the_one_that_pim_no_longer_holds(bot: Bot) -> None:
    phone = ChatAccount(Chat.SLACK, cast.TEAM, "U0PHONE")
    bot.chat.profiles[phone] = replace(cast.profile(ANNS), account=phone)
    await bot.says(phone, LINE)
    url = bot.link(phone)
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    first = await bot.activation()
    await bot.waits(minutes=6)
    for asked in bot.pim.asked.values():  # ended in the portal
        asked.ended_at = bot.clock.at

    await bot.signs_in(ANN, url)

    async with bot.world.store.begin() as tx:
        over = await tx.activation(first.id)
    assert over is not None
    assert over.end is End.ELSEWHERE
    assert (await bot.activation()).id != first.id


async def test_an_answer_that_comes_when_all_is_settled_changes_nothing(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    granted, answer = await bot.request(), bot.asked()
    await bot.adds("card", granted.id)
    [job] = await bot.jobs.claim(1)

    await settling.settle(bot.world, granted.id, answer, job)

    assert await bot.request() == granted


async def test_an_answer_we_know_already_is_not_written_twice(bot: Bot) -> None:
    await a_waiting_one(bot)
    waiting, events = await bot.request(), await bot.record()
    await bot.adds("card", waiting.id)
    [job] = await bot.jobs.claim(1)

    await settling.settle(bot.world, waiting.id, bot.asked(), job)

    assert await bot.request() == waiting
    assert await bot.record() == events


async def ended(bot: Bot) -> Activation:
    """The one activation there was, which is over."""
    async with bot.world.store.begin() as tx:
        found = await tx.activation_of((await bot.request()).id)
    assert found is not None
    assert not found.active
    return found
