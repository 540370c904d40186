"""How the simulated Bot Connector says no.

https://learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability#status-codes-from-bot-conversational-apis
"""

from playground.kernel.acts import Json


class Refused(Exception):  # noqa: N818 (an answer of the connector, not a fault)
    """An HTTP status with `{"error": {"code", "message"}}`; `retry_after` is seconds."""

    def __init__(
        self, status: int, code: str, message: str, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.retry_after = retry_after
        self.body: Json = {"error": {"code": code, "message": message}}


def no_conversation(conversation: str) -> Refused:
    """Nothing is known under that id."""
    return Refused(404, "ConversationNotFound", f"Conversation not found: {conversation}.")


def no_activity(activity: str) -> Refused:
    """No message of the bot's stands under that id."""
    return Refused(404, "ActivityNotFoundInConversation", f"Activity not found: {activity}.")


def writes_blocked() -> Refused:
    """The person has blocked the bot, or it is not installed for them."""
    return Refused(403, "MessageWritesBlocked", "The bot is blocked or not installed here.")


def not_in_roster() -> Refused:
    """The bot is not in that team or chat."""
    return Refused(403, "BotNotInConversationRoster", "The bot is not part of the conversation.")


def bad_argument(message: str) -> Refused:
    """The request itself is wrong."""
    return Refused(400, "BadArgument", message)


def too_big(limit: int) -> Refused:
    """An activity that is larger than Teams carries."""
    return Refused(413, "MessageSizeTooBig", f"The message is larger than {limit} bytes.")


def throttled(seconds: float) -> Refused:
    """More than a bot may send."""
    return Refused(429, "Throttled", "Too many requests.", seconds)
