"""`aws-access serve`: how it starts, how it refuses to, and how it ends."""

from tests.conversations.evidence import tables_of
from tests.process.processes import BOT, Started, finished
from tests.process.remote import Remote

BAD = {
    "DEV_LOOPBACK": "1",
    "HOST": "0.0.0.0",  # noqa: S104  which is what must be refused
    "PORT": "a lot",
    "PUBLIC_URL": "http://127.0.0.1:1",
    "SLACK_BOT_TOKEN": "nothing like it",
    "AZURE_TENANT_ID": "contoso",
    "AZURE_CLIENT_ID": "6731de76-14a6-49ae-97bc-6eba6914391e",
    "ACCESS_FILE": "/nowhere/access.toml",
    "TOKEN_KEYS": "short",
}


async def test_everything_that_is_wrong_is_said_at_once(started: Started) -> None:
    process = await started.start(*BOT, "serve", env=BAD)

    code, _ = await finished(process)

    assert code == 2
    said = started.logged()
    for name in (
        "HOST",
        "PORT",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "AZURE_TENANT_ID",
        "ACCESS_FILE",
        "TOKEN_KEYS",
    ):
        assert name in said, said
    assert "Traceback" not in said


async def test_a_second_bot_on_the_same_file_is_refused_in_a_sentence(
    world: Remote, started: Started
) -> None:
    await world.starts_bot()
    serve = world.told["serve"]

    second = await started.start(*serve["command"], env=serve["env"])

    assert (await finished(second))[0] == 2
    assert "Another process serves from this SQLite file" in started.logged()
    assert "Traceback" not in started.logged()
    await world.says("engineer", "help")


async def test_being_told_to_end_it_ends_in_time_and_loses_nothing(world: Remote) -> None:
    """In the middle of a call that is not answered."""
    await world.starts_bot()
    await world.links("engineer")
    await world.fails("timeout")
    await world.says("engineer", "activate dev-poweruser 1h INC-42 because")
    await world.sends_to_pim(1)

    assert await world.stops_bot() == 0

    [request] = tables_of(world.url)["request"]
    assert request["state"] in {"activating", "unknown"}
    await world.starts_bot()
    await world.settles_as("engineer", "granted", ["dev-poweruser"])
    assert len((await world.truth()).held) == 1
