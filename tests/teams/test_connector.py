"""The way out to Teams: what is tried again, what is given up, and where nothing is ever sent."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bot.cards import Card
from bot.messaging import MessageGoneError, UnreachableError
from bot.ports import IntegrationError, Outcome
from integrations.teams.connector import Connector, Where
from integrations.teams.limits import Limits
from tests.contracts.messenger import CARD
from tests.teams.connector import TENANT
from tests.teams.service import TOKEN
from tests.teams.workspaces import TeamsWorkspace, account

SAID = {"type": "message", "text": "…"}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow each other at once."""
    monkeypatch.setattr("integrations.teams.connector.random.uniform", lambda _a, _b: 0.001)


def posts(chat: TeamsWorkspace) -> int:
    return sum(method == "POST" for method, _ in chat.service.calls)


@pytest.mark.parametrize("status", [412, 429])
async def test_what_surely_did_not_happen_is_tried_again(
    teams_chat: TeamsWorkspace, status: int
) -> None:
    teams_chat.service.fail("POST", status, times=2)

    await teams_chat.messenger.post(teams_chat.member, CARD)

    assert posts(teams_chat) == 3
    assert len(teams_chat.read(teams_chat.member)) == 1


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_message_that_may_stand_is_not_posted_again(
    teams_chat: TeamsWorkspace, status: int
) -> None:
    teams_chat.service.fail("POST", status)

    with pytest.raises(IntegrationError) as failed:
        await teams_chat.messenger.post(teams_chat.member, CARD)

    assert failed.value.outcome is Outcome.UNKNOWN
    assert not failed.value.permanent
    assert posts(teams_chat) == 1


@pytest.mark.parametrize("status", [412, 502, 504])
async def test_what_may_happen_twice_is_tried_again(
    teams_chat: TeamsWorkspace, status: int
) -> None:
    posted = await teams_chat.messenger.post(teams_chat.member, CARD)
    for method in ("PUT", "GET", "DELETE"):
        teams_chat.service.fail(method, status, times=2)

    await teams_chat.messenger.update(posted, Card("Ended"))
    assert (await teams_chat.messenger.profile(teams_chat.member)).stands == ""
    assert await teams_chat.messenger.retract(posted)


async def test_after_some_tries_it_is_given_up_for_now(teams_chat: TeamsWorkspace) -> None:
    teams_chat.service.fail("POST", 412, times=9)

    with pytest.raises(IntegrationError) as failed:
        await teams_chat.messenger.post(teams_chat.member, CARD)

    assert failed.value.outcome is Outcome.DID_NOT
    assert posts(teams_chat) == 3


async def test_when_to_come_back_may_be_a_date(teams_chat: TeamsWorkspace) -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    told = {"Retry-After": format_datetime(now + timedelta(seconds=40), usegmt=True)}
    told["Date"] = format_datetime(now, usegmt=True)
    teams_chat.service.fail("POST", 429, headers=told)

    with pytest.raises(IntegrationError) as limited:
        await teams_chat.messenger.post(teams_chat.member, CARD)

    assert limited.value.retry_after == 40


async def test_a_conversation_that_takes_no_messages_is_unreachable(
    teams_chat: TeamsWorkspace,
) -> None:
    teams_chat.service.closed.add(teams_chat.service.conversation("29:one"))

    with pytest.raises(UnreachableError):
        await teams_chat.messenger.post(teams_chat.member, CARD)


async def test_a_conversation_that_is_gone_is_begun_anew_the_next_time(
    teams_chat: TeamsWorkspace,
) -> None:
    teams_chat.service.fail("POST", 404, code="ConversationNotFound")
    with pytest.raises(UnreachableError):
        await teams_chat.messenger.post(teams_chat.member, CARD)

    teams_chat.service.personal["29:one"] = "a:new"
    posted = await teams_chat.messenger.post(teams_chat.member, CARD)

    assert posted.channel == "a:new"


async def test_our_own_credential_refused_is_no_ones_unreachability(
    teams_chat: TeamsWorkspace,
) -> None:
    teams_chat.service.fail("POST", 401)

    with pytest.raises(IntegrationError) as refused:
        await teams_chat.messenger.post(teams_chat.member, CARD)

    assert refused.value.permanent
    assert not isinstance(refused.value, UnreachableError)


