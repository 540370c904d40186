"""Words to intents: what people type, or a hint about what they may have meant."""

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.decision import Verdict
from bot.domain.durations import parse_typed
from bot.domain.ids import RequestId
from bot.domain.request import State
from bot.intents import (
    Activate,
    Again,
    Deactivate,
    Decide,
    Explain,
    Help,
    Intent,
    Link,
    Lock,
    Notify,
    OpenForm,
    Pending,
    Recent,
    Status,
    Unlink,
    Unlock,
    Withdraw,
)


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """Words that are no command. `hint` says what would be, `instead` is the nearest one."""

    said: str
    hint: str
    instead: str = ""


NAME = "/aws-access"
_TICKET = re.compile(r"(?:[A-Z][A-Z0-9]{1,9}-\d{1,9}|#\d{1,9})\Z")
_DAYS = re.compile(r"(\d{1,4})\s*d(?:ays?)?\Z", re.IGNORECASE)
_REQUEST = re.compile(r"R-[2-9A-HJ-NP-Z]{8}\Z")
_MENTION = re.compile(r"<@([A-Z0-9:_-]+)(?:\|[^>]*)?>\Z", re.IGNORECASE)
_USER_NAME = re.compile(r"(?:<mailto:|@)?([^\s<>|@]+@[^\s<>|@]+\.[^\s<>|@]+)(?:\|[^>]*>)?\Z")
"""Of Entra, as it is typed, after an @ too, and as chats hand an address over."""
_FIRST = re.compile(r"(<@[^<>]+>|\S+)\s*(.*)\Z", re.DOTALL)
_OBJECT_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_NAMED = re.compile(r"<@[A-Z0-9:_-]+\|([^>]*)>", re.IGNORECASE)
_SIGNS = "-+\u2212\u2013\u2014~"
"""A minus and what phones and word processors make of it."""
_NUMBERISH = re.compile(rf"[{_SIGNS}]?\d+[a-z0-9.,:]*\Z", re.IGNORECASE)
_PAIRS = (
    ('"', '"'),
    ("\u201c\u201e", "\u201d\u201c"),
    ("\u00ab", "\u00bb"),
    ("`", "`"),
)
_APOSTROPHES = (("'", "'"), ("\u2018", "\u2019"))
"""Quotes only around whole words: the same signs stand within words."""
_WORD = re.compile(
    "|".join(
        [r"(<@[^<>]+>)"]  # somebody mentioned, whose name may have blanks
        + [rf"[{a}]+([^{a}{z}]*)[{z}]+" for a, z in _PAIRS]
        + [rf"{a}([^{a}{z}]*){z}(?=\s|\Z)" for a, z in _APOSTROPHES]
        + [r"(\S+)"]
    )
)
_QUOTES = "".join(a + z for a, z in (*_PAIRS, *_APOSTROPHES))
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u2060\ufeff]")
"""What is copied along with text and cannot be seen; joiners stay, because emoji are made of them."""
_LATER = frozenset({"tomorrow", "tonight"})
_AGES = {"today": "24h", "yesterday": "2d", "week": "7d", "month": "30d"}
_MOST_HOURS = 12
_HOW_TO_NAME = (
    "Choose the name from the list that opens at @; where none opens, say their user name in Entra, "
    "such as ann@example.com."
)
_OTHERS = {
    **dict.fromkeys(("request", "elevate", "assume", "start", "get", "grant"), "activate"),
    **dict.fromkeys(("end", "stop", "drop", "release"), "deactivate"),
    **dict.fromkeys(("repeat", "retry", "renew"), "again"),
    **dict.fromkeys(("history", "list", "log"), "recent"),
    **dict.fromkeys(("show", "whoami", "me"), "status"),
    **dict.fromkeys(("login", "signin"), "link"),
    **dict.fromkeys(("logout", "signout"), "unlink"),
    **{word: f"recent {word}" for word in ("since", "state")},
    "cancel": "withdraw",
}
"""What other bots call the same; said back as a suggestion, never guessed at."""


def parse(text: str) -> Intent | Misunderstood:
    """The intent of one command line (without the command's own name). Never raises."""
    words = _bare(text).split(maxsplit=1)
    if not words:
        return OpenForm()
    verb, rest = words[0].casefold().strip("/!?.,:;*_" + _QUOTES), "".join(words[1:]).strip()
    if verb not in _VERBS:
        near = [*filter(None, [_OTHERS.get(verb)]), *difflib.get_close_matches(verb, _VERBS, 1)]
        instead = f"{near[0]} {rest}".strip() if near else ""
        return Misunderstood(words[0], "There is no such command.", instead)
    return _VERBS[verb](rest)


