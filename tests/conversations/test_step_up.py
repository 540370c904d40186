"""More than a plain sign-in: stronger proof, consent, and every refusal of Entra's, to the end."""

import pytest

from tests.conversations.acts import DEV, activates, asks
from tests.conversations.chat import Chat
from tests.conversations.places import ALONE
from tests.conversations.stage import PIM, Stage

WHERE = ALONE

READER = "/aws-access activate prod-readonly 1h"


def claims_asked(world: Stage) -> list[str]:
    """What the token requests asked for beyond our own capability."""
    forms = [call.body for call in world.calls("login", "^POST ")]
    return [f["claims"] for f in forms if '"acrs"' in (f.get("claims") or "")]


async def test_an_authentication_context_is_asked_for_in_the_first_sign_in(
    chat: Chat, world: Stage
) -> None:
    world.entra("policy", access="dev-poweruser", acrs="c1")
    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    card = await chat.hears("engineer", "asks for more proof than usual")

    await chat.signs_in("engineer", card)

    await chat.hears("engineer", "dev-poweruser is active")
    assert len(world.asked_of_pim()) == 1


async def test_with_a_kept_token_too_pim_is_not_asked_with_a_weak_one(
    chat: Chat, world: Stage
) -> None:
    await activates(chat, READER)
    world.entra("policy", access="dev-poweruser", acrs="c1")

    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    *_, card = await chat.hears_rest("engineer", "second proof that it is you")
    assert len(world.asked_of_pim()) == 1
    assert claims_asked(world)

    await chat.signs_in("engineer", card)
    await chat.hears_rest("engineer", "dev-poweruser is active")
    assert len(world.asked_of_pim()) == 2


async def test_who_has_proved_it_before_is_not_asked_again(chat: Chat, world: Stage) -> None:
    world.entra("policy", access="dev-poweruser", acrs="c1")
    world.entra("policy", access="prod-readonly", acrs="c1")
    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    await chat.signs_in("engineer", await chat.hears("engineer", "more proof"))
    await chat.hears("engineer", "dev-poweruser is active")

    await chat.says("engineer", READER)

    await chat.noted("engineer")
    await chat.hears("engineer", "prod-readonly is active")
    assert world.holds("engineer") == {"dev-poweruser", "prod-readonly"}


@pytest.mark.parametrize("how", [{"acrs": "c1"}, {"mfa": True}])
async def test_a_policy_that_was_tightened_meanwhile_is_answered_by_one_more_sign_in(
    chat: Chat, world: Stage, how: dict[str, object]
) -> None:
    """What the bot remembers of the policy is minutes old: PIM itself asks for the proof."""
    card = await asks(chat)
    world.entra("policy", access="dev-poweruser", **how)

    await chat.signs_in("engineer", card)
    *_, again = await chat.hears_rest("engineer", "sign in more strongly")
    await chat.signs_in("engineer", again)

    await chat.hears_rest("engineer", "dev-poweruser is active")
    assert world.holds("engineer") == {"dev-poweruser"}


async def test_a_revoked_session_is_renewed_without_a_word_where_the_kept_token_is_good(
    chat: Chat, world: Stage
) -> None:
    await activates(chat, READER)
    world.fails("graph", f"^POST .*{PIM}", "status", status=401)

    await chat.says("engineer", DEV)

    await chat.noted("engineer")
    await chat.hears("engineer", "dev-poweruser is active")
    assert world.holds("engineer") == {"dev-poweruser", "prod-readonly"}


async def test_a_token_that_is_refused_again_and_again_ends_with_an_honest_sentence(
    chat: Chat, world: Stage
) -> None:
    await activates(chat, READER)
    world.fails("graph", f"^POST .*{PIM}", "status", status=401, times=9)

    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    for _ in range(2):
        heard = await chat.hears_rest("engineer", "Sign in to activate")
        await world.skips("PT2M")  # so that the next card reads otherwise than this one
        await chat.signs_in("engineer", heard[-1])
    await chat.hears_rest("engineer", "it asks for more proof again")
    world.mended()

    assert world.holds("engineer") == {"prod-readonly"}
    assert len(world.asked_of_pim()) == 5


