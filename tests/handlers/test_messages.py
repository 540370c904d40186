"""A request's messages: posted once, edited in place, few that notify, and never out of date."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.policy import Eligibility
from bot.domain.request import State
from bot.ports import DirectoryGroup, IntegrationError, PimRefusedError
from tests.handlers import cast
from tests.handlers.cast import ANN, ANNS
from tests.handlers.harness import BUSY, DOWN, Bot, opened
from tests.handlers.words import text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
ACRS = PimRefusedError(
    "RoleAssignmentRequestAcrsValidationFailed", "", claims='{"access_token":{"nbf":1}}'
)
ACRS_AGAIN = PimRefusedError(
    "RoleAssignmentRequestAcrsValidationFailed", "", claims='{"access_token":{"nbf":2}}'
)
CHAT_DOWN = IntegrationError("Slack", "cannot connect")


def titles(bot: Bot) -> list[str]:
    return [one.card.title for one in bot.posts()]


async def test_one_message_follows_a_request_from_its_asking_to_its_end(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    [first] = bot.posts()
    assert first.card.title == "Sign in to activate dev-poweruser"
    await bot.signs_in()
    assert [one.posted for one in bot.posts()] == [first.posted]
    assert titles(bot) == ["dev-poweruser is active"]

    await bot.waits(minutes=61)

    assert bot.posts()[0].posted == first.posted
    assert titles(bot) == ["dev-poweruser has ended"] * 2  # it, and what said that it ends soon


async def test_what_has_not_changed_is_not_sent_again(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    [before] = bot.posts()

    for _ in range(3):
        await bot.adds("card", (await bot.request()).id)
        await bot.works()

    assert bot.posts() == [before]
    assert before.edits == 0


async def test_a_sign_in_link_is_minted_when_its_card_changes_and_not_otherwise(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    url = bot.link()

    await bot.adds("card", (await bot.request()).id)
    await bot.works()
    assert bot.link() == url
    bot.pim.failures.append(ACRS)
    await bot.signs_in()

    assert bot.link() != url


async def test_a_message_that_somebody_deleted_is_posted_again_once_it_has_news(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    url = bot.link()
    [message] = bot.posts()
    assert message.posted is not None
    bot.chat.delete(message.posted)

    await bot.signs_in(ANN, url)

    assert titles(bot) == ["dev-poweruser is active"]
    assert bot.posts()[0].posted != message.posted
    await bot.waits(minutes=61)
    assert titles(bot) == ["dev-poweruser has ended"] * 2


async def test_a_chat_that_is_away_is_told_later(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.hears(ANNS, LINE)
    bot.chat.failures.extend([CHAT_DOWN] * 3)

    await bot.works()
    assert bot.posts() == []
    await bot.waits(minutes=1)

    assert titles(bot) == ["dev-poweruser is active"]


async def test_a_denial_that_the_first_message_tells_is_not_told_twice(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.hears(ANNS, "activate prod-admin 1h INC-42 deploy")
    bot.chat.failures.extend([CHAT_DOWN] * 4)
    await bot.works()
    bot.pim.decide(bot.asked().id, approve=False)
    await bot.waits(minutes=5)
    assert titles(bot) == ["prod-admin: denied"]

    for _ in range(2):
        await bot.adds("card", (await bot.request()).id)
        await bot.works()

    assert titles(bot) == ["prod-admin: denied"]


async def test_who_is_interrupted_in_telling_a_denial_still_owes_it(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, "activate prod-admin 1h INC-42 deploy")
    bot.pim.decide(bot.asked().id, approve=False)
    bot.chat.failures.extend([CHAT_DOWN] * 2)

    await bot.waits(minutes=5)

    assert titles(bot) == ["prod-admin: denied"] * 2


async def test_a_private_answer_that_the_chat_did_not_take_is_not_said_again(bot: Bot) -> None:
    bot.chat.failures.append(CHAT_DOWN)

    await bot.says(ANNS, "activate xyzzy why")
    await bot.waits(minutes=1)

    assert bot.cards() == []
    assert await bot.jobs.waiting() == (0, None)


async def test_that_it_ends_soon_is_a_new_message_ten_minutes_before(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)

    await bot.waits(minutes=49.9)
    assert titles(bot) == ["dev-poweruser is active"]
    await bot.waits(minutes=0.2)

    assert titles(bot)[1:] == ["dev-poweruser ends soon"]
    assert "Entra ends it at 13:00." in text(bot.posts()[1].card.lines)


@pytest.mark.parametrize(("length", "messages"), [("20m", 1), ("21m", 2)])
async def test_a_short_one_does_not_say_that_it_ends_soon(
    bot: Bot, length: str, messages: int
) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE.replace("1h", length))

    await bot.waits(minutes=19)

    assert len(bot.posts()) == messages


async def test_who_was_away_at_the_end_does_not_say_that_it_ends_soon(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    bot.clock.pass_(hours=3)

    await bot.works()

    assert titles(bot) == ["dev-poweruser has ended"]


async def test_who_ends_it_early_is_not_told_that_it_ends_soon(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    await bot.waits(minutes=6)
    await bot.says(ANNS, "deactivate")

    await bot.waits(minutes=60)

    assert titles(bot) == ["dev-poweruser has ended"]


async def test_a_sign_in_that_becomes_necessary_later_is_asked_for_in_a_message_of_its_own(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    bot.pim.failures.extend([BUSY, ACRS])
    await bot.says(ANNS, LINE)
    assert titles(bot) == ["Activating dev-poweruser"]

    await bot.waits(minutes=1)
    assert titles(bot) == ["Sign in to activate dev-poweruser"] * 2
    await bot.signs_in()

    assert (await bot.request()).state is State.GRANTED
    assert titles(bot) == [
        "dev-poweruser is active",
        "dev-poweruser: no sign-in is needed now",
    ]


async def test_four_messages_notify_at_most(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.failures.extend([BUSY, ACRS, BUSY, ACRS_AGAIN])
    await bot.says(ANNS, LINE)
    await bot.waits(minutes=1)
    await bot.signs_in()
    await bot.waits(minutes=1)
    await bot.signs_in()
    bot.provisions()

    await bot.waits(minutes=70)

    assert len(bot.posts()) == 4
    assert len({str(one.posted) for one in bot.posts()}) == 4
    assert {one.card.state for one in bot.posts()} == {State.GRANTED}


async def test_a_request_for_what_is_offered_no_more_is_still_followed(migrated_file: Path) -> None:
    async with opened(migrated_file, catalog=None) as bot:
        bot.directory.offered = [DirectoryGroup(cast.DEV, "dev-poweruser")]
        await bot.links(ANN)
        await bot.says(ANNS, LINE)
        bot.directory.offered.clear()

        await bot.waits(minutes=61)

        assert titles(bot)[0] == "dev-poweruser has ended"
        assert "up to 40 min until AWS learns of it" in text(bot.posts()[0].card.lines)


@pytest.mark.parametrize(("days", "said"), [(6, True), (8, False), (None, False)])
async def test_an_eligibility_that_ends_soon_is_said_where_it_was_used(
    bot: Bot, days: int | None, *, said: bool
) -> None:
    await bot.links(ANN)
    until = bot.clock.at + timedelta(days=days) if days else None
    bot.pim.eligible[ANN] = [Eligibility(cast.DEV, until)]

    await bot.says(ANNS, LINE)

    card = text(bot.posts()[0].card.lines)
    assert ("Your eligibility for it in PIM ends at" in card) is said


async def test_when_entra_does_not_tell_it_nothing_is_said_of_the_eligibility(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.eligible[ANN] = [Eligibility(cast.DEV, bot.clock.at + timedelta(days=2))]
    await bot.says(ANNS, LINE)
    bot.world.memory.forget(("eligibilities", ANN))
    bot.pim.unreadable = DOWN

    await bot.adds("card", (await bot.request()).id)
    await bot.works()

    assert "Your eligibility" not in text(bot.posts()[0].card.lines)
