"""What a person does in a conversation: type a command, press a button, read, open the App Home."""

from dataclasses import dataclass

from playground.kernel.acts import Undeliverable, heard, outcome
from playground.slack import payloads
from playground.slack.accounts import Account
from playground.slack.acting import Acting
from playground.slack.answers import after_command
from playground.slack.delivery import Kind
from playground.slack.fields import SLOT, Element, Values, elements, fill, find, initial_values
from playground.slack.mrkdwn import typed
from playground.slack.reading import Reader
from playground.slack.refusals import Json
from playground.slack.state import Message, Workspace


@dataclass(frozen=True)
class Click:
    """A press on a message: what on it, with what filled in, and how it reaches the app.

    `force` delivers it although the person cannot see the message, or no longer sees the button.
    """

    message: str
    action: str
    inputs: Json
    force: bool = False
    times: int = 1


class Conversation:
    """Every method raises LookupError for an unknown person, Undeliverable when Slack says no."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting
        self._workspace = acting.workspace

    def messages(self, who: str) -> list[Json]:
        """What they can see now, newest last; nothing without an account."""
        try:
            account = self._acting.account(who)
        except Undeliverable:
            return []
        reader = Reader(self._workspace)
        return [reader.message(one) for one in self._workspace.visible(account)]

    async def say(self, who: str, text: str, times: int = 1) -> Json:
        """Type something into the conversation with the app."""
        account = self._acting.account(who)
        command, *rest = text.split(maxsplit=1) or [""]
        channel = self._workspace.direct(account.id)
        if command != payloads.COMMAND:
            reason = f"{command} is not a valid command"
            if not command.startswith("/"):
                reason = "the app does not listen to plain messages"
            raise Undeliverable(reason)
        if channel is None:
            raise Undeliverable(
                "slash commands work only for members of the workspace that has the app"
            )
        payload = payloads.slash_command(
            account,
            channel,
            self._typed("".join(rest).strip()),
            self._workspace.triggers.mint(account.id),
            self._acting.response_url(channel, account.id),
        )
        answers = await self._acting.delivery.send(Kind.COMMAND, payload, times)
        said = after_command(self._workspace, channel, account.id, heard(answers))
        return outcome(answers, slack_says=said)

    def _typed(self, text: str) -> str:
        users = {a.name: a.id for a in self._workspace.accounts.values()}
        channels = {c.name: c.id for c in self._workspace.channels.values() if not c.user}
        return typed(text, users.get, channels.get)

    async def press(self, who: str, click: Click) -> Json:
        """Press a button or use a menu on a message."""
        account = self._acting.account(who)
        message = self._message(account, click)
        blocks, element = _on(message, click)
        values = initial_values(blocks)
        fill(blocks, values, click.inputs)
        trigger_id = self._workspace.triggers.mint(account.id)
        response_url = self._acting.response_url(message.channel, account.id, message)
        payload = payloads.message_action(
            account,
            message,
            [acted(self._workspace, element, values)],
            values,
            (trigger_id, response_url),
        )
        answers = await self._acting.delivery.send(Kind.INTERACTION, payload, click.times)
        url = element.body.get("url")
        return outcome(answers, url=url)

    def _message(self, account: Account, click: Click) -> Message:
        messages = self._workspace.messages if click.force else self._workspace.visible(account)
        for one in messages:
            if one.id == click.message:
                return one
        raise Undeliverable(f"{account.name} sees no message {click.message}")

    async def open_home(self, who: str) -> Json:
        """Open the app's Home tab: the app hears app_home_opened."""
        account = self._acting.account(who)
        channel = self._workspace.direct(account.id)
        if channel is None:
            raise Undeliverable(f"{who} cannot see the app")
        home = self._workspace.views.homes.get(account.id)
        return await self._acting.happens(payloads.home_opened(account, channel, home))


def _on(message: Message, click: Click) -> tuple[list[Json], Element]:
    shown = [message.content, *(reversed(message.before) if click.force else ())]
    for content in shown:
        element = find(elements(content.blocks), click.action)
        if element is not None:
            return content.blocks, element
    raise Undeliverable(f"there is no one button {click.action!r} on {message.id}")


def acted(workspace: Workspace, element: Element, values: Values) -> Json:
    """The entry of `actions` for what was just pressed or chosen."""
    state = values[element.block_id][element.action_id] if element.kind in SLOT else {}
    return payloads.action(element, state, workspace.next_ts())
