"""The turn of an activity, which is botbuilder's; nothing else here knows that library.

Of it only the activity types and the turn are used (docs/decisions/0008-teams-own-door.md). What it is
given has been verified, and what is said goes out by our own connector.
https://github.com/microsoft/botbuilder-python
"""

from collections.abc import Mapping
from typing import Any, Protocol

from botbuilder.core import ActivityHandler, BotAdapter, TurnContext
from botbuilder.schema import Activity

from integrations.teams.activities import Answer

Json = dict[str, Any]
_PLAIN = ("type", "id", "name", "action", "channelId", "serviceUrl", "text", "locale")
"""What the turn goes by. Over a shape that the library does not know it raises: we read that ourselves."""
_RAW, _ANSWER = "aws_access.raw", "aws_access.answer"


class Heard(Protocol):
    """What hears activities, as Teams wrote them: botbuilder's types lose some of what they say."""

    async def message(self, activity: Mapping[str, Any]) -> None: ...
    async def invoke(self, activity: Mapping[str, Any]) -> Answer | None:
        """The answer; None when it is nothing the bot does."""
        ...

    async def installed(self, activity: Mapping[str, Any]) -> None: ...
    async def changed(self, activity: Mapping[str, Any]) -> None: ...


class Turns(BotAdapter):  # type: ignore[misc]  # botbuilder publishes no types
    """Has each activity heard in a turn of its own."""

    def __init__(self, heard: Heard) -> None:
        super().__init__()
        self._handler = _Handler(heard)

    async def take(self, raw: Json) -> Answer | None:
        """Hear one activity; for an invoke, what it is answered with."""
        plain = {name: raw[name] for name in _PLAIN if isinstance(raw.get(name), str)}
        turn = TurnContext(self, Activity().deserialize(plain))
        turn.turn_state[_RAW] = raw
        await self.run_pipeline(turn, self._handler.on_turn)
        answer: Answer | None = turn.turn_state.get(_ANSWER)
        return answer

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[Any]:
        """Never called: what the bot says goes through the messenger."""
        raise NotImplementedError

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        """Never called, as above."""
        raise NotImplementedError

    async def delete_activity(self, context: TurnContext, reference: object) -> None:
        """Never called, as above."""
        raise NotImplementedError


class _Handler(ActivityHandler):  # type: ignore[misc]
    """Botbuilder's own dispatch by kind of activity; other kinds are none of ours."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await self._heard.message(turn_context.turn_state[_RAW])

    async def on_invoke_activity(self, turn_context: TurnContext) -> None:
        answer = await self._heard.invoke(turn_context.turn_state[_RAW])
        turn_context.turn_state[_ANSWER] = answer

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        await self._heard.installed(turn_context.turn_state[_RAW])

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        await self._heard.changed(turn_context.turn_state[_RAW])
