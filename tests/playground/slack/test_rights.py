from collections.abc import Callable
from datetime import timedelta

import aiohttp
import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire
from playground.slack.facade import Slack
from playground.slack.refusals import Refusal
from playground.slack.rights import Triggers
from tests.playground.slack.kit import actions, button, section
from tests.playground.slack.listening_bot import ListeningBot


def ticking() -> tuple[list[float], Callable[[], float]]:
    now = [0.0]
    return now, lambda: now[0]


def test_a_trigger_works_for_three_seconds() -> None:
    now, seconds = ticking()
    triggers = Triggers(seconds)
    fresh, stale = triggers.mint("U1"), triggers.mint("U1")
    now[0] = 3.0
    assert triggers.exchange(fresh) == "U1"
    now[0] = 3.1
    with pytest.raises(Refusal, match="expired_trigger_id"):
        triggers.exchange(stale)


def test_a_trigger_works_once_and_a_made_up_one_never() -> None:
    triggers = Triggers()
    trigger_id = triggers.mint("U1")
    triggers.exchange(trigger_id)
    with pytest.raises(Refusal, match="exchanged_trigger_id"):
        triggers.exchange(trigger_id)
    with pytest.raises(Refusal, match="invalid_arguments") as refused:
        triggers.exchange("1.2.3")
    assert refused.value.messages == ("[ERROR] invalid `trigger_id` [json-pointer:/trigger_id]",)


async def test_a_response_url_works_five_times(slack: Slack, bot: ListeningBot, wire: Wire) -> None:
    await slack.say("engineer", "/aws-access help")
    webhook = AsyncWebhookClient(bot.payload["response_url"])
    statuses = [(await webhook.send(text=f"{n}")).status_code for n in range(6)]
    assert statuses == [200, 200, 200, 200, 200, 404]
    assert "used_url" in (await webhook.send(text="x")).body
    rows = slack.messages("engineer")
    assert [(r["text"], r["ephemeral"]) for r in rows] == [(f"{n}", True) for n in range(5)]
    assert {(c.system, c.as_) for c in wire.calls} == {("slack", "bot")}
    assert wire.calls[0].body == {"text": "0"}


async def test_a_response_url_works_for_thirty_minutes_of_world_time(
    slack: Slack, bot: ListeningBot, clock: WorldClock
) -> None:
    await slack.say("engineer", "/aws-access help")
    webhook = AsyncWebhookClient(bot.payload["response_url"])
    clock.step_to(clock.now() + timedelta(minutes=29))
    assert (await webhook.send(text="in time")).status_code == 200
    clock.step_to(clock.now() + timedelta(minutes=2))
    late = await webhook.send(text="late")
    assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_a_response_can_be_for_everybody(slack: Slack, bot: ListeningBot) -> None:
    await slack.say("engineer", "/aws-access help")
    webhook = AsyncWebhookClient(bot.payload["response_url"])
    await webhook.send(text="all", response_type="in_channel")
    assert slack.messages("engineer")[0]["ephemeral"] is False


async def test_a_response_can_replace_and_delete_the_message_it_came_from(
    slack: Slack, bot: ListeningBot
) -> None:
    bot.answers = [{"text": "pick", "blocks": [section("pick"), actions(button("Go"))]}]
    await slack.say("engineer", "/aws-access help")
    [row] = slack.messages("engineer")
    await slack.press("engineer", row["id"], "Go")
    webhook = AsyncWebhookClient(bot.payload["response_url"])
    await webhook.send(text="gone", replace_original=True)
    [replaced] = slack.messages("engineer")
    assert (replaced["id"], replaced["text"], replaced["new"]) == (row["id"], "gone", False)
    await webhook.send(delete_original=True)
    assert slack.messages("engineer") == []


async def test_a_bad_response_is_refused(slack: Slack, bot: ListeningBot) -> None:
    await slack.say("engineer", "/aws-access help")
    url = bot.payload["response_url"]
    webhook = AsyncWebhookClient(url)
    bad = await webhook.send(text="x", blocks=[section("x" * 3001)])
    assert (bad.status_code, "invalid_blocks" in bad.body) == (400, True)
    async with aiohttp.ClientSession() as session, session.post(url, data=b"[") as answer:
        assert (await answer.json())["error"] == "invalid_payload"
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.workspace.address}/response/nothing", json={"text": "x"}) as answer,
    ):
        assert answer.status == 404
