"""What Teams tells the bot, and how each is handed over to the front desk."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from bot.cards import FieldErrors, Form, Pick
from bot.ports import IntegrationError
from bot.wording.doors import ADD_ME, FAILED, IN_OUR_CHAT, SLOW, TAKEN
from handlers.arrivals import Arrival, FrontDesk
from integrations.teams import forms
from integrations.teams.activities import PERSONAL, Answer, Seen, arrival, at, seen, text
from integrations.teams.cards import CONTENT, OURS, adaptive
from integrations.teams.connector import Json, Where
from integrations.teams.messenger import TeamsMessenger
from integrations.teams.places import base
from integrations.teams.said import said

Activity = Mapping[str, Any]
MADE = frozenset({"channelCreated", "channelRestored"})
ADDED = frozenset({"add", "add-upgrade"})
_MESSAGE = "application/vnd.microsoft.activity.message"
_log = structlog.get_logger(__name__)


class Reception:
    """Implements :class:`integrations.teams.turns.Heard`, for activities that were verified."""

    def __init__(self, desk: FrontDesk, messenger: TeamsMessenger, tenant: str) -> None:
        self._desk = desk
        self._messenger = messenger
        self._connector = messenger.connector
        self._single_sign_on = messenger.single_sign_on
        self._places = messenger.places
        self._dialogs = messenger.dialogs
        self._tenant = tenant

    async def message(self, activity: Activity) -> None:
        """A command, or a button of a client that knows no better way to press it."""
        who = seen(activity, self._tenant)
        if who is None:
            return
        await self._note(activity, who)
        act, pressed = arrival(activity, who), text(activity, "value", OURS, "intent")
        if pressed:
            await self._desk.pressed(act, pressed)
        elif who.personal:
            await self._desk.wrote(act, said(activity))
        else:
            await self._elsewhere(activity, who, act)

    async def invoke(self, activity: Activity) -> Answer | None:
        """What waits for an answer of its own; None for what the bot does not know."""
        who = seen(activity, self._tenant)
        if who is None:
            return None
        await self._note(activity, who)
        match text(activity, "name"):
            case "adaptiveCard/action":
                return Answer(await self._acted(activity, who))
            case "task/fetch":
                return Answer(await self._fetched(activity, who))
            case "task/submit":
                return Answer(await self._submitted(activity, who))
            case "signin/tokenExchange" if self._single_sign_on is not None:
                value = at(activity, "value")
                given = value if isinstance(value, Mapping) else {}
                return await self._single_sign_on.exchanged(who.account, given)
            case "signin/failure" if self._single_sign_on is not None:
                self._single_sign_on.failed(who.account, text(activity, "value", "code"))
                return Answer({})
            case "signin/verifyState":
                return Answer({})  # the sign-in's own page carries on by itself
            case _:
                return None

    async def installed(self, activity: Activity) -> None:
        """The bot was added or removed, by somebody for themselves or in a team."""
        added = text(activity, "action") in ADDED
        who = seen(activity, self._tenant)
        if text(activity, "conversation", "conversationType") != PERSONAL:
            await self._in_channel(activity, added=added)
        elif who is not None and added:
            # Nobody is greeted: it may have been installed for thousands.
            await self._places.note(who, installed=True)
        elif who is not None:
            await self._places.forget(who.account.user)

    async def changed(self, activity: Activity) -> None:
        """Somebody, perhaps the bot, came into a conversation or left it; or a channel was made.

        https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events
        """
        if text(activity, "conversation", "conversationType") == PERSONAL:
            return
        team, channel = (text(activity, "channelData", part, "id") for part in ("team", "channel"))
        if text(activity, "channelData", "eventType") in MADE and team and channel:
            await self._places.note_channel(Where(text(activity, "serviceUrl"), channel), team)
        bot = text(activity, "recipient", "id")
        for members, added in (("membersAdded", True), ("membersRemoved", False)):
            listed = activity.get(members)
            if bot in ([text(one, "id") for one in listed] if isinstance(listed, list) else ()):
                await self._in_channel(activity, added=added)

    async def _in_channel(self, activity: Activity, *, added: bool) -> None:
        where = Where(text(activity, "serviceUrl"), text(activity, "conversation", "id"))
        team = text(activity, "channelData", "team", "id")
        if not added:
            await self._places.forget(base(where.conversation))
            return
        await self._places.note_channel(where, team)
        for channel in await self._channels_of(where.address, team) if team else ():
            await self._places.note_channel(Where(where.address, text(channel, "id")), team)

    async def _channels_of(self, address: str, team: str) -> Sequence[Json]:
        """All channels of a team: of most of them nothing else will be heard."""
        try:
            return await self._connector.channels(address, team)
        except IntegrationError as failed:
            _log.warning("channels_not_listed", error=failed.detail)
            return ()

    async def _note(self, activity: Activity, who: Seen) -> None:
        """Where somebody is; that it cannot be written down keeps nobody from being heard."""
        team = text(activity, "channelData", "team", "id")
        try:
            await self._places.note(who)
            if not who.personal:
                await self._places.note_channel(who.where, team)
        except IntegrationError as failed:
            _log.warning("place_not_noted", system=failed.system)

    async def _elsewhere(self, activity: Activity, who: Seen, act: Arrival) -> None:
        """Said where others read: whoever can be answered alone is; there they are told which it is."""
        words = IN_OUR_CHAT
        try:
            await self._messenger.reach(who.account)
        except IntegrationError as failed:
            words = ADD_ME if failed.permanent else FAILED
        else:
            await self._desk.wrote(act, said(activity))
        try:
            told = {"type": "message", "textFormat": "plain", "text": words}
            await self._connector.reply(who.where, text(activity, "id"), told)
        except IntegrationError as failed:
            _log.warning("answer_lost", system=failed.system, error=failed.detail)

    async def _acted(self, activity: Activity, who: Seen) -> Json:
        """A button. What Teams presses by itself, to refresh a card, changes nothing."""
        about = text(activity, "value", "action", "data", OURS, "view")
        if about or text(activity, "value", "trigger") == "automatic":
            return await self._viewed(who, about)
        pressed = text(activity, "value", "action", "data", OURS, "intent")
        await self._desk.pressed(arrival(activity, who), pressed)
        return {"statusCode": 200, "type": _MESSAGE, "value": TAKEN}

    async def _viewed(self, who: Seen, about: str) -> Json:
        """A card as one of its readers sees it; words leave it as it is."""
        card = await self._desk.view(who.account, about)
        if card is None:
            return {"statusCode": 200, "type": _MESSAGE, "value": ""}
        shown = adaptive(card, who.zone or "UTC")
        return {"statusCode": 200, "type": CONTENT, "value": shown}

    async def _fetched(self, activity: Activity, who: Seen) -> Json:
        dialog = self._dialogs.begin()
        try:
            pressed = text(activity, "value", "data", OURS, "intent")
            await self._desk.pressed(arrival(activity, who, trigger=dialog.key), pressed)
            form = await dialog.wait()
        finally:
            self._dialogs.end(dialog)
        if form is not None:
            return await self._shown(who, form)
        return forms.said(SLOW if dialog.opened.is_set() else IN_OUR_CHAT)

    async def _submitted(self, activity: Activity, who: Seen) -> Json:
        given = forms.filled(at(activity, "value", "data"))
        if given is None:
            return forms.said(FAILED)
        if not given.rests:
            return await self._chosen(activity, who, given)
        found = given.missing or await self._desk.submitted(
            arrival(activity, who), given.name, given.values
        )
        return forms.with_errors(given, found) if found is not None else {}

    async def _chosen(self, activity: Activity, who: Seen, given: forms.Filled) -> Json:
        """Another access was chosen than the fields belong to."""
        dialog = self._dialogs.begin(opened=True)
        try:
            act = arrival(activity, who, shown=dialog.key)
            await self._desk.chosen(act, given.name, given.values)
            form = await dialog.wait()
        finally:
            self._dialogs.end(dialog)
        if form is not None:
            return await self._shown(who, form)
        return forms.with_errors(given, FieldErrors({next(iter(given.rests_on)): SLOW}))

    async def _shown(self, who: Seen, form: Form) -> Json:
        """The dialog, with what each field offers that has no options of its own."""
        asked = [f.key for f in form.fields if isinstance(f, Pick) and not f.options]
        offered = {key: await self._desk.options(who.account, key, "") for key in asked}
        return forms.dialog(form, offered)
