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
CANARY = "canary"
"""What every token begins with, so that it is known wherever it turns up."""


@dataclass
class FakeSignIn:
    """Signs anybody in. `refusal`, `needed` and `failure` are raised until they are taken away.

    `claims_of` says which claims each access token was asked for with. `age` is how long ago people
    proved who they are when they come back; None: it does not say. `fresh` are the flows for which
    they were asked anew.
    """

    real_now: Callable[[], datetime]
    user_names: dict[PersonId, str] = field(default_factory=dict)
    refusal: SignInRefusedError | None = None
    needed: SignInNeededError | None = None
    failure: IntegrationError | None = None
    refreshed: list[PersonId] = field(default_factory=list)
    age: timedelta | None = timedelta(0)
    fresh: list[int] = field(default_factory=list)
    claims_of: dict[str, str] = field(default_factory=dict)
    _flows: dict[int, tuple[str, str]] = field(default_factory=dict)
    _codes: dict[str, tuple[PersonId, str]] = field(default_factory=dict)
    _kept: dict[str, tuple[PersonId, str]] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def browse(self, flow: Mapping[str, Any], person: PersonId) -> dict[str, str]:
        """What Entra answers when this person follows a flow's `auth_uri` to the end."""
        state, claims = self._flows[flow["number"]]
        if self.refusal is not None:
            return {"state": state, "error": self.refusal.code}
        code = f"code-{next(self._numbers)}"
        self._codes[code] = (person, claims)
        return {"state": state, "code": code}

    async def start(
        self, redirect_uri: str, state: str, claims: str = "", *, fresh: bool = False
    ) -> Mapping[str, Any]:
        self._may_fail()
        uri = f"https://login.example/authorize?state={state}&redirect_uri={redirect_uri}"
        number = next(self._numbers)
        self._flows[number] = (state, claims)
        self.fresh += [number] if fresh else []
        return {"auth_uri": uri, "number": number}

    async def finish(self, flow: Mapping[str, Any], query: Mapping[str, str]) -> SignedIn:
        self._may_fail()
        if self.refusal is not None:
            raise self.refusal
        found = self._codes.pop(query.get("code", ""), None)
        if self._flows[flow["number"]][0] != query.get("state") or found is None:
            raise SignInRefusedError("answer", "The answer does not belong to this sign-in.")
        return self._signed_in(*found)

    def handed(self, person: PersonId) -> str:
        """What a chat hands over for somebody."""
        token = f"{CANARY}-handed-{next(self._numbers)}"
        self._codes[token] = (person, "")
        return token

    async def exchange(self, assertion: str) -> SignedIn:
        self._may_fail()
        if self.refusal is not None:
            raise self.refusal
        found = self._codes.get(assertion)
        if found is None:
            raise SignInRefusedError("AADSTS50013", "Assertion failed signature validation.")
        return self._signed_in(*found)

    async def refresh(self, person: PersonId, refresh_token: str, claims: str = "") -> SignedIn:
        self._may_fail()
        if self.needed is not None:
            raise self.needed
        whose, shown = self._kept.get(refresh_token, (None, ""))
        if whose != person:
            raise SignInNeededError("invalid_grant")
        if claims not in {"", shown}:
            raise SignInNeededError("AADSTS50076", claims, spent=False)
        self.refreshed.append(person)
        return self._signed_in(person, claims, shown)

    def _signed_in(self, person: PersonId, claims: str, shown: str = "") -> SignedIn:
        """`claims` were asked for; `shown` is what the person had proved before."""
        number = next(self._numbers)
        access, refresh = f"{CANARY}-access-{number}", f"{CANARY}-refresh-{number}"
        self._kept[refresh] = (person, claims or shown)
        self.claims_of[access] = claims
        return SignedIn(
            person=person,
            user_name=self.user_names.get(person, ""),
            token=PersonToken(person, access, self.real_now() + LASTS),
            refresh_token=refresh,
            proved_at=None if self.age is None else self.real_now() - self.age,
        )

    def _may_fail(self) -> None:
        if self.failure is not None:
            raise self.failure
