"""Slack's answer to a post is lost, late or broken off: one message of each kind, and it stays true."""

from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from integrations import outbound
from playground.kernel.wire import Kind
from tests.conversations.acts import DEV, activates, links
from tests.conversations.chat import Chat
from tests.conversations.places import SLACK
from tests.conversations.stage import PIM, Stage
from tests.conversations.test_waiting import waits_for_approval

WHERE = (SLACK,)  # Teams lets no bot look for what it has said

POST = "^POST .*/chat.postMessage$"
Break = Callable[[], None]
Act = Callable[[Chat, Stage, Break], Awaitable[None]]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that is not answered is given up after two seconds, so that nobody waits for ten."""
    monkeypatch.setattr(outbound, "session", partial(outbound.session, seconds=2.0))


async def _main(chat: Chat, world: Stage, breaks: Break) -> None:
    await links(chat, "engineer")
    breaks()
    await chat.says("engineer", DEV)
    await chat.noted("engineer")


async def _sign_in(chat: Chat, world: Stage, breaks: Break) -> None:
    await links(chat, "engineer")
    world.fails("graph", f"^POST .*{PIM}", "status", status=429, retry_after=1.5)
    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    await chat.hears("engineer", "Activating dev-poweruser")
    world.entra("policy", access="dev-poweruser", acrs="c1")
    breaks()


async def _ready(chat: Chat, world: Stage, breaks: Break) -> None:
    await activates(chat)
    breaks()
    await world.skips("PT5M")


async def _ending(chat: Chat, world: Stage, breaks: Break) -> None:
    await activates(chat)
    await world.skips("PT48M")
    await chat.hears_rest("engineer", "AWS has your membership")
    breaks()


async def _denied(chat: Chat, world: Stage, breaks: Break) -> None:
    await waits_for_approval(chat)
    world.entra("deny", who="approver", access="prod-admin")
    breaks()
    await world.skips("PT1M")


KINDS: dict[str, tuple[Act, str, str]] = {
    "main": (_main, "dev-poweruser is active", "dev-poweruser has ended"),
    "sign-in": (_sign_in, "Sign in to activate dev-poweruser", "dev-poweruser: lapsed"),
    "ready": (_ready, "AWS has your membership", "dev-poweruser has ended"),
    "ending": (_ending, "dev-poweruser ends soon", "dev-poweruser has ended"),
    "denied": (_denied, "prod-admin: denied", ""),
}


@pytest.mark.parametrize("fault", ["lost_answer", "timeout", "reset"])
@pytest.mark.parametrize("topic", KINDS)
async def test_one_message_of_each_kind(chat: Chat, world: Stage, topic: str, fault: Kind) -> None:
    act, words, afterwards = KINDS[topic]

    await act(chat, world, lambda: world.fails("slack", POST, fault))
    await world.skips("PT3M")

    await chat.hears_rest("engineer", words)
    assert world.world.wire.faults == []
    tried = [c.body["metadata"] for c in world.calls("slack", POST) if not c.delivered]
    assert [one["event_payload"]["topic"] for one in tried] == [topic]
    assert _messages(world)[topic] == 1
    await world.skips("PT1H5M")
    if afterwards:
        await chat.hears_rest("engineer", afterwards)
    if topic == "denied":
        await chat.hears_rest("approver", words)
    assert set(_messages(world).values()) == {1}


def _messages(world: Stage) -> Counter[str]:
    """How many messages about the request there are of each kind."""
    told = [m["raw"].get("metadata", {}) for m in world.world.slack.messages("engineer")]
    payloads = [one["event_payload"] for one in told if one]
    return Counter(one["topic"] for one in payloads if "topic" in one)
