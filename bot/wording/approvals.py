"""What approvers read: the card to decide by, what became of it, and why a click did not count."""

from dataclasses import dataclass, replace
from typing import assert_never

from bot.cards import Anchor, Bold, Button, Card, Code, Entry, Form, Line, Moment, Said, Style
from bot.domain.activation import Activation
from bot.domain.aws import Opens
from bot.domain.decision import Asked, Decision, Verdict
from bot.domain.durations import words
from bot.domain.ids import RequestId
from bot.domain.policy import LONGEST_REASON
from bot.domain.receipt import Receipt
from bot.domain.request import Request, State
from bot.intents import AskReason, Decide
from bot.wording.asked import some
from bot.wording.decided import by, decided
from bot.wording.openings import opened_lines
from bot.wording.parts import PIM_PORTAL, request_fact, standing, terms_facts
from bot.wording.pim import sentence
from bot.wording.receipts import with_receipt

REASON = "reason"
MOST_BEFORE = 3


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as the directory has them, and what they asked for of the same access before."""

    name: str
    title: str = ""
    before: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """Everything an approver's card speaks of. `reason_required`: PIM wants one with a yes too.

    `votes` are the yeses that count, of the `required`, where the bot runs the approval itself.
    `confirms`: deciding takes a fresh sign-in. `deciders` are the names of those who were asked first.
    """

    request: Request
    asker: Asker
    opens: Opens | None = None
    activation: Activation | None = None
    decision: Decision | None = None
    reason_required: bool = False
    votes: tuple[Decision, ...] = ()
    required: int = 1
    confirms: bool = False
    deciders: tuple[str, ...] = ()
    receipt: Receipt | None = None

    @property
    def waits(self) -> bool:
        """Whether it is still to be decided."""
        return self.request.state is State.AWAITING_APPROVAL and self.decision is None


def card_for(matter: Matter, asked: Asked, reader: str) -> Card:
    """The first that the human `reader` reads of it, by how they came to be asked."""
    card = approver_card(matter, reader)
    match asked:
        case Asked.FIRST:
            return card
        case Asked.ESCALATED if matter.waits:
            return replace(card, lines=(_OTHERS_DID_NOT, *card.lines))
        case Asked.TOLD if matter.waits:
            return _told(matter)
        case Asked.ESCALATED | Asked.TOLD:
            return card
    assert_never(asked)


_OTHERS_DID_NOT: Line = ("You are asked because those who were asked before have not decided it.",)


def _told(matter: Matter) -> Card:
    """For somebody who cannot decide it, and may find one who can."""
    request = matter.request
    who = (" Who can: ", Said(some(matter.deciders)), ".") if matter.deciders else ()
    lines: tuple[Line, ...] = (
        (*_who(matter.asker), " asks for it since ", Moment(request.asked_at, date=True), "."),
        (
            "The access file says to tell you. You cannot decide it yourself, because the group's "
            "PIM policy does not name you.",
            *who,
        ),
    )
    title = f"{request.terms.access} waits and nobody has decided it"
    return _card(matter, title, lines, footer=_unless(request))


def approver_card(matter: Matter, reader: str) -> Card:
    """The request as one of its approvers sees it: the human `reader`, or nobody for a channel."""
    if matter.waits:
        card = _to_decide(matter, reader)
        return card if reader else replace(card, views=matter.request.id)
    title, lines = _outcome(matter, reader)
    still = matter.request.state is State.AWAITING_CONFIRMATION
    return _card(matter, title, lines, (_deny(matter.request),) if still else ())


def view_card(matter: Matter, reader: str, *, asker: bool) -> Card:
    """The card of a channel as one of its readers sees it; its asker has nothing to press."""
    card = replace(approver_card(matter, "" if asker else reader), views=matter.request.id)
    return replace(card, buttons=()) if asker else card


def reminder_card(matter: Matter, reader: str) -> Card:
    """The same once more, for somebody who has not answered; afterwards what became of it."""
    card = approver_card(matter, reader)
    if not matter.waits or _has_voted(matter, reader):
        return card
    return replace(card, title=f"{matter.request.terms.access} still needs your decision")


def _has_voted(matter: Matter, reader: str) -> bool:
    return any(vote.human == reader for vote in matter.votes)


def _to_decide(matter: Matter, reader: str) -> Card:
    request = matter.request
    mine = _has_voted(matter, reader)
    lines: tuple[Line, ...] = (
        *_voted(matter, reader),
        (*_who(matter.asker), " asks for it since ", Moment(request.asked_at, date=True), "."),
        *_opens(matter.opens),
        *_before(matter.asker),
    )
    deny = _deny(request)
    yes = Button(f"Approve{_asks(matter)}", _approve(matter), style=Style.PRIMARY)
    buttons = (deny,) if mine else (yes, deny)
    whose = "another" if mine else "your" if reader else "a"
    title = f"{request.terms.access} needs {whose} decision"
    return _card(matter, title, lines, buttons, (*_confirming(matter), *_unless(request)))


def _voted(matter: Matter, reader: str) -> tuple[Line, ...]:
    """How far it has come; a yes can still be taken back by a no, which decides."""
    if not matter.request.decided_here:
        return ()
    cast = tuple(_decided(vote, reader) for vote in matter.votes)
    return (*cast, (f"{standing(matter.votes, matter.required)} One no denies it.",))


def _approve(matter: Matter) -> Decide | AskReason:
    """At once, or with the reason that PIM wants with a yes too."""
    request = matter.request
    ask = AskReason if matter.reason_required else Decide
    return ask(request.id, Verdict.APPROVE, request.terms.digest)


def _asks(matter: Matter) -> str:
    """What a label ends with when its button opens a form."""
    return "…" if matter.reason_required else ""


def _deny(request: Request) -> Button:
    return Button("Deny…", AskReason(request.id, Verdict.DENY, request.terms.digest))


def _confirming(matter: Matter) -> tuple[Line, ...]:
    if not matter.confirms:
        return ()
    return (("After your click I ask you to sign in at Entra: only then it counts.",),)


def _unless(request: Request) -> tuple[Line, ...]:
    """What happens if nobody does anything."""
    until = Moment(request.expires_at, date=True)
    if request.decided_here:
        line: Line = ("If it is not decided by ", until, ", it lapses and nothing is activated.")
        return (line, ("It can be decided here only, not in Entra's portal.",))
    also = ", PIM lets it lapse and nothing is activated. You can also decide in Entra: "
    portal = Anchor(PIM_PORTAL, "aka.ms/pim")
    return (("If nobody decides by ", until, also, portal, " → Approve requests."),)


def _card(
    matter: Matter,
    title: str,
    lines: tuple[Line, ...],
    buttons: tuple[Button, ...] = (),
    footer: tuple[Line, ...] = (),
) -> Card:
    request = matter.request
    facts = (*terms_facts(request.terms, counted_from="from approval"), request_fact(request))
    card = Card(title, lines, facts, buttons, footer=footer, state=request.state)
    return with_receipt(card, matter.receipt)


def _who(asker: Asker) -> Line:
    return (Said(asker.name), " (", Said(asker.title), ")") if asker.title else (Said(asker.name),)


def _opens(opens: Opens | None) -> tuple[Line, ...]:
    if opens is None:
        return (("I could not find out what it opens in AWS.",),)
    return opened_lines(opens, mine=False)


def _before(asker: Asker) -> tuple[Line, ...]:
    if not asker.before:
        return (("It is the first time that they ask for it here.",),)
    said: list[Line] = [
        ("• ", Moment(r.asked_at, date=True), f" {words(r.terms.duration)}: {r.state}")
        for r in asker.before[:MOST_BEFORE]
    ]
    return (("Before:",), *said)


def _outcome(matter: Matter, reader: str) -> tuple[str, tuple[Line, ...]]:
    """What became of it, in a title and in lines."""
    decision, access = matter.decision, matter.request.terms.access
    asked: Line = ("Asked for by ", *_who(matter.asker), ".")
    if decision is not None and decision.under_way:
        on_its_way: Line = (*by(decision, reader), ". I am telling Entra.")
        return f"{access}: being decided", (on_its_way, asked)
    said: tuple[Line, ...] = (_decided(decision, reader),)
    if matter.request.decided_here:
        all_of_them = (*matter.votes, *((decision,) if decision else ()))
        said = tuple(_decided(one, reader) for one in all_of_them)
    how, lines = _became(matter, said)
    return f"{access}: {how}", (*lines, asked)


def _became(  # noqa: C901  a case each
    matter: Matter, said: tuple[Line, ...]
) -> tuple[str, tuple[Line, ...]]:
    ours = matter.request.decided_here
    match matter.request.state:
        case State.AWAITING_APPROVAL | State.ACTIVATING | State.SCHEDULED | State.UNKNOWN:
            return "decided", (*said, (_ON_ITS_WAY,))
        case State.AWAITING_CONFIRMATION:
            return "approved", (
                *said,
                ("I have asked whether it is still needed. One no still denies it.",),
            )
        case State.GRANTED:
            return "approved", (*said, *_lives(matter.activation))
        case State.DENIED:
            return "denied", (*said, (_NOTHING,))
        case State.WITHDRAWN:
            before = "it was granted" if ours else "anybody decided"
            return "withdrawn", ((f"It was taken back before {before}.",),)
        case State.LAPSED:
            if matter.request.why == "not_confirmed":
                return "lapsed", (*said, ("It was not confirmed in time. ", _NOTHING))
            late = "It was not decided" if ours else "Nobody decided"
            return "lapsed", ((f"{late} in time. ", _NOTHING),)
        case State.REFUSED | State.FAILED:
            return "not activated", ((sentence(matter.request.why),),)
        case State.AWAITING_SIGN_IN:
            return "waits for their sign-in", (("Nothing is to be decided now.",),)
    assert_never(matter.request.state)


_ON_ITS_WAY = "Entra is putting it in force."
_NOTHING = "Nothing was activated."


def _decided(decision: Decision | None, reader: str) -> Line:
    return decided(decision, reader) if decision else ("It was decided in Entra, not through me.",)


def _lives(activation: Activation | None) -> tuple[Line, ...]:
    if activation is None:
        return ()
    if activation.active:
        return (("Active in Entra until ", Moment(activation.ends_at), "."),)
    return (("It has ended at ", Moment(activation.ended_at or activation.ends_at), "."),)


def as_you(request: Request, verdict: Verdict) -> str:
    """Why deciding needs a sign-in."""
    return (
        f"Entra takes decisions from its approvers themselves: to {verdict} {request.terms.access} "
        f"({request.id}) it needs your sign-in. Nothing is decided yet."
    )


def fresh_to_decide(request: Request, verdict: Verdict, *, stale: bool) -> str:
    """Why deciding needs a sign-in of its own."""
    late = "Your sign-in was too long ago when I came to it. " if stale else ""
    return (
        f"{late}To {verdict} {request.terms.access} ({request.id}) takes a sign-in at Entra from the "
        "last five minutes, each time. Nothing is decided yet."
    )


def not_counted(request: Request, decision: Decision, by: str = "") -> Card:
    """The click came to nothing, and why; `by` has decided it instead."""
    unsure = decision.why == "unsure"
    return Card(
        "I cannot tell whether your decision counted" if unsure else "Your decision did not count",
        (
            (Said(by), " had decided it in Entra already.") if by else (_why_not(decision.why),),
            ("The request ", Code(request.id), f" is {request.state}."),
        ),
    )


def _why_not(why: str) -> str:
    match why:
        case "settled":
            return "The request was no longer waiting when I came to tell Entra."
        case "unsure":
            return (
                "I told Entra and do not know what it made of it; perhaps your decision is in force. "
                "aka.ms/pim → Approve requests shows by whom."
            )
        case "Conflict":
            return "Somebody else had decided it in Entra already."
        case "locked":
            return "An admin of this bot has locked you out."
        case "asker_locked":
            return "An admin of this bot has locked out whoever asks for it. You can deny it."
        case "UnauthorizedAccessException":
            return "Entra does not have you among the approvers of this group."
        case _:
            return sentence(why)


def pending(matters: tuple[Matter, ...], more: int = 0) -> Card:
    """What waits for the reader's decision, the oldest first; `more` wait besides."""
    lines: tuple[Line, ...] = tuple(
        (
            "• ",
            Bold(m.request.terms.access),
            f" {words(m.request.terms.duration)} for ",
            Said(m.asker.name),
            ", asked ",
            Moment(m.request.asked_at, date=True),
            " ",
            Code(m.request.id),
            *((" “", Said(m.request.terms.reason), "”") if m.request.terms.reason else ()),
        )
        for m in matters
    )
    if more:
        lines = (*lines, (f"{more} more are younger: say pending again when these are decided.",))
    buttons = tuple(button for m in matters[:5] for button in _short(m))
    return Card(
        "Waiting for your decision" if lines else "Nothing waits for your decision",
        lines or (("What Entra asks you elsewhere is at aka.ms/pim → Approve requests.",),),
        buttons=buttons,
    )


