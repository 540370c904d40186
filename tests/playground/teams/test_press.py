from typing import Any

import pytest

from playground.teams.facade import Teams
from tests.playground.teams.kit import (
    asks,
    buttons,
    card,
    choice,
    entry,
    execute,
    message,
    opens,
    shown,
    submit,
    words,
)
from tests.playground.teams.listening_bot import ListeningBot
from tests.playground.teams.sender import Sender

CHANNEL = "19:prod@thread.tacv2"


async def posted(sender: Sender, teams: Teams, *body: Any) -> str:
    """The control interface's id of a card in front of the engineer."""
    await sender.sends("engineer", message(*body))
    return str(teams.messages("engineer")[-1]["id"])


async def test_a_press_carries_the_action_with_what_was_filled_in(
    teams: Teams, bot: ListeningBot, sender: Sender
) -> None:
    some_id = await posted(
        sender,
        teams,
        entry("comment", "Comment"),
        entry("empty", "Empty"),
        choice("kind", "Kind", "a", "b"),
        buttons(execute(id="yes")),
    )
    bot.answers = [shown(card(words("Approved")))]

    told = await teams.press("engineer", some_id, "approve", {"Comment": "ok", "kind": "the b"})

    assert told["status"] == 200
    seen = bot.last
    assert (seen["type"], seen["name"]) == ("invoke", "adaptiveCard/action")
    assert seen["replyToId"] == some_id.rpartition(":")[2]
    assert seen["value"] == {
        "action": {
            "type": "Action.Execute",
            "id": "yes",
            "title": "Approve",
            "verb": "approve",
            "data": {"request": "R1", "comment": "ok", "kind": "b"},
        },
        "trigger": "manual",
    }
    [row] = teams.messages("engineer")
    assert (row["text"], row["new"], row["buttons"]) == ("Approved", False, [])


async def test_the_card_that_answers_is_for_whoever_pressed_alone(
    teams: Teams, bot: ListeningBot, sender: Sender
) -> None:
    path = f"conversations/{CHANNEL}/activities"
    _, told = await sender.call("POST", path, message(words("Yes?"), buttons(execute())))
    bot.answers = [shown(card(words("You said yes")))]

    await teams.press("admin", f"{CHANNEL}:{told['id']}", "Approve")

    assert [row["text"] for row in teams.messages("admin")] == ["You said yes"]
    assert [row["text"] for row in teams.messages("engineer")] == ["Yes?"]
    await sender.call("PUT", f"{path}/{told['id']}", message(words("Decided")))
    assert [row["text"] for row in teams.messages("admin")] == ["Decided"]


@pytest.mark.parametrize(
    ("answer", "reads"),
    [
        (
            {
                "statusCode": 200,
                "type": "application/vnd.microsoft.activity.message",
                "value": "Ok",
            },
            "Yes?\nOk",
        ),
        (
            {
                "statusCode": 403,
                "type": "application/vnd.microsoft.error",
                "value": {"code": "Forbidden", "message": "Not yours."},
            },
            "Yes?\nNot yours.",
        ),
        (500, "Yes?\nSomething went wrong. Please try again."),
        ({}, "Yes?\nSomething went wrong. Please try again."),
        (shown({"type": "AdaptiveCard"}), "Yes?\nSomething went wrong. Please try again."),
    ],
)
async def test_what_the_bot_answers_is_read_under_the_card(
    teams: Teams, bot: ListeningBot, sender: Sender, answer: Any, reads: str
) -> None:
    some_id = await posted(sender, teams, words("Yes?"), buttons(execute()))
    bot.answers = [answer]

    told = await teams.press("engineer", some_id, "Approve")

    assert [row["text"] for row in teams.messages("engineer")] == [reads]
    assert ("teams_says" in told) == reads.endswith("try again.")


async def test_an_action_submit_is_a_message_without_words(
    teams: Teams, bot: ListeningBot, sender: Sender
) -> None:
    some_id = await posted(sender, teams, words(), buttons(submit("Send", data={"a": 1})))

    await teams.press("engineer", some_id, "Send", times=2)

    assert len(set(bot.bodies)) == 1
    assert (bot.last["type"], bot.last["value"]) == ("message", {"a": 1})
    assert "text" not in bot.last
    assert bot.last["replyToId"] == some_id.rpartition(":")[2]


