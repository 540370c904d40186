"""Who is asked to decide, what their cards say, and what becomes of those whom nothing reaches."""

from dataclasses import replace

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from bot.domain.access import Principal
from bot.domain.ids import GroupId
from bot.domain.policy import PimRules
from bot.messaging import UnreachableError
from bot.ports import IntegrationError
from tests.handlers import cast
from tests.handlers.approving import ASK, card, everything
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, AUDREY, AUDREYS, BENS
from tests.handlers.harness import Bot
from tests.handlers.words import text

UNREACHED = "aws_access_approvers_not_reached_total"
REFUSED = IntegrationError("Slack", "restricted_action", permanent=True)
GONE = UnreachableError("Slack", "user_disabled")


async def test_each_approver_gets_one_card_that_says_all_there_is_to_know(waiting: Bot) -> None:
    shown = card(waiting, ADAS)

    assert shown.title == "prod-admin needs your decision"
    assert text(shown.lines).startswith("Ann asks for it since ")
    said = everything([shown])
    for words in ("INC-42", "deploy", "1 h from approval", "AdministratorAccess", "222222222222"):
        assert words in said
    assert "It is the first time that they ask for it here." in said
    assert [b.label for b in shown.buttons] == ["Approve", "Deny…"]
    assert len(waiting.posts(ADAS)) == len(waiting.posts(AUDREYS)) == 1
    assert waiting.posts(BENS) == []


async def test_the_asker_is_no_approver_though_the_policy_names_them(waiting: Bot) -> None:
    assert len(waiting.posts(ANNS)) == 1
    assert "needs your decision" not in everything(waiting.cards(ANNS))


async def test_the_asker_reads_who_was_asked_and_who_cannot_be_reached(bot: Bot) -> None:
    rules = cast.RULES[cast.PROD]
    named = tuple(Principal("user", p.oid) for p in (ADA, AUDREY))
    bot.pim.policies[cast.PROD] = replace(rules, approvers=named)
    del bot.chat.profiles[AUDREYS]
    await bot.links(ANN)

    await bot.says(ANNS, ASK)

    said = text(bot.posts(ANNS)[0].card.lines)
    assert "I have asked Ada." in said
    assert "I cannot reach Audrey here; Entra writes to every approver by e-mail." in said


@pytest.mark.parametrize("permanent", [True, False])
async def test_an_app_that_may_not_look_people_up_asks_whom_it_knows(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, *, permanent: bool
) -> None:
    """Entra writes to the others; a chat that is merely away is asked once more about them."""
    rules = cast.RULES[cast.PROD]
    named = tuple(Principal("user", p.oid) for p in (ADA, AUDREY))
    bot.pim.policies[cast.PROD] = replace(rules, approvers=named)
    await bot.links(ANN, ADA)

    async def away(_: object) -> None:
        raise IntegrationError("Slack", "missing_scope", permanent=permanent)

    with monkeypatch.context() as patched:
        patched.setattr(bot.chat, "account_of", away)
        await bot.says(ANNS, ASK)
        asked = {who: len(bot.posts(who)) for who in (ADAS, AUDREYS)}
    await bot.waits(minutes=1)

    assert asked == {ADAS: permanent, AUDREYS: 0}
    assert len(bot.posts(ADAS)) == 1
    assert len(bot.posts(AUDREYS)) == (0 if permanent else 1)


async def test_when_nobody_could_decide_the_asker_is_told_at_once(bot: Bot) -> None:
    rules = cast.RULES[cast.PROD]
    bot.pim.policies[cast.PROD] = replace(rules, approvers=(Principal("user", ANN.oid),))
    await bot.links(ANN)

    await bot.says(ANNS, ASK)

    said = text(bot.posts(ANNS)[0].card.lines)
    assert "PIM's policy names nobody who could decide it" in said


@pytest.mark.parametrize(("failed", "gone"), [(REFUSED, False), (GONE, True)])
async def test_one_who_cannot_be_written_to_keeps_nobody_elses_card_back(
    bot: Bot, failed: IntegrationError, *, gone: bool
) -> None:
    rules = cast.RULES[cast.PROD]
    named = tuple(Principal("user", p.oid) for p in (ADA, AUDREY))
    bot.pim.policies[cast.PROD] = replace(rules, approvers=named)
    await bot.links(ANN)
    await bot.hears(ANNS, ASK)
    bot.chat.refusing[ADAS] = failed
    before = REGISTRY.get_sample_value(UNREACHED) or 0

    with capture_logs() as logged:
        await bot.works()

    assert len(bot.posts(AUDREYS)) == 1
    assert ("approver_not_reached" in {one["event"] for one in logged}) is gone
    assert REGISTRY.get_sample_value(UNREACHED) == before + gone
    del bot.chat.refusing[ADAS]
    await bot.waits(minutes=2)
    assert len(bot.posts(ADAS)) == (0 if gone else 1)  # what an administrator mends is tried again


async def test_whom_to_ask_is_read_from_the_policy_as_it_is_and_not_as_it_was(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = (Principal("user", ADA.oid),)
    bot.pim.policies[cast.PROD] = replace(cast.RULES[cast.PROD], approvers=named)
    rules = bot.pim.rules

    async def remembered(group: GroupId, *, fresh: bool = False) -> PimRules:
        found = await rules(group, fresh=True)
        return found if fresh else replace(found, approvers=())

    await bot.links(ANN)
    monkeypatch.setattr(bot.pim, "rules", remembered)

    await bot.says(ANNS, ASK)

    assert card(bot, ADAS).title == "prod-admin needs your decision"
