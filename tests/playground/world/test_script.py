"""`--script` with the real bot: the whole story goes as told, and a story that does not says where."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT

from rich.console import Console

from playground.script import play
from tests.playground.world.conftest import Client


async def test_the_whole_story_goes_as_told() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playground", "--script", stdout=PIPE, stderr=STDOUT
    )

    said, _ = await asyncio.wait_for(process.communicate(), 100)

    assert process.returncode == 0, said.decode()
    assert "The whole story went as told." in said.decode()


async def test_a_story_that_does_not_go_as_told_says_where_and_fails(client: Client) -> None:
    out = Console(record=True)

    code = await play(client.control, out)

    assert code == 1
    assert "✗ Slack got its answer" in out.export_text()
