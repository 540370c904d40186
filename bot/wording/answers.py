"""The private answers to what was said: acknowledgements, status, the record, help."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import Bold, Button, Card, Code, Line, Moment, Said, Style
from bot.commands import Misunderstood
from bot.domain.activation import Activation, End
from bot.domain.aws import Already, Opens
from bot.domain.durations import words
from bot.domain.ids import PersonId, RequestId
from bot.domain.request import Request, State
from bot.intents import (
    Activate,
    Confirm,
    Deactivate,
    Decide,
    Help,
    Intent,
    Notify,
    OpenForm,
    Withdraw,
)
from bot.wording.beside import ENTRA_IS_AWAY, beside, gone, how_it_ended
from bot.wording.parts import FOOTER
from bot.wording.requests import withdrawn_why
from bot.wording.residue import residue

_COMMANDS = (
    ("activate", "a form with everything you may activate"),
    ("activate ACCESS [1h] [INC-42] [why…]", "activate at once, in one line"),
    ("again [1h] [INC-43] [why…]", "ask once more for the last one, with a fresh reason"),
    ("status", "what you have, and what you are waiting for"),
    ("deactivate [ACCESS]", "end it early"),
    ("withdraw [ID]", "take back what is not granted yet"),
    ("pending", "what waits for your decision"),
    ("approve ID [why…] · deny ID why…", "decide somebody's request"),
    ("recent [@person] [ACCESS] [since 7d] [state granted]", "the latest decisions"),
    ("explain ACCESS [for @person]", "why you can have it or not, and on what terms"),
    ("notify here · notify last", "be asked and told in this chat, or in the one you used last"),
    ("link · unlink", "connect this chat account to Entra, or forget it"),
    (
        "lock @person REASON · unlock @person",
        "admins: lock somebody out of this bot, or let them in",
    ),
    ("help", "this"),
)


def help_card() -> Card:
    """What one can say."""
    lines: tuple[Line, ...] = tuple(
        (Code(f"/aws-access {said}"), f": {meaning}") for said, meaning in _COMMANDS
    )
    return Card("AWS access, just in time", lines, footer=FOOTER)


def on_it(intent: Intent) -> Card:
    """The acknowledgement of something noted down; it promises no more than that."""
    match intent:
        case Activate(access=access, duration=duration):
            length = f" for {words(duration)}" if duration else ""
            text = f"Noted: activate {access}{length}. I am checking with Entra and answer here."
        case Deactivate():
            text = "Noted: deactivate. I am checking."
        case Withdraw():
            text = "Noted: withdraw. I am checking."
        case Confirm():
            text = "Noted: you still need it. I am checking."
        case Decide(request=request, verdict=verdict):
            text = f"Noted: {verdict} {request}. I am checking that you may."
        case _:
            text = "Noted. I am checking."
    return Card("On it", ((Said(text),),))


def misunderstood(words_: Misunderstood, typed: str) -> Card:
    """Words that were no command; nothing was done, and they are there to copy."""
    lines: tuple[Line, ...] = ((words_.hint, " Nothing was done."),)
    if words_.instead:
        lines += (("Did you mean: ", Code(f"/aws-access {words_.instead}")),)
    lines += (("You typed: ", Said(f"/aws-access {typed}")),)
    title = f"I did not understand “{words_.said[:60]}”"
    return Card(title, lines, buttons=(Button("Help", Help()),))


WHO = "I do not know yet who you are in Entra."
LINK = "So that I know who you are in Entra."
DECIDE = "So that I know who decides; where PIM decides, it takes the decision from you."
FORM = "So that I can show what you may activate."
CANCEL = "Entra cancels this as you, so it needs your sign-in. It still waits there."


def end_as_you(activation: Activation) -> str:
    """Why ending needs a sign-in."""
    return f"Entra ends {activation.access} as you, so it needs your sign-in. It is still active."


def sign_in_first(url: str, what: str, footer: tuple[Line, ...] = FOOTER) -> Card:
    """Something needs the person's sign-in first; it goes on by itself afterwards."""
    return Card(
        "Sign in first",
        ((what,), ("Afterwards I carry on by myself. The link works for one hour, for you only.",)),
        buttons=(Button("Sign In", url=url, style=Style.PRIMARY),),
        footer=footer,
    )


