"""No stale message is left behind: what was begun is noted, looked for, followed or taken away."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.cards import Card
from bot.domain.request import State
from bot.messaging import About, Posted, UnreachableError
from bot.ports import IntegrationError, Outcome, PimRefusedError
from bot.store import JobKind, LeaseLostError, Posting
from handlers.messages import ENDING, MAIN, READY, SIGN_IN, show
from tests.handlers.cast import ADAS, ANN, ANNS
from tests.handlers.harness import BUSY, Bot
from tests.handlers.words import text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
LOST = IntegrationError("Slack", "no answer", outcome=Outcome.UNKNOWN)
DOWN = IntegrationError("Slack", "cannot connect")
FORBIDDEN = IntegrationError("Slack", "restricted_action", permanent=True)
ACRS = PimRefusedError("RoleAssignmentRequestAcrsValidationFailed", "", claims='{"a":1}')


def titles(bot: Bot) -> list[str]:
    return [one.card.title for one in bot.posts()]


async def posting(bot: Bot, topic: str = MAIN) -> Posting:
    async with bot.world.store.begin() as tx:
        found = await tx.posting((await bot.request()).id, topic)
    assert found is not None
    return found


async def asked(bot: Bot) -> None:
    """Ann is known and asks; the work waits."""
    await bot.links(ANN)
    await bot.hears(ANNS, LINE)


async def test_a_message_whose_answer_was_lost_is_found_and_followed(bot: Bot) -> None:
    await asked(bot)
    bot.chat.failures.append(LOST)
    await bot.works()
    [lost] = bot.posts()

    await bot.waits(seconds=10)

    [found] = bot.posts()
    assert found.posted == lost.posted
    assert titles(bot) == ["dev-poweruser is active"]
    await bot.waits(minutes=61)
    assert titles(bot) == ["dev-poweruser has ended"] * 2


async def test_what_it_said_when_it_was_lost_is_brought_up_to_date(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.failures.append(BUSY)
    bot.chat.failures.append(LOST)
    await bot.says(ANNS, LINE)
    assert titles(bot) == ["Activating dev-poweruser"]

    await bot.waits(minutes=1)

    assert titles(bot) == ["dev-poweruser is active"]


async def test_killed_between_the_post_and_its_note_it_goes_on_with_that_message(bot: Bot) -> None:
    await asked(bot)
    bot.chat.failures.append(LOST)
    await bot.works()
    begun = await posting(bot)
    assert begun.posted is None
    assert begun.begun_at is not None

    await bot.restarts()
    await bot.waits(seconds=2)

    assert titles(bot) == ["dev-poweruser is active"]
    assert (await posting(bot)).posted == bot.posts()[0].posted


async def test_nothing_is_looked_for_that_certainly_was_not_posted(bot: Bot) -> None:
    await asked(bot)
    bot.chat.failures.extend([DOWN] * 2)

    await bot.works()
    assert await posting(bot) == Posting((await bot.request()).id, MAIN)
    await bot.waits(minutes=2)

    assert titles(bot) == ["dev-poweruser is active"]
    assert bot.chat.looks == 0


async def test_one_that_turns_up_late_is_taken_away(bot: Bot) -> None:
    await asked(bot)
    bot.chat.lags = True
    bot.chat.failures.append(LOST)
    await bot.works()
    await bot.waits(seconds=10)
    assert titles(bot) == ["dev-poweruser is active"] * 2
    followed = bot.posts()[1].posted

    bot.chat.messages = [replace(one, hidden=False) for one in bot.chat.messages]
    await bot.waits(minutes=1)

    assert [one.posted for one in bot.posts()] == [followed]
    assert (await posting(bot)).begun_at is None
    looks = bot.chat.looks
    await bot.waits(minutes=10)
    assert bot.chat.looks == looks


async def test_of_several_the_newest_is_followed_and_the_others_go(bot: Bot) -> None:
    await asked(bot)
    bot.chat.lags = True
    bot.chat.failures.extend([LOST, LOST])
    await bot.works()
    await bot.waits(seconds=1.1)
    first, second = bot.posts()
    bot.chat.messages = [replace(one, hidden=False) for one in bot.chat.messages]

    await bot.waits(seconds=10)

    assert [one.posted for one in bot.posts()] == [second.posted]
    assert first.posted != second.posted
    assert titles(bot) == ["dev-poweruser is active"]


async def test_one_that_cannot_be_taken_away_says_nothing_that_can_become_false(bot: Bot) -> None:
    await asked(bot)
    bot.chat.lags = bot.chat.fixed = True
    bot.chat.failures.append(LOST)
    await bot.works()
    await bot.waits(seconds=10)
    bot.chat.messages = [replace(one, hidden=False) for one in bot.chat.messages]

    await bot.waits(minutes=1)

    assert titles(bot) == ["Ignore this copy", "dev-poweruser is active"]
    assert "The other message shows how it stands" in text(bot.posts()[0].card.lines)
    assert bot.posts()[0].card.state is None


async def test_who_may_not_look_is_told_all_the_same(bot: Bot) -> None:
    await asked(bot)
    bot.chat.blind = True
    bot.chat.failures.append(LOST)

    await bot.works()
    await bot.waits(minutes=2)

    assert titles(bot) == ["dev-poweruser is active"] * 2
    assert await bot.jobs.waiting() != (1, None)


async def _main(bot: Bot) -> None:
    await bot.says(ANNS, LINE)


async def _ready(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    bot.provisions()


async def _ending(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    await bot.waits(minutes=48)


async def _signing_in(bot: Bot) -> None:
    bot.pim.failures.extend([BUSY, ACRS])
    await bot.says(ANNS, LINE)


@pytest.mark.parametrize(
    ("topic", "until", "messages"),
    [(MAIN, _main, 1), (READY, _ready, 2), (ENDING, _ending, 2), (SIGN_IN, _signing_in, 2)],
)
async def test_of_each_kind_there_is_one(
    bot: Bot, topic: str, until: Callable[[Bot], Awaitable[None]], messages: int
) -> None:
    await bot.links(ANN)
    bot.chat.loses.append(topic)
    await until(bot)

    await bot.waits(minutes=3)

    assert not bot.chat.loses
    abouts = [one.about for one in bot.posts()]
    assert len(abouts) == len({*abouts}) == messages
    assert (await posting(bot, topic)).posted == bot.posts()[-1].posted
    assert bot.chat.looks > 0


async def test_what_was_lost_and_is_due_no_more_is_brought_up_to_date_when_it_is_there(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    bot.chat.loses.append(ENDING)
    await _ending(bot)
    await bot.waits(minutes=2.001)
    assert titles(bot)[1] == "dev-poweruser ends soon"

    bot.clock.pass_(hours=1)
    await bot.works()

    assert titles(bot) == ["dev-poweruser has ended"] * 2


async def test_what_never_arrived_and_is_due_no_more_is_not_posted(bot: Bot) -> None:
    await bot.links(ANN)
    bot.chat.loses.append(ENDING)
    await _ending(bot)
    await bot.waits(minutes=2.001)
    lost = bot.posts()[1].posted
    assert lost is not None
    bot.chat.delete(lost)

    bot.clock.pass_(hours=1)
    await bot.works()

    assert titles(bot) == ["dev-poweruser has ended"]
    assert await posting(bot, ENDING) == Posting((await bot.request()).id, ENDING)


async def test_an_edit_whose_answer_was_lost_is_made_again(bot: Bot) -> None:
    """Whatever the message shows then, the bot must not believe that it is what is wanted."""
    await bot.links(ANN)
    bot.pim.failures.append(BUSY)
    await bot.says(ANNS, LINE)
    bot.chat.failures.append(LOST)

    await bot.waits(seconds=30.4)
    assert (await posting(bot)).shown == ""
    edits = bot.posts()[0].edits
    await bot.waits(seconds=10)

    assert titles(bot) == ["dev-poweruser is active"]
    assert bot.posts()[0].edits == edits + 1
    assert (await posting(bot)).shown


async def test_a_message_that_the_chat_refuses_keeps_no_other_back(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    bot.provisions()
    bot.chat.failures.append(FORBIDDEN)  # of the card

    await bot.waits(seconds=20)

    assert titles(bot)[1] == "dev-poweruser: AWS has your membership"
    assert not bot.posts()[0].card.aws_seen
    await bot.waits(minutes=2)
    assert bot.posts()[0].card.aws_seen


async def test_an_asker_whom_nothing_reaches_keeps_nobody_else_uninformed(waiting: Bot) -> None:
    bot = waiting
    bot.chat.refusing[ANNS] = UnreachableError("Slack", "user_disabled")
    for one in bot.posts():
        assert one.posted
        bot.chat.delete(one.posted)

    with capture_logs() as logged:
        await bot.says(ANNS, "withdraw")

    assert bot.last(ADAS).title == "prod-admin: withdrawn"
    given_up = [one for one in logged if one["event"] == "job_given_up"]
    assert {one["kind"] for one in given_up} == {JobKind.CARD}
    assert await bot.jobs.claim(1) == []


async def test_of_two_processes_that_did_the_same_one_takes_its_message_away(bot: Bot) -> None:
    await asked(bot)
    elsewhere = Posted(ANNS.chat, "D-elsewhere", "1")
    post = bot.chat.post

    async def overtaken(*args: object) -> Posted:
        posted = await post(*args)  # type: ignore[arg-type]
        async with bot.world.store.begin() as tx:
            subject = (await bot.request()).id
            await tx.save_posting(Posting(subject, MAIN, elsewhere, "what another process showed"))
        return posted

    bot.chat.post = overtaken  # type: ignore[method-assign, assignment]
    await bot.works()

    assert bot.posts() == []
    assert (await posting(bot)).posted == elsewhere
    assert (await bot.request()).state is State.GRANTED


async def test_what_another_process_may_have_covered_is_brought_anew(bot: Bot) -> None:
    """As when it was stopped in the middle of an edit, lost its work, and went on with the edit."""
    await asked(bot)
    await bot.works()
    before, update = await posting(bot), bot.chat.update
    sent: list[Card] = []

    async def overtaken(posted: Posted, card: Card, about: About | None = None) -> None:
        await update(posted, card, about)
        sent.append(card)
        if len(sent) == 1:
            await noted(bot, replace(before, shown="what another process showed"))

    bot.chat.update = overtaken  # type: ignore[method-assign]
    await noted(bot, replace(before, shown="older"))
    await bot.adds(JobKind.CARD, (await bot.request()).id)
    await bot.works()

    first, again = sent
    assert first == again
    assert (await posting(bot)).shown == before.shown


async def noted(bot: Bot, posting: Posting) -> None:
    async with bot.world.store.begin() as tx:
        await tx.save_posting(posting)


async def test_who_has_lost_the_work_sends_no_old_card(bot: Bot) -> None:
    """As when it was stopped for longer than its lease, after it had looked how the request stands."""
    await asked(bot)
    await bot.works()
    await noted(bot, replace(await posting(bot), shown="older"))
    request = (await bot.request()).id
    await bot.adds(JobKind.CARD, request)
    [job] = await bot.jobs.claim(1)
    async with bot.world.store.begin(done=job):
        pass
    before = len(bot.chat.messages)

    with pytest.raises(LeaseLostError):
        await show(bot.world, job)

    assert len(bot.chat.messages) == before
    assert (await posting(bot)).shown == "older"
