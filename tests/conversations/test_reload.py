"""The access file is changed while people use the bot, and SIGHUP brings it into force."""

import pytest

from bot.access_file import AccessFileError, examine
from playground.access_file import render
from tests.conversations.acts import activates, asks, links
from tests.conversations.chat import Chat
from tests.conversations.stage import Stage

NAME = 'name      = "dev-poweruser"\n'


def without(name: str) -> str:
    """The access file without one access."""
    head, *tables = render().split("[[access]]\n")
    return "[[access]]\n".join([head, *(table for table in tables if f'"{name}"' not in table)])


async def test_a_new_maximum_holds_from_the_reload_on_and_the_record_says_so(
    chat: Chat, world: Stage
) -> None:
    await activates(chat)
    [before] = {e["payload"]["data"]["policy"] for e in world.events()}

    *_, changed, reloaded = await world.reloads(render().replace(NAME, f'{NAME}max = "30m"\n'))

    assert (changed["event"], changed["name"], changed["fields"]) == (
        *("access_file_changed", "dev-poweruser", "max"),
    )
    after = reloaded["in_force"]
    assert (reloaded["event"], reloaded["before"]) == ("access_file_reloaded", before)
    assert after == examine(world.settings["ACCESS_FILE"]).catalog.source != before
    await chat.says("engineer", "/aws-access activate dev-poweruser 1h again")
    await chat.noted("engineer")
    await chat.hears("engineer", "30 min")
    assert world.events()[-1]["what"] == "refused"
    assert world.events()[-1]["payload"]["data"]["policy"] == after


async def test_a_file_with_problems_changes_nothing_and_is_judged_as_check_judges_it(
    chat: Chat, world: Stage
) -> None:
    broken = render().replace(NAME, f"{NAME}maximum = 1\n").replace("prod-admin", "seed-admin")

    logged = await world.reloads(broken)

    with pytest.raises(AccessFileError) as check:
        examine(world.settings["ACCESS_FILE"])
    told = [row["problem"] for row in logged if row["event"] == "access_file_problem"]
    assert tuple(told) == check.value.problems
    assert len(told) == 2
    assert logged[-1]["event"] == "access_file_not_reloaded"
    await activates(chat)


async def test_who_waits_for_what_was_taken_away_is_told_at_once(chat: Chat, world: Stage) -> None:
    card = await asks(chat)

    await world.reloads(without("dev-poweruser"))

    await chat.hears("engineer", "dev-poweruser was not activated", "no longer offered here")
    assert "no longer waits for this" in await chat.signs_in("engineer", card)
    assert world.asked_of_pim() == []


async def test_what_is_active_is_followed_to_its_end_although_its_name_is_gone(
    chat: Chat, world: Stage
) -> None:
    await activates(chat)
    await world.reloads(without("dev-poweruser"))

    await world.skips("PT6M")
    await chat.hears_each("engineer", "AWS has your membership (", "dev (111111111111)")
    await chat.says("engineer", "/aws-access deactivate dev-poweruser")
    await chat.noted("engineer")

    private, card, _ = await chat.hears_each(
        *("engineer", "Ended in Entra at", "You ended it in Entra at", "This has ended"),
    )
    assert "AWS access may outlast it: up to 40 min" in private
    assert "AWS access may outlast it: up to 40 min" in card


async def test_the_admins_of_the_new_file_are_the_admins(chat: Chat, world: Stage) -> None:
    await links(chat, "admin")
    text = "\n".join(
        line for line in render().splitlines() if not line.startswith(("admins", "auditors"))
    )

    await world.reloads(text)

    await chat.says("admin", "/aws-access recent")
    await chat.hears("admin", "Your recent decisions")
