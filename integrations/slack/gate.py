"""The first thing that looks at bytes claiming to come from Slack: signed by Slack, now, or not."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

TIMESTAMP = "X-Slack-Request-Timestamp"
SIGNATURE = "X-Slack-Signature"
WINDOW_SECONDS = 300
_TIMESTAMP = re.compile(rb"[0-9]{1,12}\Z")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}\Z")


def verified(headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], now: float) -> bool:
    """Whether `body` was signed with one of `secrets` within five minutes of `now`. Never raises.

    `now` is real time, seconds since the epoch. Several secrets let an operator rotate them. A
    header that came twice counts as none: another reader might have taken the other one.
    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    timestamp = _only(headers, TIMESTAMP)
    signature = _only(headers, SIGNATURE)
    if not _TIMESTAMP.match(timestamp) or not _SIGNATURE.match(signature):
        return False
    if abs(now - int(timestamp)) > WINDOW_SECONDS:
        return False
    signed = b"v0:%b:%b" % (timestamp, body)
    good = False
    for secret in secrets:  # all of them, always: how long this takes tells nothing
        mac = hmac.new(secret, signed, hashlib.sha256).hexdigest().encode()
        good |= hmac.compare_digest(b"v0=" + mac, signature) and bool(secret)
    return good


def _only(headers: Mapping[str, str], name: str) -> bytes:
    """The one value of a header, whatever its letter case; empty when there is none or another."""
    values = [value for found, value in headers.items() if found.lower() == name.lower()]
    return values[0].encode("latin-1", "replace") if len(values) == 1 else b""
