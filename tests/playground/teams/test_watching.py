import asyncio
from typing import Any

from playground.cast import SINGLE_SIGN_ON
from playground.entra.facade import Entra
from playground.kernel.clock import WorldClock
from playground.teams.facade import Teams
from tests.playground.teams.kit import buttons, card, execute, message, shown, words
from tests.playground.teams.listening_bot import ListeningBot
from tests.playground.teams.sender import Sender

PROD = "19:prod@thread.tacv2"


def refreshed(*who: str) -> dict[str, Any]:
    users = [f"29:{one}" for one in who]
    return {"refresh": {"action": execute("Look", verb="look"), "userIds": users}}


async def quiet(teams: Teams) -> None:
    async with asyncio.timeout(20):
        while teams.busy:  # noqa: ASYNC110  (several begin and end)
            await asyncio.sleep(0.01)


async def test_those_who_are_named_get_a_view_of_their_own(
    teams: Teams, bot: ListeningBot, sender: Sender, clock: WorldClock
) -> None:
    bot.answers = [shown(card(words("For you"), buttons(execute())))]
    path = f"conversations/{PROD}/activities"
    _, told = await sender.call("POST", path, message(words("Somebody asks"), **refreshed("admin")))
    await quiet(teams)

    assert bot.last["name"] == "adaptiveCard/action"
    assert bot.last["value"]["trigger"] == "automatic"
    assert bot.last["from"]["id"] == "29:admin"
    assert [row["text"] for row in teams.messages("admin")] == ["For you"]
    assert [row["text"] for row in teams.messages("engineer")] == ["Somebody asks"]

    edit = message(words("Decided"), **refreshed("admin"))
    await sender.call("PUT", f"{path}/{told['id']}", edit)
    await quiet(teams)
    assert len(bot.activities) == 1, "not twice within a minute"
    assert [row["text"] for row in teams.messages("admin")] == ["Decided"]

    clock.step_to(clock.now().replace(year=clock.now().year + 1))
    bot.answers = [500]
    await sender.call("PUT", f"{path}/{told['id']}", edit)
    await quiet(teams)
    assert len(bot.activities) == 2
    assert [row["text"] for row in teams.messages("admin")] == ["Decided"]


def sign_in() -> dict[str, Any]:
    content = {
        "text": "Sign in",
        "connectionName": "entra",
        "tokenExchangeResource": {"id": "one", "uri": SINGLE_SIGN_ON},
        "buttons": [{"type": "signin", "title": "Sign In", "value": "http://127.0.0.1/sign-in/x"}],
    }
    kind = "application/vnd.microsoft.card.oauth"
    return {"type": "message", "attachments": [{"contentType": kind, "content": content}]}


async def test_a_sign_in_that_succeeds_by_itself_is_seen_by_nobody(
    teams: Teams, bot: ListeningBot, sender: Sender, entra: Entra
) -> None:
    await sender.sends("engineer", sign_in())
    await quiet(teams)

    value = bot.last["value"]
    assert bot.last["name"] == "signin/tokenExchange"
    assert (value["id"], value["connectionName"]) == ("one", "entra")
    assert value["token"].count(".") == 2
    assert teams.messages("engineer") == []


async def test_a_sign_in_that_needs_the_person_shows_its_button(
    teams: Teams, bot: ListeningBot, sender: Sender, entra: Entra
) -> None:
    bot.answers = [412]
    await sender.sends("engineer", sign_in())
    await quiet(teams)
    await teams.operate("no_consent", "engineer")
    await sender.sends("engineer", sign_in())
    await quiet(teams)
    await teams.operate("consent", "engineer")
    entra.operate("consent", {"missing": True})
    await sender.sends("engineer", sign_in())
    await quiet(teams)

    told = [one["name"] for one in bot.activities]
    assert told == ["signin/tokenExchange", "signin/failure", "signin/failure"]
    codes = [one["value"]["code"] for one in bot.activities[1:]]
    assert codes == ["userconsentrequired", "authrequestfailed"]
    rows = teams.messages("engineer")
    assert [row["text"] for row in rows] == ["Sign in"] * 3
    button = {"id": "Sign In", "label": "Sign In", "url": "http://127.0.0.1/sign-in/x"}
    assert rows[0]["buttons"] == [button]
