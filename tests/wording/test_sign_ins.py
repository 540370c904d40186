"""Every refusal of a sign-in that Entra documents has its sentence, on the page and on the card."""

from dataclasses import replace

import pytest

from bot.domain.request import ON_PAGE, State
from bot.domain.sign_in import NEEDS_ADMIN
from bot.wording import pages, sign_ins
from bot.wording.requests import View, needs_sign_in_again, request_card
from tests.domain.samples import HOUR, NOON, a_request
from tests.wording.spans import text

SPEAKS_OF = {
    "consent_required": "given consent",
    "access_denied": "cancelled",
    "login_required": "no longer accepts",
    "interaction_required": "no longer accepts",
    "invalid_grant": "no longer accepts",
    "AADSTS50020": "organisation",
    "AADSTS50034": "directory",
    "AADSTS50053": "wrong tries",
    "AADSTS50055": "Change it",
    "AADSTS50057": "disabled",
    "AADSTS50072": "aka.ms/mysecurityinfo",
    "AADSTS50074": "second proof",
    "AADSTS50076": "second proof",
    "AADSTS50078": "second proof",
    "AADSTS50079": "aka.ms/mysecurityinfo",
    "AADSTS50105": "assigned",
    "AADSTS50158": "another provider",
    "AADSTS50173": "revoked",
    "AADSTS53000": "device",
    "AADSTS53001": "device",
    "AADSTS53002": "approved app",
    "AADSTS53003": "Conditional Access",
    "AADSTS53004": "aka.ms/mysecurityinfo",
    "AADSTS53011": "risk",
    "AADSTS530032": "risk",
    "AADSTS65004": "cancelled",
    "AADSTS70008": "expired",
    "AADSTS700082": "expired",
    "AADSTS70043": "from time to time",
}
"""What each sentence has to speak of, by the error it is for.

https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""
OURS = {
    "no_token",
    "stronger",
    "unseen",
    "not_fresh",
    "no_auth_time",
    "answer",
    "id_token",
    "tenant",
}


def test_there_is_a_sentence_for_each_and_for_no_other() -> None:
    assert {*SPEAKS_OF, *OURS} == sign_ins.CODES


@pytest.mark.parametrize(("code", "words"), SPEAKS_OF.items())
def test_a_refusal_is_told_in_plain_words_on_the_page_and_on_the_card(
    code: str, words: str
) -> None:
    page = text(pages.refused(code))
    again = replace(a_request(State.AWAITING_SIGN_IN), why=code)

    assert words in page
    assert "Nothing was changed" in page
    assert code in page
    assert words in text(request_card(View(again)))


def test_an_unknown_refusal_is_named_as_it_is() -> None:
    assert "AADSTS99999" in text(pages.refused("AADSTS99999"))
    assert "not given" in text(pages.refused(""))


@pytest.mark.parametrize("code", sorted(NEEDS_ADMIN))
def test_what_an_administrator_has_to_mend_says_until_when_it_waits_and_how_it_goes_on(
    code: str,
) -> None:
    page = text(pages.refused(code, NOON + HOUR))
    waiting = replace(a_request(State.AWAITING_SIGN_IN), why=f"{ON_PAGE}{code}")
    card = text(request_card(View(waiting)))

    assert "waits until" in page
    assert "open the same link again" in page
    assert "administrator" in page
    assert "administrator" in card
    assert "Once that is done, sign in here" in card
    assert not needs_sign_in_again(waiting)
