"""A channel hears of an access that names it; one that another organisation reads never does."""

import re

import pytest

from tests.conversations.acts import links
from tests.conversations.chat import Chat
from tests.conversations.places import SLACK
from tests.conversations.stage import Stage, Ways

WHERE = (SLACK,)  # its channels; those of Teams are in test_teams.py

READ = "/aws-access activate prod-readonly 1h looking <!channel> @here *at* logs"
PROD = "/aws-access activate prod-admin 1h INC-42 hotfix"
MEMBERS = ("approver", "admin", "outsider")


@pytest.fixture
def ways() -> Ways:
    told = ("slack:C0PROD", "slack:C0PARTNERS", "teams:19:abc@thread.tacv2")
    return Ways(notified={"prod-readonly": told, "prod-admin": ("slack:C0PROD", "slack:C0GONE")})


async def everybody_hears(chat: Chat, *words: str, besides: tuple[str, ...] = ()) -> str:
    """Every full member reads the channel; what the last of them reads."""
    told = ""
    for who in sorted({"engineer", "engineer-admin", "controller-one", "controller-two", *MEMBERS}):
        if who not in besides:
            told = str((await chat.hears(who, *words)).text)
    return told


async def test_a_channel_reads_what_is_activated_and_how_it_ended(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    await chat.says("engineer", READ)
    await chat.noted("engineer")
    await chat.hears_each("engineer", "prod-readonly is active", "prod-readonly: activated")

    told = await everybody_hears(
        chat, "prod-readonly: activated", "!channel> @here *at*", besides=("engineer",)
    )

    assert re.search(r"Entra activated it at .*, until .* at the latest", told)
    posts = [call.body for call in world.calls("slack", "chat.postMessage")]
    assert [b["channel"] for b in posts].count("C0PROD") == 1
    assert "C0PARTNERS" not in {b["channel"] for b in posts}
    [posted] = [b for b in posts if b["channel"] == "C0PROD"]
    assert "<!" not in posted["text"]
    kinds = re.findall(r"'type': '(\w+)'", str(posted["blocks"]))
    assert {"user", "usergroup", "broadcast", "link"}.isdisjoint(kinds)
    assert "channel_is_shared" in world.log.getvalue()
    await world.jumps("PT1H1M")
    await chat.hears_rest("engineer", "prod-readonly: ended")
    await everybody_hears(chat, "prod-readonly: ended", "over in Entra", besides=("engineer",))


async def test_a_denial_is_told_and_a_channel_that_is_gone_stops_nothing(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    await chat.says("engineer", PROD)
    await chat.noted("engineer")
    await chat.hears_each("engineer", "prod-admin waits for approval", "prod-admin: asked for")
    await everybody_hears(chat, "prod-admin: asked for", besides=("engineer",))

    world.entra("deny", who="approver", access="prod-admin")
    await world.skips("PT2M")

    await chat.hears_rest("engineer", "It was denied in Entra")
    await everybody_hears(chat, "prod-admin: denied", besides=("engineer",))
    assert "channel_not_found" in world.log.getvalue()
    await chat.hears_rest("approver", "prod-admin: denied")
