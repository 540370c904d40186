"""The real bot as a child process: what it is told, where it writes, and that it ends with us."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

SERVE = (sys.executable, "-m", "bot", "serve")
LEASH = Path(__file__).with_name("leash.py")

PASSED_ON = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "PATH", "SYSTEMROOT", "TMPDIR", "TZ")
"""What the bot may know of its surroundings; everything else it is told by us."""

GRACE_SECONDS = 15.0
"""How long the bot may take to finish what it is doing before it is killed."""


class BotEndedError(Exception):
    """The bot ended although nobody asked it to; `log` is the end of what it wrote."""

    def __init__(self, code: int, log: str) -> None:
        super().__init__(f"the bot ended with exit code {code}")
        self.code = code
        self.log = log


class BotProcess:
    """One replica of the bot. Its output goes to `log`; it never outlives this process."""

    def __init__(self, env: Mapping[str, str], log: Path, command: Sequence[str] = SERVE) -> None:
        self._env = dict(env)
        self._log = log
        self._command = command
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; it is ready when it has registered and answers /readyz."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-S",
                str(LEASH),
                str(os.getpid()),
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={**surroundings(), **self._env},
            )

    async def stop(self) -> None:
        """Ask it to end, and end it when it does not."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), GRACE_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def ended(self) -> BotEndedError:
        """Wait until it ends by itself."""
        if self._process is None:
            raise RuntimeError("the bot is not started")
        code = await self._process.wait()
        return BotEndedError(code, self.last_words())

    def last_words(self, characters: int = 4000) -> str:
        """The end of what it wrote."""
        return self._log.read_text(errors="replace")[-characters:] if self._log.exists() else ""


def surroundings() -> dict[str, str]:
    """What of our own environment the bot is given."""
    mine = os.environ  # noqa: TID251  (this module is the one that looks at our surroundings)
    return {name: mine[name] for name in PASSED_ON if name in mine}


def has_display() -> bool:
    """Whether a web browser with windows can be opened from here."""
    mine = os.environ  # noqa: TID251  (this module is the one that looks at our surroundings)
    return sys.platform != "linux" or bool(mine.get("DISPLAY") or mine.get("WAYLAND_DISPLAY"))