@pytest.mark.parametrize("scope", [None, "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup"])
async def test_missing_consent_is_told_on_page_and_card_and_the_same_link_works_later(
    chat: Chat, world: Stage, scope: str | None
) -> None:
    only = {"scope": scope} if scope else {}
    world.entra("consent", missing=True, **only)
    first = await asks(chat)

    page = await chat.signs_in("engineer", first)

    assert "An administrator must approve this app" in page
    assert "open the same link again" in page
    card = await chat.hears("engineer", "given consent", "Show this to your Entra administrator")
    await world.skips("PT20H")
    world.entra("consent", missing=False, **only)
    assert "Signed in" in await chat.signs_in("engineer", first)
    await chat.hears("engineer", "dev-poweruser is active")
    assert card.id == first.id


async def test_consent_taken_away_later_asks_for_a_sign_in_and_keeps_the_request(
    chat: Chat, world: Stage
) -> None:
    await activates(chat, READER)
    await world.restarts_bot()
    world.entra("consent", missing=True)

    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    *_, card = await chat.hears_rest("engineer", "given consent")

    world.entra("consent", missing=False)
    await chat.signs_in("engineer", card)
    await chat.hears_rest("engineer", "dev-poweruser is active")


async def test_a_wait_for_an_administrator_has_an_end(chat: Chat, world: Stage) -> None:
    world.entra("consent", missing=True)
    first = await asks(chat)
    await chat.signs_in("engineer", first)
    await chat.hears("engineer", "given consent")
    await world.skips("PT23H")
    await chat.signs_in("engineer", first)

    await world.skips("PT2H")

    await chat.hears("engineer", "lapsed", "Nobody signed in for it in time")
    assert "This link has expired" in await chat.signs_in("engineer", first)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (65004, "cancelled there"),
        (50105, "Enterprise applications"),
        (53003, "Conditional Access"),
        (50158, "another provider"),
        (50079, "aka.ms/mysecurityinfo"),
        (53000, "managed device"),
        (90094, "given consent"),
        (50053, "too many wrong tries"),
    ],
)
async def test_each_refusal_of_a_sign_in_says_what_to_do_and_the_same_link_works_afterwards(
    chat: Chat, world: Stage, number: int, told: str
) -> None:
    world.entra("refuse_sign_in", who="engineer", number=number)
    card = await asks(chat)

    page = await chat.signs_in("engineer", card)

    assert told in page
    assert "Nothing was changed" in page
    if number in {50105, 90094}:
        await chat.hears("engineer", told)
    assert world.asked_of_pim() == []
    world.entra("refuse_sign_in", who="engineer", number=None)
    assert "Signed in" in await chat.signs_in("engineer", card)
    await chat.hears("engineer", "dev-poweruser is active")


@pytest.mark.parametrize(
    ("number", "told", "kept"),
    [
        (700082, "has expired", 0),
        (70008, "has expired", 0),
        (50173, "was revoked", 0),
        (50105, "Enterprise applications", 1),
        (53003, "Conditional Access", 1),
        (50076, "second proof", 1),
        (65001, "given consent", 1),
    ],
)
async def test_a_kept_token_that_is_refused_turns_into_a_sign_in_that_says_why(
    chat: Chat, world: Stage, number: int, told: str, kept: int
) -> None:
    await activates(chat, READER)
    await world.restarts_bot()
    world.entra("refuse_sign_in", who="engineer", number=number)

    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    *_, card = await chat.hears_rest("engineer", told)

    assert len(world.evidence().tables["kept_token"]) == kept
    world.entra("refuse_sign_in", who="engineer", number=None)
    await chat.signs_in("engineer", card)
    await chat.hears_rest("engineer", "dev-poweruser is active")
