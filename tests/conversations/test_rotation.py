"""The keys of kept tokens are changed: nobody notices, and the old key can go."""

import asyncio

import pytest

from playground.settings import new_token_keys
from tests.conversations.acts import DEV, links
from tests.conversations.chat import Chat
from tests.conversations.places import ALONE
from tests.conversations.stage import Stage

WHERE = ALONE


async def test_a_kept_token_moves_under_the_new_key_and_nobody_signs_in_again(
    chat: Chat, world: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await links(chat, "engineer")
    old = world.settings["TOKEN_KEYS"]
    new = new_token_keys().replace("playground:", "new:")
    [before] = world.evidence().tables["kept_token"]

    monkeypatch.setattr("bot.app.SWEEP_SECONDS", 0.05)
    await world.restarts_bot(TOKEN_KEYS=f"{new},{old}")
    async with asyncio.timeout(30):
        while "token_key_not_needed" not in world.log.getvalue():  # noqa: ASYNC110  another task's
            await asyncio.sleep(0.02)

    [after] = world.evidence().tables["kept_token"]
    assert (before["key_id"], after["key_id"]) == ("playground", "new")
    await world.restarts_bot(TOKEN_KEYS=new)
    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    await chat.hears("engineer", "dev-poweruser is active")
    assert len(world.evidence().tables["kept_token"]) == 1
