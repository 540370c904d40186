"""kill -9 of a bot that keeps nobody's tokens: it asks for a sign-in again, and finds what it did."""

import pytest

from tests.process.judging import judged
from tests.process.remote import Remote
from tests.process.watcher import watching


@pytest.fixture
def options() -> tuple[str, ...]:
    return ("--no-token-keys",)


async def test_a_grant_whose_answer_and_token_were_lost_is_found_without_a_sign_in(
    world: Remote,
) -> None:
    await world.starts_bot()
    async with watching(world, "engineer") as watcher:
        await world.says("engineer", "activate dev-poweruser 1h INC-42 because")
        await world.fails("lost_answer")
        assert "Signed in" in await world.signs_in("engineer")
        await world.sends_to_pim(1)
        await world.kills_bot()
        await watcher.look()
        await world.starts_bot()
        await world.settles_as("engineer", "granted", ["dev-poweruser"])
    assert len(await world.asked_of_pim()) == 1
    await judged(world, watcher, {"dev-poweruser"})


async def test_what_waits_in_pim_unseen_is_not_guessed_at(world: Remote) -> None:
    """Only its person can see a request that waits; so the card says what the bot does not know."""
    await world.starts_bot()
    async with watching(world, "engineer") as watcher:
        await world.says("engineer", "activate prod-admin 1h INC-42 because")
        await world.fails("lost_answer")
        await world.signs_in("engineer")
        await world.sends_to_pim(1)
        await world.kills_bot()
        await world.starts_bot()

        async def told() -> bool:
            await world.post("/clock", advance="PT5S")
            cards = [r["text"] for r in await world.messages("engineer") if r["state"]]
            return any("I asked Entra, got no answer" in text for text in cards)

        await world.until(told)
        await world.signs_in("engineer")
        await world.settles_as("engineer", "awaiting approval", ["prod-admin"])
    assert len(await world.asked_of_pim()) == 1
    await judged(world, watcher, set())
