"""What Slack signed once counts once, whoever sends it again and whenever the bot was restarted."""

import pytest

from tests.conversations.evidence import tables_of
from tests.process.hostile import CORPUS
from tests.process.processes import Started
from tests.process.remote import Remote
from tests.process.shots import Signer, command, signed_command
from tests.process.test_hostile import STATUS, addresses, fired

LINE = "activate dev-poweruser 1h INC-42 because"


async def answered(world: Remote, started: Started, shot: bytes) -> int:
    """The status of the bot that was started last."""
    [status] = STATUS.findall(await fired(addresses(world, started)[-2], shot))
    return int(status)


@pytest.mark.parametrize("text", [LINE, "link"])
async def test_a_captured_command_has_one_effect_across_kills_and_restarts(
    world: Remote, started: Started, text: str
) -> None:
    signer = Signer(world.told["slack_signing_secret"])
    shot = signed_command(signer, command(user_id="U0ENGINEER", text=text, response_url=None))
    await world.starts_bot()
    assert await answered(world, started, shot) == 200
    await world.post("/settle", seconds=20)
    before = {name: len(rows) for name, rows in tables_of(world.url).items()}
    assert before["sign_in"] == 1

    for _ in range(2):
        await world.kills_bot()
        await world.starts_bot()
        assert await answered(world, started, shot) == 200
    await world.post("/settle", seconds=20)

    assert {name: len(rows) for name, rows in tables_of(world.url).items()} == before


async def test_a_withdrawn_request_is_not_asked_again_by_a_replay(
    world: Remote, started: Started
) -> None:
    signer = Signer(world.told["slack_signing_secret"])
    shot = signed_command(signer, command(user_id="U0ENGINEER", text=LINE, response_url=None))
    await world.starts_bot()
    await answered(world, started, shot)
    await world.post("/settle", seconds=20)
    await world.says("engineer", "withdraw")
    await world.post("/settle", seconds=20)

    await world.kills_bot()
    await world.starts_bot()
    await answered(world, started, shot)
    await world.post("/settle", seconds=20)

    [request] = tables_of(world.url)["request"]
    assert request["state"] == "withdrawn"


async def test_two_secrets_are_good_during_a_rotation_and_one_after_it(
    world: Remote, started: Started
) -> None:
    env, old = world.told["serve"]["env"], world.told["slack_signing_secret"]
    env["SLACK_SIGNING_SECRET"] = f"the-new-one,{old}"
    await world.starts_bot()

    for secret, status in ((old, 200), ("the-new-one", 200), ("another", 401)):
        assert await answered(world, started, signed_command(Signer(secret), command())) == status

    env["SLACK_SIGNING_SECRET"] = "the-new-one"
    await world.stops_bot()
    await world.starts_bot()
    for secret, status in ((old, 401), ("the-new-one", 200), ("another", 401)):
        assert await answered(world, started, signed_command(Signer(secret), command())) == status
    for shot in CORPUS["signatures"](Signer("the-new-one")):
        assert b" 401 " in await fired(addresses(world, started)[-2], shot.raw), shot.name
