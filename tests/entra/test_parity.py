"""What the form asks for and the judgement lets pass is what PIM demands, whatever the policy."""

from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import Entry
from bot.domain.access import Access
from bot.domain.durations import parse_typed, words
from bot.domain.ids import GroupId, PersonId
from bot.domain.policy import (
    LONGEST_REASON,
    LONGEST_TICKET,
    SHORTEST,
    TicketMissing,
    TooLong,
    TooShort,
    Wish,
    judge,
)
from bot.domain.text import visible
from bot.intents import OpenForm
from bot.wording import forms
from integrations.entra import pim_wire as wire
from integrations.entra.policy import rules_of
from playground.cast import ACCESS, PEOPLE, TENANT_ID
from playground.entra import policy as shown
from playground.entra.pim import Pim
from playground.entra.pim_bodies import read_order
from playground.entra.policy import Policy
from playground.entra.refusals import GraphError
from playground.entra.state import Actor, Expiration, Order
from playground.entra.world import tenant_of_the_world
from playground.kernel.clock import WorldClock

DEV = ACCESS["dev-poweruser"]
ENGINEER = PersonId(TENANT_ID, PEOPLE["engineer"].oid)
STRONG = Actor("app", ENGINEER.oid, mfa=True, acrs=frozenset({"c1"}), cp1=True)
"""Somebody who has signed in as strongly as any policy of these asks."""
ASKS = {"JustificationRule": forms.REASON, "TicketingRule": forms.TICKET}
MINUTE = timedelta(minutes=1)


def minutes(least: int, most: int) -> st.SearchStrategy[timedelta]:
    return st.integers(least, most).map(lambda n: n * MINUTE)


POLICIES = st.builds(
    Policy,
    group=st.just(DEV.group),
    max=st.just(timedelta(0)) | minutes(30, 24 * 60),
    justification=st.booleans(),
    ticket=st.booleans(),
    mfa=st.booleans(),
    acrs=st.none() | st.just("c1"),
    approval=st.booleans(),
    approvers=st.just((PEOPLE["approver"].oid,)),
).filter(lambda policy: not (policy.mfa and policy.acrs))
# As handlers make them of what was typed.
WISHES = st.builds(
    Wish,
    st.none() | minutes(1, 30 * 60),
    st.text(max_size=LONGEST_REASON + 9).map(visible),
    st.text(max_size=LONGEST_TICKET + 9).map(visible),
)
ACCESSES = st.builds(
    Access, st.just(DEV.name), st.just(GroupId(DEV.group)), max=st.none() | minutes(5, 24 * 60)
)


@cache
def the_pim() -> Pim:
    return Pim(tenant_of_the_world(WorldClock()))


def ruled_by(policy: Policy) -> Pim:
    pim = the_pim()
    pim.tenant.policies[policy.group, "member"] = policy
    return pim


def refused(pim: Pim, order: Order) -> list[str]:
    """The rules, or the code, that PIM refuses an order with; none when it takes it."""
    try:
        pim.submit(order, STRONG)
    except GraphError as no:
        return [rule for rule in (*ASKS, "ExpirationRule") if rule in no.message] or [no.code]
    return []


def order_of(wish: Wish, access: Access, policy: Policy) -> tuple[Order, tuple[object, ...]]:
    """What is sent for a wish, as a dry run, and what the judgement has against it."""
    now = the_pim().tenant.clock.now()
    found = judge(wish, access, rules_of(shown.rules_of(policy)), now)
    body = wire.granting(wire.ACTIVATE, ENGINEER, found.terms, "R-7K3Q9FHM", now)
    return read_order(body | {"isValidationOnly": True}), found.problems


@given(POLICIES, WISHES, ACCESSES)
def test_what_is_let_pass_pim_takes(policy: Policy, wish: Wish, access: Access) -> None:
    order, problems = order_of(wish, access, policy)

    if not problems:
        assert refused(ruled_by(policy), order) == []


@given(POLICIES, WISHES)
def test_what_is_held_against_a_wish_pim_holds_against_it_too(policy: Policy, wish: Wish) -> None:
    order, problems = order_of(wish, Access(DEV.name, GroupId(DEV.group)), policy)

    no = refused(ruled_by(policy), order)

    kinds = {type(problem) for problem in problems}
    assert (TooShort in kinds) == ("ActiveDurationTooShort" in no)
    if TooShort not in kinds:
        assert (TicketMissing in kinds) == ("TicketingRule" in no)
        assert (TooLong in kinds) == ("ExpirationRule" in no)


@given(POLICIES)
def test_a_field_is_required_exactly_when_pim_requires_it(policy: Policy) -> None:
    rules = rules_of(shown.rules_of(policy))
    form = forms.activate_form(OpenForm(), Access(DEV.name, GroupId(DEV.group)), rules)
    required = {f.key for f in form.fields if isinstance(f, Entry) and f.required}
    bare = Order(
        "selfActivate",
        ENGINEER.oid,
        DEV.group,
        validation_only=True,
        expiration=Expiration("afterDuration", SHORTEST),
    )

    no = refused(ruled_by(policy), bare)

    assert required - {forms.LENGTH} == {ASKS[rule] for rule in no}


@given(POLICIES, ACCESSES)
def test_the_length_that_the_form_offers_is_taken_and_its_maximum_is_the_real_one(
    policy: Policy, access: Access
) -> None:
    rules = rules_of(shown.rules_of(policy))
    form = forms.activate_form(OpenForm(), access, rules)
    [length] = [f for f in form.fields if isinstance(f, Entry) and f.key == forms.LENGTH]
    offered = parse_typed(length.text)
    known = [most for most in (policy.max, access.max) if most]

    assert offered is not None
    assert SHORTEST <= offered <= min([*known, timedelta.max])
    assert ("at most" in length.hint) == bool(known)
    if known:
        assert f"at most {words(min(known))}." in length.hint


@pytest.mark.parametrize("most", [timedelta(0), timedelta(hours=2)])
def test_a_maximum_of_nothing_is_read_as_none(most: timedelta) -> None:
    policy = Policy(group=DEV.group, max=most)

    assert rules_of(shown.rules_of(policy)).max == (most or None)
