"""Who may be linked to whom, and what a sign-in carries on with."""

from dataclasses import replace

import pytest

from bot.cards import Page
from bot.domain.audit import What
from bot.domain.request import State
from bot.domain.sign_in import ADMIN_WAIT, CONSENT_REQUIRED
from bot.intents import Link
from bot.ports import DirectoryUser, IntegrationError, SignInRefusedError
from bot.store import ConflictError
from handlers.sign_in_links import digest, mint
from tests.handlers import cast
from tests.handlers.cast import ANN, ANNS, BEN, BENS, GUS
from tests.handlers.harness import BROWSER, Bot
from tests.handlers.test_sign_in import ANOTHER, AWAY, LINE, link_of, secret, untouched
from tests.handlers.words import everything


async def test_a_forwarded_link_binds_nobody_else(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    url = bot.link()

    _, page = await bot.comes_back(url, BEN, ANOTHER)

    assert page.title == "These accounts do not belong together"
    assert "ben@example.com" in everything(page)
    assert "Ann" in everything(page)
    assert await untouched(bot)
    assert (await bot.record())[-1] is What.SIGN_IN_REFUSED
    assert (await bot.signs_in(ANN, url)).fine


async def test_a_link_once_made_is_one_persons_even_if_two_have_the_same_mail(bot: Bot) -> None:
    await bot.links(ANN)
    bot.directory.hire(replace(cast.user(BEN), mail=cast.mail(ANN)))
    url = await mint(bot.world, ANNS, Link())

    _, page = await bot.comes_back(url, BEN)

    assert page.title == "These accounts do not belong together"
    link = await link_of(bot)
    assert link is not None
    assert link.person == ANN


async def test_a_link_that_the_directory_no_longer_agrees_with_is_void(bot: Bot) -> None:
    await bot.links(ANN)
    bot.chat.profiles[ANNS] = replace(cast.profile(ANNS), mail=cast.mail(BEN))

    await bot.says(ANNS, LINE)

    assert await untouched(bot)
    assert (await bot.request()).person is None
    assert What.UNLINKED in await bot.record()
    _, page = await bot.comes_back(bot.link(), ANN)
    assert page.title == "These accounts do not belong together"
    assert bot.pim.posts == []


@pytest.mark.parametrize("mail", ["", "ann@other.example", "ann@example.com.evil.example"])
async def test_without_the_directorys_agreement_nothing_is_linked(bot: Bot, mail: str) -> None:
    bot.chat.profiles[ANNS] = replace(cast.profile(ANNS), mail=mail)
    await bot.says(ANNS, LINE)

    _, page = await bot.comes_back(bot.link())

    assert not page.fine
    assert await untouched(bot)


@pytest.mark.parametrize(
    ("chat", "mail", "user_name"),
    [
        ("Ann@Example.COM", "ann@example.com", "a1@corp.example"),
        ("ann@example.com", "", "ANN@example.com"),
    ],
)
async def test_the_directory_agrees_by_mail_or_by_user_name(
    bot: Bot, chat: str, mail: str, user_name: str
) -> None:
    bot.chat.profiles[ANNS] = replace(cast.profile(ANNS), mail=chat)
    bot.directory.hire(DirectoryUser(ANN, "Ann", user_name, mail))
    await bot.says(ANNS, LINE)

    assert (await bot.signs_in()).fine

    assert (await bot.request()).state is State.GRANTED


@pytest.mark.parametrize("mail", ["", cast.mail(BEN)])
async def test_where_the_chat_vouches_for_the_object_id_that_alone_decides(
    bot: Bot, mail: str
) -> None:
    bot.chat.profiles[ANNS] = replace(cast.profile(ANNS), mail=mail, oid=ANN.oid)

    await bot.says(ANNS, "link")
    await bot.signs_in()

    assert bot.last().title == "You are linked"


async def test_another_object_id_is_another_person_whatever_their_mail(bot: Bot) -> None:
    bot.chat.profiles[ANNS] = replace(cast.profile(ANNS), oid=BEN.oid)

    await bot.says(ANNS, "link")
    await bot.signs_in()

    assert bot.last().title != "You are linked"


async def test_an_empty_mail_agrees_with_nobody(bot: Bot) -> None:
    bot.chat.profiles[ANNS] = replace(cast.profile(ANNS), mail="")
    bot.directory.hire(DirectoryUser(ANN, "Ann", "", ""))
    await bot.says(ANNS, LINE)

    _, page = await bot.comes_back(bot.link())

    assert page.title == "These accounts do not belong together"
    assert await untouched(bot)


@pytest.mark.parametrize("change", ["disabled", "guest", "gone"])
async def test_an_entra_account_that_may_not_act_links_nothing(bot: Bot, change: str) -> None:
    await bot.says(ANNS, LINE)
    if change == "gone":
        del bot.directory.users[ANN.oid]
    else:
        bot.directory.hire(
            replace(cast.user(ANN), enabled=change != "disabled", guest=change == "guest")
        )

    _, page = await bot.comes_back(bot.link())

    assert page.title == "Not for this account"
    assert await untouched(bot)
    assert (await bot.record())[-1] is What.SIGN_IN_REFUSED


async def test_who_is_no_member_of_the_chat_any_more_links_nothing(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    bot.chat.profiles[ANNS] = cast.profile(ANNS, "deactivated")

    _, page = await bot.comes_back(bot.link())

    assert page.title == "Not for this account"
    assert await untouched(bot)
    assert (await bot.record())[-1] is What.SIGN_IN_REFUSED


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("consent_required", "An administrator must approve this app"),
        ("access_denied", "You did not go on at Entra"),
    ],
)
async def test_a_refusal_of_entras_is_explained_and_the_link_stays_good(
    bot: Bot, code: str, title: str
) -> None:
    await bot.says(ANNS, LINE)
    url = bot.link()
    bot.sign_in.refusal = SignInRefusedError(code, "AADSTS65001")

    _, page = await bot.comes_back(url)
    assert page.title == title
    assert await untouched(bot)
    bot.sign_in.refusal = None

    assert (await bot.signs_in(ANN, url)).fine
    assert (await bot.request()).state is State.GRANTED


