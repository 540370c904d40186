"""A world without a bot, in which things can be broken, and the doctor's findings about it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.doctor.findings import Finding, Verdict
from bot.doctor_app import examine
from bot.settings import from_environment
from playground.access_file import render
from playground.settings import REDIRECT, Told, bot_settings, new_token_keys
from playground.world import World

USER = "engineer@playground.example"
PATIENCE = 30.0
Where = tuple[str, str]
"""A check and its subject."""


@dataclass
class Surgery:
    """What the control interface does, and the examination of what came of it."""

    world: World
    environ: dict[str, str]

    def entra(self, op: str, **args: Any) -> None:
        assert "refused" not in self.world.entra.operate(op, args)

    def app(self, **args: Any) -> None:
        self.entra("app", app="AWS IAM Identity Center", **args)

    def aws(self, op: str, **args: Any) -> None:
        self.world.aws.operate(op, args)

    def slack(self, **args: Any) -> None:
        self.world.slack.set_up(**{"scopes": None, "revoked": None, "org_wide": None, **args})

    async def findings(self, user: str = USER, seconds: float = PATIENCE) -> Sequence[Finding]:
        told: list[Finding] = []
        found = await examine(from_environment(self.environ), user, seconds, told.append)
        assert told == list(found)
        return found


@asynccontextmanager
async def surgery(folder: Path) -> AsyncIterator[Surgery]:
    world = World(folder)
    await world.start()
    try:
        world.entra.register_redirect(f"{world.balancer.url}{REDIRECT}")
        access = folder / "access.toml"
        access.write_text(render())
        url = f"sqlite+aiosqlite:///{folder / 'bot.db'}"
        told = Told(url, access, new_token_keys(), folder / "anchor")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
            for name, value in world.aws.environment().items():
                patch.setenv(name, value)
            yield Surgery(world, bot_settings(world, told))
    finally:
        await world.stop()


def verdicts(findings: Sequence[Finding]) -> dict[Where, tuple[Verdict, str]]:
    return {(one.check, one.subject): (one.verdict, one.what) for one in findings}
