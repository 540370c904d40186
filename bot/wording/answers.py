"""The private answers to what was said: acknowledgements, status, the record, help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import Bold, Button, Card, Code, Line, Moment, Said, Style
from bot.commands import Misunderstood
from bot.domain.activation import Activation
from bot.domain.aws import Opens
from bot.domain.durations import words
from bot.domain.ids import PersonId, RequestId
from bot.domain.request import Request, State
from bot.intents import Activate, Deactivate, Help, Intent, OpenForm, Withdraw
from bot.wording.parts import FOOTER
from bot.wording.requests import withdrawn_why
from bot.wording.residue import residue

_COMMANDS = (
    ("activate", "a form with everything you may activate"),
    ("activate ACCESS [1h] [INC-42] [why…]", "activate at once, in one line"),
    ("status", "what you have, and what you are waiting for"),
    ("deactivate [ACCESS]", "end it early"),
    ("withdraw [ID]", "take back what is not granted yet"),
    ("recent [@person] [ACCESS] [since 7d] [state granted]", "the latest decisions"),
    ("link · unlink", "connect this chat account to Entra, or forget it"),
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
FORM = "So that I can show what you may activate."
CANCEL = "Entra cancels this as you, so it needs your sign-in. It still waits there."


def end_as_you(activation: Activation) -> str:
    """Why ending needs a sign-in."""
    return f"Entra ends {activation.access} as you, so it needs your sign-in. It is still active."


def sign_in_first(url: str, what: str) -> Card:
    """Something needs the person's sign-in first; it goes on by itself afterwards."""
    return Card(
        "Sign in first",
        ((what,), ("Afterwards I carry on by myself. The link works for one hour, for you only.",)),
        buttons=(Button("Sign In", url=url, style=Style.PRIMARY),),
        footer=FOOTER,
    )


def open_form(form: OpenForm) -> Card:
    """The form can be opened now; a chat opens one only right after a click."""
    return Card(
        "You are signed in",
        (("Open the form to choose what to activate.",),),
        buttons=(Button("Open Form", form, style=Style.PRIMARY),),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has and waits for."""

    active: Sequence[Activation]
    open: Sequence[Request]
    user_name: str
    sure: bool = True
    """Whether Entra was asked just now; else this is what was last known."""


def status(standing: Standing) -> Card:
    """What do I have, and what am I waiting for."""
    lines: list[Line] = [
        (Bold(a.access), " is active in Entra until ", Moment(a.ends_at), *_aws(a), ".")
        for a in standing.active
    ]
    lines += [(Bold(r.terms.access), f" is {r.state} (", Code(r.id), ").") for r in standing.open]
    buttons = [Button(f"Deactivate {a.access}", Deactivate(a.access)) for a in standing.active]
    if not lines:
        lines = [("Nothing that I know of is active or waiting.",)]
    if not standing.sure:
        lines.append(("Entra did not answer just now: this is what I last knew.",))
    buttons.append(Button("Activate…", OpenForm()))
    return Card(
        "Your AWS access",
        (*lines, ("As ", Said(standing.user_name), ".")),
        buttons=tuple(buttons),
        footer=FOOTER,
    )


def _aws(activation: Activation) -> Line:
    if activation.aws_seen_at is None:
        return ()
    return ("; AWS has had it since ", Moment(activation.aws_seen_at))


@dataclass(frozen=True, slots=True)
class Decisions:
    """A page of the record. `everybody`: the reader may see others' decisions."""

    requests: Sequence[Request]
    activations: Mapping[RequestId, Activation]
    names: Mapping[PersonId, str]
    everybody: bool


def recent(decisions: Decisions) -> Card:
    """The latest decisions, newest first."""
    lines = tuple(_decision(decisions, request) for request in decisions.requests)
    whose = "Recent decisions" if decisions.everybody else "Your recent decisions"
    return Card(whose, lines or (("There are none.",),))


def _decision(decisions: Decisions, request: Request) -> Line:
    terms = request.terms
    who = decisions.names.get(request.person, "?") if request.person else "not signed in yet"
    told: Line = (
        Moment(request.asked_at, date=True),
        " ",
        Said(who),
        " ",
        Bold(terms.access),
        f" {words(terms.duration)}: {request.state}",
    )
    activation = decisions.activations.get(request.id)
    if activation is not None:
        told += _lived(activation)
    why: Line = (" “", Said(terms.reason), "”") if terms.reason else ()
    ticket: Line = (" ", Said(terms.ticket)) if terms.ticket else ()
    return ("• ", *told, " ", Code(request.id), *ticket, *why)


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


def ended(activation: Activation, opens: Opens | None) -> Card:
    """It was ended in Entra, and what that means in AWS."""
    return Card(
        f"{activation.access} has ended",
        (
            ("Ended in Entra at ", Moment(activation.ended_at or activation.ends_at), "."),
            *residue(opens, activation),
        ),
    )


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


def unlinked(*, was: bool) -> Card:
    """The link is forgotten."""
    if not was:
        return Card("There was no link", (("Nothing was changed.",),))
    return Card(
        "Unlinked",
        (
            ("I have forgotten the link and deleted any token I kept for you.",),
            (
                "What is active stays active until its end. To revoke sessions at Entra itself: "
                "myaccount.microsoft.com → Sign out everywhere.",
            ),
        ),
    )


def not_answering(system: str, intent: Intent, *, refused: bool) -> Card:
    """A system did not answer, or refused the bot; the question can be put again by a click."""
    what = (
        "It refused me: a credential or a permission of mine is missing. Tell your administrator."
        if refused
        else "So I could not check, and did nothing."
    )
    return Card(
        f"{system} {'refuses' if refused else 'does not answer'}",
        ((what, " Nothing was changed."),),
        buttons=(Button("Try Again", intent),),
        footer=FOOTER,
    )


def not_noted(*, surely: bool) -> Card:
    """It could not be written down; what is not written down is not done."""
    text = (
        "So nothing is done about it. Nothing was changed: please try again in a minute."
        if surely
        else "Perhaps it was noted all the same, perhaps not. Say /aws-access status before you "
        "try again."
    )
    return Card("I could not note that down", ((text,),), footer=FOOTER)


def bug(reference: str) -> Card:
    """Something went wrong in the bot itself."""
    return Card(
        "That went wrong",
        (
            ("The fault is mine, not yours.",),
            ("Nothing was done. Tell your administrator the reference ", Code(reference), "."),
        ),
        footer=FOOTER,
    )