def _bare(text: str) -> str:
    """The line without what is pasted along: code marks around it, and the command's own name."""
    line = _INVISIBLE.sub("", text).strip()
    if line.startswith("`") and line.endswith("`"):
        line = line.strip("`").strip()
    first, _, rest = line.partition(" ")
    return rest if first.casefold() in {NAME, NAME[1:], f"@{NAME[1:]}"} else line


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, or what stood in quotes, and where it begins in the line."""

    text: str
    at: int


def _activate(rest: str) -> Intent | Misunderstood:
    words = _split(rest)
    if not words:
        return OpenForm()
    access = words[0].text
    if access[0] in _QUOTES:
        bare = rest.replace(access, access.strip(_QUOTES), 1)
        return Misunderstood(access, "That quote is not closed.", f"activate {bare}")
    found = _Leading(rest, words[1:], "activate")
    if found.unreadable:
        return found.unreadable
    ticket = found.ticket or next((w.text for w in found.rest if _TICKET.match(w.text)), "")
    return Activate(access, found.duration, ticket=ticket, reason=found.reason)


def _again(rest: str) -> Intent | Misunderstood:
    found = _Leading(rest, _split(rest), "again")
    if found.unreadable:
        return found.unreadable
    return Again(None, found.duration, found.ticket, found.reason)


class _Leading:
    """The structured words before the reason: how long and which ticket, in any order."""

    def __init__(self, line: str, words: list[_Word], verb: str) -> None:
        self.rest = words
        self.duration: timedelta | None = None
        self.ticket = ""
        self.unreadable: Misunderstood | None = None
        self._line = line
        self._verb = verb
        while self.rest and self._take():
            pass

    @property
    def reason(self) -> str:
        """The rest as it was typed, on one line; the quotes around all of it are no part of it."""
        if len(self.rest) == 1:
            said = self.rest[0].text
        else:
            said = self._line[self.rest[0].at :] if self.rest else ""
        # Chats hand a mention over as an id; the name is what the person saw and PIM should show.
        return " ".join(_NAMED.sub(r"@\1", said).split())

    def _take(self) -> bool:
        word, after = self.rest[0].text, self.rest[1:]
        match word.casefold():
            case "for" if after and _length(after):
                self.rest = after
            case "at" if after and _NUMBERISH.match(after[0].text):
                self._refuse_later(f"at {after[0].text}")
            case later if later in _LATER:
                self._refuse_later(word)
            case "ticket" if after:
                self.ticket, self.rest = after[0].text, after[1:]
            case _ if not self.ticket and _TICKET.match(word):
                self.ticket, self.rest = word, after
            case _ if self.duration is None and (found := _length(self.rest)):
                self.duration, used = found
                self.rest = self.rest[used:]
            case _ if self.duration is None and _NUMBERISH.match(word):
                self._ask_about(word)
            case _:
                return False
        return self.unreadable is None

    def _refuse_later(self, said: str) -> None:
        self.unreadable = Misunderstood(
            said,
            "Activations start at once; a later start is not possible here yet. If it belongs to "
            "the reason, put the reason in quotes.",
        )

    def _ask_about(self, word: str) -> None:
        """A number that may be a length is never taken for the reason, nor guessed at."""
        likely = _likely_length(word)
        at = self.rest[0].at
        instead = f"{self._verb} {self._line[:at]}{self._line[at:].replace(word, likely, 1)}"
        self.unreadable = Misunderstood(
            word,
            "I cannot read that as a length of time. Say 45m, 2h or 1h30m; if it belongs to the "
            "reason, put the reason in quotes.",
            instead if likely else "",
        )


def _likely_length(word: str) -> str:
    """What somebody most likely meant by it, in words that can be read; empty when unclear."""
    number = word.lstrip(_SIGNS)
    if parse_typed(number):
        return number
    if not re.fullmatch("[1-9][0-9]{0,2}", number):
        return ""
    return f"{number}h" if int(number) <= _MOST_HOURS else f"{number}m"


def _length(words: Sequence[_Word]) -> tuple[timedelta, int] | None:
    """A length of time at the start, and how many words it took (`2h`, `1h 30m`, `2 hours`)."""
    for used in range(min(4, len(words)), 0, -1):
        found = parse_typed(" ".join(word.text for word in words[:used]))
        if found is not None:
            return found, used
    return None


def _deactivate(rest: str) -> Intent | Misunderstood:
    return Deactivate(" ".join(word.text for word in _split(rest)))


def _withdraw(rest: str) -> Intent | Misunderstood:
    if not rest:
        return Withdraw()
    wanted = rest.split(maxsplit=1)[0].strip(_QUOTES).upper()
    if not _REQUEST.match(wanted):
        return Misunderstood(rest, "A request's id looks like R-7K3Q9FHM; its card shows it.")
    return Withdraw(RequestId(wanted))


def _decide(verdict: Verdict) -> Callable[[str], Intent | Misunderstood]:
    def decide(rest: str) -> Intent | Misunderstood:
        wanted, _, reason = rest.partition(" ")
        if not _REQUEST.match(wanted.upper()):
            hint = f"Say: {verdict} ID [reason]. An id looks like R-7K3Q9FHM; the card shows it."
            return Misunderstood(f"{verdict} {rest}".strip(), hint)
        return Decide(
            RequestId(wanted.upper()),
            verdict,
            reason=" ".join(word.text for word in _split(reason)),
        )

    return decide


def _recent(rest: str) -> Intent | Misunderstood:  # noqa: C901  a case each
    words = [word.text for word in _split(rest)]
    person, access, since, state = "", "", None, ""
    while words:
        word = words.pop(0)
        if named := _named(word):
            person = named
        elif word.casefold() == "since" and words:
            since = _age(words[0])
            if since is None:
                return _not_since(rest, words[0])
            words.pop(0)
        elif word.casefold() == "state" and words:
            state, following = _state(words)
            if not state:
                return _no_state(rest, words)
            words = following
        elif word.startswith("@"):
            return Misunderstood(word, f"I cannot tell who that is. {_HOW_TO_NAME}")
        elif access:
            return Misunderstood(word, "Say: recent [@person] [ACCESS] [since 7d] [state denied].")
        else:
            access = word
    return Recent(person, access, since, state)


def _explain(rest: str) -> Intent | Misunderstood:
    access, *others = [word.text for word in _split(rest)] or [""]
    if others and others[0].casefold() == "for":
        others = others[1:]
    person = _named(others[0]) if others else ""
    if not access or len(others) > 1 or (others and not person):
        return Misunderstood(
            f"explain {rest}".strip(),
            f"Say: explain ACCESS [for @person]. {_HOW_TO_NAME}",
        )
    return Explain(access, person)


def _named(word: str) -> str:
    """The account that is mentioned, or Entra's user name; empty where it is neither."""
    found = _MENTION.match(word) or _USER_NAME.match(word)
    return found[1] if found else ""


