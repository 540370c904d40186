"""Every answer of PIM's is told as what it is: what happened, whether anything changed, what to do."""

from datetime import datetime, timedelta

import pytest

from playground.cast import ACCESS
from playground.entra.forced import RULES
from tests.conversations.acts import DEV, activates, links
from tests.conversations.chat import Chat
from tests.conversations.stage import Stage
from tests.conversations.test_ending import is_in_aws
from tests.conversations.test_waiting import waits_for_approval

OPEN = "/aws-access activate prod-readonly"
GROUP = ACCESS["prod-readonly"].group
FAMILIES = {
    "already there, or not": {
        "RoleAssignmentExists": "active already",
        "RoleAssignmentDoesNotExist": "Ask your administrator whether you are still eligible",
        "PendingRoleAssignmentRequest": "Cancel it at aka.ms/pim",
    },
    "lengths and starts": {
        "ActiveDurationTooShort": "less than five minutes",
        "InvalidRoleAssignmentRequest": "Ask for another length",
        "InvalidRoleAssignmentRequestSchedule": "Ask for another length",
    },
    "not found, or busy": {
        "SubjectNotFound": "does not find your account",
        "RoleNotFound": "does not find this group",
        "ResourceNotFound": "does not find this group in PIM",
        "ResourceIsLocked": "Entra was busy",
    },
    "rights and licences": {
        "PermissionScopeNotGranted": "lacks a permission in Entra",
        "UnauthorizedAccessException": "does not let you do this",
        "Authorization_RequestDenied": "lacks a permission in Entra",
        "AadPremiumLicenseRequired": "no Entra ID P2 or ID Governance licence",
    },
}


@pytest.mark.parametrize("family", FAMILIES)
async def test_a_refusal_of_pims_is_told_in_either_of_its_shapes(
    chat: Chat, world: Stage, family: str
) -> None:
    await links(chat, "engineer")
    for number, (code, words) in enumerate(FAMILIES[family].items()):
        for wrapped in (False, True):
            await world.skips("PT1M")
            world.entra("refuse", code=code, wrapped=wrapped)
            await chat.says("engineer", f"{DEV} {number}")

            await chat.noted("engineer")
            no = await chat.hears("engineer", "dev-poweruser was not activated", words)
            assert "Nothing was changed" in no
            assert no.state == "refused"
    assert world.holds("engineer") == set()


