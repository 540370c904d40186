"""What is fired at the front door: bytes for one connection, signed as Slack does, or nearly."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from playground.cast import SLACK_TEAM

PATH = "/slack/events"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
CANARY = "attackerwords"
"""Stands in everything that is sent; no line of a log may have it."""
Headers = Mapping[str, str] | list[tuple[str, str]]


@dataclass(frozen=True)
class Signer:
    """Signs as Slack does, or nearly."""

    secret: str

    def headers(
        self, body: bytes, *, late: float = 0, secret: str = "", kind: str = FORM
    ) -> dict[str, str]:
        stamp = str(int(time.time() - late))  # noqa: TID251  signatures are over real time
        return {"Content-Type": kind, **self.stamped(stamp, body, secret)}

    def stamped(self, stamp: str, body: bytes, secret: str = "") -> dict[str, str]:
        signed = b"v0:%b:%b" % (stamp.encode("utf-8", "surrogateescape"), body)
        mac = hmac.new((secret or self.secret).encode(), signed, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mac}"}


@dataclass(frozen=True)
class Shot:
    """Bytes for one connection, and whether 200 is an answer too (signed, and refused in private)."""

    name: str
    raw: bytes
    signed: bool = False


def raw(
    body: bytes,
    headers: Headers,
    *,
    method: str = "POST",
    path: str = PATH,
    version: str = "1.1",
    length: str | None = "true",
) -> bytes:
    """One request; `length` is what Content-Length says, "true" the truth, None none at all."""
    pairs = headers if isinstance(headers, list) else list(headers.items())
    lines = [f"{method} {path} HTTP/{version}", "Host: bot.example", "Connection: close"]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length == 'true' else length}")
    lines += [f"{name}: {value}" for name, value in pairs]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def command(**more: object) -> dict[str, Any]:
    """The fields of a slash command by a person whom nobody knows."""
    fields = {
        "command": "/aws-access",
        "text": f"activate dev-poweruser 1h INC-1 {CANARY}",
        "team_id": SLACK_TEAM,
        "user_id": f"U{CANARY.upper()}",
        "trigger_id": f"1.2.{CANARY}",
        "response_url": f"http://127.0.0.1:9/{CANARY}",
        **more,
    }
    return {name: value for name, value in fields.items() if value is not None}


def clicked(value: object, action_id: object = "aa:activate:0", **more: object) -> dict[str, Any]:
    """The payload of a pressed button."""
    return {
        "type": "block_actions",
        "team": {"id": SLACK_TEAM, "domain": "x"},
        "user": {"id": f"U{CANARY.upper()}", "team_id": SLACK_TEAM},
        "trigger_id": f"1.3.{CANARY}",
        "response_url": f"http://127.0.0.1:9/{CANARY}",
        "actions": [{"type": "button", "block_id": "b", "action_id": action_id, "value": value}],
        **more,
    }


def sent(form: object, state: object, **more: object) -> dict[str, Any]:
    """The payload of a form that was sent."""
    return {
        "type": "view_submission",
        "team": {"id": SLACK_TEAM},
        "user": {"id": f"U{CANARY.upper()}", "team_id": SLACK_TEAM},
        "view": {"id": "V1", "hash": "h", "callback_id": form, "state": state},
        **more,
    }


def payload(told: object) -> bytes:
    """An interaction as Slack's form field."""
    return urlencode({"payload": json.dumps(told)}).encode()


def signed_command(signer: Signer, fields: Mapping[str, Any]) -> bytes:
    """One command, ready to be sent any number of times."""
    body = urlencode(fields).encode()
    return raw(body, signer.headers(body))


GOOD = urlencode(command()).encode()
