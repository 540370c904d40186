"""Words to intents: what people type, or a hint about what they may have meant."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.durations import parse_typed
from bot.domain.ids import RequestId
from bot.domain.request import State
from bot.intents import (
    Activate,
    Deactivate,
    Help,
    Intent,
    Link,
    OpenForm,
    Recent,
    Status,
    Unlink,
    Withdraw,
)


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """Words that are no command. `hint` says what would be, `instead` is the nearest one."""

    said: str
    hint: str
    instead: str = ""


_TICKET = re.compile(r"(?:[A-Z][A-Z0-9]{1,9}-\d{1,9}|#\d{1,9})\Z")
_DAYS = re.compile(r"(\d{1,4})\s*d(?:ays?)?\Z", re.IGNORECASE)
_REQUEST = re.compile(r"R-[2-9A-HJ-NP-Z]{8}\Z")
_MENTION = re.compile(r"<@([A-Z0-9:_-]+)(?:\|[^>]*)?>\Z", re.IGNORECASE)
_NAMED = re.compile(r"<@[A-Z0-9:_-]+\|([^>]*)>", re.IGNORECASE)
_NUMBERISH = re.compile(r"\d+[a-z0-9.,:]*\Z", re.IGNORECASE)
_WORD = re.compile(r"\"([^\"]*)\"|“([^”]*)”|'([^']*)'(?=\s|\Z)|(\S+)")


def parse(text: str) -> Intent | Misunderstood:
    """The intent of one command line (without the command's own name)."""
    words = text.split(maxsplit=1)
    if not words:
        return OpenForm()
    verb, rest = words[0].casefold(), words[1] if len(words) > 1 else ""
    if verb not in _VERBS:
        near = difflib.get_close_matches(verb, _VERBS, n=1, cutoff=0.6)
        instead = f"{near[0]} {rest}".strip() if near else ""
        return Misunderstood(words[0], "There is no such command.", instead)
    return _VERBS[verb](rest.strip())


def _activate(rest: str) -> Intent | Misunderstood:
    words = _split(rest)
    if not words:
        return OpenForm()
    found = _Leading(words[1:])
    if found.unreadable:
        return found.unreadable
    # Chats hand a mention over as an id; the name is what the person saw and what PIM should show.
    reason = " ".join(_NAMED.sub(r"@\1", word) for word in found.rest)
    ticket = found.ticket or next((w for w in found.rest if _TICKET.match(w)), "")
    return Activate(words[0], found.duration, ticket=ticket, reason=reason)


class _Leading:
    """The structured words before the reason: how long and which ticket, in any order."""

    def __init__(self, words: list[str]) -> None:
        self.rest = words
        self.duration: timedelta | None = None
        self.ticket = ""
        self.unreadable: Misunderstood | None = None
        while self.rest and self._take():
            pass

    def _take(self) -> bool:
        word, after = self.rest[0], self.rest[1:]
        match word.casefold():
            case "for" if after and _length(after):
                self.rest = after
            case "at" if after and _NUMBERISH.match(after[0]):
                self.unreadable = Misunderstood(
                    f"at {after[0]}",
                    "Activations start at once; a later start is not possible here yet.",
                )
            case "ticket" if after:
                self.ticket, self.rest = after[0], after[1:]
            case _ if not self.ticket and _TICKET.match(word):
                self.ticket, self.rest = word, after
            case _ if self.duration is None and (found := _length(self.rest)):
                self.duration, used = found
                self.rest = self.rest[used:]
            case _ if self.duration is None and _NUMBERISH.match(word):
                self.unreadable = Misunderstood(
                    word, "I cannot read that as a length of time. Say 45m, 2h or 1h30m."
                )
            case _:
                return False
        return self.unreadable is None


def _length(words: list[str]) -> tuple[timedelta, int] | None:
    """A length of time at the start, and how many words it took (`2h` or `2 hours`)."""
    one = parse_typed(words[0])
    if one is not None:
        return one, 1
    two = parse_typed(" ".join(words[:2])) if words[0].isdigit() and len(words) > 1 else None
    return (two, 2) if two is not None else None


def _deactivate(rest: str) -> Intent | Misunderstood:
    return Deactivate(" ".join(_split(rest)))


def _withdraw(rest: str) -> Intent | Misunderstood:
    if not rest:
        return Withdraw()
    wanted = rest.split(maxsplit=1)[0].upper()
    if not _REQUEST.match(wanted):
        return Misunderstood(rest, "A request's id looks like R-7K3Q9FHM; its card shows it.")
    return Withdraw(RequestId(wanted))


def _recent(rest: str) -> Intent | Misunderstood:
    words, person, access, since, state = _split(rest), "", "", None, ""
    while words:
        word = words.pop(0)
        if mention := _MENTION.match(word):
            person = mention[1]
        elif word.casefold() == "since" and words:
            since = _age(words.pop(0))
            if since is None:
                return Misunderstood(word, "Say how far back as 12h, 7d or 30d.")
        elif word.casefold() == "state" and words:
            state, words = _state(words)
            if not state:
                known = ", ".join(State)
                return Misunderstood(f"state {' '.join(words)}", f"The states are: {known}.")
        elif access or word.startswith("@"):
            return Misunderstood(word, "Say: recent [@person] [ACCESS] [since 7d] [state denied].")
        else:
            access = word
    return Recent(person, access, since, state)


def _age(word: str) -> timedelta | None:
    days = _DAYS.match(word)
    return timedelta(days=int(days[1])) if days else parse_typed(word)


def _state(words: list[str]) -> tuple[str, list[str]]:
    """The state at the start of the words (some have two words), and what follows it."""
    for size in (2, 1):
        said = " ".join(words[:size]).casefold()
        if said in set(State):
            return said, words[size:]
    return "", words


def _split(text: str) -> list[str]:
    """Words, with quoted text as one word."""
    return [part for m in _WORD.finditer(text) if (part := next(filter(None, m.groups()), ""))]


def _plain(intent: Intent) -> Callable[[str], Intent | Misunderstood]:
    return lambda _rest: intent


_VERBS: dict[str, Callable[[str], Intent | Misunderstood]] = {
    "activate": _activate,
    "status": _plain(Status()),
    "deactivate": _deactivate,
    "withdraw": _withdraw,
    "recent": _recent,
    "link": _plain(Link()),
    "unlink": _plain(Unlink()),
    "help": _plain(Help()),
}
VERBS = tuple(_VERBS)
"""Every word a command can begin with, in the order help lists them."""
