"""The access file changes while people use it: nothing is granted under rules that are gone."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.access import Access, Assurance, Authority, Catalog
from bot.domain.audit import What
from bot.domain.ids import GroupId
from bot.domain.policy import PimRules
from bot.domain.request import State
from bot.ports import SignInNeededError
from handlers import taken_back
from handlers.grant import LOOK_FOR
from handlers.taken_back import take_back
from integrations.database.audit import audit_rows
from tests.handlers import cast
from tests.handlers.cast import ANN, ANNS, DEV
from tests.handlers.harness import LOST, Bot
from tests.handlers.words import text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
MINE = next(access for access in cast.CATALOG.accesses if access.group == DEV)


def rules(bot: Bot, source: str, *accesses: Access) -> None:
    """Another access file comes into force."""
    bot.world.policy.replace(replace(cast.CATALOG, accesses=accesses, source=source))


def changes_while_asking(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The access is taken away between the judgement and the sending."""
    read = bot.pim.rules

    async def reads(group: GroupId) -> PimRules:
        found = await read(group)
        rules(bot, "second")
        return found

    monkeypatch.setattr(bot.pim, "rules", reads)


async def policies(bot: Bot) -> list[tuple[What, str]]:
    """What the record says, and under which policy."""
    rows = [row async for row in audit_rows(bot.database.engine)]
    return [(What(row["what"]), json.loads(row["payload"])["data"]["policy"]) for row in rows]


@pytest.mark.parametrize(
    ("after", "why", "said"),
    [
        (None, "access_removed", "no longer offered here"),
        (replace(MINE, name="developers"), "access_removed", "no longer offered here"),
        (replace(MINE, group=GroupId("another")), "access_moved", "another group since you asked"),
        (
            replace(MINE, authority=Authority.APPLICATION),
            "authority_changed",
            "Who decides about it was changed after you asked",
        ),
        (
            replace(MINE, assurance=Assurance.PORTAL),
            "access_stricter",
            "demands something that this bot does not do yet",
        ),
        (replace(MINE, max=timedelta(minutes=59)), "access_narrowed", "maximum was shortened"),
    ],
)
async def test_what_is_offered_no_longer_is_not_sent(
    bot: Bot, after: Access | None, why: str, said: str
) -> None:
    await bot.says(ANNS, LINE)
    rules(bot, "new", *([after] if after else []))

    await bot.signs_in()

    request = await bot.request()
    assert (request.state, request.why) == (State.REFUSED, why)
    assert said in text(bot.last().lines)
    assert re.search(r"Nothing was (changed|activated)\.", text(bot.last().lines))
    assert bot.pim.posts == []
    assert (await policies(bot))[-1] == (What.REFUSED, "new")


