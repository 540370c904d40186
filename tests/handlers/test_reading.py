"""Reading: everybody their own, admins and auditors everybody's, and that is recorded."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.audit import What
from bot.domain.ids import ChatAccount, PersonId
from bot.intents import Recent
from bot.ports import DirectoryGroup
from tests.handlers import cast
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, AUDREY, AUDREYS, BEN, BENS, DEV
from tests.handlers.harness import DOWN, Bot, opened
from tests.handlers.words import text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"


async def decisions(bot: Bot) -> None:
    """Ann was granted something, and Ben waits for a decision."""
    await bot.links(ANN, BEN, ADA, AUDREY)
    await bot.says(ANNS, LINE)
    await bot.says(BENS, "activate prod-admin 1h INC-43 deploying")
    bot.chat.messages.clear()


async def test_status_says_what_one_has_and_waits_for(bot: Bot) -> None:
    await decisions(bot)
    await bot.says(ANNS, "activate prod-admin 2h INC-44 deploying")

    await bot.says(ANNS, "status")

    told = text(bot.last().lines)
    assert "dev-poweruser is active in Entra until 13:00." in told
    assert "prod-admin is awaiting approval" in told
    assert "As ann@example.com, as of 12:00." in told
    assert "Ben" not in told
    assert [b.label for b in bot.last().buttons] == ["Deactivate dev-poweruser", "Activate…"]


async def test_status_says_since_when_aws_has_it(bot: Bot) -> None:
    await decisions(bot)
    bot.provisions()
    await bot.waits(minutes=1)

    await bot.says(ANNS, "status")

    assert "AWS has had it since 12:00" in text(bot.last().lines)


async def test_status_of_nothing_says_so(bot: Bot) -> None:
    await bot.links(ADA)

    await bot.says(ADAS, "status")

    assert "Nothing that I know of is active or waiting." in text(bot.last(ADAS).lines)


async def test_status_notices_what_was_ended_in_the_portal(bot: Bot) -> None:
    await decisions(bot)
    await bot.waits(minutes=6)
    for asked in bot.pim.asked.values():
        asked.ended_at = bot.clock.at

    await bot.says(ANNS, "status")

    [status] = [card for card in bot.cards() if card.title == "Your AWS access"]
    assert "Nothing that I know of is active" in text(status.lines)
    async with bot.world.store.begin() as tx:
        assert await tx.active(ANN) == []


async def test_what_is_younger_than_five_minutes_cannot_have_been_ended(bot: Bot) -> None:
    await decisions(bot)
    for asked in bot.pim.asked.values():  # as a list that lags would say
        asked.ended_at = bot.clock.at

    await bot.says(ANNS, "status")

    assert "dev-poweruser is active" in text(bot.last().lines)
    bot.settled = False  # the list lags


async def test_status_without_entra_says_that_it_is_what_was_last_known(bot: Bot) -> None:
    await decisions(bot)
    bot.pim.unreadable = DOWN

    await bot.says(ANNS, "status")

    assert "dev-poweruser is active" in text(bot.last().lines)
    assert "this is what I last knew" in text(bot.last().lines)


async def test_one_reads_ones_own_and_that_is_nobodys_business(bot: Bot) -> None:
    await decisions(bot)
    before = await bot.record()

    await bot.says(ANNS, "recent")

    assert bot.last().title == "Your recent decisions"
    [line] = bot.last().lines
    told = text([line])
    assert "• 12:00 dev-poweruser 1 h: granted until 13:00" in told
    assert "INC-42" in told
    assert "“checking the slow index”" in told
    assert await bot.record() == before


@pytest.mark.parametrize(("who", "reader"), [(ADAS, ADA), (AUDREYS, AUDREY)])
async def test_admins_and_auditors_read_everybodys_and_it_is_recorded(
    bot: Bot, who: ChatAccount, reader: PersonId
) -> None:
    await decisions(bot)
    assert cast.PEOPLE[who] == reader

    await bot.says(who, "recent")

    told = text(bot.last(who).lines)
    assert bot.last(who).title == "Recent decisions"
    assert "ann@example.com" in told
    assert "ben@example.com" in told
    assert (await bot.record())[-1] is What.READ


@pytest.mark.parametrize(
    ("asked", "tickets"),
    [
        ("recent <@U0BEN>", {"INC-43"}),
        ("recent <@U0NOBODY>", set()),
        ("recent dev-poweruser", {"INC-42"}),
        ("recent Dev-PowerUser", {"INC-42"}),
        ("recent state granted", {"INC-42"}),
        ("recent state awaiting approval", {"INC-43"}),
        ("recent state denied", set()),
        ("recent since 2h", {"INC-42", "INC-43"}),
        ("recent <@U0ANN> dev-poweruser since 2h state granted", {"INC-42"}),
    ],
)
async def test_the_record_is_searched_by_person_access_age_and_state(
    bot: Bot, asked: str, tickets: set[str]
) -> None:
    await decisions(bot)

    await bot.says(ADAS, asked)

    told = text(bot.last(ADAS).lines)
    assert {ticket for ticket in ("INC-42", "INC-43") if ticket in told} == tickets
    assert tickets or told == "There are none."


async def test_what_is_too_old_is_not_in_it(bot: Bot) -> None:
    await decisions(bot)
    bot.clock.pass_(hours=3)

    await bot.says(ADAS, "recent since 2h")

    assert text(bot.last(ADAS).lines) == "There are none."
    await bot.works()


async def test_an_access_nobody_knows_is_no_empty_answer(bot: Bot) -> None:
    await decisions(bot)

    await bot.says(ADAS, "recent dev-powruser")
    assert "Did you mean dev-poweruser?" in text(bot.last(ADAS).lines)
    await bot.says(ADAS, "recent xyzzy")

    assert bot.last(ADAS).title == "There is no access called “xyzzy”"


async def test_what_is_offered_no_longer_can_still_be_read_of(bot: Bot) -> None:
    await decisions(bot)
    catalog = bot.world.policy.catalog
    assert catalog is not None
    left = tuple(a for a in catalog.accesses if a.name != "dev-poweruser")
    bot.world.policy.replace(replace(catalog, accesses=left))

    for who in (ADAS, ANNS):
        await bot.says(who, "recent dev-poweruser")
        assert "dev-poweruser 1 h" in text(bot.last(who).lines)


async def test_only_where_others_are_read_of_is_it_said_who_it_was(bot: Bot) -> None:
    await decisions(bot)

    await bot.says(ANNS, "recent")
    assert cast.user(ANN).user_name not in text(bot.last().lines)
    await bot.says(ADAS, "recent")
    assert cast.user(ANN).user_name in text(bot.last(ADAS).lines)


@pytest.mark.parametrize("whom", ["<@U0BEN>", "<@U0NOBODY>"])
async def test_who_is_neither_reads_nobody_elses(bot: Bot, whom: str) -> None:
    await decisions(bot)

    await bot.says(ANNS, f"recent {whom}")

    assert bot.last().title == "Only admins and auditors can read others' decisions"
    assert (await bot.record())[-1] is What.REFUSED
    await bot.presses(ANNS, bot.last().buttons[0])
    assert bot.last().title == "Your recent decisions"


async def test_naming_oneself_is_ones_own(bot: Bot) -> None:
    await decisions(bot)

    await bot.says(ANNS, "recent <@U0ANN>")

    assert "INC-42" in text(bot.last().lines)


async def test_somebody_is_named_by_their_user_name_too(bot: Bot) -> None:
    """Where nobody can be mentioned, as in one's own chat with the bot in Teams."""
    await decisions(bot)

    await bot.says(ADAS, f"recent {cast.mail(BEN)}")
    told = text(bot.last(ADAS).lines)
    assert "prod-admin" in told
    assert "dev-poweruser" not in told
    await bot.says(ADAS, "recent nobody@example.com")
    assert "Entra has no user nobody@example.com." in text(bot.last(ADAS).lines)
    await bot.says(ANNS, f"recent {cast.mail(ANN)}")
    assert "dev-poweruser" in text(bot.last().lines)
    for named in (cast.mail(BEN), "nobody@example.com"):
        await bot.says(ANNS, f"recent {named}")
        assert bot.last().title == "Only admins and auditors can read others' decisions"


