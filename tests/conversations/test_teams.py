"""What only Teams does: its own sign-in, its channels, removing the app, its redeliveries and losses."""

import asyncio
from functools import partial

import pytest

from integrations import outbound
from playground.cast import PEOPLE
from playground.kernel.wire import Kind
from tests.conversations.acts import DEV, activates, asks, links
from tests.conversations.chat import Chat
from tests.conversations.places import MIXED, TEAMS
from tests.conversations.stage import Stage, Ways

WHERE = (TEAMS,)
PROD = "/aws-access activate prod-admin 1h INC-42 failing payments"
CHANNEL = "19:prod@thread.tacv2"


@pytest.fixture
def ways(request: pytest.FixtureRequest) -> Ways:
    told = (f"teams:{CHANNEL}", "teams:19:partners@thread.tacv2", "teams:19:gone@thread.tacv2")
    heard = {"prod-readonly": told} if "a_channel_reads" in request.node.name else {}
    by_itself = "signs_in_by_itself" in request.node.name
    return Ways(single_sign_on=by_itself, notified=heard)


async def test_teams_signs_in_by_itself_and_nobody_presses_anything(
    chat: Chat, world: Stage
) -> None:
    await chat.says("engineer", DEV)
    async with asyncio.timeout(20):
        while not world.events("granted"):  # noqa: ASYNC110  nobody waits for a client that signs in
            await asyncio.sleep(0.02)

    active = await chat.hears("engineer", "dev-poweruser is active")

    assert active.state == "granted"
    exchanged = [c.body for c in world.calls("login", "/token$") if "jwt-bearer" in str(c.body)]
    assert [body["requested_token_use"] for body in exchanged] == ["on_behalf_of"]
    assert [call.as_ for call in world.asked_of_pim()] == [f"user:{PEOPLE['engineer'].oid}"]
    assert len(world.events("linked")) == 1


async def test_without_consent_teams_signs_in_by_itself_nobody_and_the_button_does(
    chat: Chat, world: Stage
) -> None:
    world.world.teams.tenant.unconsenting.add("engineer")
    await chat.says("engineer", DEV)
    card = await chat.hears("engineer", "Sign in to activate dev-poweruser")

    assert "Signed in" in await chat.signs_in("engineer", card)

    await chat.hears("engineer", "dev-poweruser is active")
    assert not [c for c in world.calls("login", "/token$") if "jwt-bearer" in str(c.body)]


async def test_a_step_up_teams_signs_in_by_itself_nobody_for(chat: Chat, world: Stage) -> None:
    """Its token proves nothing stronger, so the browser is asked for at once."""
    world.entra("policy", access="dev-poweruser", acrs="c1")

    await chat.says("engineer", DEV)

    card = (await chat.hears_rest("engineer", "Sign in to activate dev-poweruser"))[-1]
    assert "Signed in" in await chat.signs_in("engineer", card)
    await chat.hears_rest("engineer", "dev-poweruser is active")
    assert len(world.asked_of_pim()) == 1


async def test_what_is_asked_in_teams_is_approved_in_slack(chat: Chat, world: Stage) -> None:
    for who in ("engineer", "approver"):
        await links(chat, who)
    await chat.says("engineer", PROD)
    await chat.hears("engineer", "prod-admin waits for approval")
    card = await chat.hears("approver", "prod-admin needs your decision", "failing payments")

    await chat.presses("approver", card, "Approve")

    await chat.hears_each("approver", "Noted: approve", "prod-admin: approved")
    await chat.hears("engineer", "prod-admin is active", "Avery Approver approved it at")
    other = world.world.teams.messages("teams-approver")
    assert [row["text"].partition("\n")[0] for row in other] == ["prod-admin: approved"]


@pytest.mark.where(MIXED)
async def test_what_is_asked_in_slack_is_denied_in_teams(chat: Chat, world: Stage) -> None:
    for who in ("engineer", "teams-approver"):
        await links(chat, who)
    await chat.says("engineer", PROD)
    await chat.hears_rest("engineer", "prod-admin waits for approval")
    card = await chat.hears("teams-approver", "prod-admin needs your decision")

    await chat.presses("teams-approver", card, "Deny…")
    form = await chat.form("teams-approver")
    await chat.submits("teams-approver", form, Reason="the change freeze is on")

    await chat.closed_form("teams-approver")
    await chat.hears("teams-approver", "prod-admin: denied", "You denied it at")
    told = await chat.hears_rest("engineer", "Terry Approver denied it at")
    assert all("the change freeze is on" in one for one in told)


