"""Cards as Slack messages, within every documented limit of Block Kit.

https://docs.slack.dev/reference/block-kit/blocks
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from bot.cards import Bold, Button, Card, Fact, Line, Style
from bot.intents import Intent, encode, name_of
from bot.messaging import About
from bot.wording.doors import TOO_MUCH
from integrations.slack.rich import Json, paragraph, pieces, small_print
from integrations.slack.text import LONGEST_TEXT, clean, fallback, plain
from integrations.text import cut, preformatted, safe_url

APP_EVENT = "aws_access"
ACTION = "aa:"
URL_ACTION = "aa:url:"
LONGEST_HEADER = 150
LONGEST_LABEL = 75
LONGEST_VALUE = 2000
LONGEST_URL = 3000
LONGEST_PARAGRAPH = 3000
LONGEST_BODY = 12_000
"""Of lines and facts together. Slack refuses a message whose blocks are too long in all, but does
not say from where on (msg_blocks_too_long)."""
MOST_BUTTONS = 25
MOST_FOOTERS = 5


def message(card: Card, zone: str = "UTC", longest: int = LONGEST_TEXT) -> Json:
    """What a new message, an update or an answer says: text, blocks, and nothing unfurled.

    `zone` is the reader's, for the times in the text; the blocks have the reader's client tell them.
    """
    return {
        "text": fallback(card, zone, longest),
        "blocks": blocks(card),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def metadata(card: Card, about: About | None) -> Json | None:
    """What a message says to programs; None for one that is never found or read by any.

    https://docs.slack.dev/messaging/message-metadata: every app in the workspace can read it.
    """
    payload: Json = {}
    if card.state is not None:
        payload |= {"state": card.state, "aws_seen": card.aws_seen}
    if about is not None:
        payload |= {"subject": about.subject, "topic": about.topic}
    return {"event_type": APP_EVENT, "event_payload": payload} if payload else None


def is_about(told: object, about: About) -> bool:
    """Whether a message's metadata is what `metadata` says of messages about this."""
    if not isinstance(told, Mapping) or told.get("event_type") != APP_EVENT:
        return False
    payload = told.get("event_payload")
    if not isinstance(payload, Mapping):
        return False
    return (payload.get("subject"), payload.get("topic")) == (about.subject, about.topic)


def blocks(card: Card) -> list[Json]:
    """The blocks of a card. Their ids are new whenever it shows something else."""
    shown = [
        header(card.title),
        *texts([*card.lines], [_fact(fact) for fact in card.facts]),
        *_block(card.block),
        *actions(card.buttons),
        *footers(card.footer),
    ]
    return identified(shown)


def identified(shown: Sequence[Json]) -> list[Json]:
    """The blocks with ids that are new whenever any of them shows something else."""
    revision = hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:12]
    return [{**block, "block_id": f"{ACTION}{revision}:{n}"} for n, block in enumerate(shown)]


def texts(*groups: Sequence[Line]) -> list[Json]:
    """Groups of lines as rich text; what does not fit is left out, and it says so."""
    left, shown = LONGEST_BODY, []
    for group in groups:
        for lines in _paragraphs(group):
            size = sum(_size(line) for line in lines)
            if size > left:
                shown.append(rich_text([(TOO_MUCH,)]))
                return shown
            left -= size
            shown.append(rich_text(lines))
    return shown


def _paragraphs(lines: Iterable[Line]) -> list[list[Line]]:
    """The lines in portions of one rich text block each; blank portions are none."""
    portions: list[list[Line]] = []
    room = 0
    for line in lines:
        size = _size(line)
        if size > room:
            portions.append([])
            room = LONGEST_PARAGRAPH
        room -= size
        portions[-1].append(line)
    return [portion for portion in portions if any(plain(line).strip() for line in portion)]


def _size(line: Line) -> int:
    return 1 + sum(len(piece.get("text") or piece["fallback"]) for piece in pieces(line))


def rich_text(lines: Sequence[Line]) -> Json:
    """Lines that have room in one block."""
    return {"type": "rich_text", "elements": [paragraph(lines)]}


def _fact(fact: Fact) -> Line:
    return (Bold(f"{fact.label}:"), " ", *fact.value)


def header(title: str) -> Json:
    """A title."""
    text = cut(clean(title).strip() or "AWS access", LONGEST_HEADER)
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _block(text: str) -> list[Json]:
    shown = preformatted(text)[:LONGEST_BODY]
    if not shown.strip():
        return []
    starts = range(0, len(shown), LONGEST_PARAGRAPH)
    elements = [{"type": "text", "text": shown[at : at + LONGEST_PARAGRAPH]} for at in starts]
    content = {"type": "rich_text_preformatted", "elements": elements}
    return [{"type": "rich_text", "elements": [content]}]


def footers(footer: Sequence[Line]) -> list[Json]:
    """The small print."""
    lines = [elements for line in footer[:MOST_FOOTERS] if (elements := small_print(line))]
    return [{"type": "context", "elements": elements} for elements in lines]


def actions(buttons: Sequence[Button]) -> list[Json]:
    """The buttons in one block; no block for none that could work."""
    primary = next((b for b in buttons if b.style is Style.PRIMARY), None)
    elements = [
        element
        for n, button in enumerate(buttons)
        if (element := _button(button, n, primary=button is primary)) is not None
    ]
    return [{"type": "actions", "elements": elements[:MOST_BUTTONS]}] if elements else []


def _button(button: Button, number: int, *, primary: bool) -> Json | None:
    """One button; None when it could not work (no intent, or more than Slack carries)."""
    does = _does(button, number)
    if does is None:
        return None
    label = cut(clean(button.label) or "…", LONGEST_LABEL)
    text = {"type": "plain_text", "text": label, "emoji": False}
    style: Json = {}
    if primary:
        style = {"style": "primary"}
    elif button.style is Style.DANGER:
        style = {"style": "danger"}
    spoken = cut(clean(button.spoken), LONGEST_LABEL)
    aloud: Json = {"accessibility_label": spoken} if spoken else {}
    return {"type": "button", "text": text, **does, **style, **aloud}


def _does(button: Button, number: int) -> Json | None:
    if button.url is not None:
        url = safe_url(button.url)
        fits = url is not None and len(url) <= LONGEST_URL
        return {"action_id": f"{URL_ACTION}{number}", "url": url} if fits else None
    if button.intent is None:
        return None
    value = _value(button.intent)
    fits = len(value) <= LONGEST_VALUE
    action_id = f"{ACTION}{name_of(button.intent)}:{number}"
    return {"action_id": action_id, "value": value} if fits else None


def _value(intent: Intent) -> str:
    """The encoded intent with its letters as they are: escapes would take up to six times the room."""
    text = encode(intent)
    return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
