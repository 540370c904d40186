"""Talking to the bot: say, hear, press, fill in, sign in; whatever was not read fails the test."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.cast import PEOPLE
from tests.conversations.heard import TAKEN, Heard, heard
from tests.conversations.places import Places
from tests.conversations.stage import Stage

Json = dict[str, Any]
Print = tuple[Any, ...]
APPROVERS = ("approver", "teams-approver")


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
    """Every chat, and what everybody in it has read of it so far."""

    def __init__(self, stage: Stage) -> None:
        self.places: Places = stage.places
        self._stage = stage
        self._read: dict[tuple[str, str], Print] = {}
        self._in_slack: dict[str, bool] = {}
        """Whether what somebody did last was in Slack, which acknowledges it in a message."""

    async def says(self, who: str, text: str, *, times: int = 1) -> None:
        """Type a command, which the network delivers `times` times; every copy is acknowledged."""
        typed = self.places.typed(who, text)
        self._in_slack[who] = self.places.chat_of(who) == "slack"
        _acknowledged(await self.places.front_of(who).say(who, typed, times))

    async def cannot_say(self, who: str, text: str) -> str:
        """Why the chat itself does not let somebody say this."""
        return str((await self.places.front_of(who).say(who, text))["undelivered"])

    async def noted(self, who: str, *words: str) -> None:
        """Slack whispers that it was noted; in Teams the answer comes alone, or stands on the card."""
        await self.hears_whispered(who, ": ".join(("Noted", *words)))

    async def hears_whispered(self, who: str, *words: str) -> None:
        """What is said in between, where it can be said without ringing: not in Teams."""
        if self._in_slack[who]:
            await self.hears(who, *words)

    def within_reach(self, who: str, *cards: Heard) -> Heard:
        """The one of these cards that is in the chat where somebody talks to the bot."""
        mine = self.places.chat_of(who)
        return next(card for card in cards if self.places.holding(card.id)[0] == mine)

    async def hears(self, who: str, *words: str) -> Heard:
        """The next unread message or edit, as it stands once all is quiet; it has these words."""
        await self._stage.settles()
        found = self._reads(who)
        for one in words:
            assert one in found, f"{who} hears {found}, without {one!r}"
        return found

    async def hears_each(self, who: str, *wanted: str) -> list[Heard]:
        """The next unread ones, one for each of these words, in whichever order they came.

        What is noted is heard where it is told, as by `noted`.
        """
        await self._stage.settles()
        if not self._in_slack.get(who, True):
            wanted = tuple(words for words in wanted if not words.startswith("Noted"))
        found = [self._reads(who) for _ in wanted]
        told = "\n".join(map(str, found))
        matched = [next((f for f in found if words in f), None) for words in wanted]
        assert None not in matched, f"{who} hears, instead of {wanted}:\n{told}"
        assert len({one.id for one in matched if one}) == len(wanted), told
        return [one for one in matched if one]

    async def hears_rest(self, who: str, words: str) -> list[Heard]:
        """All that is unread, however much a race has made of it; at least one has these words."""
        found = await self.hears_all(who)
        assert any(words in one for one in found), f"{who} hears {found}, without {words!r}"
        return found

    async def hears_all(self, who: str) -> list[Heard]:
        """All that is unread, perhaps nothing."""
        await self._stage.settles()
        return [self._reads(who) for _ in self._unread(who)]

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
        chat, front = self.places.holding(card.id)
        self._in_slack[who] = chat == "slack"
        _acknowledged(await front.press(who, card.id, label, force=force, times=times))

    async def signs_in(self, who: str, card: Heard, label: str = "Sign In") -> str:
        """Follow a sign-in button to the end of the sign-in; what the last page says."""
        page = await self._stage.browses(who, card.link(label))
        return page.text

    async def opens_home(self, who: str) -> Heard:
        """Open the bot's own tab; what it shows then."""
        _acknowledged(await self.places.front_of(who).open_home(who))
        return await self.home(who)

    async def home(self, who: str) -> Heard:
        """What somebody's tab shows now."""
        await self._stage.settles()
        shown = self.places.front_of(who).home(who)
        assert shown, f"{who} has no tab"
        told = {"chat": "slack", "state": None, "aws_seen": False, "ephemeral": True, "new": False}
        return heard({**told, **shown})

    async def opens_form(self, who: str, command: str = "/aws-access") -> Form:
        """A command that asks for the form, and the form."""
        await self.says(who, command)
        return await self.form_comes(who)

    async def form_comes(self, who: str) -> Form:
        """The form that was asked for; in Teams nothing but a button for it can open one."""
        if not self._in_slack[who]:
            await self.presses(who, await self.hears(who, "Activate AWS access"), "Open Form")
        return await self.form(who)

    async def form(self, who: str) -> Form:
        """The form in front of somebody."""
        await self._stage.settles()
        shown = self.places.forms(who)
        assert shown, f"no form is open in front of {who}"
        return _form(shown[-1])

    async def closed_form(self, who: str) -> None:
        """No form is open any more."""
        await self._stage.settles()
        assert not self.places.forms(who)

    async def offered(self, who: str, form: Form, field: str, typed: str = "") -> list[str]:
        """What a field offers for what was typed."""
        _, front = self.places.holding(form.id)
        told = await front.options(who, form.id, field, typed)
        return [option["label"] for option in told["options"]]

    async def chooses(self, who: str, form: Form, field: str, value: str) -> Form:
        """Fill in a field that redraws the form; the form afterwards.

        Teams' dialogs are redrawn when they are sent off with another choice than they rest on.
        """
        chat, front = self.places.holding(form.id)
        told = await front.choose(who, form.id, field, value)
        if chat == "teams":
            told = await front.submit(who, form.id)
        _acknowledged(told)
        return await self.form(who)

    async def submits(self, who: str, form: Form, **inputs: str) -> None:
        """Fill in (underscores are blanks in a label) and submit."""
        filled = {label.replace("_", " "): value for label, value in inputs.items()}
        chat, front = self.places.holding(form.id)
        self._in_slack[who] = chat == "slack"
        _acknowledged(await front.submit(who, form.id, filled))

    def left_unread(self) -> list[str]:
        """Everything nobody has read."""
        return [line for who in PEOPLE if who != self._onlooker for line in self._shown(who)]

    @property
    def _onlooker(self) -> str:
        """Of two who are asked the same, one may not come up in a script.

        What such cards say is held against the truth all the same, at once and at the end.
        """
        silent = [w for w in APPROVERS if not any(who == w for who, _ in self._read)]
        return silent[-1] if self.places.has_teams and silent else ""

    def _shown(self, who: str) -> list[str]:
        return [f"{who} has not read: {heard(row)}" for row in self._unread(who)]

    def _unread(self, who: str) -> list[Json]:
        rows = [r for r in self.places.messages(who) if self._read.get((who, r["id"])) != _print(r)]
        return sorted(rows, key=lambda row: self._stage.journal.order(row["id"]))


def _print(row: Mapping[str, Any]) -> Print:
    """What a reader would notice a change of; a link behind a button is not.

    Nor is what Teams shows of one's own press the moment it is taken.
    """
    labels = tuple(button["label"] for button in row["buttons"])
    text = str(row["text"])
    if row["raw"].get("note") == TAKEN:
        text = text.removesuffix(f"\n{TAKEN}")
    return (text, row["state"], row["aws_seen"], labels)


def _acknowledged(told: Json) -> None:
    for answer in (told, *told.get("replies", ())):
        assert answer.get("status") == 200, told
    assert "slack_says" not in told, told


def _form(shown: Json) -> Form:
    fields = {
        f["label"]: Field(
            # Where another choice may be sent off without it, words say so.
            f["required"] or f"{f['label']}\nRequired." in shown["text"],
            f["value"],
            f["error"],
        )
        for f in shown["fields"]
    }
    return Form(shown["id"], shown["text"], fields, submits=shown["submit"] is not None)
