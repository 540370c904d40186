"""What a bot sends, checked as Teams checks it: its size, its attachments, its cards.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages
"""

import json

from playground.kernel.acts import Json
from playground.teams.cards import problems
from playground.teams.refusals import bad_argument, too_big
from playground.teams.state import CARD, SIGN_IN

MESSAGE_BYTES = 100 * 1024
CARD_BYTES = 28 * 1024
ATTACHED = frozenset({CARD, SIGN_IN})
WATCHED = frozenset({"message", "typing"})


def checked(raw: bytes) -> Json:
    """The JSON object of a request. Raises Refused."""
    if len(raw) > MESSAGE_BYTES:
        raise too_big(MESSAGE_BYTES)
    try:
        body = json.loads(raw or b"null")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad_argument("The body is no JSON object.")
    return body


def checked_activity(activity: Json) -> Json:
    """An activity that Teams would carry. Raises Refused."""
    if activity.get("type") not in WATCHED:
        raise bad_argument(f"Activities of type {activity.get('type')} are not sent.")
    attached = activity.get("attachments") or []
    if not isinstance(attached, list) or not all(isinstance(one, dict) for one in attached):
        raise bad_argument("attachments is a list of objects.")
    if activity["type"] == "message" and not attached and not activity.get("text"):
        raise bad_argument("A message has a text or an attachment.")
    for one in attached:
        refuse_wrong_attachment(one)
    return activity


def refuse_wrong_attachment(attached: Json) -> None:
    """Raises Refused for what Teams does not show."""
    kind, content = attached.get("contentType"), attached.get("content")
    if kind not in ATTACHED or not isinstance(content, dict):
        raise bad_argument(f"Attachments of type {kind} are not shown.")
    if kind == CARD:
        refuse_wrong_card(content)


def refuse_wrong_card(card: object) -> None:
    """Raises Refused for a card that is too big, or that no client would draw."""
    if len(json.dumps(card, ensure_ascii=False).encode()) > CARD_BYTES:
        raise too_big(CARD_BYTES)
    found = problems(card)
    if found:
        raise bad_argument("; ".join(found))
