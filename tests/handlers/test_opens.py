"""What can be said of AWS when something is missing there, and what changes once it is mended."""

from dataclasses import replace

import pytest

from bot.domain.audit import What
from bot.domain.aws import Gap, Setup
from bot.intents import Recheck
from bot.ports import IntegrationError
from handlers.opens import what_opens
from tests.handlers.cast import ANN, ANNS, BY_GROUP, BY_USER, CATALOG, DEV, HOUR, SEED, mail
from tests.handlers.harness import DOWN, Bot
from tests.handlers.test_watch import active, titles
from tests.handlers.words import everything, text

READY = "dev-poweruser: AWS has your membership"
OPENED = "dev-poweruser: Entra has opened AWS"
DENIED = IntegrationError("AWS", "403", permanent=True, lacks="sso:ListInstances")
NO_CREDENTIAL = IntegrationError("AWS", "no credentials", permanent=True)


def card(bot: Bot, title: str) -> str:
    """All that one of the notifying messages says now."""
    return next(everything(one.card) for one in bot.posts() if one.card.title == title)


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (DENIED, "my role there lacks sso:ListInstances"),
        (NO_CREDENTIAL, "AWS does not accept my credentials"),
    ],
)
async def test_a_bot_that_aws_refuses_says_what_it_lacks_and_sees_once_it_is_mended(
    bot: Bot, failure: IntegrationError, told: str
) -> None:
    bot.aws.failure = failure
    await active(bot)
    assert told in card(bot, OPENED)
    assert "Tell your administrator" in card(bot, OPENED)

    bot.provisions()
    bot.aws.failure = None
    await bot.waits(minutes=2)

    assert What.AWS_SEEN in await bot.record()
    assert titles(bot) == ["dev-poweruser is active", READY]


async def test_a_look_that_is_refused_only_later_is_said_all_the_same(bot: Bot) -> None:
    await active(bot)
    assert "usually takes 2 to 10 minutes" in card(bot, "dev-poweruser is active")

    bot.aws.failure = DENIED
    await bot.waits(minutes=3)

    assert "my role there lacks sso:ListInstances" in card(bot, OPENED)
    bot.provisions()
    bot.aws.failure = None
    await bot.waits(minutes=2)
    assert titles(bot) == ["dev-poweruser is active", READY]


async def test_without_an_identity_center_nothing_of_aws_is_claimed(bot: Bot) -> None:
    portal, bot.aws.known_portal = bot.aws.known_portal, None
    await active(bot)
    assert "I find no active IAM Identity Center" in card(bot, OPENED)

    bot.aws.known_portal = portal
    bot.provisions()
    await bot.waits(minutes=2)

    assert "PowerUserAccess" in card(bot, READY)


async def test_a_group_that_is_not_provisioned_yet_is_told_from_one_without_permission_sets(
    bot: Bot,
) -> None:
    del bot.aws.groups[DEV]
    await active(bot)
    assert "AWS does not have this group yet" in card(bot, "dev-poweruser is active")

    bot.aws.groups[DEV] = ()
    bot.provisions()
    await bot.waits(minutes=2)
    assert "no permission set is assigned to it" in card(bot, READY)
    assert "AWS does not have this group yet" not in card(bot, READY)


async def test_an_organisation_with_iam_roles_only_is_told_as_such(bot: Bot) -> None:
    bot.aws.groups[DEV] = ()
    bot.aws.permission_sets = False
    bot.provisions()

    await active(bot)

    assert "account access manager" in card(bot, READY)
    assert "no permission set is assigned" not in card(bot, READY)


async def test_by_hand_a_missing_user_is_told_from_one_without_assignments(bot: Bot) -> None:
    title = "seed-admin: Entra has opened AWS by hand"
    bot.aws.users.clear()
    await active(bot, "activate seed-admin 1h because")
    assert "AWS has no user of your name" in card(bot, title)

    bot.aws.users[mail(ANN)] = ()
    await bot.adds("card", (await bot.request()).id)
    await bot.works()

    assert "I found no assignment of yours in AWS" in card(bot, title)


async def test_by_hand_what_a_group_made_in_aws_opens_counts_too(bot: Bot) -> None:
    bot.aws.users[mail(ANN)] = ()
    bot.aws.groups["a group made in AWS"] = BY_GROUP[DEV]  # type: ignore[index]
    bot.aws.memberships.add((mail(ANN), "a group made in AWS"))  # type: ignore[arg-type]

    await active(bot, "activate seed-admin 1h because")

    assert "PowerUserAccess" in card(bot, "seed-admin: Entra has opened AWS by hand")
    assert SEED not in bot.aws.groups


async def test_a_users_own_assignments_are_found_where_the_group_has_none(bot: Bot) -> None:
    bot.aws.groups[DEV] = ()
    bot.provisions()

    await active(bot)

    ready = card(bot, READY)
    assert "no permission set is assigned to it" in ready
    assert "Assigned to you directly, not through this group" in ready
    assert "first (444444444444)" in ready


