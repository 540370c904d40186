"""The door that Bot Connector knocks at, over real HTTP: what comes through, and what is answered."""

import json

import pytest

from bot.cards import Card
from bot.domain.ids import Channel, Chat
from bot.intents import Status, encode
from bot.ports import IntegrationError
from bot.wording.doors import ADD_ME, IN_OUR_CHAT, TAKEN
from integrations.teams.cards import CONTENT, adaptive
from tests.teams.conftest import Desk, Json
from tests.teams.connector import APP, TENANT, claims, signed
from tests.teams.workspaces import account

CHANNEL: Json = {
    "isGroup": True,
    "conversationType": "channel",
    "tenantId": TENANT,
    "id": "19:internal@x;messageid=1",
}


async def test_a_message_is_a_command_line(teams: Desk) -> None:
    status, _ = await teams.deliver(teams.said("activate dev 1h"))

    [(arrival, text)] = teams.desk.said_
    assert (status, text) == (200, "activate dev 1h")
    assert arrival.account == account("29:one")
    assert arrival.trigger == arrival.reply_to == ""


async def test_the_same_message_again_is_the_same_delivery(teams: Desk) -> None:
    told = teams.said()
    for one in (told, told, {**told, "id": "another"}):
        await teams.deliver(one)

    first, second, third = (arrival.delivery for arrival, _ in teams.desk.said_)
    assert first == second != third


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"{}", 401),
        ({"Authorization": "Bearer x", "Content-Type": "text/plain"}, b"{}", 415),
        ({"Authorization": "Bearer x"}, b"[]", 400),
        ({"Authorization": "Bearer x"}, b"{}", 400),
        ({"Authorization": "Bearer x"}, b'{"type": 1}', 400),
        ({"Authorization": "Bearer x"}, b"[" * 100_000, 400),
        ({"Authorization": "Bearer x"}, b'{"type": "message"}', 401),
        ({"Authorization": "Bearer x"}, b" " * (257 * 1024), 413),
    ],
)
async def test_what_is_no_activity_is_turned_away(
    teams: Desk, headers: dict[str, str], body: bytes, status: int
) -> None:
    sent = {"Content-Type": "application/json", **headers}
    async with teams.session.post(teams.url, data=body, headers=sent) as answer:
        assert answer.status == status
    assert teams.desk.untouched


async def test_what_is_signed_for_another_address_is_turned_away(teams: Desk) -> None:
    status, _ = await teams.deliver(teams.said(), serviceurl="https://smba.trafficmanager.net/x/")

    assert status == 403
    assert teams.desk.untouched


async def test_a_mention_in_a_channel_is_answered_alone_and_says_so(teams: Desk) -> None:
    mention = {
        "type": "mention",
        "text": "<at>AWS Access</at>",
        "mentioned": {"id": f"28:{APP}", "name": "AWS Access"},
    }
    told = teams.said(
        "<at>AWS Access</at>&nbsp;status", conversation=CHANNEL, entities=[mention], id="77"
    )

    await teams.deliver(told)

    [(arrival, text)] = teams.desk.said_
    assert (arrival.account, text) == (account("29:one"), "status")
    [reply] = teams.chat.service.read(CHANNEL["id"])
    assert (reply.activity["text"], reply.replies_to) == (IN_OUR_CHAT, "77")


async def test_who_cannot_be_answered_alone_is_told_in_the_channel_and_nothing_is_done(
    teams: Desk,
) -> None:
    stranger = {"id": "29:new", "aadObjectId": "bbbbbbbb-0000-4000-8000-000000000000"}

    await teams.deliver({**teams.said(conversation=CHANNEL), "from": stranger})

    assert teams.desk.untouched
    [reply] = teams.chat.service.read(CHANNEL["id"])
    assert reply.activity["text"] == ADD_ME


async def test_a_button_is_taken_and_says_so(teams: Desk) -> None:
    action = {"verb": "aws_access", "data": {"aa": {"intent": encode(Status())}}}
    told = teams.invoked("adaptiveCard/action", {"action": action, "trigger": "manual"})

    status, answer = await teams.deliver(told)

    assert (status, answer["statusCode"], answer["value"]) == (200, 200, TAKEN)
    assert [value for _, value in teams.desk.pressed_] == [encode(Status())]


async def test_what_teams_presses_by_itself_shows_a_view_and_changes_nothing(teams: Desk) -> None:
    [refresh] = [adaptive(Card("Needs a decision", views="R-2"))["refresh"]["action"]]
    told = teams.invoked("adaptiveCard/action", {"action": refresh, "trigger": "automatic"})
    teams.desk.card = Card("Needs your decision", views="R-2")

    _, answer = await teams.deliver(told)

    assert (answer["statusCode"], answer["type"]) == (200, CONTENT)
    assert answer["value"] == adaptive(teams.desk.card)
    assert teams.desk.viewed_ == [(account("29:one"), "R-2")]
    teams.desk.card = None
    _, answer = await teams.deliver({**told, "id": "again"})
    assert answer["value"] == ""
    assert teams.desk.untouched


async def test_a_button_pressed_by_itself_does_nothing(teams: Desk) -> None:
    action = {"verb": "aws_access", "data": {"aa": {"intent": encode(Status())}}}
    told = teams.invoked("adaptiveCard/action", {"action": action, "trigger": "automatic"})

    await teams.deliver(told)

    assert teams.desk.untouched


