"""A child of the playground ends with it, however the playground ends."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from playground.bots import BotProcess, surroundings

FOREVER = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)")
PARENT = r"""
import asyncio, sys
from pathlib import Path
from playground.bots import BotProcess
TICKING = "import time\nwhile True: print('tick', flush=True); time.sleep(0.02)"
async def main():
    await BotProcess({}, Path(sys.argv[1]), (sys.executable, "-c", TICKING)).start()
    await asyncio.sleep(60)
asyncio.run(main())
"""


def written(log: Path) -> str:
    return log.read_text() if log.exists() else ""


async def until_written(log: Path) -> str:
    for _ in range(200):
        if (text := written(log)).endswith("\n"):
            return text
        await asyncio.sleep(0.05)
    pytest.fail("the child wrote nothing")


async def test_a_killed_playground_leaves_no_bot(tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, str(log))
    await until_written(log)

    parent.send_signal(signal.SIGKILL)
    await parent.wait()

    for _ in range(20):
        before = written(log)
        await asyncio.sleep(0.25)
        if written(log) == before:
            return
    pytest.fail("the bot outlived the playground")


async def test_stopping_ends_the_bot_at_once_when_it_obeys(tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    bot = BotProcess({}, log, FOREVER)
    await bot.start()
    await until_written(log)

    await asyncio.wait_for(bot.stop(), 5)

    assert (await bot.ended()).code == -signal.SIGTERM


async def test_a_bot_that_ends_by_itself_is_reported_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    bot = BotProcess({}, log, (sys.executable, "-c", "raise SystemExit('no settings')"))
    await bot.start()

    ended = await bot.ended()

    assert ended.code == 1
    assert "no settings" in ended.log
    await bot.stop()


async def test_the_bot_hears_nothing_of_the_environment_but_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-of-somebody")
    monkeypatch.setenv("HTTPS_PROXY", "http://elsewhere")
    log = tmp_path / "bot.log"
    show = (sys.executable, "-c", "import os; print(sorted(os.environ))")
    bot = BotProcess({"PORT": "0"}, log, show)

    await bot.start()
    await bot.ended()

    seen = await until_written(log)
    assert "'PORT'" in seen
    assert "SLACK_APP_TOKEN" not in seen
    assert "HTTPS_PROXY" not in seen
    assert "PATH" in surroundings()
