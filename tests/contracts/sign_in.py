"""What every SignIn does: the fake and Entra's."""

import json
from collections.abc import Mapping
from typing import Any, Protocol

import pytest

from bot.domain.ids import PersonId
from bot.ports import SignIn, SignInNeededError, SignInRefusedError
from playground.cast import PEOPLE, TENANT_ID

BACK = "http://127.0.0.1:1/signin/callback"
ENGINEER = PersonId(TENANT_ID, PEOPLE["engineer"].oid)
APPROVER = PersonId(TENANT_ID, PEOPLE["approver"].oid)
CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'


class SignInWorld(Protocol):
    """A SignIn with the playground's cast behind it; BACK is a registered reply address."""

    @property
    def sign_in(self) -> SignIn: ...
    async def browse(self, flow: Mapping[str, Any], person: str) -> dict[str, str]: ...
    def handed(self, person: str) -> str:
        """The token that Teams hands over for somebody."""
        ...

    def asked_for(self, secret: str, claim: str) -> bool: ...
    def forget_everybody(self) -> None: ...
    def withdraw_consent(self) -> None: ...


class SignInContract:
    """Subclass it and provide the fixture `world`."""

    async def test_who_comes_back_is_who_signed_in(self, world: SignInWorld) -> None:
        flow = await world.sign_in.start(BACK, "st4te")

        found = await world.sign_in.finish(flow, await world.browse(flow, "engineer"))

        assert (found.person, found.token.person) == (ENGINEER, ENGINEER)
        assert found.user_name == PEOPLE["engineer"].upn
        assert found.refresh_token
        assert found.token.secret not in repr(found)
        assert found.refresh_token not in repr(found)

    async def test_the_state_is_the_one_given(self, world: SignInWorld) -> None:
        flow = await world.sign_in.start(BACK, "st4te")

        assert "state=st4te" in flow["auth_uri"]
        assert (await world.browse(flow, "engineer"))["state"] == "st4te"

    async def test_what_is_kept_is_enough_and_tells_nobody_the_state(
        self, world: SignInWorld
    ) -> None:
        flow = await world.sign_in.start(BACK, "st4te", CLAIMS)
        answer = await world.browse(flow, "engineer")

        kept = json.dumps({name: value for name, value in flow.items() if name != "auth_uri"})

        assert "st4te" not in kept
        assert "acrs" not in kept
        assert (await world.sign_in.finish(json.loads(kept), answer)).person == ENGINEER

    async def test_the_claims_that_were_asked_for_come_with_the_token(
        self, world: SignInWorld
    ) -> None:
        flow = await world.sign_in.start(BACK, "st4te", CLAIMS)

        found = await world.sign_in.finish(flow, await world.browse(flow, "engineer"))

        assert world.asked_for(found.token.secret, "c1")

    async def test_a_sign_in_of_its_own_says_when_it_was(self, world: SignInWorld) -> None:
        flow = await world.sign_in.start(BACK, "st4te", fresh=True)

        found = await world.sign_in.finish(flow, await world.browse(flow, "engineer"))

        assert found.proved_at is not None

    async def test_an_answer_with_another_state_is_refused(self, world: SignInWorld) -> None:
        flow = await world.sign_in.start(BACK, "st4te")
        answer = await world.browse(flow, "engineer")

        with pytest.raises(SignInRefusedError):
            await world.sign_in.finish(flow, answer | {"state": "0ther"})

    async def test_an_answer_to_another_flow_is_refused(self, world: SignInWorld) -> None:
        flow = await world.sign_in.start(BACK, "st4te")

        with pytest.raises(SignInRefusedError):
            await world.sign_in.finish(flow, {"state": "st4te", "code": "made-up"})
        with pytest.raises(SignInRefusedError):
            await world.sign_in.finish(flow, {})

    async def test_an_answer_serves_once(self, world: SignInWorld) -> None:
        flow = await world.sign_in.start(BACK, "st4te")
        answer = await world.browse(flow, "engineer")
        await world.sign_in.finish(flow, answer)

        with pytest.raises(SignInRefusedError):
            await world.sign_in.finish(flow, answer)

    async def test_missing_consent_has_its_own_word(self, world: SignInWorld) -> None:
        flow = await world.sign_in.start(BACK, "st4te")
        world.withdraw_consent()

        with pytest.raises(SignInRefusedError) as refused:
            await world.sign_in.finish(flow, await world.browse(flow, "engineer"))

        assert refused.value.code == "consent_required"

    async def test_a_kept_token_gives_a_fresh_one_again_and_again(self, world: SignInWorld) -> None:
        flow = await world.sign_in.start(BACK, "st4te")
        first = await world.sign_in.finish(flow, await world.browse(flow, "engineer"))

        second = await world.sign_in.refresh(ENGINEER, first.refresh_token)
        third = await world.sign_in.refresh(ENGINEER, second.refresh_token)

        assert (second.person, third.person) == (ENGINEER, ENGINEER)
        assert len({first.token.secret, second.token.secret, third.token.secret}) == 3

    async def test_a_kept_token_is_good_for_its_owner_only(self, world: SignInWorld) -> None:
        flow = await world.sign_in.start(BACK, "st4te")
        first = await world.sign_in.finish(flow, await world.browse(flow, "engineer"))

        with pytest.raises(SignInNeededError):
            await world.sign_in.refresh(APPROVER, first.refresh_token)

    async def test_a_kept_token_that_is_no_longer_good_needs_the_person(
        self, world: SignInWorld
    ) -> None:
        flow = await world.sign_in.start(BACK, "st4te")
        first = await world.sign_in.finish(flow, await world.browse(flow, "engineer"))
        world.forget_everybody()

        with pytest.raises(SignInNeededError):
            await world.sign_in.refresh(ENGINEER, first.refresh_token)

    async def test_a_token_that_is_handed_over_signs_its_person_in(
        self, world: SignInWorld
    ) -> None:
        found = await world.sign_in.exchange(world.handed("engineer"))

        assert (found.person, found.token.person) == (ENGINEER, ENGINEER)
        assert found.user_name == PEOPLE["engineer"].upn
        again = await world.sign_in.refresh(ENGINEER, found.refresh_token)
        assert again.person == ENGINEER

    async def test_a_token_for_somebody_else_is_refused(self, world: SignInWorld) -> None:
        flow = await world.sign_in.start(BACK, "st4te")
        other = await world.sign_in.finish(flow, await world.browse(flow, "engineer"))

        for token in ("made-up", other.token.secret):
            with pytest.raises(SignInRefusedError):
                await world.sign_in.exchange(token)

    async def test_without_consent_nothing_is_exchanged(self, world: SignInWorld) -> None:
        token = world.handed("engineer")
        world.withdraw_consent()

        with pytest.raises(SignInRefusedError) as refused:
            await world.sign_in.exchange(token)

        assert refused.value.code == "consent_required"