async def test_nobody_is_asked_to_sign_in_for_what_would_not_be_sent(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    bot.world.tokens.forget(ANN)
    bot.sign_in.needed = SignInNeededError("invalid_grant")
    changes_while_asking(bot, monkeypatch)

    await bot.says(ANNS, LINE)

    assert (await bot.request()).why == "access_removed"
    assert [b.label for b in bot.last().buttons] == ["Ask Again"]


async def test_a_change_that_leaves_the_terms_alone_stops_nobody(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    rules(bot, "new", replace(MINE, name="Dev-PowerUser", max=timedelta(hours=1)))

    await bot.signs_in()

    assert (await bot.request()).state is State.GRANTED


async def test_of_a_lost_try_nothing_is_claimed_when_it_is_offered_no_longer(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.swallowed.append(LOST)
    await bot.says(ANNS, LINE)
    rules(bot, "new")

    await bot.waits(seconds=LOOK_FOR.total_seconds() + 100)

    assert (await bot.request()).state is State.UNKNOWN
    assert len(bot.pim.posts) == 1
    bot.settled = False  # nobody will ever know more of it


async def test_what_an_earlier_try_left_at_pim_is_found_although_it_is_offered_no_longer(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    bot.pim.failures.append(LOST)
    await bot.says(ANNS, LINE)
    rules(bot, "new", MINE)
    bot.world.policy.replace(replace(cast.CATALOG, accesses=(), source="newer"))

    await bot.waits(seconds=2)

    assert (await bot.request()).state is State.GRANTED


async def test_every_decision_says_which_policy_was_in_force(bot: Bot) -> None:
    rules(bot, "first", MINE)
    await bot.says(ANNS, LINE)
    rules(bot, "second", MINE)
    await bot.signs_in()
    await bot.says(ANNS, "activate nothing-of-this-name")

    told = await policies(bot)

    assert told[0] == (What.ASKED, "first")
    assert dict(told[1:]) == {
        What.LINKED: "second",
        What.DECIDED: "second",
        What.GRANTED: "second",
        What.REFUSED: "second",
    }


async def test_without_a_file_the_record_says_that_the_directory_was_asked(bot: Bot) -> None:
    bot.world.policy.__init__(None)  # type: ignore[misc]

    await bot.says(ANNS, "activate nothing-of-this-name")

    assert (await policies(bot))[-1] == (What.REFUSED, Catalog().source)


async def test_what_was_judged_by_the_old_file_is_recorded_under_the_old_one(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    rules(bot, "first", MINE)
    changes_while_asking(bot, monkeypatch)

    await bot.says(ANNS, LINE)

    told = await policies(bot)
    assert told[-2:] == [(What.ASKED, "first"), (What.REFUSED, "second")]


async def test_the_cards_of_what_was_taken_from_the_file_stay_true(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    rules(bot, "new")
    bot.provisions()
    await bot.waits(minutes=1)

    told = "\n".join(text(card.lines) for card in bot.cards())
    assert "AWS has your membership" in told
    assert "dev (111111111111)" in told
    assert "could not find out" not in told
    await bot.waits(minutes=6)
    bot.deprovisions()
    await bot.says(ANNS, "deactivate dev-poweruser")
    assert "AWS access may outlast it: up to 40 min" in text(bot.last().lines)


async def test_the_form_offers_at_once_what_the_new_file_offers(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.desk.options(ANNS, "access", "")
    rules(bot, "new", replace(MINE, name="developers"))

    offered = await bot.desk.options(ANNS, "access", "")

    assert [option.value for option in offered] == ["developers"]


async def test_who_waits_to_sign_in_for_what_is_gone_is_told_at_once(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    rules(bot, "new")

    await take_back(bot.world)
    await bot.works()

    assert (await bot.request()).why == "access_removed"
    assert "no longer offered here" in text(bot.last().lines)
    assert (await policies(bot))[-1] == (What.REFUSED, "new")


async def test_who_waits_for_what_is_still_there_goes_on_waiting(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    rules(bot, "new", MINE)

    await take_back(bot.world)

    assert (await bot.request()).state is State.AWAITING_SIGN_IN


async def test_what_was_sent_before_waits_on_for_the_token_to_look_for_it(keyless: Bot) -> None:
    await keyless.says(ANNS, LINE)
    keyless.pim.swallowed.append(LOST)
    await keyless.signs_in()
    keyless.world.tokens.forget(ANN)
    await keyless.waits(seconds=LOOK_FOR.total_seconds() + 10)
    assert (await keyless.request()).state is State.AWAITING_SIGN_IN
    rules(keyless, "new")

    await take_back(keyless.world)

    assert (await keyless.request()).state is State.AWAITING_SIGN_IN


async def test_who_signs_in_at_the_same_moment_is_judged_there(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    rules(bot, "new")
    waiting = await bot.request()
    async with bot.world.store.begin() as tx:
        await tx.save_request(waiting.identified(ANN))

    await taken_back._judge(bot.world, waiting)

    assert (await bot.request()).state is State.AWAITING_SIGN_IN