async def test_a_link_is_opened_and_the_bot_hears_nothing(
    teams: Teams, bot: ListeningBot, sender: Sender
) -> None:
    link = {"type": "Action.OpenUrl", "title": "My Apps", "url": "https://myapps.example"}
    some_id = await posted(sender, teams, words(), buttons(link))

    told = await teams.press("engineer", some_id, "My Apps")

    assert told["url"] == "https://myapps.example"
    assert "undelivered" in told
    assert bot.activities == []


async def test_what_is_not_there_or_not_filled_in_cannot_be_pressed(
    teams: Teams, bot: ListeningBot, sender: Sender
) -> None:
    strict = entry("why", "Reason", isRequired=True, errorMessage="Say why.", maxLength=5)
    some_id = await posted(sender, teams, strict, choice("k", "Kind", "a"), buttons(execute()))

    async def why(action: str = "Approve", who: str = "engineer", **inputs: str) -> str:
        return str((await teams.press(who, some_id, action, inputs))["undelivered"])

    assert await why() == "Say why."
    assert "at most 5" in await why(why="far too long")
    assert "offers no 'z'" in await why(k="z")
    assert "no field 'other'" in await why(other="x")
    assert "no one button 'Deny'" in await why("Deny")
    assert "sees no message" in await why(who="admin")
    assert bot.activities == []


async def test_what_takes_no_inputs_waits_for_none(
    teams: Teams, bot: ListeningBot, sender: Sender
) -> None:
    strict = entry("why", "Reason", isRequired=True, errorMessage="Say why.")
    skips = execute("Skip", associatedInputs="none")
    some_id = await posted(sender, teams, strict, buttons(execute(), skips, opens()))

    told = await teams.press("engineer", some_id, "Approve")
    assert told == {"undelivered": "Say why."}
    assert (await teams.press("engineer", some_id, "Skip", {"why": "x"}))["status"] == 200
    assert bot.last["value"]["action"]["data"] == {"request": "R1"}

    back = submit("Back", data={"step": 0}, associatedInputs="none")
    bot.answers = [asks(card(strict, actions=[submit("Ask"), back])), None]
    await teams.press("engineer", some_id, "Fill in", {"why": "x"})
    [form] = teams.forms("engineer")
    assert await teams.press("engineer", form["id"], "Ask") == {"undelivered": "Say why."}
    await teams.press("engineer", form["id"], "Back")
    assert bot.last["value"]["data"] == {"step": 0}


async def test_force_presses_what_was_there_once_for_anybody(
    teams: Teams, bot: ListeningBot, sender: Sender
) -> None:
    some_id = await posted(sender, teams, words("Yes?"), buttons(execute()))
    await sender.edits("engineer", some_id.rpartition(":")[2], message(words("Over")))

    told = await teams.press("outsider", some_id, "Approve", force=True)

    assert told["status"] == 200
    assert bot.last["from"]["id"] == "29:outsider"
    assert bot.last["conversation"]["id"] == "a:1outsider"
    assert bot.last["replyToId"] == some_id.rpartition(":")[2]


async def test_a_button_opens_a_dialog_which_is_filled_in_step_by_step(
    teams: Teams, bot: ListeningBot, sender: Sender
) -> None:
    some_id = await posted(sender, teams, words(), buttons(opens()))
    first = card(
        choice("access", "Access", "dev", "prod", style="filtered", isRequired=True),
        actions=[submit("Next", data={"step": 1})],
    )
    second = card(
        entry("reason", "Reason", isRequired=True, value="as before"),
        {"type": "TextBlock", "text": "Too short.", "color": "Attention"},
        words("Anything else?"),
        actions=[submit("Ask", data={"step": 2})],
    )
    bot.answers = [asks(first)]
    await teams.press("engineer", some_id, "Fill in")
    assert (bot.last["name"], bot.last["value"]["data"]["form"]) == ("task/fetch", "activate")
    [form] = teams.forms("engineer")
    assert (form["title"], form["submit"], form["chat"]) == ("Activate", "Next", "teams")
    assert await teams.options("engineer", form["id"], "Access", "pr") == {
        "options": [{"value": "prod", "label": "the prod"}]
    }

    bot.answers = [asks(second), None]
    told = await teams.submit("engineer", form["id"], {"Access": "prod", "Reason": "slow index"})

    assert told["status"] == 200
    sent = [one["value"]["data"] for one in bot.activities[1:]]
    assert sent == [{"step": 1, "access": "prod"}, {"step": 2, "reason": "slow index"}]
    assert teams.forms("engineer") == []