@pytest.mark.parametrize("change", ["disabled", "guest", "gone", "another's"])
async def test_an_admin_who_may_no_longer_act_reads_no_more_than_anybody(
    bot: Bot, change: str
) -> None:
    await decisions(bot)
    if change == "gone":
        del bot.directory.users[ADA.oid]
    elif change == "another's":
        bot.chat.profiles[ADAS] = replace(cast.profile(ADAS), mail="someone@example.com")
    else:
        known = cast.user(ADA)
        bot.directory.hire(replace(known, enabled=change != "disabled", guest=change == "guest"))

    await bot.says(ADAS, "recent")

    assert "INC" not in text(bot.last(ADAS).lines)
    assert What.READ not in await bot.record()


async def test_who_is_admin_no_longer_reads_no_longer(bot: Bot) -> None:
    await decisions(bot)
    bot.directory.members[cast.ADMINS].clear()

    await bot.says(ADAS, "recent")

    assert text(bot.last(ADAS).lines) == "There are none."


async def test_without_an_access_file_nobody_reads_others(migrated_file: Path) -> None:
    async with opened(migrated_file, catalog=None) as bot:
        bot.directory.offered = [DirectoryGroup(DEV, "dev-poweruser")]
        await bot.links(ANN, ADA)
        await bot.says(ANNS, LINE)

        await bot.says(ADAS, "recent")

        assert text(bot.last(ADAS).lines) == "There are none."


