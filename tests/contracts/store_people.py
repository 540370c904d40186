"""What every Store does with people: their links, tokens, sign-ins, and what was posted to them."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.ids import Chat, ChatAccount
from bot.messaging import Posted
from bot.ports import KeptToken
from bot.store import ConflictError, HomeRow, LinkRow, LockRow, Place, Posting
from tests.contracts.store_world import (
    ANA,
    ANAS,
    BO,
    BOS,
    HOUR,
    NOON,
    StoreWorld,
    a_request,
    a_sign_in,
)


class PeopleContract:
    """Subclass it and provide the fixture `world`."""

    async def test_a_link_says_who_an_account_is_until_it_is_dropped(
        self, world: StoreWorld
    ) -> None:
        first, second = LinkRow(ANAS, ANA, "ana@x", NOON), LinkRow(ANAS, BO, "bo@x", NOON + HOUR)
        async with world.store.begin() as tx:
            await tx.save_link(first)
            assert await tx.link(ANAS) == first
            await tx.save_link(second)
            assert await tx.link(ANAS) == second
            assert await tx.accounts(ANA) == []
            await tx.drop_link(ANAS)
            assert await tx.link(ANAS) is None

    async def test_the_account_last_used_comes_first(self, world: StoreWorld) -> None:
        teams = ChatAccount(Chat.TEAMS, "tenant", "29:ana")
        async with world.store.begin() as tx:
            await tx.save_link(LinkRow(ANAS, ANA, "ana@x", NOON - 2 * HOUR))
            await tx.save_link(LinkRow(teams, ANA, "ana@x", NOON - HOUR))
            assert await tx.accounts(ANA) == [teams, ANAS]
            await tx.add_request(a_request())
            assert await tx.accounts(ANA) == [ANAS, teams]
            await tx.note_used(teams, NOON + HOUR)
            assert await tx.accounts(ANA) == [teams, ANAS]
            await tx.note_used(BOS, NOON + HOUR)
            await tx.save_link(LinkRow(ANAS, ANA, "ana@x", NOON + 2 * HOUR))
            assert await tx.accounts(ANA) == [ANAS, teams]

    async def test_the_account_that_was_chosen_comes_before_the_one_last_used(
        self, world: StoreWorld
    ) -> None:
        teams = ChatAccount(Chat.TEAMS, "tenant", "29:ana")
        async with world.store.begin() as tx:
            for account, at in ((ANAS, NOON), (teams, NOON + HOUR)):
                await tx.save_link(LinkRow(account, ANA, "ana@x", at))
            await tx.choose_account(BO, ANAS)
            assert await tx.accounts(ANA) == [teams, ANAS]
            await tx.choose_account(ANA, teams)
            await tx.choose_account(ANA, ANAS)
            await tx.save_link(LinkRow(teams, ANA, "ana@x", NOON + 2 * HOUR))
            assert await tx.accounts(ANA) == [ANAS, teams]
            await tx.drop_link(ANAS)
            assert await tx.accounts(ANA) == [teams]
            await tx.save_link(LinkRow(ANAS, ANA, "ana@x", NOON))
            await tx.choose_account(ANA, None)
            await tx.choose_account(ANA, None)
            assert await tx.accounts(ANA) == [teams, ANAS]

    async def test_user_names_are_those_last_linked(self, world: StoreWorld) -> None:
        async with world.store.begin() as tx:
            await tx.save_link(LinkRow(ANAS, ANA, "old@x", NOON))
            await tx.save_link(LinkRow(BOS, ANA, "new@x", NOON + HOUR))

            assert await tx.user_names([ANA, BO]) == {ANA: "new@x"}
            assert await tx.user_names([]) == {}

    async def test_the_last_token_is_kept_until_it_is_dropped(self, world: StoreWorld) -> None:
        async with world.store.begin() as tx:
            await tx.keep_token(KeptToken(ANA, "k1", b"\x00\xff"))
            await tx.keep_token(KeptToken(ANA, "k2", b"\x01"))
            assert await tx.kept_token(ANA) == KeptToken(ANA, "k2", b"\x01")
            assert await tx.kept_token(BO) is None
            await tx.drop_token(ANA)
            assert await tx.kept_token(ANA) is None

    async def test_a_token_is_swapped_only_for_the_one_that_was_seen(
        self, world: StoreWorld
    ) -> None:
        old, new, late = (KeptToken(ANA, "k", sealed) for sealed in (b"old", b"new", b"late"))
        async with world.store.begin() as tx:
            await tx.keep_token(old)
            assert await tx.swap_token(old, new)
            assert not await tx.swap_token(old, late)
            assert not await tx.swap_token(old, None)
            assert await tx.kept_token(ANA) == new
            assert await tx.swap_token(new, None)
            assert await tx.kept_token(ANA) is None

    async def test_tokens_are_found_and_counted_by_their_key(self, world: StoreWorld) -> None:
        anas, bos = KeptToken(ANA, "k1", b"\x00"), KeptToken(BO, "k2", b"\x01")
        async with world.store.begin() as tx:
            assert await tx.tokens_by_key() == {}
            await tx.keep_token(bos)
            await tx.keep_token(anas)

            assert await tx.tokens_under(["k1", "k0"], 5) == [anas]
            assert await tx.tokens_under(["k1", "k2"], 1) == [anas]
            assert await tx.tokens_under([], 5) == []
            assert await tx.tokens_by_key() == {"k1": 1, "k2": 1}

    async def test_a_lock_holds_until_it_is_dropped(self, world: StoreWorld) -> None:
        first = LockRow(ANA, NOON, BO, "lost laptop")
        second = replace(first, locked_at=NOON + HOUR, reason="found again")
        async with world.store.begin() as tx:
            assert await tx.lock(ANA) is None
            await tx.save_lock(first)
            assert await tx.lock(ANA) == first
            assert await tx.lock(BO) is None
            await tx.save_lock(second)
            assert await tx.lock(ANA) == second
            await tx.drop_lock(ANA)
            assert await tx.lock(ANA) is None

    async def test_an_accounts_unused_links_can_be_dropped(self, world: StoreWorld) -> None:
        used = replace(a_sign_in("used"), used_at=NOON)
        others = replace(a_sign_in("another's"), account=BOS)
        async with world.store.begin() as tx:
            for row in (a_sign_in("fresh"), used, others):
                await tx.add_sign_in(row)

            await tx.drop_sign_ins(ANAS)

            assert await tx.sign_in("fresh") is None
            assert await tx.sign_in("used") == used
            assert await tx.sign_in("another's") == others

    async def test_a_sign_in_is_found_by_its_link_and_by_its_state(self, world: StoreWorld) -> None:
        fresh, other = a_sign_in(), a_sign_in("other")
        started = replace(
            fresh, state_key="s", flow={"auth_uri": "https://x"}, browser="b", confirmed_at=NOON
        )
        async with world.store.begin() as tx:
            await tx.add_sign_in(fresh)
            await tx.add_sign_in(other)
            assert await tx.sign_in("key") == fresh
            await tx.save_sign_in(started)
            assert await tx.sign_in("key") == started
            assert await tx.sign_in_by_state("s") == started
            assert await tx.sign_in_by_state("") is None

    async def test_a_sign_in_is_used_once(self, world: StoreWorld) -> None:
        row = a_sign_in(state_key="s")
        async with world.store.begin() as tx:
            await tx.add_sign_in(row)

        async def use() -> bool:
            try:
                async with world.store.begin() as tx:
                    await tx.save_sign_in(replace(row, used_at=NOON))
            except ConflictError:
                return False
            return True

        assert sum(await asyncio.gather(*(use() for _ in range(5)))) == 1

    async def test_a_link_can_only_be_made_once(self, world: StoreWorld) -> None:
        async with world.store.begin() as tx:
            await tx.add_sign_in(a_sign_in())
            with pytest.raises(ConflictError):
                await tx.add_sign_in(a_sign_in())

    async def test_who_has_opened_their_tab_is_known_with_what_it_shows(
        self, world: StoreWorld
    ) -> None:
        async with world.store.begin() as tx:
            assert await tx.home(ANAS) is None
            await tx.save_home(HomeRow(ANAS, NOON))
            assert await tx.home(ANAS) == HomeRow(ANAS, NOON)
            await tx.save_home(HomeRow(ANAS, NOON + HOUR, "a"))
            assert await tx.home(ANAS) == HomeRow(ANAS, NOON + HOUR, "a")
            assert await tx.home(BOS) is None

    async def test_a_place_is_found_by_all_its_names_until_it_is_dropped(
        self, world: StoreWorld
    ) -> None:
        teams, key = Chat.TEAMS, "29:ana"
        first = Place(teams, ANA.tenant, key, "", "https://there", ANA.oid, "Europe/Oslo")
        second = replace(first, conversation="a:1", address="https://here")
        channel = Place(teams, ANA.tenant, "19:c", "19:c", "https://here")
        async with world.store.begin() as tx:
            assert await tx.place(teams, key) is None
            await tx.save_place(first)
            await tx.save_place(channel)
            assert await tx.place(teams, key) == first
            await tx.save_place(second)
            assert await tx.place(teams, key) == second
            assert await tx.place_of(teams, ANA.oid) == second
            assert await tx.place_of(teams, BO.oid) is None
            assert await tx.place_at(teams, "a:1") == second
            assert await tx.place_at(teams, "19:c") == channel
            assert await tx.place(Chat.SLACK, key) is None
            await tx.drop_place(teams, key)
            assert await tx.place(teams, key) is None
            assert await tx.place_of(teams, ANA.oid) is None

    async def test_the_last_posting_of_a_topic_is_kept(self, world: StoreWorld) -> None:
        first = Posting("R-1", "card", Posted(Chat.SLACK, "D1", "1.1"), "a")
        second = Posting("R-1", "card", Posted(Chat.SLACK, "D2", "2.2"), "b")
        async with world.store.begin() as tx:
            await tx.save_posting(first)
            assert await tx.posting("R-1", "card") == first
            await tx.save_posting(second)
            assert await tx.posting("R-1", "card") == second
            assert await tx.posting("R-1", "receipt") is None

    async def test_that_a_post_is_begun_is_kept_before_it_stands(self, world: StoreWorld) -> None:
        for posting in (
            Posting("R-1", "card", begun_at=NOON),
            Posting("R-1", "card", Posted(Chat.SLACK, "D1", "1.1"), "a", NOON),
            Posting("R-1", "card", Posted(Chat.SLACK, "D1", "1.1"), "a"),
            Posting("R-1", "card"),
        ):
            async with world.store.begin() as tx:
                await tx.save_posting(posting)
            async with world.store.begin() as tx:
                assert await tx.posting("R-1", "card") == posting
