"""Approving in the chat: one clear card each, a click as oneself, and everybody sees what came of it."""

import pytest

from playground.cast import PEOPLE
from tests.conversations.chat import Chat
from tests.conversations.heard import Heard
from tests.conversations.stage import Stage

ASK = "/aws-access activate prod-admin 1h INC-42 failing payments"


async def asks(chat: Chat, decider: str) -> Heard:
    """The engineer asks for prod-admin and signs in; the approver's card."""
    await chat.says("engineer", ASK)
    await chat.noted("engineer")
    await chat.signs_in("engineer", await chat.hears("engineer", "needs your sign-in"))
    await chat.hears(
        "engineer", "waits for approval", "I have asked Avery Approver", "Terry Approver"
    )
    return await chat.hears(
        decider,
        "prod-admin needs your decision",
        "Erin Engineer",
        "Site reliability engineer",
        "1 h from approval",
        "INC-42",
        "failing payments",
        "AdministratorAccess",
        "222222222222",
    )


async def test_an_approver_signs_in_once_and_has_decided(
    chat: Chat, world: Stage, decider: str
) -> None:
    card = await asks(chat, decider)

    await chat.presses(decider, card, "Approve")
    await chat.noted(decider, "approve")
    await chat.signs_in(decider, await chat.hears(decider, "So that I know who decides"))

    await chat.hears(decider, "prod-admin: approved", "You approved it at")
    await chat.hears("engineer", "prod-admin is active", f"{PEOPLE[decider].name} approved it at")
    [review] = world.calls("graph", r"^PATCH .*/assignmentApprovals/")
    assert review.shown()["as"] == f"user:{PEOPLE[decider].oid}"
    assert world.holds("engineer") == {"prod-admin"}


async def links(chat: Chat, who: str) -> None:
    """An approver who has signed in before."""
    await chat.says(who, "/aws-access link")
    await chat.noted(who)
    assert "Signed in" in await chat.signs_in(who, await chat.hears(who, "Sign in first"))
    await chat.hears(who, "You are linked")


async def test_a_linked_approver_decides_with_one_click(
    chat: Chat, world: Stage, decider: str
) -> None:
    await links(chat, decider)
    card = await asks(chat, decider)

    await chat.presses(decider, card, "Approve", times=3)

    await chat.hears_each(decider, "Noted: approve", "prod-admin: approved")
    await chat.hears("engineer", "prod-admin is active", f"{PEOPLE[decider].name} approved it at")
    assert len(world.calls("graph", r"^PATCH .*/assignmentApprovals/")) == 1


async def test_a_denial_says_why_and_nothing_was_activated(
    chat: Chat, world: Stage, decider: str
) -> None:
    await links(chat, decider)
    card = await asks(chat, decider)

    await chat.presses(decider, card, "Deny…")
    form = await chat.form(decider)
    assert "Erin Engineer asks for prod-admin" in form.text
    await chat.submits(decider, form, Reason="the change freeze is on")

    await chat.hears(decider, "prod-admin: denied", "You denied it at")
    told = await chat.hears_rest("engineer", f"{PEOPLE[decider].name} denied it at")
    assert [one.notifies for one in told] == [True, False]
    assert all("the change freeze is on" in one for one in told)
    assert world.holds("engineer") == set()


async def test_where_the_policy_wants_the_approvers_reason_none_is_taken_without(
    chat: Chat, world: Stage, decider: str
) -> None:
    await links(chat, decider)
    world.entra("policy", access="prod-admin", approver_justification=True)
    card = await asks(chat, decider)
    assert card.buttons == ["Approve…", "Deny…"]
    [request] = world.requests()

    await chat.says(decider, f"/aws-access approve {request['id']}")
    await chat.noted(decider, "approve")
    no = await chat.hears(decider, "A reason is needed", "please say why")
    assert no.buttons == ["Say Why…"]
    assert world.calls("graph", r"^PATCH ") == []
    await chat.presses(decider, card, "Approve…")
    form = await chat.form(decider)
    assert form.fields["Reason"].required
    await chat.submits(decider, form, Reason="checked with the team")

    await chat.hears_rest(decider, "prod-admin: approved")
    await chat.hears_rest("engineer", "prod-admin is active")
    [review] = world.calls("graph", r"^PATCH .*/assignmentApprovals/")
    assert review.body["justification"] == "checked with the team"


async def test_a_decision_in_the_portal_is_shown_to_everybody(
    chat: Chat, world: Stage, decider: str
) -> None:
    await asks(chat, decider)

    world.entra("approve", who="teams-approver", access="prod-admin")
    await world.skips("PT2M")

    await chat.hears("engineer", "prod-admin is active")
    await chat.hears(decider, "approved", "It was decided in Entra, not through me.")


@pytest.mark.parametrize("kind", ["lost_answer", "timeout", "reset", "status"])
async def test_a_decision_whose_answer_is_lost_counts_once(
    chat: Chat, world: Stage, decider: str, kind: str
) -> None:
    await links(chat, decider)
    card = await asks(chat, decider)
    world.fails("graph", "^PATCH ", kind)  # type: ignore[arg-type]

    await chat.presses(decider, card, "Approve")
    await world.skips("PT3M")

    await chat.hears_rest(decider, "prod-admin: approved")
    await chat.hears_rest("engineer", "prod-admin is active")
    assert len(world.events("verdict_counted")) == 1


async def test_a_withdrawal_takes_the_card_back(chat: Chat, world: Stage, decider: str) -> None:
    card = await asks(chat, decider)

    await chat.says("engineer", "/aws-access withdraw")
    await chat.hears_rest("engineer", "prod-admin: withdrawn")

    await chat.hears(decider, "withdrawn", "It was taken back before anybody decided.")
    await chat.presses(decider, card, "Approve", force=True)
    await chat.noted(decider, "approve")
    await chat.hears(decider, "no longer waits for a decision", "Nothing was changed")
    assert world.calls("graph", r"^PATCH ") == []