def _age(word: str) -> timedelta | None:
    days = _DAYS.match(word)
    return timedelta(days=int(days[1])) if days else parse_typed(word)


def _not_since(rest: str, word: str) -> Misunderstood:
    likely = _AGES.get(word.casefold(), "")
    instead = f"recent {rest}".replace(word, likely, 1) if likely else ""
    return Misunderstood(f"since {word}", "Say how far back as 12h, 7d or 30d.", instead)


def _state(words: list[str]) -> tuple[str, list[str]]:
    """The state at the start of the words (some have two words), and what follows it."""
    for size in (2, 1):
        said = " ".join(words[:size]).casefold()
        if said in set(State):
            return said, words[size:]
    return "", words


def _no_state(rest: str, words: list[str]) -> Misunderstood:
    near = difflib.get_close_matches(words[0].casefold(), list(State), 1)
    instead = f"recent {rest}".replace(words[0], near[0], 1) if near else ""
    hint = f"The states are: {', '.join(State)}."
    return Misunderstood(f"state {' '.join(words)}", hint, instead)


def _split(text: str) -> list[_Word]:
    """Words, with quoted text as one word."""
    return [
        _Word(said, m.start())
        for m in _WORD.finditer(text)
        if (said := next(filter(None, m.groups()), ""))
    ]


def _lock(rest: str) -> Intent | Misunderstood:
    whom, reason = _somebody(rest)
    if not whom or not reason:
        return Misunderstood(f"lock {rest}".strip(), "Say whom and why: lock @person REASON.")
    return Lock(whom, reason)


def _unlock(rest: str) -> Intent | Misunderstood:
    whom, _ = _somebody(rest)
    return Unlock(whom) if whom else Misunderstood(f"unlock {rest}".strip(), "Say: unlock @person.")


def _somebody(rest: str) -> tuple[str, str]:
    """The account that is mentioned first, or an Entra object id; and the words after it."""
    found = _FIRST.match(rest)
    first, after = found.groups() if found else ("", "")
    mention = _MENTION.match(first)
    if mention is None and not _OBJECT_ID.match(first):
        return "", ""
    return mention[1] if mention else first, _NAMED.sub(r"@\1", after).strip()


def _notify(rest: str) -> Intent | Misunderstood:
    wanted = rest.casefold().strip(_QUOTES + ".!")
    if wanted not in {"here", "last"}:
        hint = "Say: notify here, or notify last (in the chat that you used last)."
        return Misunderstood(f"notify {rest}".strip(), hint)
    return Notify(here=wanted == "here")


def _plain(intent: Intent) -> Callable[[str], Intent | Misunderstood]:
    return lambda _rest: intent


_VERBS: dict[str, Callable[[str], Intent | Misunderstood]] = {
    "activate": _activate,
    "again": _again,
    "status": _plain(Status()),
    "deactivate": _deactivate,
    "withdraw": _withdraw,
    "approve": _decide(Verdict.APPROVE),
    "deny": _decide(Verdict.DENY),
    "pending": _plain(Pending()),
    "recent": _recent,
    "explain": _explain,
    "link": _plain(Link()),
    "unlink": _plain(Unlink()),
    "notify": _notify,
    "lock": _lock,
    "unlock": _unlock,
    "help": _plain(Help()),
}
VERBS = tuple(_VERBS)
"""Every word a command can begin with, in the order help lists them."""