def _short(matter: Matter) -> tuple[Button, Button]:
    request = matter.request
    return (
        Button(f"Approve {request.id}{_asks(matter)}", _approve(matter)),
        replace(_deny(request), label=f"Deny {request.id}…"),
    )


def waits_no_more() -> str:
    """Why there is nothing to give a reason for."""
    return "This request no longer waits for a decision. Its card says what became of it."


def cannot_ask() -> str:
    """Why there is no form for the reason while a system does not answer."""
    return (
        "Entra does not answer, so I cannot show you what it is about. Nothing is decided yet. "
        "Please try again soon."
    )


def reason_missing() -> str:
    """A denial without a reason helps nobody."""
    return "Please say why: the asker reads it."


def reason_title(request: RequestId, verdict: Verdict) -> str:
    """What the form for the reason is called, from the first moment on."""
    return f"{verdict.capitalize()} {request}"


def reason_form(name: str, title: str, verdict: Verdict, matter: Matter | None) -> Form:
    """The one thing a denial needs besides the click; of its matter only what one may know."""
    lines: tuple[Line, ...] = ()
    if matter is not None:
        terms = matter.request.terms
        said = f" asks for {terms.access}, {words(terms.duration)} from approval."
        lines = ((Said(matter.asker.name), said),)
    hint = "The asker reads it, and it stands in the record."
    entry = Entry(
        REASON, "Reason", required=True, multiline=True, hint=hint, longest=LONGEST_REASON
    )
    return Form(name, title, verdict.capitalize(), (entry,), lines)
