"""Locking somebody out: nothing of theirs works any more, and the admin hears what is still live."""

import json
from dataclasses import replace

import pytest

from bot.domain.audit import What
from bot.domain.request import State
from bot.intents import Proceed
from bot.ports import IntegrationError, PimState
from handlers import taking_back
from integrations.database.audit import audit_rows
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, BEN, BENS
from tests.handlers.harness import BROWSER, Bot
from tests.handlers.words import everything, text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
PENDING = "activate prod-admin 1h INC-42 deploy"
LOCK = f"lock <@{ANNS.user}|ann> laptop lost on the train"
UNLOCK = f"unlock <@{ANNS.user}>"


async def reasons(bot: Bot) -> list[str]:
    rows = [row async for row in audit_rows(bot.database.engine) if row["what"] == What.LOCKED]
    return [json.loads(row["payload"])["data"]["reason"] for row in rows]


async def test_all_that_is_open_is_taken_back_and_what_is_live_is_listed(bot: Bot) -> None:
    await bot.links(ANN, ADA)
    await bot.says(ANNS, LINE)
    await bot.says(ANNS, PENDING)

    await bot.says(ADAS, LOCK)

    told = everything(bot.last(ADAS))
    assert "Locked out of this bot" in told
    assert "ann@example.com can do nothing here" in told
    assert "dev-poweruser is active. Entra ends it at" in told
    assert "Active → Remove" in told
    assert "Withdrawn: prod-admin" in told
    newest = await bot.request()
    assert (newest.state, newest.why) == (State.WITHDRAWN, "locked")
    assert [a.request.state for a in bot.pim.asked.values()][-1] is PimState.CANCELED
    async with bot.world.store.begin() as tx:
        assert await tx.kept_token(ANN) is None
        assert await tx.link(ANNS) is not None
    assert bot.world.tokens.get(ANN, Proceed(newest.id), bot.clock.at) is None
    assert await reasons(bot) == ["laptop lost on the train"]


async def test_what_cannot_be_cancelled_is_said_to_wait_in_entra(bot: Bot) -> None:
    await bot.links(ANN, ADA)
    await bot.says(ANNS, PENDING)
    async with bot.world.store.begin() as tx:
        await tx.drop_token(ANN)
    bot.world.tokens.forget(ANN)

    await bot.says(ADAS, LOCK)

    assert "I could not cancel prod-admin" in text(bot.last(ADAS).lines)
    assert (await bot.request()).state is State.AWAITING_APPROVAL


@pytest.mark.parametrize(
    "line", [LINE, "status", "recent", "withdraw", "deactivate", "link", "unlink", "activate"]
)
async def test_whatever_a_locked_person_says_names_the_lock_and_not_its_reason(
    bot: Bot, line: str
) -> None:
    await bot.links(ANN, ADA)
    await bot.says(ADAS, LOCK)

    await bot.says(ANNS, line)

    assert bot.last().title == "You are locked out of this bot"
    assert "laptop" not in everything(bot.last())
    assert bot.pim.posts == []
    assert bot.chat.forms == {}


async def test_a_locked_person_is_offered_nothing_to_choose(bot: Bot) -> None:
    await bot.links(ANN, ADA)
    assert await bot.desk.options(ANNS, "access", "")
    await bot.says(ADAS, LOCK)

    assert await bot.desk.options(ANNS, "access", "") == ()


async def test_sign_in_links_of_a_locked_person_are_void(bot: Bot) -> None:
    await bot.links(ADA, BEN)
    await bot.says(BENS, "link")
    async with bot.world.store.begin() as tx:
        await tx.drop_token(BEN)
    bot.world.tokens.forget(BEN)
    await bot.says(BENS, LINE)
    url = bot.link(BENS)

    await bot.says(ADAS, f"lock <@{BENS.user}> because")

    assert (await bot.pages.look(url.rpartition("/")[2])).title == "This link is not known"


async def test_a_locked_person_cannot_come_back_by_another_chat_account(bot: Bot) -> None:
    await bot.links(ADA)
    await bot.says(ADAS, f"lock {ANN.oid.upper()} laptop lost")
    await bot.says(ANNS, LINE)

    _, page = await bot.comes_back(bot.link())

    assert page.title == "You are locked out of this bot"
    async with bot.world.store.begin() as tx:
        assert await tx.link(ANNS) is None
    assert (await bot.record())[-1] is What.SIGN_IN_REFUSED


async def test_who_is_locked_while_they_sign_in_gets_no_further(bot: Bot) -> None:
    await bot.links(ANN, ADA)
    async with bot.world.store.begin() as tx:
        await tx.drop_token(ANN)
    bot.world.tokens.forget(ANN)
    await bot.says(ANNS, LINE)
    secret = bot.link().rpartition("/")[2]
    gone_to = await bot.pages.confirm(secret, BROWSER)
    assert isinstance(gone_to, str)
    state = gone_to.partition("state=")[2].partition("&")[0]
    await bot.says(ADAS, LOCK)

    page = await bot.pages.finish({"state": state, "code": "code"}, BROWSER)

    assert page.title == "This sign-in is not known"