async def test_what_is_assigned_besides_is_explained_and_not_on_the_card_of_another_access(
    bot: Bot,
) -> None:
    bot.provisions()

    await active(bot)

    ready = card(bot, READY)
    assert "dev (111111111111)" in ready
    assert "first (444444444444)" not in ready
    await bot.says(ANNS, "explain dev-poweruser")
    told = everything(bot.last())
    assert "It opens in AWS:" in told
    assert "Assigned to you directly, not through this group:" in told
    assert "first (444444444444)" in told


async def test_late_provisioning_is_said_by_itself_without_a_new_message(bot: Bot) -> None:
    mine = await active(bot)
    await bot.waits(minutes=39)
    assert "it is late" not in everything(bot.posts()[0].card)
    assert "usually takes 2 to 10 minutes" in everything(bot.posts()[0].card)

    await bot.waits(minutes=2)
    assert titles(bot) == ["dev-poweruser is active"]
    assert "so provisioning is late" in everything(bot.posts()[0].card)
    assert "Enterprise applications → AWS → Provisioning" in everything(bot.posts()[0].card)
    await bot.presses(ANNS, Recheck(mine.id))
    assert "so provisioning is late" in text(bot.last().lines)

    bot.provisions()
    await bot.waits(minutes=2)
    assert titles(bot) == ["dev-poweruser is active", READY]
    assert "provisioning is late" not in everything(bot.posts()[0].card)


async def test_what_came_in_time_is_never_called_late(bot: Bot) -> None:
    bot.provisions()
    await active(bot)

    await bot.waits(minutes=45)

    assert "late" not in everything(bot.posts()[0].card)


async def test_nothing_is_called_late_where_nothing_is_awaited(bot: Bot) -> None:
    await active(bot, "activate seed-admin 1h because")

    await bot.waits(minutes=45)

    assert "late" not in everything(bot.posts()[0].card)


async def test_of_a_membership_never_seen_the_end_says_so(bot: Bot) -> None:
    await active(bot)

    await bot.waits(minutes=61)

    assert "I never saw your membership in AWS" in everything(bot.posts()[0].card)


async def test_not_there_yet_stands_on_the_card_until_it_is_there(bot: Bot) -> None:
    await active(bot)
    assert "Not There Yet?" in [b.label for b in bot.posts()[0].card.buttons]

    bot.provisions()
    await bot.waits(minutes=2)

    assert "Not There Yet?" not in [b.label for b in bot.posts()[0].card.buttons]
    assert "Not There Yet?" in [b.label for b in bot.posts()[1].card.buttons]


async def test_an_end_told_while_aws_is_away_says_the_longest_it_can_be(bot: Bot) -> None:
    await active(bot)
    bot.aws.failure = DOWN

    await bot.waits(minutes=61)

    assert "I could not find out by how much" in everything(bot.posts()[0].card)
    assert "1 h 40 min plus one role session" in everything(bot.posts()[0].card)


@pytest.mark.parametrize(("name", "gap"), [("seed-admin", Gap.NO_LINK), ("dev-poweruser", None)])
async def test_of_who_was_never_linked_no_assignments_are_denied(
    bot: Bot, name: str, gap: Gap | None
) -> None:
    access = CATALOG.named(name)
    assert access is not None

    opens = await what_opens(bot.world, access, "")

    assert (opens.gap, opens.own) == (gap, ())


async def test_a_look_that_aws_refuses_is_said_at_once(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(*_: object) -> bool:
        raise IntegrationError("AWS", "403", permanent=True, lacks="identitystore:IsMemberInGroups")

    monkeypatch.setattr(bot.aws, "has_membership", refuses)

    await active(bot)

    assert "my role there lacks identitystore:IsMemberInGroups" in card(bot, OPENED)


async def test_while_entra_does_not_say_what_app_it_is_nothing_is_claimed(bot: Bot) -> None:
    await bot.links(ANN)
    bot.directory.failure = DOWN

    opens = await what_opens(bot.world, CATALOG.accesses[0], mail(ANN))

    assert (opens.setup, opens.openings, opens.portal) == (Setup.UNKNOWN, (), None)


async def test_openings_of_an_account_stand_together(bot: Bot) -> None:
    twice = tuple(replace(o, permission_set=name) for o in BY_GROUP[DEV] for name in ("A", "B"))
    bot.aws.groups[DEV] = (*twice, replace(twice[0], account="999999999999", session=8 * HOUR))
    bot.provisions()

    await active(bot)

    assert card(bot, READY).count("dev (111111111111)") == 1
    assert card(bot, READY).count("dev (999999999999)") == 1


def test_the_cast_has_no_assignment_of_ann_that_the_group_has_too() -> None:
    assert not set(BY_USER[mail(ANN)]) & set(BY_GROUP[DEV])
