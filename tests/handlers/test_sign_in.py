"""The sign-in in the browser: only the person the link was made for gets on, and only once."""

import pytest

from bot.cards import Page
from bot.domain.ids import RequestId
from bot.domain.request import State
from bot.intents import Activate, Deactivate, Help, Link, OpenForm, Proceed
from bot.ports import IntegrationError
from bot.store import LinkRow
from handlers.sign_in_links import digest, mint
from tests.handlers.cast import ANN, ANNS, BEN
from tests.handlers.harness import BROWSER, Bot
from tests.handlers.words import everything

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
ANOTHER = "the cookie of another browser"
AWAY = IntegrationError("Microsoft Entra", "cannot connect")


def secret(url: str) -> str:
    return url.rpartition("/")[2]


async def link_of(bot: Bot) -> LinkRow | None:
    async with bot.world.store.begin() as tx:
        return await tx.link(ANNS)


async def untouched(bot: Bot) -> bool:
    """Whether nothing was linked, kept or sent."""
    async with bot.world.store.begin() as tx:
        kept = await tx.kept_token(ANN), await tx.kept_token(BEN)
    waits = (await bot.request()).state is State.AWAITING_SIGN_IN
    nothing = kept == (None, None) and bot.pim.posts == [] and bot.world.tokens._tokens == {}
    return waits and nothing and await link_of(bot) is None


async def test_the_page_says_for_whom_it_is_and_what_comes_of_it(bot: Bot) -> None:
    await bot.says(ANNS, LINE)

    page = await bot.pages.look(secret(bot.link()))

    assert page.fine
    assert page.confirm == "Confirm and Sign In"
    assert "Slack account: Ann" in everything(page)
    assert "Your activation of dev-poweruser for 1 h goes on." in everything(page)


@pytest.mark.parametrize(
    ("then", "told"),
    [
        (Link(), "The chat account is linked to your Entra account."),
        (OpenForm(), "You get a message with the form to activate with."),
        (Activate("dev-poweruser"), "Your activation goes on."),
        (Deactivate(), "Your activation is ended."),
        (Help(), "What you asked for goes on."),
        (Proceed(RequestId("R-NOBODY22")), "The request no longer waits for this."),
    ],
)
async def test_the_page_says_what_a_sign_in_is_for(bot: Bot, then: Link, told: str) -> None:
    url = await mint(bot.world, ANNS, then)

    assert told in everything(await bot.pages.look(secret(url)))


async def test_looking_changes_nothing_however_often(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    url = bot.link()

    for _ in range(3):
        await bot.pages.look(secret(url))

    assert await untouched(bot)
    assert (await bot.signs_in(ANN, url)).fine


async def test_confirm_leads_to_entra_with_a_state_that_is_nowhere_kept(bot: Bot) -> None:
    await bot.says(ANNS, LINE)

    url = await bot.pages.confirm(secret(bot.link()), BROWSER)

    assert isinstance(url, str)
    assert url.startswith("https://login.example/authorize?state=")
    assert url.endswith("&redirect_uri=https://bot.example.com/auth/callback")
    assert await untouched(bot)


async def test_a_link_is_good_for_one_sign_in(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    url = bot.link()
    await bot.signs_in(ANN, url)

    assert (await bot.pages.look(secret(url))).title == "This link was used already"
    again = await bot.pages.confirm(secret(url), BROWSER)
    assert isinstance(again, Page)
    assert again.title == "This link was used already"


async def test_an_answer_of_entras_is_good_once(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    query, page = await bot.comes_back(bot.link())
    assert page.fine

    again = await bot.pages.finish(query, BROWSER)
    await bot.works()

    assert again.title == "This link was used already"
    assert len(bot.pim.posts) == 1


async def test_of_two_answers_at_once_one_counts(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    await bot.says(ANNS, LINE)
    url = bot.link()
    gone_to = await bot.pages.confirm(secret(url), BROWSER)
    assert isinstance(gone_to, str)
    async with bot.world.store.begin() as tx:
        row = await tx.sign_in(digest(secret(url)))
    assert row is not None
    assert row.flow is not None
    finish, first = bot.sign_in.finish, bot.sign_in.browse(row.flow, ANN)
    second = bot.sign_in.browse(row.flow, ANN)
    pages: list[Page] = []

    async def while_the_other_is_done(*asked: object) -> object:
        if not pages:
            pages.append(Page("on its way"))
            pages.append(await bot.pages.finish(second, BROWSER))
        return await finish(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(bot.sign_in, "finish", while_the_other_is_done)
    pages.append(await bot.pages.finish(first, BROWSER))
    await bot.works()

    assert [page.title for page in pages[1:]] == ["Signed in", "This link was used already"]
    assert len(bot.pim.posts) == 1


async def test_a_link_used_while_its_page_is_open_explains_itself(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.says(ANNS, LINE)
    url, start = bot.link(), bot.sign_in.start
    others = [1]

    async def while_it_is_used(*asked: object, **how: object) -> object:
        if others:
            others.pop()
            await bot.signs_in(ANN, url)
        return await start(*asked, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(bot.sign_in, "start", while_it_is_used)
    page = await bot.pages.confirm(secret(url), BROWSER)

    assert isinstance(page, Page)
    assert page.title == "This link was used already"


async def test_a_link_expires_with_its_request(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    url = bot.link()
    gone_to = await bot.pages.confirm(secret(url), BROWSER)
    assert isinstance(gone_to, str)
    state = gone_to.partition("state=")[2].partition("&")[0]
    bot.clock.pass_(hours=1)

    assert (await bot.pages.look(secret(url))).title == "This link has expired"
    assert isinstance(await bot.pages.confirm(secret(url), BROWSER), Page)
    assert (await bot.pages.finish({"state": state}, BROWSER)).title == "This link has expired"
    assert await untouched(bot)
    await bot.works()


@pytest.mark.parametrize("made_up", ["", "x", "../look", "a" * 500])
async def test_a_made_up_link_is_not_known(bot: Bot, made_up: str) -> None:
    assert (await bot.pages.look(made_up)).title == "This link is not known"
    page = await bot.pages.confirm(made_up, BROWSER)
    assert isinstance(page, Page)
    assert page.title == "This link is not known"
    for query in ({"state": made_up, "code": "code"}, {}):
        assert (await bot.pages.finish(query, BROWSER)).title == "This sign-in is not known"


@pytest.mark.parametrize("browser", [ANOTHER, ""])
async def test_an_answer_in_another_browser_counts_for_nothing(bot: Bot, browser: str) -> None:
    await bot.says(ANNS, LINE)
    url = bot.link()
    gone_to = await bot.pages.confirm(secret(url), BROWSER)
    assert isinstance(gone_to, str)
    state = gone_to.partition("state=")[2].partition("&")[0]

    page = await bot.pages.finish({"state": state, "code": "code"}, browser)

    assert page.title == "This is another browser"
    assert await untouched(bot)


async def test_a_confirmation_without_a_cookie_can_never_be_finished(bot: Bot) -> None:
    await bot.says(ANNS, LINE)

    _, page = await bot.comes_back(bot.link(), ANN, "")

    assert page.title == "This is another browser"
    assert await untouched(bot)
