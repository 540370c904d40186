"""Acting as a person in a chat: say, press, fill in, read. Slack for now; Teams is not delivered yet."""

from collections.abc import Sequence

from playground.cast import PEOPLE
from playground.control.operations import Argument, Given, Operation, Run
from playground.slack.facade import Slack

NOT_YET = {"undelivered": "not yet"}

WHO = Argument("who", "a person of the world, by key", one_of=tuple(PEOPLE))
CHAT = Argument("chat", "where", default="slack", one_of=("slack", "teams"))
FORM = Argument("form", "the id of the form in front, out of /forms")
FIELD = Argument("field", "the label or id of a field of the form")
INPUTS = Argument("inputs", "what is filled in, by label or id", "object", {})
TIMES = Argument("times", "how often the network delivers the same bytes", "number", 1, least=1)

REPLY = '{"status", "reply"}: the bot\'s HTTP answer, or {"undelivered": why}'
FORMS = (
    '[{"id", "chat", "title", "text", "submit", "close", "fields": [{"id", "label", "type", '
    '"required", "value", "options", "error"}], "buttons", "errors", "raw"}], the one in front last'
)
MESSAGES = (
    '[{"id", "chat", "to", "ephemeral", "new": a notifying post and not an edit, "text", "state", '
    '"aws_seen", "buttons": [{"id", "label", "url"}], "raw"}], newest last'
)


class Chats:
    """What people can do in their chats."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    def operations(self) -> Sequence[Operation]:
        """The calls."""
        return (*self._doing(), *self._filling_in(), *self._reading())

    def _doing(self) -> Sequence[Operation]:
        what = (
            Argument("message", "the id of a message out of /messages, or of a form"),
            Argument("action", "the button's label or id"),
        )
        force = Argument(
            "force", "click it although the person cannot see it", "flag", default=False
        )
        return (
            Operation(
                "POST",
                "/say",
                "Type something into the conversation with the bot.",
                REPLY,
                _in_slack(self._say, NOT_YET),
                (CHAT, WHO, Argument("text", "what is typed"), TIMES),
                {"chat": "slack", "who": "engineer", "text": "/aws-access help"},
            ),
            Operation(
                "POST",
                "/press",
                "Press a button on a message, or on a form by the form's id.",
                f'{REPLY}; "url" where the button opens a page',
                _in_slack(self._press, NOT_YET),
                (CHAT, WHO, *what, INPUTS, force, TIMES),
                {"who": "engineer", "message": "D0ENGINEER:1.000001", "action": "Deactivate"},
            ),
            Operation(
                "POST",
                "/submit",
                "Fill in and submit the form in front.",
                REPLY,
                _in_slack(self._submit, NOT_YET),
                (CHAT, WHO, FORM, INPUTS),
                {"who": "engineer", "form": "V0000000001", "inputs": {"Reason": "slow index"}},
            ),
        )

    def _filling_in(self) -> Sequence[Operation]:
        typed = Argument("typed", "what was typed so far", default="")
        value = Argument("value", "a text, or the value or label of an option", "anything")
        return (
            Operation(
                "GET",
                "/options",
                "What a field offers that asks the bot while one types.",
                '{"options": [{"value", "label"}]}, or {"undelivered": why}',
                _in_slack(self._options, NOT_YET),
                (CHAT, WHO, FORM, FIELD, typed),
            ),
            Operation(
                "POST",
                "/choose",
                "Fill in one field; where the field reloads its form, the bot hears of it.",
                REPLY,
                _in_slack(self._choose, NOT_YET),
                (CHAT, WHO, FORM, FIELD, value),
            ),
            Operation(
                "POST",
                "/close",
                "Press Cancel on the form in front.",
                REPLY,
                _in_slack(self._close, NOT_YET),
                (CHAT, WHO, FORM),
            ),
        )

    def _reading(self) -> Sequence[Operation]:
        return (
            Operation(
                "GET",
                "/forms",
                "The open forms of a person.",
                FORMS,
                _in_slack(self._forms, []),
                (CHAT, WHO),
            ),
            Operation(
                "GET",
                "/messages",
                "Everything a person can see now.",
                MESSAGES,
                _in_slack(self._messages, []),
                (CHAT, WHO),
            ),
        )

    async def _say(self, given: Given) -> object:
        return await self._slack.say(given["who"], given["text"], int(given["times"]))

    async def _press(self, given: Given) -> object:
        return await self._slack.press(
            given["who"],
            given["message"],
            given["action"],
            given["inputs"],
            force=given["force"],
            times=int(given["times"]),
        )

    async def _submit(self, given: Given) -> object:
        return await self._slack.submit(given["who"], given["form"], given["inputs"])

    async def _options(self, given: Given) -> object:
        who, form, field = given["who"], given["form"], given["field"]
        return await self._slack.options(who, form, field, given["typed"])

    async def _choose(self, given: Given) -> object:
        who, form, field = given["who"], given["form"], given["field"]
        return await self._slack.choose(who, form, field, given["value"])

    async def _close(self, given: Given) -> object:
        return await self._slack.close(given["who"], given["form"])

    async def _forms(self, given: Given) -> object:
        return self._slack.forms(given["who"])

    async def _messages(self, given: Given) -> object:
        return self._slack.messages(given["who"])


def _in_slack(act: Run, elsewhere: object) -> Run:
    async def run(given: Given) -> object:
        return await act(given) if given["chat"] == "slack" else elsewhere

    return run