async def test_who_has_no_say_reads_and_decides_nothing_with_another_s_button(
    chat: Chat, world: Stage
) -> None:
    for who in ("engineer", "teams-approver", "outsider"):
        await links(chat, who)
    await chat.says("engineer", PROD)
    await chat.hears_rest("engineer", "prod-admin waits for approval")
    card = await chat.hears("teams-approver", "prod-admin needs your decision")

    await chat.presses("outsider", card, "Deny…", force=True)
    form = await chat.form("outsider")
    await chat.presses("outsider", card, "Approve", force=True)

    assert "You do not decide this one" in form.text
    assert form.fields == {}
    assert not form.submits
    told = await chat.hears("outsider", "You do not decide this one")
    for text in (form.text, str(told)):
        assert "Erin" not in text
        assert "failing payments" not in text
    assert world.requests()[0]["state"] == "awaiting approval"


async def test_who_mentions_the_bot_in_a_channel_is_answered_alone(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")

    told = await world.world.teams.say(
        "engineer", "activate dev-poweruser 1h INC-1 index", 1, CHANNEL
    )

    assert told["status"] == 200
    await chat.hears_each("engineer", "dev-poweruser is active", "I answer you in our own chat")
    for who in ("admin", "teams-approver"):
        await chat.hears(who, "I answer you in our own chat")


async def test_a_channel_reads_what_is_activated_and_one_that_others_read_does_not(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    await chat.says("engineer", "/aws-access activate prod-readonly 1h looking at *logs*")
    await chat.hears_each("engineer", "prod-readonly is active", "prod-readonly: activated")

    for who in ("admin", "teams-approver"):
        told = await chat.hears(who, "prod-readonly: activated", "looking at *logs*")
        assert told.id.startswith(CHANNEL)
    channels = {m.conversation.id for m in world.world.teams.tenant.messages} - {"a:1engineer"}
    assert channels == {CHANNEL}
    await world.jumps("PT1H1M")
    await chat.hears_rest("engineer", "prod-readonly: ended")
    for who in ("admin", "teams-approver"):
        await chat.hears_rest(who, "prod-readonly: ended")


async def test_who_has_removed_the_app_is_not_written_to_and_is_again_once_it_is_back(
    chat: Chat, world: Stage
) -> None:
    await activates(chat)
    await world.world.teams.operate("uninstall", "engineer")
    await world.skips("PT10M")
    await chat.hears_nothing("engineer")
    assert "not installed" in await chat.cannot_say("engineer", "status")

    await world.world.teams.operate("install", "engineer")
    await chat.says("engineer", "/aws-access status")

    await chat.hears_rest("engineer", "dev-poweruser is active in Entra until")
    await world.skips("PT2H")
    await chat.hears_rest("engineer", "dev-poweruser has ended")


async def test_what_teams_delivers_again_counts_once(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    await chat.says("engineer", DEV, times=3)
    card = await chat.hears("engineer", "dev-poweruser is active")
    await world.skips("PT10M")
    await chat.hears_rest("engineer", "AWS has your membership")

    await chat.presses("engineer", card, "Deactivate", times=3)

    await chat.hears_rest("engineer", "dev-poweruser has ended")
    assert len(world.asked_of_pim()) == 1
    assert len(world.asked_of_pim("selfDeactivate")) == 1


@pytest.mark.parametrize("kind", ["status", "reset"])
async def test_teams_out_of_reach_loses_no_card(chat: Chat, world: Stage, kind: Kind) -> None:
    await links(chat, "engineer")
    world.fails("teams", "^POST .*/activities$", kind, status=503, times=2)

    await chat.says("engineer", DEV)
    await world.skips("PT3M")

    await chat.hears_rest("engineer", "dev-poweruser is active")
    assert world.world.wire.faults == []


@pytest.mark.parametrize("kind", ["lost_answer", "timeout"])
async def test_an_edit_whose_answer_is_lost_comes_true(
    chat: Chat, world: Stage, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    monkeypatch.setattr(outbound, "session", partial(outbound.session, seconds=2.0))
    card = await asks(chat)
    world.fails("teams", "^PUT ", kind)

    await chat.signs_in("engineer", card)
    await world.skips("PT3M")

    told = await chat.hears("engineer", "dev-poweruser is active")
    assert told.id == card.id


async def test_teams_that_asks_for_patience_gets_it(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    world.fails("teams", "^POST .*/activities$", "status", status=429, retry_after=1.5, times=2)

    await chat.says("engineer", DEV)

    await chat.hears("engineer", "dev-poweruser is active")
