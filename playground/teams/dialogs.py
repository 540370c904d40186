"""Dialogs: asked for by a button, filled in, submitted; the bot's answer says what comes next.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
"""

from collections.abc import Sequence

from playground.kernel.acts import Answer, Json, Undeliverable, heard, outcome
from playground.kernel.shape import objects
from playground.teams import activities
from playground.teams.accounts import Account
from playground.teams.acting import TROUBLE, Acting
from playground.teams.content import refuse_wrong_card
from playground.teams.fields import Action, Input, actions, find_action, find_input, initial
from playground.teams.fields import refuse_wrong as refuse_unfilled
from playground.teams.reading import form as row
from playground.teams.refusals import Refused
from playground.teams.state import CARD, Conversation, Dialog, Message

CONTEXT = {"theme": "default"}
SEARCHED = "application/vnd.microsoft.search.searchResponse"
MOST_FOUND = 15


class Dialogs:
    """Every method raises LookupError for an unknown person, Undeliverable when Teams says no."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting
        self._tenant = acting.tenant

    def forms(self, who: str) -> list[Json]:
        """The dialog in front, if there is one."""
        dialog = self._tenant.dialogs.get(who)
        return [row(dialog)] if dialog else []

    def owns(self, who: str, form: str) -> bool:
        """Whether this names a dialog of theirs rather than a message."""
        dialog = self._tenant.dialogs.get(who)
        return dialog is not None and dialog.id == form

    def _dialog(self, who: str, form: str) -> Dialog:
        account = self._acting.account(who)
        dialog = self._tenant.dialogs.get(account.key)
        if dialog is None or dialog.id != form:
            raise Undeliverable(f"{form!r} is not the dialog in front of {who}")
        return dialog

    async def fetch(
        self, account: Account, pressed: tuple[Conversation, Message], data: object, times: int = 1
    ) -> Json:
        """A button asks the bot for a dialog; `pressed` is where, and on what."""
        value = {"data": data, "context": CONTEXT}
        now = self._tenant.clock.now()
        where, on = pressed
        activity = activities.invoke("task/fetch", account, where, value, now, on)
        answers = await self._acting.delivery.send(activity, times)
        said = self._shown(account, where, heard(answers), None)
        return outcome(answers, teams_says=said)

    async def press(self, who: str, form: str, name: str, given: Json) -> Json:
        """Fill in, and press a button of the dialog."""
        dialog = self._dialog(who, form)
        for field, value in given.items():
            await self._enter(dialog, field, value)
        action = find_action(dialog.card, name)
        if action is None:
            raise Undeliverable(f"there is no one button {name!r} on {form}")
        if action.url is not None:
            return {"undelivered": "Teams opens the address and tells nobody", "url": action.url}
        return await self._send(dialog, action)

    async def submit(self, who: str, form: str, given: Json) -> Json:
        """Fill in and submit, in as many steps as the bot makes of it.

        What a step does not ask for yet is filled in when a later one does. A name that none of
        them asks for is Undeliverable, and then nothing was submitted after the step that lacks it.
        """
        dialog = self._dialog(who, form)
        left = dict(given)
        told: Json = {}
        while True:
            known = [name for name in left if find_input(dialog.card, name)]
            for name in known:
                await self._enter(dialog, name, left.pop(name))
            action = _the_submit(dialog, left)
            told = await self._send(dialog, action)
            following = self._tenant.dialogs.get(dialog.account.key)
            if not left or following is not dialog or not known:
                return told

    async def choose(self, who: str, form: str, field: str, value: object) -> Json:
        """Fill in one field. Teams tells the bot only when the dialog is submitted."""
        dialog = self._dialog(who, form)
        await self._enter(dialog, field, value)
        return {"undelivered": "filled in; Teams tells the bot when the dialog is submitted"}

    async def _enter(self, dialog: Dialog, field: str, value: object) -> None:
        found = _the_input(dialog, field)
        offered = await self._offered(dialog, found, value)
        dialog.values[found.id] = found.holding(value, offered)

    async def _offered(self, dialog: Dialog, field: Input, value: object) -> Sequence[Json]:
        """The choices, asked for as a person would: the wanted one is typed, then nothing."""
        known = [*field.choices, *dialog.offered.get(field.id, ())]
        if not field.dataset or not value:
            return known
        for typed in (str(value), ""):
            if not any(value in {one["value"], one["title"]} for one in known):
                known += await self._search(dialog, field, typed)
        return known

    async def options(self, who: str, form: str, field: str, typed: str = "") -> Json:
        """{"options": [{"value", "label"}]} that a field offers for what was typed."""
        dialog = self._dialog(who, form)
        found = _the_input(dialog, field)
        if found.dataset:
            listed = await self._search(dialog, found, typed)
        elif found.kind == "Input.ChoiceSet":
            # A list that is searched as one types is searched by the client itself.
            listed = [c for c in found.choices if typed.casefold() in str(c["title"]).casefold()]
        else:
            raise Undeliverable(f"{found.label} offers nothing")
        return {"options": [{"value": o["value"], "label": o["title"]} for o in listed]}

    async def _search(self, dialog: Dialog, field: Input, typed: str) -> list[Json]:
        """https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/dynamic-search"""
        value = {
            "queryText": typed,
            "queryOptions": {"skip": 0, "top": MOST_FOUND},
            "dataset": field.dataset,
            "data": {},
        }
        answer = heard(await self._invoke(dialog, "application/search", value))
        body = answer.reply if answer.accepted and isinstance(answer.reply, dict) else {}
        results = objects(body.get("value"), "results")
        if body.get("type") != SEARCHED:
            raise Undeliverable(f"Teams shows no choices for {field.label}: {answer.shown()}")
        dialog.offered[field.id] = [one for one in results if {"value", "title"} <= set(one)]
        return dialog.offered[field.id]

    async def close(self, who: str, form: str) -> Json:
        """Close the dialog; the bot hears nothing of it."""
        self._tenant.close(self._dialog(who, form))
        return {"undelivered": "closed; Teams does not tell the bot"}

    async def _send(self, dialog: Dialog, action: Action) -> Json:
        if action.kind != "Action.Submit":
            raise Undeliverable(f"a dialog takes no {action.kind}")
        refuse_unfilled(dialog.card, action, dialog.values)
        value = {"data": action.data(dialog.values), "context": CONTEXT}
        answers = await self._invoke(dialog, "task/submit", value)
        said = self._shown(dialog.account, dialog.conversation, heard(answers), dialog)
        return outcome(answers, teams_says=said)

    async def _invoke(self, dialog: Dialog, name: str, value: Json) -> list[Answer]:
        now = self._tenant.clock.now()
        activity = activities.invoke(name, dialog.account, dialog.conversation, value, now)
        return await self._acting.delivery.send(activity)

    def _shown(
        self, account: Account, where: Conversation, answer: Answer, dialog: Dialog | None
    ) -> str:
        """Do what the answer says; answers what Teams itself had to tell, or ""."""
        if not answer.accepted:
            return TROUBLE
        task = answer.reply.get("task") if isinstance(answer.reply, dict) else None
        match task:
            case {
                "type": "continue",
                "value": {"card": {"contentType": kind, "content": card}, **more},
            }:
                title = str(more.get("title") or "")
                return self._continued(account, where, (title, kind, card), dialog)
            case {"type": "message", "value": str(words)}:
                return self._continued(account, where, ("", CARD, _words(words)), dialog)
            case None if dialog is not None:
                self._tenant.close(dialog)
                return ""
            case _:
                return TROUBLE

    def _continued(
        self,
        account: Account,
        where: Conversation,
        told: tuple[str, object, Json],
        dialog: Dialog | None,
    ) -> str:
        title, kind, card = told
        try:
            refuse_wrong_card(card)
        except Refused:
            return TROUBLE
        if kind != CARD:
            return TROUBLE
        if dialog is None:
            dialog = self._tenant.open(account, where, title, card)
            dialog.values = initial(card)
            return ""
        dialog.title, dialog.card, dialog.offered = title or dialog.title, card, {}
        # The new card says itself what its fields hold: nothing of the old one is kept.
        dialog.values = initial(card)
        return ""


def _words(text: str) -> Json:
    """A dialog that only says something."""
    body = [{"type": "TextBlock", "text": text, "wrap": True}]
    return {"type": "AdaptiveCard", "version": "1.5", "body": body}


def _the_input(dialog: Dialog, name: str) -> Input:
    found = find_input(dialog.card, name)
    if found is None:
        raise Undeliverable(f"there is no one field {name!r} on {dialog.id}")
    return found


def _the_submit(dialog: Dialog, left: Json) -> Action:
    """The button to go on with; while something is left to fill in, one that is there for that."""
    found = [one for one in actions(dialog.card) if one.kind == "Action.Submit"]
    if not found:
        names = " and ".join(map(repr, left))
        raise Undeliverable(f"there is nothing to submit on {dialog.id}, and no {names}")
    return found[0]
