"""Explaining an access: one's own for everybody, others' for those who may, and that is recorded."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cards import Card
from bot.domain.access import Principal
from bot.domain.audit import What
from bot.domain.ids import ChatAccount
from bot.domain.policy import Eligibility
from bot.ports import DirectoryGroup, Held
from bot.terminal import printed
from handlers.context import catalog
from handlers.explain import explanation
from tests.handlers import cast
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, AUDREY, AUDREYS, BEN, DEV, PROD
from tests.handlers.harness import DOWN, Bot, opened
from tests.handlers.words import text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"


async def asks(bot: Bot, line: str, who: ChatAccount = ANNS) -> Card:
    await bot.says(who, line)
    return bot.last(who)


async def test_one_is_told_everything_about_oneself(bot: Bot) -> None:
    await bot.links(ANN)
    before = await bot.record()

    card = await asks(bot, "explain Prod-Admin")

    assert card.title == "prod-admin can be asked for now"
    told = text(card.lines)
    for words in (
        "You are Ann (ann@example.com) in Entra.",
        "Eligible for it in PIM, without an end.",
        "The group's PIM policy asks for a reason, a ticket, an approval.",
        "At most 4 h (PIM 8 h, the access file 4 h), at least 5 min. Without a length it is 1 h.",
        "prod (222222222222)",
    ):
        assert words in told
    assert await bot.record() == before


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("prod-dual-control", "a grantor that assigns it (authority = application), and none is"),
        ("in-the-portal", "Entra's portal, never a click in the chat (assurance = portal)"),
        ("in-the-portal", "No eligibility for it in PIM."),
    ],
)
async def test_why_not_is_said(bot: Bot, asked: str, reason: str) -> None:
    await bot.links(ANN)

    card = await asks(bot, f"explain {asked}")

    assert card.title == f"{asked} cannot be asked for now"
    assert reason in text(card.lines)


async def test_what_is_active_or_open_stands_in_the_way(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    await bot.says(ANNS, "activate prod-admin 1h INC-42 deploying")

    active = await asks(bot, "explain dev-poweruser")
    waiting = await asks(bot, "explain prod-admin")

    assert "cannot" in active.title
    assert "It is active already in Entra, until" in text(active.lines)
    assert "is awaiting approval." in text(waiting.lines)


@pytest.mark.parametrize(
    ("left", "verdict", "said"),
    [
        (timedelta(minutes=20, seconds=30), "can", "ask for 20 min or less."),
        (timedelta(minutes=4), "cannot", "ends in less than PIM activates anything for."),
        (timedelta(hours=9), "can", "Eligible for it in PIM until"),
    ],
)
async def test_an_eligibility_that_ends_soon_is_told(
    bot: Bot, left: timedelta, verdict: str, said: str
) -> None:
    await bot.links(ANN)
    bot.pim.eligible[ANN] = [Eligibility(DEV, bot.clock.at + left)]

    card = await asks(bot, "explain dev-poweruser")

    assert card.title.startswith(f"dev-poweruser {verdict} be asked for now")
    assert said in text(card.lines)


async def test_a_standing_membership_is_no_hindrance_and_is_said(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)

    async def held(_: object) -> Sequence[Held]:
        return (Held(DEV, None, None, activated=False), Held(PROD, None, None, activated=True))

    monkeypatch.setattr(bot.pim, "held", held)

    card = await asks(bot, "explain dev-poweruser")

    assert "can be asked for" in card.title
    assert "without any activation" in text(card.lines)


@pytest.mark.parametrize(("who", "reader"), [(ADAS, ADA), (AUDREYS, AUDREY)])
async def test_admins_and_auditors_are_told_about_others_and_it_is_recorded(
    bot: Bot, who: ChatAccount, reader: object
) -> None:
    await bot.links(ANN, ADA, AUDREY)
    assert cast.PEOPLE[who] == reader

    card = await asks(bot, "explain dev-poweruser for <@U0ANN|ann>", who)

    assert "This is about Ann (ann@example.com)." in text(card.lines)
    assert (await bot.record())[-1] is What.READ


async def test_ones_own_account_among_the_approvers_is_said_not_to_decide(bot: Bot) -> None:
    aliases = (frozenset({ANN.oid, AUDREY.oid}),)
    bot.world.policy.replace(replace(cast.CATALOG, aliases=aliases))
    named = tuple(Principal("user", one.oid) for one in (AUDREY, ADA))
    bot.pim.policies[DEV] = replace(cast.RULES[PROD], approvers=named)
    await bot.links(ANN)

    card = await asks(bot, "explain dev-poweruser")

    decides = (
        "one of these approves it: Audrey (your own account, which does not decide for you), Ada."
    )
    assert decides in text(card.lines)


@pytest.mark.parametrize("whom", ["<@U0BEN>", "<@U0NOBODY>"])
async def test_everybody_else_is_refused(bot: Bot, whom: str) -> None:
    await bot.links(ANN, BEN)

    card = await asks(bot, f"explain dev-poweruser for {whom}")

    assert card.title == "Only admins and auditors can ask about others"
    assert (await bot.record())[-1] is What.REFUSED
    await bot.presses(ANNS, card.buttons[0])
    assert "You are Ann" in text(bot.last().lines)


async def test_naming_oneself_is_ones_own(bot: Bot) -> None:
    await bot.links(ANN)

    card = await asks(bot, "explain dev-poweruser <@U0ANN>")

    assert "You are Ann" in text(card.lines)
    assert What.READ not in await bot.record()


async def test_who_has_not_signed_in_cannot_be_told_about(bot: Bot) -> None:
    await bot.links(ADA)

    card = await asks(bot, "explain dev-poweruser for <@U0NOBODY>", ADAS)

    assert card.title == "I do not know who that is in Entra"
    assert (await bot.record())[-1] is What.READ


async def test_an_access_nobody_knows_is_named_with_what_was_meant(bot: Bot) -> None:
    await bot.links(ADA, ANN)

    near = await asks(bot, "explain dev-powruser for <@U0ANN>", ADAS)
    assert near.title == "There is no access called “dev-powruser”"
    await bot.presses(ADAS, near.buttons[0])
    assert "This is about Ann" in text(bot.last(ADAS).lines)
    far = await asks(bot, "explain xyzzy", ADAS)
    assert [b.label for b in far.buttons] == ["Open Form"]


async def test_who_is_not_linked_signs_in_and_is_told_then(bot: Bot) -> None:
    await asks(bot, "explain dev-poweruser")
    assert bot.last().title == "Sign in first"

    await bot.signs_in()

    assert bot.last().title == "dev-poweruser can be asked for now"


@pytest.mark.parametrize("change", ["disabled", "guest", "gone"])
async def test_an_account_that_may_not_act_is_told_why(bot: Bot, change: str) -> None:
    known = cast.user(BEN)
    if change == "gone":
        del bot.directory.users[BEN.oid]
    else:
        bot.directory.hire(replace(known, enabled=change != "disabled", guest=change == "guest"))
    everything = await catalog(bot.world)
    access = everything.of_group(DEV)
    assert access is not None

    found = await explanation(bot.world, everything, access, BEN)

    assert not found.possible


async def test_without_an_access_file_that_is_said(migrated_file: Path) -> None:
    async with opened(migrated_file, catalog=None) as bot:
        bot.directory.offered = [DirectoryGroup(DEV, "dev-poweruser")]
        await bot.links(ANN)

        card = await asks(bot, "explain dev-poweruser")

        assert "There is no access file" in text(card.lines)


async def test_entra_that_is_away_is_said(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.unreadable = DOWN

    card = await asks(bot, "explain dev-poweruser")

    assert card.title == "Microsoft Graph does not answer"


async def test_what_is_printed_cannot_steer_a_terminal(bot: Bot) -> None:
    await bot.links(ANN)
    bot.directory.hire(replace(cast.user(ANN), name="A\x1b[31mn\u202en"))

    told = printed(await asks(bot, "explain dev-poweruser"))

    assert "\x1b" not in told
    assert "\u202e" not in told
    assert told.startswith("dev-poweruser can be asked for now\n")