def notified(*, here: bool, alone: bool) -> Card:
    """Where somebody is written to from now on; `alone`: they are linked in this chat only."""
    said = "What needs your decision comes to this chat, and to no other."
    if not here:
        said = "What needs your decision comes to the chat that you used last, and to no other."
    lines: list[Line] = [(said,), ("What belongs to a request stays in the chat it was asked in.",)]
    if alone:
        lines.append(("You are linked in this chat only: say link in another one first.",))
    other = (
        Button("The Chat I Used Last", Notify())
        if here
        else Button("Always Here", Notify(here=True))
    )
    title = "I write to you here" if here else "I write to you where you were last"
    return Card(title, tuple(lines), buttons=(other,))


def nothing_before() -> Card:
    """There is no request of theirs to repeat."""
    return Card(
        "There is nothing to repeat",
        (("I know of no request of yours. Nothing was changed.",),),
        buttons=(Button("Activate…", OpenForm()),),
    )


def open_form(form: OpenForm) -> Card:
    """The form can be opened now; a chat opens one only right after a click."""
    return Card(
        "You are signed in",
        (("Open the form to choose what to activate.",),),
        buttons=(Button("Open Form", form, style=Style.PRIMARY),),
    )


def form_here(form: OpenForm) -> Card:
    """A form was asked for in words, in a chat that opens one only at a click."""
    return Card(
        "Activate AWS access",
        (("The form has everything you may activate, and what it asks for.",),),
        buttons=(Button("Open Form", form, style=Style.PRIMARY),),
    )


PORTAL_LISTED = (
    "What is done in Entra's portal is among them once I have noticed it: when its person next asks "
    "me for something."
)
BESIDE = ", not asked for here: activated in Entra's portal or by another tool"
PORTAL_REQUESTS = "What you asked for in Entra's portal I see only once it is active."


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has and waits for."""

    active: Sequence[Activation]
    open: Sequence[Request]
    user_name: str
    at: datetime
    gone: Sequence[Activation] = ()
    """What was noticed just now to have ended."""
    sure: bool = True
    """Whether Entra was asked just now; else this is what was last known."""


def status(standing: Standing) -> Card:
    """What do I have, and what am I waiting for."""
    lines: list[Line] = [
        (Bold(a.access), " is active in Entra until ", Moment(a.ends_at), *_aws(a), ".", *beside(a))
        for a in standing.active
    ]
    lines += [gone(a) for a in standing.gone]
    lines += [(Bold(r.terms.access), f" is {r.state} (", Code(r.id), ").") for r in standing.open]
    buttons = [Button(f"Deactivate {a.access}", Deactivate(a.access)) for a in standing.active]
    if not standing.active and not standing.open:
        lines.append(("Nothing that I know of is active or waiting.",))
    if not standing.sure:
        lines.append((ENTRA_IS_AWAY,))
    if not standing.open:
        lines.append((PORTAL_REQUESTS,))
    buttons.append(Button("Activate…", OpenForm()))
    return Card(
        "Your AWS access",
        (*lines, ("As ", Said(standing.user_name), ", as of ", Moment(standing.at), ".")),
        buttons=tuple(buttons),
        footer=FOOTER,
    )


def _aws(activation: Activation) -> Line:
    if activation.aws_seen_at is None:
        return ()
    return ("; AWS has had it since ", Moment(activation.aws_seen_at))


Entry = Request | Activation
"""One of the record: what was asked for here, or an activation that nobody asked for here."""


def when(entry: Entry) -> datetime:
    """When it was asked for, or began."""
    return entry.asked_at if isinstance(entry, Request) else entry.started_at


@dataclass(frozen=True, slots=True)
class Decisions:
    """A page of the record. `everybody`: the reader may see others', so each says whose it is."""

    entries: Sequence[Entry]
    activations: Mapping[RequestId, Activation]
    names: Mapping[PersonId, str]
    everybody: bool


def recent(decisions: Decisions) -> Card:
    """The latest decisions, newest first."""
    lines = tuple(decision(decisions, entry) for entry in decisions.entries)
    whose = "Recent decisions" if decisions.everybody else "Your recent decisions"
    return Card(whose, lines or (("There are none.",),), footer=((PORTAL_LISTED,),))


def decision(decisions: Decisions, entry: Entry) -> Line:
    """One entry on one line: a decision and what came of it, or what was activated beside the bot."""
    told: Line = (
        "• ",
        Moment(when(entry), date=True),
        " ",
        *(_whose(decisions, entry) if decisions.everybody else ()),
    )
    if isinstance(entry, Activation):
        return (*told, Bold(entry.access), BESIDE, *_lived(entry))
    return (*told, *_decision(decisions, entry))