async def test_told_again_that_an_administrator_is_needed_it_waits_no_longer_than_before(
    bot: Bot,
) -> None:
    await bot.says(ANNS, LINE)
    url = bot.link()
    bot.sign_in.refusal = SignInRefusedError(CONSENT_REQUIRED, "AADSTS65001")
    await bot.comes_back(url)
    waiting = await bot.request()
    assert waiting.expires_at == waiting.asked_at + ADMIN_WAIT

    _, page = await bot.comes_back(url)
    await bot.works()

    assert page.title == "An administrator must approve this app"
    assert await bot.request() == waiting


async def test_a_link_for_no_request_waits_a_day_for_the_administrator_too(bot: Bot) -> None:
    await bot.says(ANNS, "link")
    url = bot.link()
    bot.sign_in.refusal = SignInRefusedError(CONSENT_REQUIRED, "AADSTS65001")
    await bot.comes_back(url)
    bot.sign_in.refusal = None
    bot.clock.pass_(hours=23)

    assert (await bot.signs_in(ANN, url)).fine


async def at_entra(bot: Bot) -> dict[str, str]:
    """Ann has asked, and what Entra answers is on its way back when she takes it back."""
    await bot.says(ANNS, LINE)
    link = secret(bot.link())
    await bot.pages.confirm(link, BROWSER)
    async with bot.world.store.begin() as tx:
        row = await tx.sign_in(digest(link))
    assert row is not None
    assert row.flow is not None
    await bot.says(ANNS, "withdraw")
    return bot.sign_in.browse(row.flow, ANN)


async def test_what_was_taken_back_while_signing_in_does_not_go_on(bot: Bot) -> None:
    answer = await at_entra(bot)

    page = await bot.pages.finish(answer, BROWSER)
    await bot.works()

    assert page.fine
    assert (await bot.request()).state is State.WITHDRAWN
    assert bot.pim.posts == []


async def test_nor_does_it_wait_for_an_administrator(bot: Bot) -> None:
    bot.sign_in.refusal = SignInRefusedError(CONSENT_REQUIRED, "AADSTS65001")
    answer = await at_entra(bot)
    over = await bot.request()

    page = await bot.pages.finish(answer, BROWSER)
    await bot.works()

    assert page.title == "An administrator must approve this app"
    assert await bot.request() == over


