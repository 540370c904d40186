"""What a person does in a chat with the bot, or in a channel: type, press a button, read."""

import re
from dataclasses import dataclass

from playground.kernel.acts import Json, Undeliverable, heard, outcome
from playground.teams import activities
from playground.teams.accounts import Account
from playground.teams.acting import Acting, after_action
from playground.teams.dialogs import Dialogs
from playground.teams.fields import Action, Values, fill, find_action, initial, refuse_wrong
from playground.teams.reading import message as row
from playground.teams.state import Conversation, Message, card_of

_MENTION = re.compile(r"(?<![\w@])@(?P<key>[a-z0-9][a-z0-9-]*)")


@dataclass(frozen=True)
class Click:
    """A press on a message: what on it, with what filled in, and how it reaches the bot.

    `force` delivers it although the person cannot see the message, or no longer sees the button.
    """

    message: str
    action: str
    inputs: Json
    force: bool = False
    times: int = 1


class Chatting:
    """Every method raises LookupError for an unknown person, Undeliverable when Teams says no."""

    def __init__(self, acting: Acting, dialogs: Dialogs) -> None:
        self._acting = acting
        self._tenant = acting.tenant
        self._dialogs = dialogs

    def messages(self, who: str) -> list[Json]:
        """What of the bot's they can see now, newest last; nothing without an account."""
        try:
            account = self._acting.account(who)
        except Undeliverable:
            return []
        return [row(one, account) for one in self._tenant.visible(account)]

    async def say(self, who: str, text: str, times: int = 1, channel: str = "") -> Json:
        """Type something into one's chat with the bot, or to the bot in a channel."""
        account = self._acting.account(who)
        conversation = self._where(account, channel)
        mentions: list[Json] = []
        typed = _MENTION.sub(lambda found: self._mentioned(found, mentions), text)
        sent = (self._tenant.new_id(), self._tenant.clock.now())
        activity = activities.message(account, conversation, typed, mentions, sent)
        return outcome(await self._acting.delivery.send(activity, times))

    def _where(self, account: Account, channel: str) -> Conversation:
        if not channel:
            self._acting.reached(account)
            return self._tenant.personal(account)
        found = self._tenant.conversation(channel)
        if found is None or found[0].person is not None or account.key not in self._tenant.team:
            raise Undeliverable(f"{account.key} is in no channel {channel}")
        if not found[0].has_bot:
            raise Undeliverable("the app is not in that team")
        return found[0]

    def _mentioned(self, found: re.Match[str], mentions: list[Json]) -> str:
        account = self._tenant.accounts.get(found["key"])
        if account is None:
            return found[0]
        mentions.append(activities.mention(account))
        return str(mentions[-1]["text"])

    async def press(self, who: str, click: Click) -> Json:
        """Press a button on a message."""
        account = self._acting.account(who)
        message = self._message(account, click)
        card, action = _on(message, account, click)
        values = initial(card)
        fill(card, values, click.inputs)
        if action.url is not None:
            return {"undelivered": "Teams opens the address and tells nobody", "url": action.url}
        if not click.force:
            self._acting.reached(account)
        refuse_wrong(card, action, values)
        return await self._pressed(account, message, action, values, click.times)

    async def _pressed(
        self, account: Account, message: Message, action: Action, values: Values, times: int
    ) -> Json:
        where = self._from_where(account, message)
        match action.kind:
            case "Action.Execute":
                value, now = executed(action, values, "manual"), self._tenant.clock.now()
                name = "adaptiveCard/action"
                activity = activities.invoke(name, account, where, value, now, message)
                answers = await self._acting.delivery.send(activity, times)
                said = after_action(self._tenant, message, account, heard(answers))
                return outcome(answers, teams_says=said)
            case "Action.Submit" if action.opens_dialog:
                data = action.data(values)
                return await self._dialogs.fetch(account, (where, message), data, times)
            case "Action.Submit":
                sent = (self._tenant.new_id(), self._tenant.clock.now())
                data = action.data(values)
                value = data if isinstance(data, dict) else {"value": data}
                activity = activities.submitted(account, where, message, value, sent)
                return outcome(await self._acting.delivery.send(activity, times))
            case kind:
                raise Undeliverable(f"{kind} changes only what the person sees")

    def _from_where(self, account: Account, message: Message) -> Conversation:
        """Where Teams says that it was pressed: nobody can be in somebody else's chat."""
        sees = self._tenant.sees(account, message)
        return message.conversation if sees else self._tenant.personal(account)

    def _message(self, account: Account, click: Click) -> Message:
        messages = self._tenant.messages if click.force else self._tenant.visible(account)
        for one in messages:
            if one.key == click.message:
                return one
        raise Undeliverable(f"{account.key} sees no message {click.message}")


def executed(action: Action, values: Values, trigger: str) -> Json:
    """The value of an adaptiveCard/action."""
    told = {
        "type": "Action.Execute",
        "id": action.body.get("id", ""),
        "title": action.label,
        "verb": action.body.get("verb", ""),
        "data": action.data(values),
    }
    return {"action": told, "trigger": trigger}


def _on(message: Message, account: Account, click: Click) -> tuple[Json, Action]:
    earlier = [card_of(one) for one in reversed(message.before)] if click.force else []
    own = [card_of(message.activity)] if click.force else []
    for card in (message.card_for(account), *own, *earlier):
        action = find_action(card, click.action) if card else None
        if card is not None and action is not None:
            return card, action
    raise Undeliverable(f"there is no one button {click.action!r} on {message.key}")
