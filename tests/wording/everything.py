"""Every card, form and page that the catalogue can make, from every kind of value there is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

from bot.cards import Card, Form, Page
from bot.commands import Misunderstood
from bot.domain.access import Authority
from bot.domain.activation import Activation, End
from bot.domain.aws import Looked
from bot.domain.decision import Verdict
from bot.domain.ids import PimId, RequestId
from bot.domain.policy import (
    LONGEST_REASON,
    LONGEST_TICKET,
    EligibilityEndsFirst,
    MayNotAsk,
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
    Locked,
    NobodyReads,
    NotAMember,
    NotAnAdmin,
    NothingActive,
    NothingKept,
    NothingToExplain,
    NothingToWithdraw,
    NotLocked,
    NotYourself,
    Refusal,
    TooSoonToEnd,
    UnknownAccess,
    WhichOne,
    WhoIsThat,
)
from bot.domain.request import ON_PAGE, Request, State
from bot.intents import (
    Activate,
    Again,
    AskReason,
    Confirm,
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
    Proceed,
    Recent,
    Status,
    Unlink,
    Unlock,
    Withdraw,
)
from bot.wording import (
    answers,
    approvals,
    doors,
    explain,
    failures,
    forms,
    locks,
    pace,
    pages,
    pim,
    refusals,
    sign_ins,
)
from bot.wording.notices import notice_card
from bot.wording.ready import ending_card, ready_card
from bot.wording.requests import View, fresh_to_ask, posted_twice, request_card, sign_in_card
from bot.wording.steps import recheck_card
from tests.domain.samples import ACCESS, ANN, HOUR, NOON, TERMS, a_request, an_activation
from tests.wording import deciding
from tests.wording.explanations import explanations
from tests.wording.openings import HAD, opened

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
LATER = NOON + timedelta(minutes=10)


def activations() -> Iterator[Activation | None]:
    """None, running with and without AWS, and over in every way."""
    running = an_activation()
    yield None
    yield running
    yield running.seen_in_aws(LATER)
    yield running.changed(NOON, LATER + HOUR, LATER)
    for end in End:
        over = running.over(end, LATER)
        yield over
        yield running.seen_in_aws(LATER).over(end, LATER).gone_from_aws(LATER)


CLAIMS = '{"access_token":{"nbf":1}}'


def requests(terms: Terms = SAID) -> Iterator[Request]:
    """Every state, with every code there are words for, and with the marks of what happened."""
    for state in State:
        one = a_request(state, terms=terms)
        yield one
        yield replace(one, authority=Authority.APPLICATION)
        yield replace(one, pim=PimId("pim-1"))
        yield replace(one, tried_at=NOON, why="no_token")
        yield replace(one, claims=CLAIMS, why="no_token")
        for why in sorted(pim.CODES):
            yield replace(one, why=why)
    waiting = a_request(State.AWAITING_SIGN_IN, terms=terms)
    yield replace(waiting, claims=CLAIMS)
    yield replace(waiting, claims=CLAIMS, why="stronger", challenges=1)
    for why in sorted(sign_ins.CODES):
        yield replace(waiting, why=why)
        yield replace(waiting, why=f"{ON_PAGE}{why}")


def views(terms: Terms = SAID) -> Iterator[View]:
    """Every request that can be with every activation and everything it opens."""
    url = "https://bot.example.com/sign-in/x"
    for request in requests(terms):
        yield View(request, sign_in_url=url)
        yield View(request, sign_in_url=url, confirms=True)
        for had in HAD:
            yield View(request, sign_in_url=url, already=had)
    granted = a_request(State.GRANTED, terms=terms)
    for activation, opens in product(activations(), opened()):
        for late in (True, False):
            yield View(granted, activation, opens, url, late=late)
        yield View(granted, activation, opens, url, LATER)
    for activation, had in product(activations(), HAD):
        yield View(granted, activation, None, url, already=had)


def request_cards(terms: Terms = SAID) -> Iterator[tuple[View, Card]]:
    """Everything that can follow a request."""
    for view in views(terms):
        yield view, request_card(view)
        yield view, sign_in_card(view)
        if view.activation is not None:
            for soon in (True, False):
                yield view, ending_card(view.request, view.activation, soon=soon)
            if view.opens is not None:
                yield view, ready_card(view.request, view.activation, view.opens)


def notice_cards(terms: Terms = SAID) -> Iterator[tuple[Request, Activation | None, Card]]:
    """Everything that a channel can read of a request; a name is a person's words too."""
    for request in requests(terms):
        yield request, None, notice_card(request, None, terms.reason)
    granted = a_request(State.GRANTED, terms=terms)
    for activation in activations():
        yield granted, activation, notice_card(granted, activation, terms.reason)