async def test_a_gone_message_is_not_mistaken_for_a_gone_conversation(
    teams_chat: TeamsWorkspace,
) -> None:
    posted = await teams_chat.messenger.post(teams_chat.member, CARD)
    teams_chat.service.fail("PUT", 404, code="ConversationNotFound")
    with pytest.raises(UnreachableError):
        await teams_chat.messenger.update(posted, CARD)

    teams_chat.service.fail("PUT", 404)
    with pytest.raises(MessageGoneError):
        await teams_chat.messenger.update(posted, CARD)


async def test_without_a_server_nothing_happened() -> None:
    from aiohttp import ClientSession  # noqa: PLC0415

    async def token() -> str:
        return TOKEN

    async with ClientSession() as session:
        alone = Connector(session, token, Limits())
        with pytest.raises(IntegrationError) as failed:
            await alone.send(Where("http://127.0.0.1:9", "a:1"), SAID)

    assert failed.value.outcome is Outcome.DID_NOT
    assert not failed.value.permanent


async def test_somebody_of_another_tenant_is_a_stranger(teams_chat: TeamsWorkspace) -> None:
    teams_chat.service.members["29:one"]["tenantId"] = "00000000-0000-4000-8000-000000000001"

    assert (await teams_chat.messenger.profile(teams_chat.member)).stands == "stranger"


@pytest.mark.parametrize(
    ("key", "value", "stands"),
    [
        ("tenantId", None, "unknown"),
        ("aadObjectId", None, "unknown"),
        ("aadObjectId", "bbbbbbbb-0000-4000-8000-000000000000", "unknown"),
        ("id", "29:two", "unknown"),
        ("userPrincipalName", None, "unknown"),
        ("userPrincipalName", "a_b.example#EXT#@x.onmicrosoft.com", "guest"),
        ("userRole", "anonymous", "guest"),
        ("userRole", None, ""),
        ("tenantId", TENANT.upper(), ""),
    ],
)
async def test_what_teams_does_not_say_speaks_against_an_account(
    teams_chat: TeamsWorkspace, key: str, value: str | None, stands: str
) -> None:
    told = teams_chat.service.members["29:one"]
    del told[key]
    if value is not None:
        told[key] = value

    assert (await teams_chat.messenger.profile(teams_chat.member)).stands == stands


async def test_either_name_of_the_object_id_will_do(teams_chat: TeamsWorkspace) -> None:
    told = teams_chat.service.members["29:one"]
    told["objectId"] = told.pop("aadObjectId").upper()

    assert (await teams_chat.messenger.profile(teams_chat.member)).stands == ""


async def test_who_was_met_in_a_channel_is_written_to_in_a_chat_begun_with_them(
    teams_chat: TeamsWorkspace,
) -> None:
    teams_chat.service.join("29:met")
    place = teams_chat.place("29:met")
    await teams_chat.messenger.places.reached(place, "")

    for _ in range(2):
        await teams_chat.messenger.post(account("29:met"), CARD)

    begun = [path for method, path in teams_chat.service.calls if path.endswith("/conversations")]
    assert len(begun) == 1
    assert len(teams_chat.read(account("29:met"))) == 2


async def test_beginning_a_conversation_may_be_tried_twice(teams_chat: TeamsWorkspace) -> None:
    teams_chat.service.join("29:met")
    await teams_chat.messenger.places.reached(teams_chat.place("29:met"), "")
    teams_chat.service.fail("POST", 502, times=2)

    await teams_chat.messenger.post(account("29:met"), CARD)

    assert len(teams_chat.read(account("29:met"))) == 1


class Seconds:
    """Time that passes only while somebody sleeps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = 0.0
        monkeypatch.setattr("integrations.teams.limits.asyncio.sleep", self.sleep)

    def __call__(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


async def test_no_conversation_gets_more_than_teams_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = Seconds(monkeypatch)
    limits, sent = Limits(seconds), []
    for _ in range(130):
        await limits.wait("a:1")
        sent.append(seconds.at)

    for most, window in ((7, 1.0), (8, 2.0), (60, 30.0)):
        for first, over in zip(sent, sent[most:], strict=False):
            assert over - first >= window - 1e-9


async def test_beginning_conversations_with_many_people_is_not_all_in_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = Seconds(monkeypatch)
    limits = Limits(seconds)
    for _ in range(30):
        await limits.wait("")

    assert seconds.at == 0.0


async def test_all_conversations_together_get_no_more_than_the_tenant_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = Seconds(monkeypatch)
    limits = Limits(seconds)
    for number in range(90):
        await limits.wait(f"a:{number}")

    assert 2.0 <= seconds.at < 3.0
