"""A change of TOKEN_KEYS: tokens move under the new key by themselves, and nobody notices."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.ports import KeptToken
from handlers import reseal
from handlers.reseal import Rotation
from integrations.database.sealing import open_vault, parse_keys
from tests.handlers.cast import ANN, ANNS, BEN
from tests.handlers.harness import KEYS, Bot

NEW = "k2:" + "B" * 43 + "="
LINE = "activate dev-poweruser 1h INC-42 checking the slow index"


def rotates(bot: Bot, keys: str) -> None:
    """The process is started anew with these keys."""
    bot.world = replace(bot.world, vault=open_vault(parse_keys(keys)))
    bot.world.tokens.forget(ANN)
    bot.__post_init__()


async def kept(bot: Bot) -> dict[str, KeptToken | None]:
    async with bot.world.store.begin() as tx:
        return {"ann": await tx.kept_token(ANN), "ben": await tx.kept_token(BEN)}


async def test_every_token_moves_under_the_first_key_and_still_works(bot: Bot) -> None:
    await bot.links(ANN, BEN)
    rotates(bot, f"{NEW},{KEYS}")

    assert await reseal.reseal(bot.world) == {"k1": 0}

    assert {t.key_id for t in (await kept(bot)).values() if t} == {"k2"}
    rotates(bot, NEW)
    await bot.says(ANNS, LINE)
    assert len(bot.pim.posts) == 1


async def test_it_goes_in_steps(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reseal, "MOST", 1)
    await bot.links(ANN, BEN)
    rotates(bot, f"{NEW},{KEYS}")

    assert await reseal.reseal(bot.world) == {"k1": 1}
    assert await reseal.reseal(bot.world) == {"k1": 0}


async def test_a_refresh_that_comes_between_is_not_lost(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    rotates(bot, f"{NEW},{KEYS}")
    newer = bot.world.vault.seal(ANN, "refreshed meanwhile")

    async def refreshed() -> None:
        async with bot.world.store.begin() as tx:
            await tx.keep_token(newer)

    under = reseal._one

    async def late(world: object, token: KeptToken) -> str:
        await refreshed()
        return await under(bot.world, token)

    monkeypatch.setattr(reseal, "_one", late)
    with capture_logs() as log:
        await reseal.reseal(bot.world)

    assert (await kept(bot))["ann"] == newer
    assert {"event": "tokens_resealed", "replaced_meanwhile": 1, "log_level": "info"} in log


async def test_a_token_that_is_not_its_persons_is_deleted(bot: Bot) -> None:
    await bot.links(ANN, BEN)
    anns = (await kept(bot))["ann"]
    assert anns is not None
    async with bot.world.store.begin() as tx:
        await tx.keep_token(replace(anns, person=BEN))
    rotates(bot, f"{NEW},{KEYS}")

    with capture_logs() as log:
        assert await reseal.reseal(bot.world) == {"k1": 0}

    assert (await kept(bot))["ben"] is None
    assert [e["event"] for e in log] == ["kept_token_not_its_persons", "tokens_resealed"]


async def test_whose_key_is_gone_signs_in_again_and_nothing_else_breaks(bot: Bot) -> None:
    await bot.links(ANN)
    rotates(bot, NEW)
    assert await reseal.reseal(bot.world) == {}

    await bot.says(ANNS, LINE)
    assert "sign-in" in str(bot.last().lines)
    await bot.signs_in(ANN)

    assert len(bot.pim.posts) == 1
    mine = (await kept(bot))["ann"]
    assert mine is not None
    assert mine.key_id == "k2"


async def test_that_a_key_is_not_needed_any_more_is_said_once(bot: Bot) -> None:
    await bot.links(ANN)
    rotates(bot, f"{NEW},{KEYS}")
    rotation = Rotation()

    with capture_logs() as log:
        await rotation.go_on(bot.world)
        await rotation.go_on(bot.world)

    told = [e for e in log if e["event"] == "token_key_not_needed"]
    assert [e["key"] for e in told] == ["k1"]
