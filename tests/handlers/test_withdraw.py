"""Taking a request back, and its lapse when nobody signs in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards import Page
from bot.domain.audit import What
from bot.domain.ids import RequestId
from bot.domain.request import State
from bot.intents import Link, Withdraw
from bot.ports import IntegrationError, Outcome, PimRefusedError, PimState
from handlers.sign_in_links import mint
from tests.handlers import cast
from tests.handlers.authority import KilledError
from tests.handlers.cast import ANN, ANNS, BEN, BENS
from tests.handlers.harness import BROWSER, LOST, Bot
from tests.handlers.words import everything, text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
PENDING = "activate prod-admin 1h INC-42 deploy"
LOST_CANCEL = IntegrationError("Microsoft Graph", "no answer", outcome=Outcome.UNKNOWN)


async def test_before_the_sign_in_it_is_taken_back_at_once(bot: Bot) -> None:
    await bot.says(ANNS, LINE)

    await bot.says(ANNS, "withdraw")

    assert (await bot.request()).state is State.WITHDRAWN
    assert bot.last().title == "dev-poweruser: withdrawn"
    assert (await bot.record())[-1] is What.WITHDRAWN
    assert bot.posts()[0].card.title == "dev-poweruser: withdrawn"


async def test_a_link_to_what_was_taken_back_says_so_and_leads_nowhere(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    secret = bot.link().rpartition("/")[2]
    await bot.says(ANNS, "withdraw")

    for page in (await bot.pages.look(secret), await bot.pages.confirm(secret, BROWSER)):
        assert isinstance(page, Page)
        assert page.title == "No sign-in is needed here any more"
        assert "The request no longer waits for this." in text(page.lines)
        assert not page.confirm


async def test_what_waits_in_pim_is_cancelled_there(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    waiting = await bot.request()

    await bot.says(ANNS, f"withdraw {waiting.id}")

    assert bot.asked().state is PimState.CANCELED
    assert (await bot.request()).state is State.WITHDRAWN
    titles = [card.title for card in bot.cards()]
    assert titles[-2:] == ["Withdrawing prod-admin", "prod-admin: withdrawn"]


async def test_with_several_open_it_asks_which_and_by_its_id_it_knows(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    await bot.says(ANNS, PENDING)
    first, second = await bot.requests()

    await bot.says(ANNS, "withdraw")
    assert bot.last().title == "Which one shall I withdraw?"
    assert {b.label for b in bot.last().buttons} == {first.id, second.id}
    await bot.says(ANNS, f"withdraw {second.id}")

    assert {r.id: r.state for r in await bot.requests()} == {
        first.id: State.AWAITING_SIGN_IN,
        second.id: State.WITHDRAWN,
    }


async def test_which_one_is_a_button_that_withdraws_just_that(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    await bot.says(ANNS, PENDING)
    await bot.says(ANNS, "withdraw")

    button = bot.last().buttons[0]
    await bot.presses(ANNS, button)

    states = {r.id: r.state for r in await bot.requests()}
    assert states[RequestId(button.label)] is State.WITHDRAWN
    assert list(states.values()).count(State.WITHDRAWN) == 1


async def test_what_is_not_ones_own_is_not_found(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    request = await bot.request()

    await bot.says(BENS, f"withdraw {request.id}")
    await bot.says(BENS, "withdraw")

    assert [card.title for card in bot.cards(BENS)] == ["Nothing to withdraw"] * 2
    assert (await bot.request()).state is State.AWAITING_SIGN_IN


async def test_what_the_account_asked_for_while_it_was_anothers_is_not_found(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    async with bot.world.store.begin() as tx:  # as if the link had been lost beside the bot
        await tx.drop_link(ANNS)
    bot.chat.profiles[ANNS] = replace(cast.profile(ANNS), mail=cast.mail(BEN))
    url = await mint(bot.world, ANNS, Link())
    await bot.signs_in(BEN, url)

    await bot.says(ANNS, "withdraw")

    assert bot.last().title == "Nothing to withdraw"
    assert (await bot.request()).state is State.AWAITING_APPROVAL


async def test_what_is_granted_is_too_late_to_withdraw(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)

    await bot.says(ANNS, f"withdraw {(await bot.request()).id}")

    assert bot.last().title == "Nothing to withdraw"
    assert (await bot.request()).state is State.GRANTED


async def test_cancelling_needs_ones_own_sign_in_and_goes_on_after_it(keyless: Bot) -> None:
    await keyless.says(ANNS, PENDING)
    await keyless.signs_in()
    await keyless.restarts()

    await keyless.says(ANNS, "withdraw")
    assert keyless.last().title == "Sign in first"
    assert "It still waits there." in text(keyless.last().lines)
    assert (await keyless.request()).state is State.AWAITING_APPROVAL
    await keyless.signs_in()

    assert (await keyless.request()).state is State.WITHDRAWN
    assert keyless.asked().state is PimState.CANCELED
    assert keyless.world.tokens.get(ANN, Withdraw(), keyless.clock.at) is None


async def test_when_entra_wants_a_stronger_sign_in_to_cancel_it_goes_on_after_that(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    bot.pim.failures.append(PimRefusedError("Acrs", "more", claims='{"x":1}'))

    await bot.says(ANNS, "withdraw")
    assert bot.last().title == "Sign in first"
    assert (await bot.request()).state is State.AWAITING_APPROVAL
    assert bot.world.tokens.get(ANN, Withdraw(), bot.clock.at) is None
    await bot.signs_in()

    assert (await bot.request()).state is State.WITHDRAWN
    assert bot.asked().state is PimState.CANCELED
    assert '{"x":1}' in bot.sign_in.claims_of.values()


async def test_what_was_approved_meanwhile_is_not_withdrawn_and_says_so(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    bot.pim.decide(bot.asked().id, approve=True)

    await bot.presses(ANNS, Withdraw((await bot.request()).id))
    assert bot.last().title == "prod-admin was not withdrawn"
    assert "it is not waiting any longer" in text(bot.last().lines)
    await bot.waits(minutes=1)

    assert (await bot.request()).state is State.GRANTED


async def test_a_refusal_to_cancel_what_still_waits_is_told_in_pims_words(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    bot.pim.failures.append(PimRefusedError("ResourceIsLocked", ""))

    await bot.says(ANNS, "withdraw")

    assert "Entra was busy with this group." in text(bot.last().lines)
    assert (await bot.request()).state is State.AWAITING_APPROVAL


async def test_a_cancelling_whose_answer_was_lost_is_seen_to_have_happened(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    bot.pim.failures.append(LOST_CANCEL)

    await bot.says(ANNS, "withdraw")
    await bot.waits(seconds=5)

    assert (await bot.request()).state is State.WITHDRAWN
    assert "was not withdrawn" not in "".join(card.title for card in bot.cards())


async def test_a_cancelling_that_pim_has_forgotten_is_no_reason_to_claim_anything(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    bot.pim.asked.clear()

    await bot.says(ANNS, "withdraw")

    assert bot.last().title == "prod-admin was not withdrawn"
    bot.settled = False  # PIM does not know its own request any more


async def test_a_request_that_pim_has_no_id_for_is_only_put_down_as_withdrawn(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    waiting = await bot.request()
    bot.pim.failures.append(PimRefusedError("ResourceNotFound", ""))
    async with bot.world.store.begin() as tx:
        await tx.save_request(replace(waiting, pim=None, version=waiting.version + 1))

    await bot.says(ANNS, "withdraw")

    assert (await bot.request()).state is State.WITHDRAWN
    bot.settled = False  # the store was tampered with


async def test_who_does_not_sign_in_within_the_hour_lets_it_lapse(bot: Bot) -> None:
    await bot.says(ANNS, LINE)

    await bot.waits(minutes=59)
    assert (await bot.request()).state is State.AWAITING_SIGN_IN
    await bot.waits(minutes=2)

    over = await bot.request()
    assert (over.state, over.why) == (State.LAPSED, "not_signed_in")
    assert "Nobody signed in for it in time." in text(bot.last().lines)
    assert bot.last().buttons[0].label == "Ask Again"


async def test_a_second_wait_for_a_sign_in_has_its_own_hour(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    await bot.waits(minutes=50)
    bot.pim.failures.append(
        PimRefusedError(
            "RoleAssignmentRequestAcrsValidationFailed", "", claims='{"access_token":{"nbf":1}}'
        )
    )
    await bot.signs_in()

    await bot.waits(minutes=50)
    assert (await bot.request()).state is State.AWAITING_SIGN_IN
    await bot.waits(minutes=11)

    assert (await bot.request()).state is State.LAPSED


async def a_lost_one(bot: Bot, line: str) -> None:
    """A request that was sent and whose answer was lost, together with the token."""
    await bot.says(ANNS, line)
    bot.pim.killers.append(KilledError())
    with pytest.raises(KilledError):
        await bot.signs_in()
    await bot.restarts()
    await bot.waits(seconds=30)
    assert (await bot.request()).state is State.AWAITING_SIGN_IN


async def test_a_lapse_after_a_lost_answer_claims_nothing(keyless: Bot) -> None:
    await a_lost_one(keyless, PENDING)

    await keyless.waits(minutes=61)

    over = await keyless.request()
    assert (over.state, over.why) == (State.LAPSED, "unconfirmed")
    assert "It may still appear" in everything(keyless.posts()[0].card)


async def test_before_a_lapse_a_lost_effect_is_looked_for_once_more(keyless: Bot) -> None:
    keyless.pim.lag = timedelta(minutes=5)
    await a_lost_one(keyless, "activate dev-poweruser 2h checking")

    await keyless.waits(minutes=61)

    assert (await keyless.request()).state is State.GRANTED
    assert len(keyless.pim.posts) == 1


async def test_taking_back_what_was_lost_claims_nothing(keyless: Bot) -> None:
    await a_lost_one(keyless, PENDING)

    await keyless.says(ANNS, "withdraw")

    over = await keyless.request()
    assert (over.state, over.why) == (State.WITHDRAWN, "unconfirmed")
    assert "It may still appear" in text(keyless.last().lines)


async def test_taking_back_what_turns_out_to_be_in_force_is_too_late(keyless: Bot) -> None:
    keyless.pim.lag = timedelta(minutes=5)
    await a_lost_one(keyless, LINE)
    keyless.clock.pass_(minutes=5)

    await keyless.says(ANNS, "withdraw")

    assert (await keyless.request()).state is State.GRANTED
    assert "Too late to withdraw" in [card.title for card in keyless.cards()]


async def test_a_lost_answer_is_never_taken_for_a_lapse(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    bot.pim.failures.append(LOST)
    await bot.signs_in()

    await bot.waits(hours=0.5)

    assert (await bot.request()).state is State.GRANTED