def _decision(decisions: Decisions, request: Request) -> Line:
    terms = request.terms
    told: Line = (
        Bold(terms.access),
        f" {words(terms.duration)}: {request.state}",
    )
    activation = decisions.activations.get(request.id)
    if activation is not None:
        told += _lived(activation)
    why: Line = (" “", Said(terms.reason), "”") if terms.reason else ()
    ticket: Line = (" ", Said(terms.ticket)) if terms.ticket else ()
    return (*told, " ", Code(request.id), *ticket, *why)


def _whose(decisions: Decisions, entry: Entry) -> Line:
    who = decisions.names.get(entry.person, "?") if entry.person else "not signed in yet"
    return (Said(who), " ")


def _lived(activation: Activation) -> Line:
    if activation.active:
        return (" until ", Moment(activation.ends_at))
    ended = activation.ended_at or activation.ends_at
    return (f", {activation.end} at ", Moment(ended))


def will_end(activation: Activation, at: datetime) -> Card:
    """It will be ended as soon as PIM allows."""
    return Card(
        f"{activation.access} will end",
        (("I end it in Entra at ", Moment(at), ". It is active until then."),),
    )


def ended(activation: Activation, opens: Opens | None, already: Already) -> Card:
    """It was ended in Entra, and what that means in AWS."""
    return Card(
        f"{activation.access} has ended",
        (
            _ended(activation),
            *residue(opens, activation, already),
        ),
    )


def _ended(activation: Activation) -> Line:
    if activation.end is not End.DEACTIVATED:
        return how_it_ended(activation)
    return ("Ended in Entra at ", Moment(activation.ended_at or activation.ends_at), ".")


def not_ended(activation: Activation, why: str) -> Card:
    """Entra did not end it."""
    return Card(
        f"{activation.access} was not ended",
        ((why,), ("It stays active until ", Moment(activation.ends_at), ".")),
        footer=FOOTER,
    )


def not_withdrawn(request: Request, why: str) -> Card:
    """Entra did not cancel it."""
    return Card(f"{request.terms.access} was not withdrawn", ((why,),), footer=FOOTER)


def withdrawn(request: Request) -> Card:
    """The request was taken back."""
    if request.state is State.WITHDRAWN:
        return Card(f"{request.terms.access}: withdrawn", ((withdrawn_why(request),),))
    return Card(
        f"Withdrawing {request.terms.access}",
        (("I am asking Entra to cancel it. Its card will say what comes of it.",),),
    )


def linked(user_name: str, *, keeps: bool) -> Card:
    """The chat account is linked."""
    how = (
        "I keep an encrypted token for you, so that the next time needs no sign-in."
        if keeps
        else "I keep no token: each activation asks you to sign in once."
    )
    return Card(
        "You are linked",
        (("This chat account is ", Said(user_name), " in Entra."), (how,)),
        buttons=(Button("Activate…", OpenForm()),),
    )


def unlinked(withdrawn: Sequence[Request], waiting: Sequence[Request], *, was: bool) -> Card:
    """The link is forgotten, and what became of what was open."""
    if not was:
        return Card("There was no link", (("Nothing was changed.",),))
    return Card(
        "Unlinked",
        (
            ("I have forgotten the link and deleted any token I kept for you.",),
            *taken_back(withdrawn, waiting),
            (
                "What is active stays active until its end. To revoke sessions at Entra itself: "
                "myaccount.microsoft.com → Sign out everywhere. An administrator can revoke them "
                "in Entra too (Users → you → Revoke sessions).",
            ),
        ),
    )


def taken_back(withdrawn: Sequence[Request], waiting: Sequence[Request]) -> Iterator[Line]:
    """What became of what was open, a line each."""
    for request in withdrawn:
        yield ("Withdrawn: ", Bold(request.terms.access), " (", Code(request.id), ").")
    for request in waiting:
        yield (
            "I could not cancel ",
            Bold(request.terms.access),
            " (",
            Code(request.id),
            "): it may still wait in Entra. It can be cancelled at aka.ms/pim → My requests, or be "
            "denied there by an approver.",
        )


def linked_elsewhere(user_name: str, at: datetime, *, moved: bool) -> Card:
    """For the account that was linked before: another one is now, too or instead."""
    here: Line = ("This account stays linked as well.",)
    if moved:
        here = (
            "This account is no longer linked. What it had asked for and was not granted is "
            "withdrawn, or its card says how it stands.",
        )
    return Card(
        "Your Entra account was linked to another chat account",
        (
            ("At ", Moment(at), " somebody signed in as ", Said(user_name), " from another one."),
            here,
            ("If that was not you, tell your security team now.",),
        ),
    )
