"""Getting an activity to the bot, signed as Bot Connector signs it, within the time Teams gives it.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

import json
from collections.abc import Callable

from playground.kernel.acts import Answer, Json, post
from playground.teams.keys import Keys

BotUrl = Callable[[], str]
"""Answers the bot's base URL, asked anew for each delivery."""

PATH = "/api/messages"
MESSAGE_SECONDS = 15.0
"""After that the connector counts a message as not taken (504)."""
INVOKE_SECONDS = 10.0
SEARCH_SECONDS = 5.0


def patience(activity: Json) -> float:
    """How many seconds a bot has for it."""
    if activity["type"] != "invoke":
        return MESSAGE_SECONDS
    quick = activity["name"] in {"application/search", "task/fetch", "task/submit"}
    return SEARCH_SECONDS if quick else INVOKE_SECONDS


class Delivery:
    """Sends to the bot at `{bot}/api/messages`."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.bot_url: BotUrl | None = None
        self.service_url = ""

    async def send(self, activity: Json, times: int = 1) -> list[Answer]:
        """Deliver the identical bytes `times` times, one after the other."""
        if self.bot_url is None:
            return [Answer(failure="the bot has no messaging endpoint")] * times
        body = json.dumps({**activity, "serviceUrl": self.service_url}).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)",
            "Authorization": f"Bearer {self._keys.token(self.service_url)}",
        }
        url = f"{self.bot_url()}{PATH}"
        return [await post(url, headers, body, patience(activity)) for _ in range(times)]
