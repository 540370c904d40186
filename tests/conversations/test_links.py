"""A sign-in link in every hand and every browser: safe, and it explains itself."""

from http import HTTPMethod

import aiohttp
import pytest
from yarl import URL

from playground.control.browser import Browser
from tests.conversations.acts import DEV, asks
from tests.conversations.chat import Chat
from tests.conversations.places import SLACK
from tests.conversations.stage import Stage

CRAWLERS = [
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slack-ImgProxy (+https://api.slack.com/robots)",
    "Mozilla/5.0 (Windows NT 10.0) SafeLinks",
    "Mozilla/5.0 (compatible; SkypeUriPreview Preview/0.5)",
    "facebookexternalhit/1.1",
]
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148 Slack/24.09"
)


async def confirms(browser: Browser, link: str) -> str:
    """Press Confirm and stop there: the address at Entra that the browser is sent to."""
    session = browser._http()
    origin = {"Origin": str(URL(link).origin())}
    async with session.post(link, headers=origin, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        return answer.headers["Location"]


async def goes_on(browser: Browser, at_entra: str) -> str:
    page = await browser._load(HTTPMethod.GET, URL(at_entra))
    return page.text


@pytest.mark.where(SLACK)  # a page of the web, whoever links it
@pytest.mark.parametrize("agent", CRAWLERS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_crawler_uses_nothing_up_and_gets_no_cookie(
    chat: Chat, world: Stage, agent: str, method: str
) -> None:
    card = await asks(chat)
    headers = {"User-Agent": agent, "Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"}

    async with aiohttp.ClientSession(headers=headers) as crawler:
        for _ in range(2):
            async with crawler.request(method, card.link("Sign In")) as answer:
                assert answer.status == 200
                assert not answer.cookies
                assert answer.headers["Cache-Control"] == "no-store"

    assert [row["confirmed_at"] for row in world.evidence().tables["sign_in"]] == [None]
    assert "Signed in" in await chat.signs_in("engineer", card)
    await chat.hears("engineer", "dev-poweruser is active")


async def test_confirm_pressed_twice_leads_to_one_sign_in(chat: Chat, world: Stage) -> None:
    card = await asks(chat)
    browser = world.new_browser("engineer")

    first = await confirms(browser, card.link("Sign In"))
    second = await confirms(browser, card.link("Sign In"))

    assert first == second
    assert "Signed in" in await goes_on(browser, second)
    await chat.hears("engineer", "dev-poweruser is active")
    assert len(world.asked_of_pim()) == 1
    await browser.close()


async def test_of_two_tabs_the_first_one_back_counts_and_the_other_says_so(
    chat: Chat, world: Stage
) -> None:
    card = await asks(chat)
    browser = world.new_browser("engineer")
    tabs = [await confirms(browser, card.link("Sign In")) for _ in range(2)]

    assert "Signed in" in await goes_on(browser, tabs[1])
    await chat.hears("engineer", "dev-poweruser is active")
    assert "This link was used already" in await goes_on(browser, tabs[0])

    await chat.hears_nothing("engineer")
    assert len(world.asked_of_pim()) == 1
    await browser.close()


async def test_the_back_button_after_the_sign_in_changes_nothing(chat: Chat, world: Stage) -> None:
    card = await asks(chat)
    browser = world.new_browser("engineer")
    at_entra = await confirms(browser, card.link("Sign In"))
    assert "Signed in" in await goes_on(browser, at_entra)
    await chat.hears("engineer", "dev-poweruser is active")

    for address in (at_entra, card.link("Sign In")):
        assert "This link was used already" in await goes_on(browser, address)

    assert len(world.asked_of_pim()) == 1
    await browser.close()


async def test_a_browser_that_lost_its_cookie_is_told_to_begin_again_and_then_gets_on(
    chat: Chat, world: Stage
) -> None:
    card = await asks(chat)
    browser = world.new_browser("engineer")
    at_entra = await confirms(browser, card.link("Sign In"))
    browser._http().cookie_jar.clear(lambda morsel: morsel.key == "aws-access")

    told = await goes_on(browser, at_entra)

    assert "This is another browser" in told
    assert "press Confirm" in told
    assert world.evidence().tables["link"] == []
    again = await confirms(browser, card.link("Sign In"))
    assert again != at_entra
    assert "Signed in" in await goes_on(browser, again)
    await chat.hears("engineer", "dev-poweruser is active")
    await browser.close()


async def test_who_goes_on_in_another_browser_leaves_the_first_one_with_an_explanation(
    chat: Chat, world: Stage
) -> None:
    card = await asks(chat)
    desk, phone = world.new_browser("engineer"), world.new_browser("engineer")
    begun = await confirms(desk, card.link("Sign In"))

    assert "Signed in" in (await phone.follow(card.link("Sign In"))).text
    await chat.hears("engineer", "dev-poweruser is active")

    assert "This sign-in is not known" in await goes_on(desk, begun)
    assert len(world.asked_of_pim()) == 1
    await desk.close()
    await phone.close()


async def test_a_victim_who_presses_an_attackers_link_links_nothing(
    chat: Chat, world: Stage
) -> None:
    """The page says whose chat account it is; and signing in all the same binds nobody."""
    await chat.says("outsider", "/aws-access link")
    await chat.noted("outsider")
    offer = await chat.hears("outsider", "Sign in first")
    victim = world.new_browser("engineer")

    looked = await victim._load(HTTPMethod.GET, URL(offer.link("Sign In")))
    assert "Go on only if it is yours" in looked.text
    page = await victim.follow(offer.link("Sign In"))

    assert "These accounts do not belong together" in page.text
    assert "tell your security team" in page.text
    tables = world.evidence().tables
    assert (tables["link"], tables["kept_token"]) == ([], [])
    assert [e["payload"]["data"]["why"] for e in world.events("sign_in_refused")] == [
        "accounts do not agree"
    ]
    await victim.close()


async def test_an_answer_carried_to_the_victims_browser_counts_for_nothing(
    chat: Chat, world: Stage
) -> None:
    """The attacker signs in as themselves and has the victim open the address that comes back."""
    card = await asks(chat)
    attacker, victim = world.new_browser("engineer"), world.new_browser("approver")
    at_entra = await confirms(attacker, card.link("Sign In"))
    async with attacker._http().get(at_entra, allow_redirects=False) as answer:
        coming_back = answer.headers["Location"]

    assert "This is another browser" in await goes_on(victim, coming_back)
    assert world.evidence().tables["link"] == []
    assert "Signed in" in await goes_on(attacker, coming_back)
    await chat.hears("engineer", "dev-poweruser is active")
    await attacker.close()
    await victim.close()


async def test_a_link_to_what_was_withdrawn_asks_nobody_to_sign_in(
    chat: Chat, world: Stage
) -> None:
    card = await asks(chat)
    await chat.presses("engineer", card, "Withdraw")
    await chat.noted("engineer")
    await chat.hears_rest("engineer", "withdrawn")

    page = await chat.signs_in("engineer", card)

    assert "No sign-in is needed here any more" in page
    assert "Its card in the chat says how it stands" in page
    assert world.evidence().tables["link"] == []


async def test_it_works_in_the_browser_inside_an_app_on_a_phone(chat: Chat, world: Stage) -> None:
    """It keeps the cookie that Confirm set and sends it back: Lax, for a redirect that navigates."""
    card = await asks(chat)
    assert "aka.ms/pim" in card
    phone = world.new_browser("engineer")
    session = phone._http()
    session.headers.update({"User-Agent": PHONE})
    async with session.post(
        card.link("Sign In"),
        headers={"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"},
        allow_redirects=False,
    ) as answer:
        cookie = answer.headers["Set-Cookie"]
        at_entra = answer.headers["Location"]

    assert "SameSite=Lax" in cookie
    assert "HttpOnly" in cookie
    assert "Signed in" in await goes_on(phone, at_entra)
    await chat.hears("engineer", "dev-poweruser is active")
    await phone.close()


async def test_with_a_sign_in_that_was_refused_the_other_tab_explains_itself(
    chat: Chat, world: Stage
) -> None:
    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    card = await chat.hears("engineer", "needs your sign-in")
    world.entra("refuse_sign_in", who="engineer", number=65004)
    browser = world.new_browser("engineer")
    tabs = [await confirms(browser, card.link("Sign In")) for _ in range(2)]
    assert "cancelled there" in await goes_on(browser, tabs[0])

    world.entra("refuse_sign_in", who="engineer", number=None)

    assert "This sign-in is not known" in await goes_on(browser, tabs[1])
    again = await confirms(browser, card.link("Sign In"))
    assert again not in tabs
    assert "Signed in" in await goes_on(browser, again)
    await chat.hears("engineer", "dev-poweruser is active")
    await browser.close()
