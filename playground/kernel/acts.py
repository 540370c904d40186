"""What people do in a simulated chat: brought to the bot over HTTP, and how that is reported."""

import json
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

Json = dict[str, Any]
"""A JSON object as it travels on the wire."""


class Undeliverable(Exception):  # noqa: N818 (an answer of the chat, not a fault)
    """What the chat would never have sent to the app: the person sees why, the app hears nothing."""


@dataclass(frozen=True)
class Answer:
    """What came back: an HTTP status with its body, or why there is none (`failure`)."""

    status: int = 0
    reply: Any = ""
    failure: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the bot took it, and what it says is to be shown."""
        return self.status == 200  # noqa: PLR2004

    def shown(self) -> Json:
        """The answer as the control interface reports it."""
        if self.failure:
            return {"undelivered": self.failure}
        return {"status": self.status, "reply": self.reply}


async def post(url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Answer:
    """One delivery to the bot, which has that many seconds to answer.

    A connection for each: one kept open to a replica that was killed would fail the next.
    """
    timeout = aiohttp.ClientTimeout(total=seconds)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return Answer(answer.status, _reply(answer.content_type, await answer.text()))
    except TimeoutError:
        return Answer(failure=f"operation_timeout: no answer within {seconds:g} seconds")
    except aiohttp.ClientError as broken:
        return Answer(failure=f"dispatch_failed: {type(broken).__name__}")


def _reply(content_type: str, text: str) -> object:
    if content_type != "application/json":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def heard(answers: Sequence[Answer]) -> Answer:
    """The answer a chat acts on when the network delivered several times: the first that came."""
    return next((one for one in answers if not one.failure), answers[0])


def outcome(answers: Sequence[Answer], **more: object) -> Json:
    """How an act is reported, with whatever of `more` says something."""
    report = heard(answers).shown()
    if len(answers) > 1:
        report["replies"] = [one.shown() for one in answers]
    return {**report, **{name: value for name, value in more.items() if value}}


async def told(act: Awaitable[Json]) -> Json:
    """The report of an act; {"undelivered": why} where the chat does not deliver it."""
    try:
        return await act
    except Undeliverable as why:
        return {"undelivered": str(why)}
