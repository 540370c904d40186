"""Every card, form and page that the catalogue can make, from every kind of value there is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

from bot.cards import Card, Form, Page
from bot.commands import Misunderstood
from bot.domain.access import Access, Assurance, Authority
from bot.domain.activation import Activation, End
from bot.domain.aws import Opening, Opens, Portal, Setup
from bot.domain.ids import PimId, RequestId
from bot.domain.policy import (
    LONGEST_REASON,
    LONGEST_TICKET,
    EligibilityEndsFirst,
    NotEligible,
    PimRules,
    Problem,
    ReasonMissing,
    StartsInThePast,
    Terms,
    TextTooLong,
    TicketMissing,
    TooLong,
    TooShort,
    Wish,
)
from bot.domain.refusals import (
    AccountDisabled,
    AlreadyActive,
    AlreadyOpen,
    BadWish,
    CannotWithdraw,
    Missing,
    NobodyReads,
    NotAMember,
    NotHere,
    NothingActive,
    NothingToWithdraw,
    Refusal,
    TooSoonToEnd,
    UnknownAccess,
    WhichOne,
)
from bot.domain.request import Request, State
from bot.intents import (
    Activate,
    Deactivate,
    Help,
    Intent,
    Link,
    OpenForm,
    Proceed,
    Recent,
    Status,
    Unlink,
    Withdraw,
)
from bot.wording import answers, doors, forms, pages, pim, refusals
from bot.wording.ready import ending_card, ready_card, recheck_card
from bot.wording.requests import View, request_card, sign_in_card
from tests.domain.samples import ACCESS, ANN, HOUR, NOON, TERMS, a_request, an_activation

REASON, TICKET = "§the reason§", "§the ticket§"
PERSON, CHAT_NAME = "§the person§", "§the chat name§"
PEOPLES = (REASON, TICKET, PERSON, CHAT_NAME)
LONGEST_NAME = "n" * 63
"""As long as an access file allows."""
SAID = replace(TERMS, reason=REASON, ticket=TICKET)
LONGEST = Terms(
    LONGEST_NAME,
    TERMS.group,
    timedelta(hours=23, minutes=59),
    "\N{PILE OF POO}" * LONGEST_REASON,
    "\N{PILE OF POO}" * LONGEST_TICKET,
)
PORTAL = Portal("https://d-1234567890.awsapps.com/start", "eu-central-1")
OPENING = Opening("111111111111", "dev", "PowerUserAccess", HOUR, "https://console.aws")
OPENINGS = (OPENING, replace(OPENING, account_name="", relay_state=None))
LATER = NOON + timedelta(minutes=10)


def activations() -> Iterator[Activation | None]:
    """None, running with and without AWS, and over in every way."""
    running = an_activation()
    yield None
    yield running
    yield running.seen_in_aws(LATER)
    for end in End:
        over = running.over(end, LATER)
        yield over
        yield running.seen_in_aws(LATER).over(end, LATER).gone_from_aws(LATER)


def opened() -> Iterator[Opens | None]:
    """Every set-up, complete or not, with openings or without; and nothing known."""
    yield None
    for setup, openings, complete in product(Setup, ((), OPENINGS), (True, False)):
        portal = PORTAL if setup in {Setup.SCIM, Setup.MANUAL} else None
        yield Opens(setup, "AWS", "https://apps.example.com", portal, openings, complete=complete)


def requests(terms: Terms = SAID) -> Iterator[Request]:
    """Every state, with every code there are words for, and with the marks of what happened."""
    for state in State:
        one = a_request(state, terms=terms)
        yield one
        yield replace(one, pim=PimId("pim-1"))
        yield replace(one, tried_at=NOON, why="sign in")
        yield replace(one, claims='{"a":1}', why="sign in")
        for why in sorted(pim.CODES):
            yield replace(one, why=why)


def views(terms: Terms = SAID) -> Iterator[View]:
    """Every request that can be with every activation and everything it opens."""
    url = "https://bot.example.com/sign-in/x"
    for request in requests(terms):
        yield View(request, sign_in_url=url)
    granted = a_request(State.GRANTED, terms=terms)
    for activation, opens in product(activations(), opened()):
        yield View(granted, activation, opens, url)


def request_cards(terms: Terms = SAID) -> Iterator[tuple[View, Card]]:
    """Everything that can follow a request."""
    for view in views(terms):
        yield view, request_card(view)
        yield view, sign_in_card(view)
        if view.activation is not None:
            yield view, ending_card(view.request, view.activation)
            if view.opens is not None:
                yield view, ready_card(view.request, view.activation, view.opens)


PROBLEMS: tuple[Problem, ...] = (
    TooLong(9 * HOUR, 8 * HOUR),
    TooShort(timedelta(minutes=1)),
    ReasonMissing(),
    TicketMissing(),
    TextTooLong("reason", LONGEST_REASON),
    TextTooLong("ticket", LONGEST_TICKET),
    NotEligible(),
    EligibilityEndsFirst(LATER, timedelta(minutes=10)),
    StartsInThePast(),
)


def all_refusals(terms: Terms = SAID) -> Iterator[Refusal]:
    """Every refusal in all its kinds."""
    wish = Wish(terms.duration, terms.reason, terms.ticket)
    access = replace(ACCESS, name=terms.access)
    for stands in ("guest", "stranger", "bot", "deactivated", "unknown"):
        yield NotAMember(stands)
    yield UnknownAccess("xyzzy", "", wish)
    yield UnknownAccess("dev", terms.access, wish)
    for missing in Missing:
        yield NotHere(_asking(access, missing), missing)
    for problem in PROBLEMS:
        yield BadWish(terms, (problem,), 8 * HOUR)
    yield BadWish(terms, PROBLEMS, 8 * HOUR)
    yield AccountDisabled()
    for request in requests(terms):
        yield AlreadyOpen(request)
        yield CannotWithdraw(request)
    yield AlreadyActive(an_activation(access=terms.access))
    yield NothingActive()
    yield NothingActive(terms.access)
    yield WhichOne("deactivate", (terms.access,) * 7)
    yield WhichOne("withdraw", ("R-22222222", "R-33333333"))
    yield TooSoonToEnd(an_activation(access=terms.access))
    yield NothingToWithdraw()
    yield NothingToWithdraw("R-22222222")
    yield NobodyReads()


def _asking(access: Access, missing: Missing) -> Access:
    match missing:
        case Missing.AUTHORITY:
            return replace(access, authority=Authority.APPLICATION)
        case Missing.ASSURANCE:
            return replace(access, assurance=Assurance.PORTAL)
        case Missing.APPROVERS:
            return access


def intents(terms: Terms = SAID) -> Iterator[Intent]:
    """Everything that can be asked for, with all that can be said."""
    yield Activate(terms.access, terms.duration, ticket=terms.ticket, reason=terms.reason)
    yield Activate(terms.access)
    yield OpenForm(terms.access, terms.duration, terms.ticket, terms.reason)
    yield Deactivate(terms.access)
    yield Withdraw(RequestId("R-22222222"))
    yield Proceed(RequestId("R-22222222"))
    yield from (Status(), Recent(), Link(), Unlink(), Help())


def private_answers(terms: Terms = SAID) -> Iterator[Card]:
    """Everything that is answered where somebody asked."""
    running = an_activation(access=terms.access)
    yield answers.help_card()
    for intent in intents(terms):
        yield answers.on_it(intent)
        for refused in (True, False):
            yield answers.not_answering("Microsoft Graph", intent, refused=refused)
    yield answers.misunderstood(Misunderstood("activte", "No such command.", "activate x"), REASON)
    yield answers.misunderstood(Misunderstood("x", "No such command."), "x")
    for what in (answers.WHO, answers.LINK, answers.FORM, answers.CANCEL):
        yield answers.sign_in_first("https://bot.example.com/sign-in/x", what)
    yield answers.sign_in_first("https://bot.example.com/x", answers.end_as_you(running))
    yield answers.open_form(OpenForm(terms.access))
    yield from _status(terms, running)
    yield answers.will_end(running, LATER)
    yield answers.not_ended(running, pim.sentence("ResourceIsLocked"))
    for request in requests(terms):
        yield answers.not_withdrawn(request, pim.sentence("ResourceIsLocked"))
        yield answers.withdrawn(request)
    for keeps in (True, False):
        yield answers.linked(PERSON, keeps=keeps)
        yield answers.unlinked(was=keeps)
        yield answers.not_noted(surely=keeps)
    yield answers.bug("c0ffee")
    yield from _looked_at(running)


def _looked_at(running: Activation) -> Iterator[Card]:
    for opens in opened():
        yield answers.ended(running.over(End.DEACTIVATED, LATER), opens)
        for has_it in (None, True, False):
            if opens is not None:
                yield recheck_card(running, opens, has_it=has_it)


def _status(terms: Terms, running: Activation) -> Iterator[Card]:
    every = list(requests(terms))
    active = [running, replace(running.seen_in_aws(LATER), access="prod-admin")]
    for sure in (True, False):
        yield answers.status(answers.Standing(active, every[:5], PERSON, sure=sure))
    yield answers.status(answers.Standing([], [], PERSON))
    lived = {r.id: a for r, a in zip(every, filter(None, activations()), strict=False)}
    names = {ANN: PERSON}
    for everybody in (True, False):
        yield answers.recent(answers.Decisions(every[:10], lived, names, everybody=everybody))
    yield answers.recent(
        answers.Decisions([replace(every[0], person=None)], {}, {}, everybody=True)
    )
    yield answers.recent(answers.Decisions([every[0]], {}, {}, everybody=True))
    yield answers.recent(answers.Decisions([], {}, {}, everybody=False))


def cards(terms: Terms = SAID) -> list[Card]:
    """Every card, each once."""
    about_requests = (card for _, card in request_cards(terms))
    refused = map(refusals.refused, all_refusals(terms))
    return list(dict.fromkeys([*about_requests, *refused, *private_answers(terms)]))


def all_forms(terms: Terms = SAID) -> Iterator[Form]:
    """Every form."""
    filled = OpenForm(terms.access, terms.duration, terms.ticket, terms.reason)
    access = replace(ACCESS, name=terms.access)
    demanding = PimRules(8 * HOUR, reason_required=True, ticket_required=True)
    for rules in (None, PimRules(), demanding):
        yield forms.activate_form(filled, access, rules)
    yield forms.activate_form(OpenForm())
    yield forms.loading_form()
    for why in (forms.nothing_to_choose(), forms.cannot_ask_entra()):
        yield forms.closed_form(why)


def all_pages() -> Iterator[Page]:
    """Every page of the sign-in."""
    for intent in intents():
        yield pages.confirm(CHAT_NAME, "slack", intent, "")
    yield pages.confirm(CHAT_NAME, "slack", Link(), pages.activation("dev", "1 h"))
    yield pages.signed_in(PERSON, "")
    yield pages.signed_in(PERSON, pages.no_longer())
    yield pages.other_person(PERSON, CHAT_NAME)
    yield from (pages.unknown_link(), pages.stale_link(), pages.used_link(), pages.other_browser())
    yield from (pages.not_a_member(), pages.not_answering("Slack"), doors.FOREIGN)
    yield from map(pages.refused, ("consent_required", "access_denied"))