async def test_an_answer_that_does_not_belong_to_the_sign_in_is_refused(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    gone_to = await bot.pages.confirm(secret(bot.link()), BROWSER)
    assert isinstance(gone_to, str)
    state = gone_to.partition("state=")[2].partition("&")[0]

    page = await bot.pages.finish({"state": state, "code": "made up"}, BROWSER)

    assert page.title == "That answer does not belong to this sign-in"
    assert await untouched(bot)


async def test_systems_that_are_away_are_named_on_every_page(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.says(ANNS, LINE)
    url = bot.link()

    async def no_profile(_: object) -> object:
        raise IntegrationError("Slack", "cannot connect")

    with monkeypatch.context() as away:
        away.setattr(bot.chat, "profile", no_profile)
        assert (await bot.pages.look(secret(url))).title == "Slack does not answer"
    bot.sign_in.failure = AWAY
    page = await bot.pages.confirm(secret(url), BROWSER)
    assert isinstance(page, Page)
    assert page.title == "Microsoft Entra does not answer"
    bot.sign_in.failure = None
    bot.directory.failure = IntegrationError("Microsoft Graph", "cannot connect")
    _, page = await bot.comes_back(url)
    assert page.title == "Microsoft Graph does not answer"
    assert await untouched(bot)
    bot.directory.failure = None

    assert (await bot.signs_in(ANN, url)).fine


async def test_with_keys_everything_that_waits_goes_on_after_one_sign_in(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    await bot.says(ANNS, "activate seed-admin because")
    await bot.says(BENS, "activate payroll-app because")

    await bot.signs_in()

    states = {r.terms.access: r.state for r in await bot.requests()}
    assert states == {
        "dev-poweruser": State.GRANTED,
        "seed-admin": State.GRANTED,
        "payroll-app": State.AWAITING_SIGN_IN,
    }


async def test_with_keys_what_waits_for_a_decision_is_not_asked_for_again(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, "activate prod-admin 1h INC-42 deploy")
    waiting = await bot.request()
    url = await mint(bot.world, ANNS, Link())

    await bot.signs_in(ANN, url)

    assert await bot.request() == waiting


async def test_without_keys_only_what_the_link_was_for_goes_on(keyless: Bot) -> None:
    await keyless.says(ANNS, LINE)
    waiting = await keyless.request()
    await keyless.says(ANNS, "activate seed-admin because")

    await keyless.signs_in()

    assert waiting in await keyless.requests()
    states = {r.terms.access: r.state for r in await keyless.requests()}
    assert states == {
        "dev-poweruser": State.AWAITING_SIGN_IN,
        "seed-admin": State.GRANTED,
    }


async def test_a_second_sign_in_is_no_second_linking(bot: Bot) -> None:
    await bot.links(ANN)
    url = await mint(bot.world, ANNS, Link())

    await bot.signs_in(ANN, url)

    assert (await bot.record()).count(What.LINKED) == 1


async def test_a_chat_account_that_became_anothers_does_not_carry_on_for_them(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.restarts()
    bot.sign_in._kept.clear()
    await bot.says(ANNS, LINE)
    url = bot.link()
    async with bot.world.store.begin() as tx:  # as if the link had been lost beside the bot
        await tx.drop_link(ANNS)
    bot.chat.profiles[ANNS] = replace(cast.profile(ANNS), mail=cast.mail(BEN))

    _, page = await bot.comes_back(url, BEN)
    await bot.works()

    assert page.fine
    over = await bot.request()
    assert (over.state, over.why, over.person) == (State.REFUSED, "account_changed", ANN)
    assert bot.pim.posts == []


async def test_a_guest_of_the_chat_never_gets_a_link(bot: Bot) -> None:
    await bot.says(cast.GUSS, LINE)

    assert all(b.label != "Sign In" for card in bot.cards(cast.GUSS) for b in card.buttons)
    url = await mint(bot.world, cast.GUSS, Link())
    _, page = await bot.comes_back(url, GUS)
    assert page.title == "Not for this account"


async def test_a_store_that_somebody_else_moved_is_told_as_a_used_link(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.says(ANNS, LINE)

    async def conflict(*_: object) -> object:
        raise ConflictError

    monkeypatch.setattr(bot.sign_in, "finish", conflict)
    _, page = await bot.comes_back(bot.link())

    assert page.title == "This link was used already"
