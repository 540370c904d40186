"""Cards as Adaptive Cards 1.5, the version that Teams shows everywhere.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference
"""

import json
from collections.abc import Iterator, Sequence

from bot.cards import Bold, Button, Card, Fact, Line, Style
from bot.domain.text import visible
from bot.intents import AskReason, OpenForm, encode
from bot.messaging import About
from bot.wording.doors import TOO_MUCH
from integrations.teams.rich import Json, heading, line, text
from integrations.text import cut, preformatted, safe_url, told

CONTENT = "application/vnd.microsoft.card.adaptive"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.5"
OURS = "aa"
"""Under which an action's data says what it is; what is filled in stands beside it."""
VERB = "aws_access"
LONGEST_CARD = 26_000
"""Bytes of a card's JSON. Teams refuses a message of more than about 28 KB in all."""
LONGEST_ACTIONS = 12_000
LONGEST_FOOTER = 3000
LONGEST_TOLD = 2500
"""Of what is read out, and shown where no card can be: it is in the card twice."""
MOST_SHOWN = 6
"""Buttons beyond that stand in a menu."""
MOST_BUTTONS = 12
LONGEST_LABEL = 80


def message(card: Card, zone: str = "UTC", about: About | None = None) -> Json:
    """A message that is a card. `zone` is the reader's; many read in UTC, which it says then."""
    told_programs = metadata(card, about)
    return {
        "type": "message",
        "summary": cut(visible(card.title), LONGEST_LABEL),
        "attachments": [attachment(adaptive(card, zone))],
        **({"channelData": {"aws_access": told_programs}} if told_programs else {}),
    }


def attachment(card: Json) -> Json:
    """A card as what a message or a dialog carries."""
    return {"contentType": CONTENT, "content": card}


def adaptive(card: Card, zone: str = "UTC") -> Json:
    """The card itself; what has no room is left out from the end, and it says so."""
    spoken = _within(told(card, visible, zone, addresses=False), LONGEST_TOLD)
    views = _refresh(card.views)
    below = [*actions(card.buttons), *_footers(card.footer, zone)]
    room = LONGEST_CARD - _size({**frame(below, spoken), **views})
    shown: list[Json] = []
    for element in _elements(card, zone):
        room -= _size(element)
        if room < 0:
            shown.append(text(TOO_MUCH))
            break
        shown.append(element)
    return {**frame([*shown, *below], spoken), **views}


def frame(elements: Sequence[Json], spoken: str) -> Json:
    """Elements as a whole card; `spoken` is read out, and shown where cards cannot be."""
    return {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": VERSION,
        "fallbackText": spoken,
        "speak": spoken,
        "msteams": {"width": "Full"},
        "body": list(elements),
    }


def actions(buttons: Sequence[Button]) -> list[Json]:
    """The buttons, within a set of their own, which clients without Action.Execute show too."""
    shown: list[Json] = []
    room = LONGEST_ACTIONS
    for button in buttons:
        one = _button(button)
        room -= _size(one) if one is not None else 0
        if one is not None and room >= 0:
            shown.append(one)
    for one in shown[MOST_SHOWN:MOST_BUTTONS]:
        one["mode"] = "secondary"
    return [{"type": "ActionSet", "actions": shown[:MOST_BUTTONS]}] if shown else []


def _elements(card: Card, zone: str) -> Iterator[Json]:
    """What a card says, without its buttons and its small print."""
    yield heading(card.title)
    lines = (line(spans, zone) for spans in card.lines)
    facts = (line((*_label(fact), *fact.value), zone, spacing="small") for fact in card.facts)
    yield from (element for element in (*lines, *facts) if element is not None)
    yield from _block(card.block)


def _footers(footer: Sequence[Line], zone: str) -> Iterator[Json]:
    room = LONGEST_FOOTER
    for spans in footer:
        element = line(spans, zone, size="small", isSubtle=True)
        room -= _size(element) if element is not None else 0
        if element is not None and room >= 0:
            yield element


def _refresh(about: str) -> Json:
    """Has each reader's client ask for a view of their own, at most once a minute.

    https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/user-specific-views
    """
    if not about:
        return {}
    action = {"type": "Action.Execute", "verb": VERB, "data": {OURS: {"view": about}}}
    return {"refresh": {"action": action}}


def _size(shown: Json) -> int:
    return len(json.dumps(shown, ensure_ascii=False).encode())


def _within(shown: str, size: int) -> str:
    """A text within so many bytes."""
    return (
        shown
        if len(shown.encode()) <= size
        else shown.encode()[:size].decode(errors="ignore") + "…"
    )


def metadata(card: Card, about: About | None) -> Json:
    """What a message says to programs; Teams shows it to nobody."""
    found: Json = {}
    if card.state is not None:
        found |= {"state": card.state, "aws_seen": card.aws_seen}
    if about is not None:
        found |= {"subject": about.subject, "topic": about.topic}
    return found


def _label(fact: Fact) -> Line:
    return (Bold(f"{fact.label}:"), " ")


def _block(shown: str) -> list[Json]:
    """Something to copy, line by line: a run has no line breaks of its own."""
    lines = [one for one in preformatted(shown).splitlines() if one.strip()]
    return [text(one, fontType="monospace", spacing="none") for one in lines]


def _button(button: Button) -> Json | None:
    """One button; None when it could not work."""
    label = cut(visible(button.label).strip() or "…", LONGEST_LABEL)
    spoken = visible(button.spoken).strip()
    aloud = {"tooltip": cut(spoken, LONGEST_LABEL)} if spoken else {}
    if button.url is not None:
        address = safe_url(button.url)
        opens = {"type": "Action.OpenUrl", "title": label, "url": address, **aloud}
        return opens if address else None
    if button.intent is None:
        return None
    looks: Json = {"title": label, **_STYLES[button.style], **aloud}
    data: Json = {OURS: {"intent": encode(button.intent)}}
    submit = {"type": "Action.Submit", **looks}
    if isinstance(button.intent, OpenForm | AskReason):  # only such an answer opens a form
        return {**submit, "data": {**data, "msteams": {"type": "task/fetch"}}}
    fallback = {**submit, "data": data}
    return {"type": "Action.Execute", "verb": VERB, "data": data, **looks, "fallback": fallback}


_STYLES: dict[Style, Json] = {
    Style.PLAIN: {},
    Style.PRIMARY: {"style": "positive"},
    Style.DANGER: {"style": "destructive"},
}
