"""Acting as a person in a chat: say, press, fill in, read."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from playground.cast import PEOPLE
from playground.control.operations import Argument, Given, MalformedError, Operation
from playground.kernel.acts import Json
from playground.slack.facade import Slack
from playground.teams.facade import Teams

WHO = Argument("who", "a person of the world, by key", one_of=tuple(PEOPLE))
CHAT = Argument("chat", "where", default="slack", one_of=("slack", "teams"))
CHANNEL = Argument(
    "channel", "on Teams: the id of a channel in which the bot is mentioned", default=""
)
FORM = Argument("form", "the id of the form in front, out of /forms")
FIELD = Argument("field", "the label or id of a field of the form")
INPUTS = Argument("inputs", "what is filled in, by label or id in any case", "object", {})
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
HOME = (
    '{"id", "text", "buttons": [{"id", "label", "url"}], "raw"} as in /forms, or null before the app '
    "has published anything; press its buttons with /press, the id as the message"
)


class Front(Protocol):
    """A simulated chat as people use it."""

    async def press(
        self,
        who: str,
        message: str,
        action: str,
        inputs: Json | None = None,
        *,
        force: bool = False,
        times: int = 1,
    ) -> Json: ...
    async def submit(self, who: str, form: str, inputs: Json | None = None) -> Json: ...
    async def choose(self, who: str, form: str, field: str, value: Any) -> Json: ...  # noqa: ANN401
    async def options(self, who: str, form: str, field: str, typed: str = "") -> Json: ...
    async def close(self, who: str, form: str) -> Json: ...
    async def open_home(self, who: str) -> Json: ...
    def messages(self, who: str) -> list[Json]: ...
    def forms(self, who: str) -> list[Json]: ...
    def home(self, who: str) -> Json | None: ...


class Chats:
    """What people can do in their chats."""

    def __init__(self, slack: Slack, teams: Teams) -> None:
        self._slack = slack
        self._teams = teams
        self._fronts: Mapping[str, Front] = {"slack": slack, "teams": teams}

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
                self._say,
                (CHAT, WHO, Argument("text", "what is typed"), CHANNEL, TIMES),
                {"chat": "slack", "who": "engineer", "text": "/aws-access help"},
            ),
            Operation(
                "POST",
                "/press",
                "Press a button on a message, or on a form by the form's id.",
                f'{REPLY}; "url" where the button opens a page',
                self._press,
                (CHAT, WHO, *what, INPUTS, force, TIMES),
                {"who": "engineer", "message": "D0ENGINEER:1.000001", "action": "Deactivate"},
            ),
            Operation(
                "POST",
                "/submit",
                "Fill in and submit the form in front, as a person does: a field that redraws the "
                "form is filled in first, then what the redrawn form asks for. A name that is no "
                "field of it submits nothing.",
                REPLY,
                self._submit,
                (CHAT, WHO, FORM, INPUTS),
                {
                    "who": "engineer",
                    "form": "V0000000001",
                    "inputs": {"Access": "dev-poweruser", "How long": "1h", "Reason": "slow index"},
                },
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
                self._options,
                (CHAT, WHO, FORM, FIELD, typed),
            ),
            Operation(
                "POST",
                "/choose",
                "Fill in one field; where the field reloads its form, the bot hears of it.",
                REPLY,
                self._choose,
                (CHAT, WHO, FORM, FIELD, value),
            ),
            Operation(
                "POST",
                "/close",
                "Press Cancel on the form in front.",
                REPLY,
                self._close,
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
                self._forms,
                (CHAT, WHO),
            ),
            Operation(
                "GET",
                "/messages",
                "Everything a person can see now.",
                MESSAGES,
                self._messages,
                (CHAT, WHO),
            ),
            Operation(
                "POST",
                "/home",
                "Open the app's Home tab, which Slack has: the bot hears app_home_opened.",
                REPLY,
                self._open_home,
                (CHAT, WHO),
                {"who": "engineer"},
            ),
            Operation(
                "GET",
                "/home",
                "What the app's Home tab shows a person now.",
                HOME,
                self._home,
                (CHAT, WHO),
            ),
        )

    def _front(self, given: Given) -> Front:
        return self._fronts[given["chat"]]

    async def _say(self, given: Given) -> object:
        who, text, times, channel = (
            given["who"],
            given["text"],
            int(given["times"]),
            given["channel"],
        )
        if given["chat"] == "teams":
            return await self._teams.say(who, text, times, channel)
        if channel:
            raise MalformedError(
                "channel is for Teams: in Slack the command is the same everywhere"
            )
        return await self._slack.say(who, text, times)

    async def _press(self, given: Given) -> object:
        return await self._front(given).press(
            given["who"],
            given["message"],
            given["action"],
            given["inputs"],
            force=given["force"],
            times=int(given["times"]),
        )

    async def _submit(self, given: Given) -> object:
        return await self._front(given).submit(given["who"], given["form"], given["inputs"])

    async def _options(self, given: Given) -> object:
        who, form, field = given["who"], given["form"], given["field"]
        return await self._front(given).options(who, form, field, given["typed"])

    async def _choose(self, given: Given) -> object:
        who, form, field = given["who"], given["form"], given["field"]
        return await self._front(given).choose(who, form, field, given["value"])

    async def _close(self, given: Given) -> object:
        return await self._front(given).close(given["who"], given["form"])

    async def _forms(self, given: Given) -> object:
        return self._front(given).forms(given["who"])

    async def _messages(self, given: Given) -> object:
        return self._front(given).messages(given["who"])

    async def _open_home(self, given: Given) -> object:
        return await self._front(given).open_home(given["who"])

    async def _home(self, given: Given) -> object:
        return self._front(given).home(given["who"])
