"""Every Home tab that the catalogue can make."""

from collections.abc import Iterator

from bot.cards import Home
from bot.domain.policy import PimRules, Terms
from bot.domain.refusals import NotAMember
from bot.wording import answers, home, refusals
from tests.domain.samples import ANN, HOUR, an_activation
from tests.wording.everything import LATER, PERSON, SAID, activations, requests
from tests.wording.openings import opened


def all_homes(terms: Terms = SAID) -> Iterator[Home]:
    """Every tab: empty, full, without Entra, and for those who may not or did not sign in."""
    every = list(requests(terms))
    lived = {r.id: a for r, a in zip(every, filter(None, activations()), strict=False)}
    rules = PimRules(8 * HOUR, reason_required=True, ticket_required=True, approval_required=True)
    offers = (
        home.Offer(terms.access, 8 * HOUR, rules),
        home.Offer("free", 8 * HOUR, PimRules()),
        home.Offer("endless", None, PimRules()),
        home.Offer("unread"),
    )
    running = an_activation(access="running")
    active = [(running, opens) for opens in opened()]
    active += [(running.seen_in_aws(LATER), None)]
    decided = answers.Decisions(every[:5], lived, {ANN: PERSON}, everybody=False)
    nothing = answers.Decisions([], {}, {}, everybody=False)
    yield home.home(home.Mine(PERSON, every, active, offers, decided))
    yield home.home(home.Mine(PERSON, [], [], offers, decided))
    yield home.home(home.Mine(PERSON, [], [], (), nothing))
    yield home.home(home.Mine(PERSON, every[:1], active[:1], None, nothing, sure=False))
    yield home.not_linked("https://bot.example.com/sign-in/x")
    yield home.not_for_you(refusals.refused(NotAMember("guest")))