async def test_a_dialog_says_what_is_wrong_at_its_field(
    teams: Teams, bot: ListeningBot, sender: Sender
) -> None:
    some_id = await posted(sender, teams, words(), buttons(opens()))
    again = card(
        entry("reason", "Reason", value="so"),
        words("Too short.", color="Attention"),
        words("Careful", color="Attention"),
        entry("more", "More"),
        words("Anything else?"),
        actions=[submit("Ask")],
    )
    bot.answers = [asks(again)]
    await teams.press("engineer", some_id, "Fill in…")

    [form] = teams.forms("engineer")
    told = [(field["value"], field["error"]) for field in form["fields"]]
    assert told == [("so", "Too short."), (None, None)]
    assert form["text"].splitlines()[:2] == ["Reason", "Too short."]

    bot.answers = [{"task": {"type": "message", "value": "Noted."}}]
    filled = await teams.choose("engineer", form["id"], "Reason", "longer")
    assert "undelivered" in filled
    await teams.press("engineer", form["id"], "Ask", {"More": "x"})
    assert bot.last["value"]["data"] == {"reason": "longer", "more": "x"}
    [form] = teams.forms("engineer")
    assert (form["text"], form["submit"], form["fields"]) == ("Noted.", None, [])
    assert "nothing to submit" in (await teams.submit("engineer", form["id"]))["undelivered"]
    await teams.close("engineer", form["id"])
    assert teams.forms("engineer") == []
    assert "not the dialog" in (await teams.submit("engineer", form["id"]))["undelivered"]


async def test_a_list_that_asks_the_bot_is_asked_as_one_types(
    teams: Teams, bot: ListeningBot, sender: Sender
) -> None:
    some_id = await posted(sender, teams, words(), buttons(opens()))
    who = {
        "type": "Input.ChoiceSet",
        "id": "who",
        "label": "Who",
        "choices": [],
        "choices.data": {"type": "Data.Query", "dataset": "people"},
    }
    found = {
        "statusCode": 200,
        "type": "application/vnd.microsoft.search.searchResponse",
        "value": {"results": [{"title": "Ada Admin", "value": "admin"}]},
    }
    bot.answers = [asks(card(who, actions=[submit("Ask")])), found]
    await teams.press("engineer", some_id, "Fill in…")
    [form] = teams.forms("engineer")

    told = await teams.options("engineer", form["id"], "Who", "ad")

    assert told == {"options": [{"value": "admin", "label": "Ada Admin"}]}
    assert bot.last["name"] == "application/search"
    assert (bot.last["value"]["queryText"], bot.last["value"]["dataset"]) == ("ad", "people")
    bot.answers = [500]
    assert "no choices" in (await teams.options("engineer", form["id"], "Who", "x"))["undelivered"]
    bot.answers = [found]
    await teams.submit("engineer", form["id"], {"Who": "Ada Admin"})
    assert bot.last["value"]["data"] == {"who": "admin"}


@pytest.mark.parametrize("answer", [500, None, {"task": {"type": "continue", "value": {}}}])
async def test_a_dialog_that_does_not_come_is_trouble(
    teams: Teams, bot: ListeningBot, sender: Sender, answer: Any
) -> None:
    some_id = await posted(sender, teams, words(), buttons(opens()))
    bot.answers = [answer]

    told = await teams.press("engineer", some_id, "Fill in…")

    assert told["teams_says"].startswith("Something went wrong")
    assert teams.forms("engineer") == []