async def test_a_button_of_an_old_client_is_a_message_with_a_value(teams: Desk) -> None:
    told = teams.said(value={"aa": {"intent": encode(Status())}})
    del told["text"]

    await teams.deliver(told)

    assert [value for _, value in teams.desk.pressed_] == [encode(Status())]


async def test_an_invoke_nobody_knows_is_not_implemented(teams: Desk) -> None:
    assert (await teams.deliver(teams.invoked("fileConsent/other", {})))[0] == 501


async def test_the_installation_tells_where_somebody_is_and_its_end_is_obeyed(teams: Desk) -> None:
    new = {"id": "29:new", "aadObjectId": "bbbbbbbb-0000-4000-8000-000000000000"}
    where = {"conversationType": "personal", "tenantId": TENANT, "id": "a:new"}
    told = {**teams.said(type="installationUpdate", conversation=where), "from": new}

    assert (await teams.deliver({**told, "action": "add"}))[0] == 200

    assert teams.desk.untouched
    place = await teams.chat.messenger.places.of_account(account("29:new"))
    assert place is not None
    assert (place.conversation, place.oid) == ("a:new", new["aadObjectId"])
    await teams.deliver({**told, "action": "remove"})
    assert await teams.chat.messenger.places.of_account(account("29:new")) is None


async def test_a_replayed_token_says_nothing_about_another_activity(teams: Desk) -> None:
    told = json.dumps({**teams.said(), "serviceUrl": "https://evil.example/"})
    headers = {"Authorization": signed(claims()), "Content-Type": "application/json"}
    async with teams.session.post(teams.url, data=told, headers=headers) as answer:
        assert answer.status == 403
    assert teams.desk.untouched


async def test_who_installs_anew_is_reached_though_another_replica_heard_of_the_end(
    teams: Desk,
) -> None:
    await teams.deliver(teams.said())
    async with teams.chat.messenger.places._store.begin() as tx:
        await tx.drop_place(Chat.TEAMS, "29:one")

    await teams.deliver(teams.said(type="installationUpdate", action="add"))

    place = await teams.chat.messenger.places.of_account(account("29:one"))
    assert place is not None
    assert place.conversation == "a:1"


async def test_somebody_is_heard_though_their_place_cannot_be_noted(teams: Desk) -> None:
    class Down:
        def begin(self) -> None:
            raise IntegrationError("the database", "full")

    teams.chat.messenger.places._store = Down()  # type: ignore[assignment]

    assert (await teams.deliver(teams.said("help")))[0] == 200

    assert [text for _, text in teams.desk.said_] == ["help"]


async def test_a_team_tells_which_channels_it_has(teams: Desk) -> None:
    team = {"tenant": {"id": TENANT}, "team": {"id": "19:team@x"}}
    where = {"conversationType": "channel", "tenantId": TENANT, "id": "19:general@x"}
    told = teams.said(type="conversationUpdate", conversation=where, channelData=team)
    teams.chat.service.channels["19:new@x"] = []

    await teams.deliver({**told, "membersAdded": [{"id": f"28:{APP}"}]})

    new = await teams.chat.messenger.places.of_channel(Channel(Chat.TEAMS, "19:new@x"))
    assert new.team == "19:team@x"
    await teams.deliver({**told, "id": "2", "membersRemoved": [{"id": f"28:{APP}"}]})
    gone = await teams.chat.messenger.places.of_channel(Channel(Chat.TEAMS, "19:general@x"))
    assert gone.team == ""


async def test_a_channel_that_is_made_later_is_known_too(teams: Desk) -> None:
    made = {"tenant": {"id": TENANT}, "team": {"id": "19:team@x"}, "channel": {"id": "19:late@x"}}
    where = {"conversationType": "channel", "tenantId": TENANT, "id": "19:team@x"}
    told = teams.said(type="conversationUpdate", conversation=where)

    await teams.deliver({**told, "channelData": {**made, "eventType": "channelCreated"}})

    late = await teams.chat.messenger.places.of_channel(Channel(Chat.TEAMS, "19:late@x"))
    assert late.team == "19:team@x"


async def test_a_team_whose_channels_cannot_be_listed_is_noted_all_the_same(teams: Desk) -> None:
    team = {"tenant": {"id": TENANT}, "team": {"id": "19:team@x"}}
    where = {"conversationType": "channel", "tenantId": TENANT, "id": "19:general@x"}
    teams.chat.service.fail("GET", 403)
    told = teams.said(type="installationUpdate", conversation=where, channelData=team, action="add")

    assert (await teams.deliver(told))[0] == 200

    general = await teams.chat.messenger.places.of_channel(Channel(Chat.TEAMS, "19:general@x"))
    assert general.team == "19:team@x"


async def test_when_nothing_can_be_said_in_the_channel_the_answer_still_comes(
    teams: Desk,
) -> None:
    teams.chat.service.closed.add(CHANNEL["id"])

    await teams.deliver(teams.said("help", conversation=CHANNEL))

    assert [text for _, text in teams.desk.said_] == ["help"]


@pytest.mark.parametrize("kind", ["typing", "messageReaction", "endOfConversation", "made-up"])
async def test_other_kinds_of_activities_are_taken_and_do_nothing(teams: Desk, kind: str) -> None:
    assert (await teams.deliver(teams.said(type=kind)))[0] == 200
    assert teams.desk.untouched
