"""Why somebody can have an access or not: asked in the chat, and on the command line."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE

import pytest

from playground.cast import PEOPLE
from tests.conversations.acts import activates, links
from tests.conversations.chat import Chat
from tests.conversations.stage import Stage


async def explains(world: Stage, *asked: str) -> tuple[int | None, str, str]:
    """What the command line says beside the bot that is serving."""
    command = (sys.executable, "-m", "bot", "explain", *asked)
    env = {**os.environ, **world.settings}  # noqa: TID251  what this process was given
    process = await asyncio.create_subprocess_exec(*command, env=env, stdout=PIPE, stderr=PIPE)
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_an_engineer_asks_about_themself(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")

    await chat.says("engineer", "/aws-access explain prod-admin")

    told = await chat.hears("engineer", "prod-admin can be asked for now")
    for words in (
        "You are",
        "Eligible for it in PIM",
        "asks for a reason, a ticket, an approval",
        "At most 4 h (PIM 4 h)",
        "prod (222222222222)",
        PEOPLE["approver"].name,
    ):
        assert words in told
    assert told.private
    assert world.events("read") == []


async def test_an_admin_asks_about_others_and_nobody_else_does(chat: Chat, world: Stage) -> None:
    await activates(chat)
    await links(chat, "admin")

    await chat.says("admin", "/aws-access explain dev-poweruser for @engineer")
    told = await chat.hears("admin", "dev-poweruser cannot be asked for now", "This is about")
    assert "It is active already in Entra" in told
    [read] = world.events("read")
    assert "explain" in read["payload"]["data"]["intent"]

    await chat.says("engineer", "/aws-access explain dev-poweruser for @admin")
    await chat.hears("engineer", "Only admins and auditors can ask about others")
    assert len(world.events("read")) == 1


async def test_who_is_eligible_for_nothing_is_told_so(chat: Chat, world: Stage) -> None:
    await chat.says("outsider", "/aws-access explain dev-poweruser")
    offer = await chat.hears("outsider", "Sign in first")
    await chat.signs_in("outsider", offer)

    await chat.hears("outsider", "dev-poweruser cannot be asked for now", "No eligibility for it")


async def test_the_command_line_says_the_same(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    await chat.says("engineer", "/aws-access explain prod-admin")
    card = await chat.hears("engineer", "prod-admin can be asked for now")

    code, out, err = await explains(world, "prod-admin", "--for", PEOPLE["engineer"].upn)

    assert (code, err) == (0, "")
    title, who, *reasons = out.splitlines()
    assert title in card
    assert who.startswith("This is about ")
    assert len(reasons) > 5
    for reason in reasons:
        without_links = reason.split(" (http")[0]
        theirs = without_links.split(" until ")[0].replace("their own", "your own")
        assert re.sub(r"(to|for) them\b", r"\1 you", theirs) in card
    assert " (your own account, which does not decide for you)" in card


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("prod-admin", "--for", PEOPLE["outsider"].oid), 1, "No eligibility for it in PIM"),
        (("prod-adnim", "--for", PEOPLE["engineer"].oid), 1, "Did you mean prod-admin?"),
        (("prod-admin", "--for", "nobody@playground.example"), 1, "Entra has no user nobody@"),
    ],
)
async def test_the_exit_code_says_that_something_stands_in_the_way(
    chat: Chat, world: Stage, asked: tuple[str, ...], code: int, said: str
) -> None:
    found, out, _ = await explains(world, *asked)

    assert found == code
    assert said in out
    assert world.events() == []


async def test_what_could_not_be_found_out_has_its_own_exit_code(chat: Chat, world: Stage) -> None:
    world.fails("graph", "GET", "status", status=503, times=50)

    code, out, err = await explains(world, "prod-admin", "--for", PEOPLE["engineer"].oid)

    world.mended()
    assert (code, out) == (3, "")
    assert "Could not tell: Microsoft Graph" in err
