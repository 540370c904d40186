"""What the bot shows, free of any chat: cards, buttons and forms made of typed pieces of text."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.intents import Intent


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a person (or a name out of a directory): shown as plain text, never interpreted."""

    text: str


@dataclass(frozen=True, slots=True)
class Bold:
    """Our own words, stressed."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to copy, or a name typed as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link; `url` is always one of ours, Entra's or AWS's."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, shown in the reader's own zone where the chat can. `date` shows the day too."""

    at: datetime
    date: bool = False


Span = str | Said | Bold | Code | Anchor | Moment
Line = tuple[Span, ...]


class Style(StrEnum):
    """How much a button asks to be pressed; at most one primary on a card."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """One thing to press: an intent, or a link when `url` is set.

    `spoken` is what a screen reader says of it, where the label alone does not say what it is about.
    """

    label: str
    intent: Intent | None = None
    url: str | None = None
    style: Style = Style.PLAIN
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled value on a card."""

    label: str
    value: Line


@dataclass(frozen=True, slots=True)
class Card:
    """One message. `state` is the request's state it shows; `aws_seen`: it says AWS has the membership.

    `block` is text to copy (a CLI profile). `footer` is small print. `views` is what it is about where
    many read it and each may see it in a way of their own, in a chat that can show that.
    """

    title: str
    lines: tuple[Line, ...] = ()
    facts: tuple[Fact, ...] = ()
    buttons: tuple[Button, ...] = ()
    block: str = ""
    footer: tuple[Line, ...] = ()
    state: str | None = None
    aws_seen: bool = False
    views: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a Home, and what can be done about it."""

    line: Line
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one kind on a Home. `more` is said where not all of them have room."""

    title: str
    items: tuple[Item, ...]
    more: Line = ("…",)


@dataclass(frozen=True, slots=True)
class Home:
    """What somebody sees on the bot's own tab, the most urgent first."""

    sections: tuple[Section, ...]
    footer: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One choice in a list."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """A field to choose in. With no `options` the chat asks the bot while the person types.

    `reloads`: choosing a value redraws the form (the fields depend on it).
    """

    key: str
    label: str
    options: tuple[Option, ...] = ()
    chosen: Option | None = None
    reloads: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A field to type in."""

    key: str
    label: str
    text: str = ""
    required: bool = False
    multiline: bool = False
    hint: str = ""
    longest: int = 500


@dataclass(frozen=True, slots=True)
class Form:
    """A modal or dialog. `name` says which handler its submission goes to."""

    name: str
    title: str
    submit: str
    fields: tuple[Pick | Entry, ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """What is wrong with a submitted form, a sentence per field key."""

    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A web page of the sign-in: what it says, and the one thing to press, when there is one.

    `confirm` is the label of the button that posts back to the same address.
    """

    title: str
    lines: tuple[Line, ...] = ()
    facts: tuple[Fact, ...] = ()
    confirm: str = ""
    fine: bool = True
    """Whether this is good news (or none); False: something was refused or has failed."""
