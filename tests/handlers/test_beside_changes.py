"""What is ended or changed in Entra's portal is noticed, written down, and told as what it is."""

from datetime import timedelta

from bot.domain.activation import End
from bot.domain.audit import What
from bot.ports import Held
from tests.handlers.cast import ANNS, DEV, HOUR, OPEN, PAYROLL
from tests.handlers.harness import DOWN, Bot
from tests.handlers.test_beside import known, recorded
from tests.handlers.test_watch import activation, active
from tests.handlers.words import text

# --- ended ---------------------------------------------------------------------------------------


async def test_an_end_in_the_portal_is_noticed_within_five_minutes(bot: Bot) -> None:
    await active(bot)
    await bot.waits(minutes=12)
    await bot.deactivates_in_the_portal()

    await bot.waits(minutes=5)

    over = await activation(bot)
    assert (over.end, over.active) == (End.ELSEWHERE, False)
    assert over.ended_at is not None
    assert over.ended_at <= bot.clock.at
    assert "It was ended in Entra, not by me; I noticed at 12:15." in text(
        bot.posts()[0].card.lines
    )
    assert (await recorded(bot, What.ENDED))[0]["what"] == "ended"


async def test_an_end_on_time_is_no_end_elsewhere(bot: Bot) -> None:
    mine = await active(bot)

    await bot.waits(minutes=61)

    over = await activation(bot)
    assert (over.end, over.ended_at) == (End.EXPIRED, mine.ends_at)


async def test_an_end_that_status_notices_just_after_time_is_no_end_elsewhere(bot: Bot) -> None:
    mine = await active(bot)
    bot.clock.at = mine.ends_at - timedelta(seconds=30)
    for asked in bot.pim.asked.values():
        asked.ended_at = bot.clock.at

    await bot.says(ANNS, "status")

    assert (await activation(bot)).end is End.EXPIRED
    assert "dev-poweruser has ended. Its time was over in Entra at 12:59." in text(bot.last().lines)


async def test_a_list_that_lags_ends_nothing_that_is_young(bot: Bot) -> None:
    await active(bot)
    for asked in bot.pim.asked.values():
        asked.ended_at = bot.clock.at

    await bot.says(ANNS, "status")
    assert (await activation(bot)).active
    await bot.waits(minutes=5)
    assert (await activation(bot)).active

    await bot.waits(minutes=5)
    assert (await activation(bot)).end is End.ELSEWHERE


async def test_entra_is_asked_once_for_all_that_a_person_holds(bot: Bot) -> None:
    await active(bot)
    await bot.waits(minutes=1)
    await bot.says(ANNS, "activate payroll-app 4h because")
    await bot.waits(minutes=1)
    await bot.says(ANNS, "activate prod-readonly 3h")
    await bot.waits(minutes=3)
    bot.pim.looks = 0

    await bot.waits(minutes=50)

    assert bot.pim.looks == 10
    await bot.waits(minutes=10)  # the oldest has ended; another one looks
    bot.pim.looks = 0
    await bot.waits(minutes=50)
    assert bot.pim.looks == 10
    await bot.deactivates_in_the_portal(OPEN)
    await bot.waits(minutes=6)
    assert [a.group for a in await known(bot)] == [PAYROLL]


async def test_while_entra_does_not_answer_nothing_is_called_over(bot: Bot) -> None:
    await active(bot)
    await bot.waits(minutes=4)
    bot.pim.unreadable = DOWN

    await bot.waits(minutes=10)

    assert (await activation(bot)).active
    bot.pim.unreadable = None
    await bot.deactivates_in_the_portal()
    await bot.waits(minutes=10)
    assert (await activation(bot)).end is End.ELSEWHERE


async def test_status_says_what_it_noticed_to_be_over(bot: Bot) -> None:
    await active(bot)
    await bot.waits(minutes=6)
    await bot.deactivates_in_the_portal()

    await bot.says(ANNS, "status")

    told = text(bot.last().lines)
    assert "dev-poweruser has ended. It was ended in Entra, not by me; I noticed at 12:06." in told
    assert "Nothing that I know of is active" in told


# --- changed -------------------------------------------------------------------------------------


async def test_what_is_activated_anew_in_the_portal_goes_on_under_its_card(bot: Bot) -> None:
    mine = await active(bot)
    await bot.waits(minutes=12)
    await bot.deactivates_in_the_portal()
    await bot.activates_in_the_portal(hours=2)

    await bot.waits(minutes=5)

    now = await activation(bot)
    assert (now.id, now.active) == (mine.id, True)
    assert (now.started_at, now.ends_at) == (
        mine.started_at + timedelta(minutes=12),
        mine.ends_at + HOUR + timedelta(minutes=12),
    )
    card = text(bot.posts()[0].card.lines)
    assert "Active in Entra until 14:12." in card
    assert "Its time was changed in Entra, not by me; I noticed at 12:15." in card
    [row] = await recorded(bot, What.CHANGED)
    assert row["request_id"] == (await bot.request()).id
    await bot.waits(minutes=118)
    assert (await activation(bot)).end is End.EXPIRED
    bot.settled = False  # the fake PIM ties the later one to no request of ours


async def test_what_ends_sooner_than_we_knew_is_not_called_active_longer(bot: Bot) -> None:
    mine = await active(bot, "activate dev-poweruser 4h because")
    await bot.waits(minutes=12)
    await bot.deactivates_in_the_portal()
    await bot.activates_in_the_portal(minutes=30)

    await bot.waits(minutes=31)

    over = await activation(bot)
    assert (over.end, over.ended_at) == (End.EXPIRED, mine.started_at + timedelta(minutes=42))


async def test_a_warning_that_time_has_made_wrong_is_taken_back(bot: Bot) -> None:
    await active(bot)
    await bot.waits(minutes=51)
    assert bot.posts()[-1].card.title == "dev-poweruser ends soon"
    await bot.deactivates_in_the_portal()
    await bot.activates_in_the_portal(hours=2)

    await bot.waits(minutes=5)

    assert bot.posts()[-1].card.title == "dev-poweruser goes on"
    assert "Entra ends it at 14:51." in text(bot.posts()[-1].card.lines)
    bot.settled = False


async def test_an_end_that_cannot_be_read_changes_nothing(bot: Bot) -> None:
    mine = await active(bot)
    await bot.waits(minutes=12)
    bot.pim.ghosts.append(Held(DEV, mine.started_at, None, activated=True))

    await bot.waits(minutes=10)

    assert (await activation(bot)).ends_at == mine.ends_at
