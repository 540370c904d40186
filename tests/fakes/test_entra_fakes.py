"""The Entra ports' contract suites on the fakes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.access import Principal
from bot.domain.durations import parse_iso
from bot.domain.ids import GroupId, PersonId
from bot.domain.policy import PimRules
from bot.ports import (
    DirectoryGroup,
    DirectoryUser,
    EnterpriseApp,
    IntegrationError,
    Outcome,
    PersonToken,
    SignInRefusedError,
)
from playground.cast import ACCESS, PEOPLE, TENANT_ID, Access
from tests.contracts.directory import ADMINS, DirectoryContract
from tests.contracts.grantor import GrantorContract
from tests.contracts.pim import PimContract
from tests.contracts.sign_in import SignInContract
from tests.fakes.directory import FakeDirectory
from tests.fakes.grantor import FakeGrantor
from tests.fakes.pim import FakePim
from tests.fakes.sign_in import FakeSignIn

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEMPLATES = {
    "identity-center": "21ed01d2-ec13-4e9e-86c1-cd546719ebc4",
    "identity-center-scim": "21ed01d2-ec13-4e9e-86c1-cd546719ebc4",
    "single-account": "8b1025e4-1dd2-430b-a150-2ef79cd700f5",
    "saml": "8adf8e6e-67b2-4cf2-a259-e3dc5476c621",
}


def person(name: str) -> PersonId:
    return PersonId(TENANT_ID, PEOPLE[name].oid)


@dataclass
class StandingClock:
    time: datetime = NOON

    def now(self) -> datetime:
        return self.time


def rules_of(access: Access) -> PimRules:
    return PimRules(
        max=parse_iso(access.max),
        reason_required="Justification" in access.rules,
        ticket_required="Ticketing" in access.rules,
        approval_required=bool(access.approvers),
        approvers=tuple(Principal("user", PEOPLE[name].oid) for name in access.approvers),
    )


@dataclass
class FakePimWorld:
    clock: StandingClock = field(default_factory=StandingClock)
    pim: FakePim = field(init=False)
    grantor: FakeGrantor = field(init=False)

    def __post_init__(self) -> None:
        self.pim = FakePim(self.clock)
        self.grantor = FakeGrantor(self.pim)
        for access in ACCESS.values():
            for name in access.eligible:
                self.pim.make_eligible(person(name), GroupId(access.group), rules_of(access))

    async def token(self, name: str, claims: str = "") -> PersonToken:
        secret = f"token of {name} {claims}"
        if claims:
            self.pim.stepped_up.add(secret)
        return PersonToken(person(name), secret, self.clock.now() + timedelta(hours=1))

    def skip(self, time: timedelta) -> None:
        self.clock.time += time

    def approve(self, requester: str, access: str, approver: str) -> None:
        self._decide(requester, access, approve=True)

    def deny(self, requester: str, access: str, approver: str) -> None:
        self._decide(requester, access, approve=False)

    def ask_approvers_why(self, access: str) -> None:
        group = GroupId(ACCESS[access].group)
        rules = self.pim.policies[group]
        self.pim.policies[group] = replace(rules, approver_reason_required=True)

    def ask_for_context(self, access: str, context: str) -> None:
        group = GroupId(ACCESS[access].group)
        self.pim.policies[group] = replace(self.pim.policies[group], auth_context=context)

    def lose_the_next_answer(self) -> None:
        lost = IntegrationError("Microsoft Graph", "no answer", outcome=Outcome.UNKNOWN)
        self.pim.failures.append(lost)

    def _decide(self, requester: str, access: str, *, approve: bool) -> None:
        wanted = person(requester), ACCESS[access].group
        for pim, asked in self.pim.asked.items():
            if (asked.person, asked.terms.group) == wanted:
                self.pim.decide(pim, approve=approve)


class TestFakePim(PimContract):
    @pytest.fixture
    def world(self) -> FakePimWorld:
        return FakePimWorld()


class TestFakeGrantor(GrantorContract):
    @pytest.fixture
    def world(self) -> FakePimWorld:
        return FakePimWorld()


@dataclass
class FakeSignInWorld:
    sign_in: FakeSignIn = field(
        default_factory=lambda: FakeSignIn(
            lambda: NOON, {person(name): PEOPLE[name].upn for name in PEOPLE}
        )
    )

    async def browse(self, flow: Mapping[str, Any], person_name: str) -> dict[str, str]:
        return self.sign_in.browse(flow, person(person_name))

    def handed(self, person_name: str) -> str:
        return self.sign_in.handed(person(person_name))

    def asked_for(self, secret: str, claim: str) -> bool:
        return claim in self.sign_in.claims_of[secret]

    def forget_everybody(self) -> None:
        self.sign_in._kept.clear()

    def withdraw_consent(self) -> None:
        self.sign_in.refusal = SignInRefusedError("consent_required", "AADSTS65001: no consent")


class TestFakeSignIn(SignInContract):
    @pytest.fixture
    def world(self) -> FakeSignInWorld:
        return FakeSignInWorld()


class TestFakeDirectory(DirectoryContract):
    @pytest.fixture
    def directory(self) -> FakeDirectory:
        made = FakeDirectory(members={ADMINS: {PEOPLE["admin"].oid}})
        for one in PEOPLE.values():
            if one.entra:
                user = DirectoryUser(person(one.key), one.name, one.upn, one.upn, one.title)
                made.hire(replace(user, guest=one.guest))
        for access in ACCESS.values():
            group, scim = GroupId(access.group), access.setup == "identity-center-scim"
            template = TEMPLATES[access.setup]
            made.apps[group] = EnterpriseApp("sp", "app", "AWS", template, scim)
            if access.setup != "saml":
                made.offered.append(DirectoryGroup(group, access.name))
        return made