async def test_every_rule_that_a_policy_can_name_is_told(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    named = [rule for rule in RULES if rule != "MfaRule"]
    world.entra("refuse", code="RoleAssignmentRequestPolicyValidationFailed", rules=named)

    await chat.says("engineer", DEV)

    await chat.noted("engineer")
    no = await chat.hears("engineer", "The group's PIM policy refused it", "it asks for a ticket")
    assert "it does not allow this day" in no
    assert not [rule for rule in RULES if rule in no]


async def test_a_second_factor_is_asked_for_by_a_sign_in_and_then_it_goes_on(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    world.entra("policy", access="dev-poweruser", mfa=True)
    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    *_, card = await chat.hears_rest("engineer", "sign in more strongly")

    await chat.signs_in("engineer", card)

    await chat.hears_rest("engineer", "dev-poweruser is active")
    assert world.holds("engineer") == {"dev-poweruser"}


async def test_a_challenge_in_the_flat_shape_is_answered_by_a_sign_in_too(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    world.entra("refuse", code="RoleAssignmentRequestAcrsValidationFailed", wrapped=False)
    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    *_, card = await chat.hears_rest("engineer", "sign in more strongly")

    await chat.signs_in("engineer", card)

    await chat.hears_rest("engineer", "dev-poweruser is active")


async def test_an_end_that_pim_refuses_leaves_it_active_and_says_why(
    chat: Chat, world: Stage
) -> None:
    await activates(chat)
    await world.skips("PT10M")
    await is_in_aws(chat)
    world.entra("refuse", code="ResourceIsLocked", wrapped=True)

    await chat.says("engineer", "/aws-access deactivate")

    await chat.noted("engineer")
    await chat.hears("engineer", "dev-poweruser was not ended", "Entra was busy", "stays active")
    assert world.holds("engineer") == {"dev-poweruser"}


async def test_a_word_of_pims_that_nobody_knows_is_shown_and_followed(
    chat: Chat, world: Stage
) -> None:
    card = await waits_for_approval(chat)
    world.entra("status", who="engineer", access="prod-admin", word="PendingMoonPhase")
    await world.skips("PT2M")

    told = await chat.hears("engineer", "I do not know yet whether", "PIM says: PendingMoonPhase.")
    assert (told.id, told.state) == (card.id, "unknown")
    world.entra("status", who="engineer", access="prod-admin", word="pendingapproval")
    await world.skips("PT2M")
    await chat.hears("engineer", "prod-admin waits for approval")
    world.entra("status", who="engineer", access="prod-admin", word="FAILED")
    await world.skips("PT2M")

    over = await chat.hears("engineer", "prod-admin could not be activated")
    assert "accepted it and then could not carry it out" in over
    assert over.state == "failed"
    await chat.hears_rest("approver", "prod-admin: not activated")


async def test_an_eligibility_through_a_group_is_as_good(chat: Chat, world: Stage) -> None:
    world.entra("eligible", who="outsider", access="prod-readonly", through_group=True)

    await activates(chat, OPEN, "outsider")

    [sent] = world.asked_of_pim()
    assert sent.as_ == f"user:{sent.body['principalId']}"
    assert world.holds("outsider") == {"prod-readonly"}


async def test_who_may_become_an_owner_may_not_become_a_member(chat: Chat, world: Stage) -> None:
    await links(chat, "outsider")
    world.entra("eligible", who="outsider", access="prod-readonly", relationship="owner")

    await chat.says("outsider", OPEN)

    await chat.noted("outsider")
    await chat.hears("outsider", "You are not eligible for it in PIM")
    assert world.asked_of_pim() == []


async def test_a_maximum_of_nothing_is_no_maximum(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    world.entra("policy", access="prod-readonly", max="PT0S")

    form = await chat.opens_form("engineer")
    form = await chat.chooses("engineer", form, "Access", "prod-readonly")
    assert form.fields["How long"].value == "1 h"
    assert "at most" not in form.text
    await chat.submits("engineer", form)

    await chat.hears("engineer", "prod-readonly is active", "1 h")


async def test_whoever_says_no_length_gets_the_maximum_where_that_is_less_than_an_hour(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    world.entra("policy", access="prod-readonly", max="PT25M")

    await chat.says("engineer", OPEN)

    await chat.noted("engineer")
    await chat.hears("engineer", "prod-readonly is active", "25 min")
    [sent] = world.asked_of_pim()
    assert sent.body["scheduleInfo"]["expiration"]["duration"] == "PT25M"


async def test_an_eligibility_that_ends_soon_is_said_and_what_is_left_is_offered(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "outsider")
    soon = world.world.clock.now().replace(microsecond=0)
    world.entra("eligible", who="outsider", access="prod-readonly", end=_in(soon, hours=3))

    await chat.says("outsider", f"{OPEN} 4h")
    await chat.noted("outsider")
    no = await chat.hears("outsider", "Your eligibility in PIM ends in 2 h 59 min")
    [offer] = no.buttons
    assert offer == "Activate for 2 h 55 min"
    await chat.presses("outsider", no, offer)

    await chat.noted("outsider")
    await chat.hears(
        "outsider", "prod-readonly is active", "Your eligibility for it in PIM ends at"
    )


async def test_with_hardly_anything_left_no_length_is_offered(chat: Chat, world: Stage) -> None:
    await links(chat, "outsider")
    soon = world.world.clock.now().replace(microsecond=0)
    world.entra("eligible", who="outsider", access="prod-readonly", end=_in(soon, minutes=5))

    await chat.says("outsider", OPEN)

    await chat.noted("outsider")
    no = await chat.hears("outsider", "Your eligibility in PIM ends in 4 min")
    assert no.buttons == ["What May I Activate?"]


async def test_a_group_that_pim_does_not_know_yet_is_told_as_that(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    for key in [key for key in world.world.entra.tenant.policies if key[0] == GROUP]:
        del world.world.entra.tenant.policies[key]

    await chat.says("engineer", "/aws-access activate prod-readonly 1h because")

    await chat.noted("engineer")
    await chat.hears("engineer", "prod-readonly was not activated", "this group in PIM")


def _in(now: datetime, **time: float) -> str:
    return (now + timedelta(**time)).isoformat().replace("+00:00", "Z")
