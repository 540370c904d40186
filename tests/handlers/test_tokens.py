"""A person's own token: for one purpose, as long as it is good, and never one that was replaced."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.ids import PersonId, RequestId
from bot.domain.sign_in import context_claims
from bot.intents import Activate, Deactivate, Proceed, Status, Withdraw
from bot.ports import KeptToken, PersonToken, SignedIn, SignInNeededError
from handlers import context
from handlers.context import TOKEN_MARGIN, LiveTokens, Memory
from handlers.sign_in_links import mint
from handlers.tokens import TURNS, likely, token_for
from integrations.database.sealing import open_vault, parse_keys
from tests.databases import NOON, Hands
from tests.handlers.cast import ANN, ANNS, BEN
from tests.handlers.harness import Bot

FIRST, SECOND = Proceed(RequestId("R-22222222")), Proceed(RequestId("R-33333333"))
CLAIMS = context_claims("c1")
OTHER_KEYS = "k2:" + "B" * 43 + "="


def a_token(person: PersonId = ANN, secret: str = "secret") -> PersonToken:
    return PersonToken(person, secret, NOON + timedelta(hours=1))


async def kept(bot: Bot) -> KeptToken | None:
    async with bot.world.store.begin() as tx:
        return await tx.kept_token(ANN)


def test_a_token_without_a_purpose_serves_all_of_its_persons() -> None:
    tokens = LiveTokens()
    tokens.put(a_token(), None)

    for purpose in (FIRST, SECOND, Deactivate(), Withdraw()):
        assert tokens.get(ANN, purpose, NOON) == a_token()
        assert tokens.get(BEN, purpose, NOON) is None


def test_a_token_for_one_request_serves_no_other() -> None:
    tokens = LiveTokens()
    tokens.put(a_token(), FIRST)

    assert tokens.get(ANN, FIRST, NOON) == a_token()
    for other in (SECOND, Deactivate(), Withdraw()):
        assert tokens.get(ANN, other, NOON) is None


def test_a_token_for_ending_serves_whichever_was_named() -> None:
    tokens = LiveTokens()
    tokens.put(a_token(), Deactivate())

    assert tokens.get(ANN, Deactivate("dev", when_allowed=True), NOON) == a_token()
    assert tokens.get(ANN, Withdraw(), NOON) is None


@pytest.mark.parametrize("purpose", [Status(), Activate("dev")])
def test_what_needs_no_token_keeps_none(purpose: Status | Activate) -> None:
    tokens = LiveTokens()

    tokens.put(a_token(), purpose)

    assert tokens._tokens == {}


def test_a_token_that_is_spent_forgotten_or_nearly_over_is_gone() -> None:
    tokens = LiveTokens()
    tokens.put(a_token(), FIRST)
    tokens.put(a_token(BEN), None)

    tokens.spent(ANN, FIRST)
    tokens.spent(ANN, FIRST)
    assert tokens.get(ANN, FIRST, NOON) is None
    assert tokens.get(BEN, FIRST, NOON + timedelta(hours=1) - TOKEN_MARGIN) is None
    tokens.put(a_token(BEN), None)
    tokens.forget(ANN)
    assert tokens.get(BEN, FIRST, NOON) is not None
    tokens.forget(BEN)
    assert tokens.get(BEN, FIRST, NOON) is None


async def test_an_answer_is_remembered_for_its_time_and_no_longer() -> None:
    clock = Hands()
    asked: list[None] = []

    async def ask() -> int:
        asked.append(None)
        return len(asked)

    memory, minute = Memory(clock), timedelta(minutes=1)
    assert [await memory.of("a", minute, ask) for _ in range(2)] == [1, 1]
    assert await memory.of("b", minute, ask) == 2
    clock.pass_(seconds=60)
    assert await memory.of("a", minute, ask) == 3
    memory.forget("a")
    memory.forget("never asked")
    assert await memory.of("a", minute, ask) == 4
    clock.pass_(seconds=-1)  # a clock that was set back must not make memories immortal
    assert await memory.of("a", minute, ask) == 5


async def test_what_is_remembered_takes_no_more_than_its_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def ask() -> None:
        return None

    monkeypatch.setattr(context, "MOST_KEPT", 3)
    memory, minute = Memory(Hands()), timedelta(minutes=1)
    for key in "abcd":
        await memory.of(key, minute, ask)

    assert list(memory._kept) == ["b", "c", "d"]


async def test_a_held_token_is_used_and_not_refreshed(bot: Bot) -> None:
    await bot.links(ANN)

    first = await token_for(bot.world, ANN, FIRST)

    assert await token_for(bot.world, ANN, SECOND) == first
    assert bot.sign_in.refreshed == []


async def test_a_token_that_is_nearly_over_is_refreshed_and_the_new_one_kept(bot: Bot) -> None:
    await bot.links(ANN)
    before = await kept(bot)
    bot.clock.pass_(hours=1, minutes=4)

    fresh = await token_for(bot.world, ANN, FIRST)

    assert bot.sign_in.refreshed == [ANN]
    assert await token_for(bot.world, ANN, SECOND) == fresh
    assert await kept(bot) not in {None, before}


async def test_who_keeps_nothing_has_to_sign_in(keyless: Bot) -> None:
    await keyless.links(ANN)

    assert not await likely(keyless.world, ANN, FIRST)
    with pytest.raises(SignInNeededError):
        await token_for(keyless.world, ANN, FIRST)


async def test_a_token_under_a_lost_key_is_no_token(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.restarts()
    world = replace(bot.world, vault=open_vault(parse_keys(OTHER_KEYS)))

    with pytest.raises(SignInNeededError):
        await token_for(world, ANN, FIRST)

    assert bot.sign_in.refreshed == []


async def test_a_token_that_login_takes_no_more_is_not_kept(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.restarts()
    bot.sign_in.needed = SignInNeededError("AADSTS700082")

    with pytest.raises(SignInNeededError) as needed:
        await token_for(bot.world, ANN, FIRST)

    assert needed.value.why == "AADSTS700082"
    assert await kept(bot) is None
    assert not await likely(bot.world, ANN, FIRST)


async def test_a_token_that_only_lacks_consent_or_proof_is_kept(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.restarts()
    before = await kept(bot)
    bot.sign_in.needed = SignInNeededError("consent_required", spent=False)

    with pytest.raises(SignInNeededError):
        await token_for(bot.world, ANN, FIRST)

    assert await kept(bot) == before


async def test_a_token_with_claims_serves_its_purpose_and_is_not_held(bot: Bot) -> None:
    ending = Deactivate()
    await bot.comes_back(await mint(bot.world, ANNS, ending, CLAIMS))
    own = await token_for(bot.world, ANN, ending, CLAIMS)
    assert bot.sign_in.refreshed == []

    other = await token_for(bot.world, ANN, SECOND, CLAIMS)

    assert bot.sign_in.claims_of[own.secret] == CLAIMS
    assert bot.sign_in.claims_of[other.secret] == CLAIMS
    assert await token_for(bot.world, ANN, SECOND, CLAIMS) not in {own, other}
    plain = await token_for(bot.world, ANN, SECOND)
    assert bot.sign_in.claims_of[plain.secret] == ""
    assert await token_for(bot.world, ANN, SECOND) == plain


async def test_a_refresh_that_brings_no_new_refresh_token_keeps_the_old_one(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    await bot.restarts()
    before, refresh = await kept(bot), bot.sign_in.refresh

    async def and_keeps_it(person: PersonId, token: str, claims: str) -> SignedIn:
        return replace(await refresh(person, token, claims), refresh_token="")

    monkeypatch.setattr(bot.sign_in, "refresh", and_keeps_it)
    await token_for(bot.world, ANN, FIRST)

    assert await kept(bot) == before


async def test_when_another_refreshed_it_meanwhile_that_one_is_used(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    await bot.restarts()
    refresh, others = bot.sign_in.refresh, [1]

    async def while_another_does(person: PersonId, token: str, claims: str) -> SignedIn:
        if others:
            others.pop()
            await token_for(bot.world, ANN, FIRST)
        return await refresh(person, token, claims)

    monkeypatch.setattr(bot.sign_in, "refresh", while_another_does)
    mine = await token_for(bot.world, ANN, FIRST)

    assert bot.world.tokens.get(ANN, FIRST, bot.clock.at) == mine
    assert await kept(bot) is not None


async def test_who_unlinks_while_a_token_is_refreshed_leaves_none_behind(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    await bot.restarts()
    refresh = bot.sign_in.refresh

    async def while_they_unlink(person: PersonId, token: str, claims: str) -> SignedIn:
        async with bot.world.store.begin() as tx:
            await tx.drop_token(ANN)
        return await refresh(person, token, claims)

    monkeypatch.setattr(bot.sign_in, "refresh", while_they_unlink)
    with pytest.raises(SignInNeededError):
        await token_for(bot.world, ANN, FIRST)

    assert await kept(bot) is None
    assert bot.world.tokens.get(ANN, FIRST, bot.clock.at) is None


async def test_a_token_that_keeps_changing_ends_in_a_sign_in(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    await bot.restarts()
    refresh, turns = bot.sign_in.refresh, []

    async def while_it_changes(person: PersonId, token: str, claims: str) -> SignedIn:
        turns.append(token)
        fresh = await refresh(person, token, claims)
        async with bot.world.store.begin() as tx:
            await tx.keep_token(bot.world.vault.seal(ANN, fresh.refresh_token))
        return fresh

    monkeypatch.setattr(bot.sign_in, "refresh", while_it_changes)
    with pytest.raises(SignInNeededError):
        await token_for(bot.world, ANN, FIRST)

    assert len(turns) == TURNS
