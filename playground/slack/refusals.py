"""How the simulated Slack says no: an error string and, for bad payloads, where they are bad."""

from typing import Any

Json = dict[str, Any]
"""A JSON object as it travels on the wire."""


class Refusal(Exception):  # noqa: N818 (an answer of Slack, not a fault)
    """Slack's `{"ok": false, "error": …}` with `more`; `messages` go into response_metadata.

    https://docs.slack.dev/apis/web-api/#responses
    """

    def __init__(
        self, error: str, messages: tuple[str, ...] = (), more: Json | None = None
    ) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages
        self.more = more or {}

    def shown(self) -> Json:
        """The body of the answer."""
        body: Json = {"ok": False, "error": self.error, **self.more}
        if self.messages:
            body["errors"] = [message.removeprefix("[ERROR] ") for message in self.messages]
            body["response_metadata"] = {"messages": list(self.messages)}
        return body
