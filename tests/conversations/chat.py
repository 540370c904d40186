"""Talking to the bot: say, hear, press, fill in, sign in; whatever was not read fails the test."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from playground.cast import PEOPLE
from tests.conversations.heard import Heard, heard
from tests.conversations.stage import Stage

Json = dict[str, Any]
Print = tuple[Any, ...]


class Front(Protocol):
    """A simulated chat as people use it; the playground's facades are such."""

    async def say(self, who: str, text: str, times: int = 1) -> Json: ...

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

    async def choose(self, who: str, form: str, field: str, value: Any) -> Json: ...

    async def options(self, who: str, form: str, field: str, typed: str = "") -> Json: ...

    def messages(self, who: str) -> list[Json]: ...

    def forms(self, who: str) -> list[Json]: ...


@dataclass(frozen=True)
class Field:
    """One field of a form as it stands."""

    required: bool
    value: Any
    error: str | None


@dataclass(frozen=True)
class Form:
    """The form in front of somebody: what it says and its fields by label."""

    id: str
    text: str
    fields: Mapping[str, Field]
    submits: bool


class Chat:
    """One chat, and what everybody in it has read of it so far."""

    def __init__(self, front: Front, stage: Stage) -> None:
        self._front = front
        self._stage = stage
        self._read: dict[tuple[str, str], Print] = {}

    async def says(self, who: str, text: str, *, times: int = 1) -> None:
        """Type a command, which the network delivers `times` times; every copy is acknowledged."""
        _acknowledged(await self._front.say(who, text, times))

    async def cannot_say(self, who: str, text: str) -> str:
        """Why the chat itself does not let somebody say this."""
        return str((await self._front.say(who, text))["undelivered"])

    async def hears(self, who: str, *words: str) -> Heard:
        """The next unread message or edit, as it stands once all is quiet; it has these words."""
        await self._stage.settles()
        found = self._reads(who)
        for one in words:
            assert one in found, f"{who} hears {found}, without {one!r}"
        return found

    async def hears_each(self, who: str, *wanted: str) -> list[Heard]:
        """The next unread ones, one for each of these words, in whichever order they came."""
        await self._stage.settles()
        found = [self._reads(who) for _ in wanted]
        told = "\n".join(map(str, found))
        matched = [next((f for f in found if words in f), None) for words in wanted]
        assert None not in matched, f"{who} hears, instead of {wanted}:\n{told}"
        assert len({one.id for one in matched if one}) == len(wanted), told
        return [one for one in matched if one]

    async def hears_rest(self, who: str, words: str) -> list[Heard]:
        """All that is unread, however much a race has made of it; at least one has these words."""
        await self._stage.settles()
        found = [self._reads(who) for _ in self._unread(who)]
        assert any(words in one for one in found), f"{who} hears {found}, without {words!r}"
        return found

    def _reads(self, who: str) -> Heard:
        unread = self._unread(who)
        assert unread, f"{who} hears nothing"
        row = unread[0]
        self._read[who, row["id"]] = _print(row)
        return heard(row)

    async def hears_nothing(self, who: str) -> None:
        """Nothing is unread."""
        await self._stage.settles()
        assert not self._unread(who), self._shown(who)

    async def presses(
        self, who: str, card: Heard | Form, label: str, *, force: bool = False, times: int = 1
    ) -> None:
        """Press a button; `force` presses what the person cannot see."""
        _acknowledged(await self._front.press(who, card.id, label, force=force, times=times))

    async def signs_in(self, who: str, card: Heard, label: str = "Sign In") -> str:
        """Follow a sign-in button to the end of the sign-in; what the last page says."""
        page = await self._stage.browses(who, card.link(label))
        return page.text

    async def form(self, who: str) -> Form:
        """The form in front of somebody."""
        await self._stage.settles()
        shown = self._front.forms(who)
        assert shown, f"no form is open in front of {who}"
        return _form(shown[-1])

    async def closed_form(self, who: str) -> None:
        """No form is open any more."""
        await self._stage.settles()
        assert not self._front.forms(who)

    async def offered(self, who: str, form: Form, field: str, typed: str = "") -> list[str]:
        """What a field offers for what was typed."""
        told = await self._front.options(who, form.id, field, typed)
        return [option["label"] for option in told["options"]]

    async def chooses(self, who: str, form: Form, field: str, value: str) -> Form:
        """Fill in a field that redraws the form; the form afterwards."""
        _acknowledged(await self._front.choose(who, form.id, field, value))
        return await self.form(who)

    async def submits(self, who: str, form: Form, **inputs: str) -> None:
        """Fill in (underscores are blanks in a label) and submit."""
        filled = {label.replace("_", " "): value for label, value in inputs.items()}
        _acknowledged(await self._front.submit(who, form.id, filled))

    def left_unread(self) -> list[str]:
        """Everything nobody has read."""
        return [line for who in PEOPLE for line in self._shown(who)]

    def _shown(self, who: str) -> list[str]:
        return [f"{who} has not read: {heard(row)}" for row in self._unread(who)]

    def _unread(self, who: str) -> list[Json]:
        rows = [r for r in self._front.messages(who) if self._read.get((who, r["id"])) != _print(r)]
        return sorted(rows, key=lambda row: self._stage.journal.order(row["id"]))


def _print(row: Mapping[str, Any]) -> Print:
    """What a reader would notice a change of; a link behind a button is not."""
    labels = tuple(button["label"] for button in row["buttons"])
    return (row["text"], row["state"], row["aws_seen"], labels)


def _acknowledged(told: Json) -> None:
    for answer in (told, *told.get("replies", ())):
        assert answer.get("status") == 200, told
    assert "slack_says" not in told, told


def _form(shown: Json) -> Form:
    fields = {f["label"]: Field(f["required"], f["value"], f["error"]) for f in shown["fields"]}
    return Form(shown["id"], shown["text"], fields, submits=shown["submit"] is not None)
