"""A sign-in endpoint in memory: the SignIn port for tests that are about something else."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.domain.ids import PersonId
from bot.ports import (
    IntegrationError,
    PersonToken,
    SignedIn,
    SignInNeededError,
    SignInRefusedError,
)

LASTS = timedelta(minutes=65)


@dataclass
class FakeSignIn:
    """Signs anybody in. `refusal`, `needed` and `failure` are raised until they are taken away.

    `claims_of` says which claims each access token was asked for with.
    """

    real_now: Callable[[], datetime]
    user_names: dict[PersonId, str] = field(default_factory=dict)
    refusal: SignInRefusedError | None = None
    needed: SignInNeededError | None = None
    failure: IntegrationError | None = None
    refreshed: list[PersonId] = field(default_factory=list)
    claims_of: dict[str, str] = field(default_factory=dict)
    _codes: dict[str, tuple[PersonId, str]] = field(default_factory=dict)
    _kept: dict[str, PersonId] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def browse(self, flow: Mapping[str, Any], person: PersonId) -> dict[str, str]:
        """What Entra answers when this person follows a flow's `auth_uri` to the end."""
        if self.refusal is not None:
            return {"state": flow["state"], "error": self.refusal.code}
        code = f"code-{next(self._numbers)}"
        self._codes[code] = (person, flow["claims"])
        return {"state": flow["state"], "code": code}

    async def start(self, redirect_uri: str, state: str, claims: str = "") -> Mapping[str, Any]:
        self._may_fail()
        uri = f"https://login.example/authorize?state={state}&redirect_uri={redirect_uri}"
        return {"auth_uri": uri, "state": state, "claims": claims}

    async def finish(self, flow: Mapping[str, Any], query: Mapping[str, str]) -> SignedIn:
        self._may_fail()
        if self.refusal is not None:
            raise self.refusal
        found = self._codes.pop(query.get("code", ""), None)
        if flow["state"] != query.get("state") or found is None:
            raise SignInRefusedError("answer", "The answer does not belong to this sign-in.")
        return self._signed_in(*found)

    async def refresh(self, person: PersonId, refresh_token: str) -> SignedIn:
        self._may_fail()
        if self.needed is not None:
            raise self.needed
        if self._kept.get(refresh_token) != person:
            raise SignInNeededError("invalid_grant")
        self.refreshed.append(person)
        return self._signed_in(person, "")

    def _signed_in(self, person: PersonId, claims: str) -> SignedIn:
        number = next(self._numbers)
        access, refresh = f"access-{number}", f"refresh-{number}"
        self._kept[refresh] = person
        self.claims_of[access] = claims
        return SignedIn(
            person=person,
            user_name=self.user_names.get(person, ""),
            token=PersonToken(person, access, self.real_now() + LASTS),
            refresh_token=refresh,
        )

    def _may_fail(self) -> None:
        if self.failure is not None:
            raise self.failure