async def test_what_another_replica_is_about_to_send_is_not_sent(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It still holds a token in memory; the lock is looked at where the decision is written."""
    await bot.links(ANN, ADA)
    monkeypatch.setattr(bot.world.tokens, "forget", lambda _: None)
    await bot.hears(ANNS, LINE)
    await bot.works()
    await bot.waits(minutes=6)
    await bot.says(ANNS, "deactivate")
    posts = len(bot.pim.posts)
    find = taking_back.take_back

    async def finds_nothing(*asked: object) -> object:
        return await find(asked[0], [], *asked[2:])  # type: ignore[arg-type]

    monkeypatch.setattr("handlers.locking.take_back", finds_nothing)
    bot.pim.failures.append(IntegrationError("Microsoft Graph", "429", retry_after=30.0))
    await bot.says(ANNS, LINE)
    await bot.says(ADAS, LOCK)
    await bot.waits(minutes=2)

    over = await bot.request()
    assert (over.state, over.why) == (State.REFUSED, "locked")
    assert len(bot.pim.posts) == posts + 1


async def test_locking_twice_changes_nothing_more(bot: Bot) -> None:
    await bot.links(ANN, ADA)
    await bot.says(ADAS, LOCK)
    before = bot.last(ADAS)

    await bot.says(ADAS, f"lock <@{ANNS.user}> again")

    assert bot.last(ADAS) == before
    assert await reasons(bot) == ["laptop lost on the train"]


async def test_an_unlocked_person_signs_in_again_and_goes_on(bot: Bot) -> None:
    await bot.links(ANN, ADA)
    await bot.says(ADAS, LOCK)
    await bot.says(ADAS, UNLOCK)
    assert "ann@example.com can use this bot again" in everything(bot.last(ADAS))
    assert What.UNLOCKED in await bot.record()

    await bot.says(ANNS, LINE)
    await bot.signs_in()

    assert (await bot.request()).state is State.GRANTED
    await bot.says(ADAS, UNLOCK)
    assert bot.last(ADAS).title == "They are not locked"


async def test_who_never_signed_in_here_is_locked_and_unlocked_by_object_id(bot: Bot) -> None:
    await bot.links(ADA)
    await bot.says(ADAS, f"lock {ANN.oid} laptop lost")

    await bot.says(ADAS, f"unlock {ANN.oid}")

    assert f"{ANN.oid} can use this bot again" in everything(bot.last(ADAS))
    async with bot.world.store.begin() as tx:
        assert await tx.lock(ANN) is None


@pytest.mark.parametrize("line", [f"lock <@{BENS.user}> because", f"unlock <@{BENS.user}>"])
async def test_only_admins_lock_and_unlock(bot: Bot, line: str) -> None:
    await bot.links(ANN, BEN)

    await bot.says(ANNS, line)

    assert bot.last().title == "Only admins can do that"
    async with bot.world.store.begin() as tx:
        assert await tx.lock(BEN) is None


async def test_where_nobody_is_admin_nobody_locks(bot: Bot) -> None:
    await bot.links(ANN)
    bot.directory.members.clear()

    await bot.says(ANNS, f"lock <@{BENS.user}> because")

    assert bot.last().title == "Only admins can do that"


@pytest.mark.parametrize("named", [f"<@{ADAS.user}>", ADA.oid])
async def test_no_admin_locks_themselves(bot: Bot, named: str) -> None:
    await bot.links(ADA)

    await bot.says(ADAS, f"lock {named} because")

    assert bot.last(ADAS).title == "Not for yourself"
    assert What.LOCKED not in await bot.record()


@pytest.mark.parametrize(
    "named", [f"<@{BENS.user}>", "<@U0NOBODY>", "12345678-1234-4234-8234-123456789012"]
)
async def test_who_is_not_known_is_asked_for_by_object_id(bot: Bot, named: str) -> None:
    await bot.links(ADA)

    await bot.says(ADAS, f"lock {named} because")

    assert bot.last(ADAS).title == "I do not know who that is"


async def test_an_admin_who_is_not_linked_signs_in_first(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ADAS, LOCK)
    assert bot.last(ADAS).title == "Sign in first"

    await bot.signs_in(ADA)

    assert bot.last(ADAS).title == "Locked out of this bot"


async def test_a_locked_admin_unlocks_nobody(bot: Bot) -> None:
    await bot.links(ANN, ADA)
    bot.directory.members["admins"].add(ANN.oid)
    await bot.says(ANNS, f"lock <@{ADAS.user}> because")

    await bot.says(ADAS, f"unlock <@{ADAS.user}>")

    assert bot.last(ADAS).title == "You are locked out of this bot"


async def test_every_account_of_one_human_is_locked_with_it(
    bot: Bot,
) -> None:
    await bot.links(ANN, BEN, ADA)
    both = frozenset({ANN.oid, BEN.oid})
    named = bot.world.policy.catalog
    assert named is not None
    bot.world.policy.replace(replace(named, aliases=(both,)))

    await bot.says(ADAS, LOCK)

    async with bot.world.store.begin() as tx:
        assert await tx.lock(ANN) is not None
        assert await tx.lock(BEN) is not None
    await bot.says(ADAS, f"unlock <@{BENS.user}>")
    async with bot.world.store.begin() as tx:
        assert await tx.lock(ANN) is None


async def test_when_entra_does_not_say_what_is_active_that_is_said(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN, ADA)
    await bot.says(ANNS, LINE)

    async def away(_: object) -> object:
        raise IntegrationError("Microsoft Graph", "cannot connect")

    monkeypatch.setattr(bot.pim, "held", away)
    await bot.says(ADAS, LOCK)

    told = text(bot.last(ADAS).lines)
    assert "dev-poweruser is active." in told
    assert "Entra did not answer just now" in told
