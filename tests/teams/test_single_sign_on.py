"""Asking Teams for a token beside the button, taking it, and leaving the button where it did not do."""

import asyncio
from collections.abc import Callable

import pytest

from bot.cards import Button, Card
from integrations.teams import single_sign_on
from tests.teams.conftest import Desk, Json
from tests.teams.workspaces import TeamsWorkspace
from tests.web.desk import ScriptedSignIn

SIGN_IN = Card(
    "Sign in first", buttons=(Button("Sign In", url="https://bot.example.com/sign-in/x"),)
)


@pytest.fixture
def sign_in(teams: Desk) -> ScriptedSignIn:
    """A desk that offers single sign-on for every link."""
    desk = ScriptedSignIn(key="k1", takes=True)
    assert teams.chat.messenger.single_sign_on is not None
    teams.chat.messenger.single_sign_on.desk = desk
    return desk


def standing(chat: TeamsWorkspace) -> list[Json]:
    """The requests for a token that stand."""
    sent = chat.service.read(chat.service.conversation("29:one"))
    attached = [m.activity["attachments"][0] for m in sent]
    return [one["content"] for one in attached if one["contentType"] == single_sign_on.CARD]


def handed(teams: Desk) -> Json:
    value = {"id": "k1", "connectionName": "aws-access", "token": "t0ken"}
    return teams.invoked("signin/tokenExchange", value)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110  two sides of a wire
            await asyncio.sleep(0.01)


async def test_a_card_with_a_sign_in_link_asks_for_a_token_too(
    teams: Desk, sign_in: ScriptedSignIn
) -> None:
    await teams.chat.messenger.post(teams.chat.member, SIGN_IN)

    [asked] = standing(teams.chat)
    assert asked["tokenExchangeResource"] == {"id": "k1", "uri": "api://botid-1"}
    assert asked["buttons"][0]["value"] == SIGN_IN.buttons[0].url


async def test_no_other_card_does(teams: Desk, sign_in: ScriptedSignIn) -> None:
    portal = Card("Ready", buttons=(Button("My Apps", url="https://launcher.myapps.example/"),))
    await teams.chat.messenger.answer(teams.chat.member, "", portal)
    sign_in.key = ""
    await teams.chat.messenger.answer(teams.chat.member, "", SIGN_IN)

    assert standing(teams.chat) == []


async def test_a_token_that_serves_is_answered_with_200(
    teams: Desk, sign_in: ScriptedSignIn
) -> None:
    status, told = await teams.deliver(handed(teams))

    assert (status, told) == (200, {"id": "k1", "connectionName": "aws-access"})
    assert sign_in.handed == [(teams.chat.member, "k1", "t0ken")]


async def test_one_that_does_not_is_answered_with_412_and_the_button_is_left(
    teams: Desk, sign_in: ScriptedSignIn
) -> None:
    sign_in.takes = False
    await teams.chat.messenger.post(teams.chat.member, SIGN_IN)

    status, told = await teams.deliver(handed(teams))

    assert (status, told["id"]) == (412, "k1")
    await until(lambda: standing(teams.chat) == [])
    await teams.chat.messenger.post(teams.chat.member, SIGN_IN)
    assert standing(teams.chat) == []  # not asked again for a while


async def test_what_nobody_answers_is_taken_away(
    teams: Desk, sign_in: ScriptedSignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_sign_on, "STANDS", 0.01)

    await teams.chat.messenger.post(teams.chat.member, SIGN_IN)

    await until(lambda: standing(teams.chat) == [])


async def test_when_teams_has_no_token_to_give_the_button_is_left(
    teams: Desk, sign_in: ScriptedSignIn
) -> None:
    await teams.chat.messenger.post(teams.chat.member, SIGN_IN)

    failure = teams.invoked("signin/failure", {"code": "resourcematchfailed", "message": "…"})
    assert await teams.deliver(failure) == (200, {})

    await until(lambda: standing(teams.chat) == [])
    assert sign_in.handed == []


async def test_what_is_verified_elsewhere_is_heard(teams: Desk) -> None:
    assert await teams.deliver(teams.invoked("signin/verifyState", {"state": "1"})) == (200, {})