PROBLEMS: tuple[Problem, ...] = (
    TooLong(9 * HOUR, 8 * HOUR),
    TooShort(timedelta(minutes=1)),
    ReasonMissing(),
    TicketMissing(),
    TextTooLong("reason", LONGEST_REASON),
    TextTooLong("ticket", LONGEST_TICKET),
    NotEligible(),
    MayNotAsk(),
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
    yield from deciding.not_here(access)
    for problem in PROBLEMS:
        yield BadWish(terms, (problem,), 8 * HOUR)
    yield BadWish(terms, PROBLEMS, 8 * HOUR)
    yield AccountDisabled()
    for request in requests(terms):
        yield AlreadyOpen(request)
        yield CannotWithdraw(request)
    yield AlreadyActive(an_activation(access=terms.access))
    yield AlreadyActive(an_activation(access=terms.access, request=None))
    yield NothingActive()
    yield NothingActive(sure=False)
    yield NothingActive(terms.access)
    yield NothingActive("dev", terms.access)
    yield NothingKept("xyzzy", "")
    yield NothingKept("dev", terms.access, "U0ANN", 24 * HOUR, "granted")
    yield WhichOne("deactivate", (terms.access,) * 7)
    yield WhichOne("withdraw", ("R-22222222", "R-33333333"))
    yield TooSoonToEnd(an_activation(access=terms.access))
    yield from (NothingToWithdraw(), NothingToWithdraw("R-22222222"))
    yield NobodyReads()
    yield NobodyReads(terms.access)
    yield NothingToExplain("xyzzy")
    yield NothingToExplain("dev", terms.access, "U0ANN")
    yield from (Locked(NOON), NotAnAdmin(), WhoIsThat(), NotYourself(), NotLocked())
    yield from deciding.refusals([*_each_state(terms)], PERSON, terms.reason)


def _each_state(terms: Terms) -> Iterator[Request]:
    for state in State:
        yield a_request(state, terms=terms)


def intents(terms: Terms = SAID) -> Iterator[Intent]:
    """Everything that can be asked for, with all that can be said."""
    yield Activate(terms.access, terms.duration, ticket=terms.ticket, reason=terms.reason)
    yield Activate(terms.access)
    yield OpenForm(terms.access, terms.duration, terms.ticket, terms.reason)
    yield Again(RequestId("R-22222222"), terms.duration, terms.ticket, terms.reason)
    yield Deactivate(terms.access)
    yield Withdraw(RequestId("R-22222222"))
    yield Proceed(RequestId("R-22222222"))
    yield Confirm(RequestId("R-22222222"))
    yield Explain(terms.access, "U0ANN")
    yield from (Lock("U0BEN", REASON), Unlock("U0BEN"))
    for verdict in Verdict:
        yield Decide(RequestId("R-22222222"), verdict, terms.digest, terms.reason)
        yield AskReason(RequestId("R-22222222"), verdict, terms.digest)
    yield from (Status(), Pending(), Recent(), Link(), Unlink(), Notify(), Help())


def _failures(terms: Terms) -> Iterator[Card]:
    """What is said when something did not work."""
    for intent in intents(terms):
        for refused in (True, False):
            yield failures.not_answering("Microsoft Graph", intent, refused=refused)
        yield failures.given_up(intent, "c0ffee", 8)
        yield failures.too_late(intent)
    for surely in (True, False):
        yield failures.not_noted(surely=surely)
    yield from (failures.slow(), failures.bug("c0ffee"), failures.history_lost())


def private_answers(terms: Terms = SAID) -> Iterator[Card]:
    """Everything that is answered where somebody asked."""
    running = an_activation(access=terms.access)
    yield answers.help_card()
    for intent in intents(terms):
        yield answers.on_it(intent)
    yield from _failures(terms)
    yield answers.misunderstood(Misunderstood("activte", "No such command.", "activate x"), REASON)
    yield answers.misunderstood(Misunderstood("x", "No such command."), "x")
    for wait in (0.2, 7.5):
        yield pace.too_fast(wait, REASON)
    yield from (pace.too_fast(1.0, ""), pace.crowded(REASON), pace.crowded(""))
    for what in (answers.WHO, answers.LINK, answers.FORM, answers.CANCEL, answers.DECIDE):
        yield answers.sign_in_first("https://bot.example.com/sign-in/x", what)
    yield answers.sign_in_first("https://bot.example.com/x", answers.end_as_you(running))
    yield answers.nothing_before()
    yield answers.open_form(OpenForm(terms.access))
    yield from _status(terms, running)
    yield answers.will_end(running, LATER)
    yield answers.not_ended(running, pim.sentence("ResourceIsLocked"))
    for request in requests(terms):
        yield answers.not_withdrawn(request, pim.sentence("ResourceIsLocked"))
        yield answers.withdrawn(request)
        yield answers.unlinked([request], [request], was=True)
    for keeps in (True, False):
        yield from (answers.linked(PERSON, keeps=keeps), answers.notified(here=keeps, alone=keeps))
        yield answers.unlinked([], [], was=keeps)
        yield answers.linked_elsewhere(PERSON, LATER, moved=keeps)
    yield posted_twice()
    yield from (*_locks(terms), *_fresh_ones(terms))
    yield from _looked_at(running)
    yield from map(explain.unknown_person, ("U0ANN", PERSON + "@x"))
    for found in explanations(terms, PERSON, [one for one in opened() if one is not None]):
        yield explain.explained(found)


def _fresh_ones(terms: Terms) -> Iterator[Card]:
    waiting = a_request(State.AWAITING_APPROVAL, terms=terms)
    url = "https://bot.example.com/sign-in/x"
    for verdict, stale in product(Verdict, (True, False)):
        why = approvals.fresh_to_decide(waiting, verdict, stale=stale)
        yield answers.sign_in_first(url, why)
    yield answers.sign_in_first(url, fresh_to_ask(waiting))


def _locks(terms: Terms) -> Iterator[Card]:
    for sure in (True, False):
        yield locks.locked(locks.LockedOut((PERSON,), sure=sure))
        yield locks.locked(
            locks.LockedOut(
                (PERSON, PERSON), live=((terms.access, LATER), (terms.access, None)), sure=sure
            )
        )
    yield locks.unlocked(PERSON)


def _looked_at(running: Activation) -> Iterator[Card]:
    for opens in opened():
        for end, had in product(End, HAD):
            yield answers.ended(running.over(end, LATER), opens, had)
        for found in product((None, True, False), repeat=4):
            for late in (True, False):
                if opens is not None:
                    yield recheck_card(running, opens, Looked(*found), PERSON, is_late=late)


def _status(terms: Terms, running: Activation) -> Iterator[Card]:
    every = list(requests(terms))
    active = [running, replace(running.seen_in_aws(LATER), access="prod-admin", request=None)]
    gone = [running.over(end, LATER) for end in End]
    for sure in (True, False):
        yield answers.status(answers.Standing(active, every[:5], PERSON, LATER, sure=sure))
    yield answers.status(answers.Standing([], [], PERSON, LATER))
    yield answers.status(answers.Standing([], [], PERSON, LATER, gone))
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
    states, opens = [*_each_state(terms)], [*opened()]
    decided = deciding.asker_cards(states, PERSON, terms.reason)
    deciders = deciding.approver_cards(states, opens, PERSON, terms.reason)
    notices = (card for _, _, card in notice_cards(terms))
    every = [*about_requests, *notices, *decided, *deciders, *refused, *private_answers(terms)]
    return list(dict.fromkeys(every))


def all_forms(terms: Terms = SAID) -> Iterator[Form]:
    """Every form."""
    filled = OpenForm(terms.access, terms.duration, terms.ticket, terms.reason)
    access = replace(ACCESS, name=terms.access)
    demanding = PimRules(8 * HOUR, reason_required=True, ticket_required=True)
    for rules, had in product((None, PimRules(), demanding), HAD):
        yield forms.activate_form(filled, access, rules, had)
    yield forms.activate_form(OpenForm())
    yield forms.loading_form()
    waiting = a_request(State.AWAITING_APPROVAL, terms=terms)
    yield from deciding.reason_forms(waiting, PERSON, terms.reason)
    yield from map(forms.closed_form, (forms.nothing_to_choose(), forms.cannot_ask_entra()))


def all_pages() -> Iterator[Page]:
    """Every page of the sign-in."""
    for intent in intents():
        yield pages.confirm(CHAT_NAME, "slack", intent, "")
    yield pages.confirm(CHAT_NAME, "slack", Link(), pages.activation("dev", "1 h"))
    for verdict in Verdict:
        yield pages.confirm(CHAT_NAME, "slack", Link(), pages.decision(verdict, SAID))
    yield pages.signed_in(PERSON, "")
    yield pages.signed_in(PERSON, pages.no_longer())
    yield pages.other_person(PERSON, CHAT_NAME)
    yield from (pages.unknown_link(), pages.stale_link(), pages.used_link(), pages.other_browser())
    yield from (pages.not_a_member(), pages.not_answering("Slack"), doors.FOREIGN)
    yield pages.locked()
    yield from (pages.unknown_answer(), pages.nothing_waits())
    yield from map(pages.refused, sorted(sign_ins.CODES))
    yield pages.refused("consent_required", LATER)
