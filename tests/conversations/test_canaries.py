"""The search for secrets finds them: each kind comes into being, and is found where it is put."""

import asyncio

import aiohttp

from playground.cast import PEOPLE
from tests.conversations.acts import DEV, links
from tests.conversations.chat import Chat
from tests.conversations.places import ALONE
from tests.conversations.stage import Stage

WHERE = ALONE


async def test_every_kind_of_secret_is_looked_for(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    await chat.hears("engineer", "dev-poweruser is active")

    canaries = world.canaries
    assert canaries.kinds["named"] == 8
    assert canaries.kinds["links"] == 1
    # Access, refresh and identity token, a code, and the tokens of the bot and of a refresh.
    assert canaries.kinds["tokens"] >= 5
    # State, nonce, verifier, and the mark in the browser.
    assert canaries.kinds["flows"] >= 4
    for one in [*canaries._named.values(), *canaries._tokens, *canaries._links, *canaries._flows]:
        assert canaries.found_in(f"… {one} …", where="here")
    files = await asyncio.to_thread(world.kept.files)
    assert any(PEOPLE["engineer"].upn.encode() in file.read_bytes() for file in files)
    await world.skips("PT6M")
    await chat.hears_rest("engineer", "AWS has your membership")


async def test_a_sign_in_that_was_begun_is_of_no_use_to_who_reads_the_database(
    chat: Chat, world: Stage
) -> None:
    await chat.says("engineer", "/aws-access link")
    await chat.noted("engineer")
    card = await chat.hears("engineer", "Sign in first")
    async with (
        aiohttp.ClientSession() as http,
        http.post(card.link("Sign In"), allow_redirects=False) as answer,
    ):
        world.canaries.visited(
            answer.headers["Location"], {k: v.value for k, v in answer.cookies.items()}
        )

    assert world.canaries.kinds["flows"] == 3  # state, nonce, and the mark in the browser
    files = await asyncio.to_thread(world.kept.files)
    assert files
    assert world.canaries.found_in_files(files) == []