async def test_a_directory_that_is_away_shows_nobody_anything(bot: Bot) -> None:
    await decisions(bot)
    bot.directory.failure = DOWN

    await bot.says(ADAS, "recent")

    assert bot.last(ADAS).title == "Microsoft Graph does not answer"
    assert What.READ not in await bot.record()


async def test_the_record_tells_how_each_came_to_its_end(bot: Bot) -> None:
    await decisions(bot)
    await bot.waits(minutes=6)
    await bot.says(ANNS, "deactivate")
    await bot.says(ANNS, "activate seed-admin because")
    await bot.waits(minutes=61)
    await bot.says(ANNS, "activate payroll-app")

    await bot.says(ADAS, "recent <@U0ANN>")

    told = text(bot.last(ADAS).lines)
    assert "granted, deactivated at 12:06" in told
    assert "granted, expired at 13:06" in told


async def test_a_request_nobody_signed_in_for_is_in_everybodys_record(bot: Bot) -> None:
    await bot.links(ADA)
    await bot.says(ANNS, LINE)

    await bot.says(ADAS, "recent")

    assert "not signed in yet dev-poweruser 1 h: awaiting sign-in" in text(bot.last(ADAS).lines)


async def test_a_mistyped_access_keeps_the_rest_of_what_was_asked(bot: Bot) -> None:
    await bot.links(ANN)

    await bot.says(ANNS, "recent prod-readnly since 7d state granted")

    [button] = bot.last().buttons
    assert button.intent == Recent(access="prod-readonly", since=timedelta(days=7), state="granted")


async def test_an_access_that_is_like_none_is_not_guessed_at(bot: Bot) -> None:
    await bot.links(ANN)

    await bot.says(ANNS, "recent xyzzy since 7d")

    assert "no access called “xyzzy”" in bot.last().title
    assert bot.last().buttons[0].intent == Recent(since=timedelta(days=7))


async def test_what_was_activated_beside_the_bot_is_listed_and_said_as_such(bot: Bot) -> None:
    await bot.links(ANN, ADA)
    await bot.activates_in_the_portal()
    await bot.says(ANNS, "status")
    bot.clock.pass_(minutes=10)
    await bot.says(ANNS, "activate payroll-app 1h INC-42 wages")

    for who in (ANNS, ADAS):
        await bot.says(who, "recent")
        newer, older = bot.last(who).lines
        assert "payroll-app 1 h: granted until" in text([newer])
        assert "dev-poweruser, not asked for here: activated in Entra's portal" in text([older])
        assert text([older]).endswith("by another tool until 13:00")
        assert "once I have noticed it" in text(bot.last(who).footer)
    await bot.says(ANNS, "recent dev-poweruser state granted")
    assert "not asked for here" in text(bot.last().lines)
    await bot.says(ANNS, "recent state denied")
    assert "There are none." in text(bot.last().lines)
