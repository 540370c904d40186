"""`aws-access demo` as a program sees it: one line of JSON, a story with an exit code, nothing left."""

import asyncio
import signal

import aiohttp
import pytest

from tests.process.processes import BOT, Started, ended, finished, first_line, running


async def test_the_demo_is_ready_when_it_says_so_and_ends_when_told(
    started: Started, http: aiohttp.ClientSession
) -> None:
    demo = await started.start(*BOT, "demo", "--json", "--no-browser", "--port", "0")
    told = await first_line(demo)

    async with http.get(f"{told['bot']}/readyz") as answer:
        assert answer.status == 200
        assert (await answer.json())["ready"] is True
    async with http.get(told["page"]) as answer:
        assert answer.status == 200
    assert running(told["bot"])

    demo.send_signal(signal.SIGTERM)
    assert await ended(demo) == 0
    assert not running(told["bot"])


async def test_a_demo_that_is_killed_leaves_no_bot_behind(started: Started) -> None:
    demo = await started.start(*BOT, "demo", "--json", "--no-browser", "--port", "0")
    told = await first_line(demo)
    assert running(told["bot"])

    demo.kill()
    await demo.wait()

    for _ in range(50):
        if not running(told["bot"]):
            return
        await asyncio.sleep(0.1)
    pytest.fail("the bot outlived the demo")


async def test_the_story_can_be_played_in_the_terminal(started: Started) -> None:
    story = await started.start(*BOT, "demo", "--script")

    code, out = await finished(story)

    assert code == 0, out
    assert "The whole story went as told." in out
