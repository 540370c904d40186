"""Who is who: linking a chat account to Entra, and every way that must not work."""

import aiohttp

from tests.conversations.acts import DEV, activates, asks, links
from tests.conversations.chat import Chat
from tests.conversations.stage import Stage


async def test_one_can_link_ahead_of_need_and_unlink_again(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    assert [e["payload"]["data"]["user_name"] for e in world.events("linked")] == [
        "engineer@playground.example"
    ]
    assert len(world.evidence().tables["kept_token"]) == 1

    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    await chat.hears("engineer", "dev-poweruser is active")

    await chat.says("engineer", "/aws-access unlink")
    await chat.noted("engineer")
    told = await chat.hears("engineer", "Unlinked", "deleted any token I kept")
    assert "What is active stays active until its end" in told
    assert world.evidence().tables["kept_token"] == []
    assert world.evidence().tables["link"] == []

    await chat.says("engineer", "/aws-access activate prod-readonly 1h")
    await chat.noted("engineer")
    await chat.hears("engineer", "needs your sign-in")


async def test_linking_twice_says_who_one_is(chat: Chat) -> None:
    await links(chat, "engineer")

    await chat.says("engineer", "/aws-access link")

    await chat.noted("engineer")
    await chat.hears("engineer", "You are linked", "engineer@playground.example")


async def test_unlinking_what_was_never_linked_changes_nothing(chat: Chat) -> None:
    await chat.says("engineer", "/aws-access unlink")

    await chat.noted("engineer")
    await chat.hears("engineer", "There was no link", "Nothing was changed")


async def test_a_forwarded_link_binds_nobody_else(chat: Chat, world: Stage) -> None:
    """The one who asked sends their own link to somebody, who signs in as themselves."""
    card = await asks(chat)

    page = await chat.signs_in("approver", card)

    assert "These accounts do not belong together" in page
    assert "tell your security team" in page
    await chat.hears_nothing("engineer")
    await chat.hears_nothing("approver")
    assert world.evidence().tables["link"] == []
    assert len(world.events("sign_in_refused")) == 1
    assert world.asked_of_pim() == []
    assert "Signed in" in await chat.signs_in("engineer", card)
    await chat.hears("engineer", "dev-poweruser is active")


async def test_a_used_link_explains_itself(chat: Chat, world: Stage) -> None:
    card = await asks(chat)
    await chat.signs_in("engineer", card)
    await chat.hears("engineer", "dev-poweruser is active")

    page = await chat.signs_in("engineer", card)

    assert "This link was used already" in page
    await chat.hears_nothing("engineer")
    assert len(world.asked_of_pim()) == 1


async def test_a_stale_link_explains_itself(chat: Chat, world: Stage) -> None:
    await chat.says("engineer", "/aws-access link")
    await chat.noted("engineer")
    offer = await chat.hears("engineer", "Sign in first", "works for one hour")

    await world.skips("PT1H1M")

    assert "This link has expired" in await chat.signs_in("engineer", offer)
    assert world.evidence().tables["link"] == []


async def test_a_made_up_link_is_not_known(world: Stage, chat: Chat) -> None:
    page = await world.browses("engineer", f"{world.world.balancer.url}/sign-in/{'x' * 43}")

    assert "This link is not known" in page.text


async def test_link_previews_use_nothing_up(chat: Chat, world: Stage) -> None:
    card = await asks(chat)
    link = card.link("Sign In")

    async with aiohttp.ClientSession() as crawler:
        for method in ("GET", "HEAD", "GET"):
            async with crawler.request(method, link) as answer:
                assert answer.status == 200
                assert not answer.cookies
                previewed = await answer.text()
    assert "Confirm and Sign In" in previewed
    assert "Erin Engineer" in previewed

    assert "Signed in" in await chat.signs_in("engineer", card)
    await chat.hears("engineer", "dev-poweruser is active")


async def test_another_site_cannot_confirm_for_somebody(chat: Chat, world: Stage) -> None:
    card = await asks(chat)

    async with aiohttp.ClientSession() as browser:
        elsewhere = {"Origin": "https://elsewhere.example"}
        async with browser.post(card.link("Sign In"), headers=elsewhere) as answer:
            assert answer.status == 403

    assert "Signed in" in await chat.signs_in("engineer", card)
    await chat.hears("engineer", "dev-poweruser is active")


async def test_without_consent_the_page_says_who_can_help_and_the_request_waits(
    chat: Chat, world: Stage
) -> None:
    world.entra("consent", missing=True)
    card = await asks(chat)

    page = await chat.signs_in("engineer", card)

    assert "An administrator must approve this app" in page
    assert "What you asked for waits until" in page
    await chat.hears("engineer", "Entra lets nobody sign in to this app")
    world.entra("consent", missing=False)
    assert "Signed in" in await chat.signs_in("engineer", card)
    await chat.hears("engineer", "dev-poweruser is active")


async def test_a_disabled_account_gets_nothing(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    world.entra("disable", who="engineer")

    await chat.says("engineer", DEV)

    await chat.noted("engineer")
    await chat.hears("engineer", "Not for this account", "Nothing was changed")
    assert world.asked_of_pim() == []


async def test_an_account_disabled_while_the_request_waits_gets_nothing(
    chat: Chat, world: Stage
) -> None:
    card = await asks(chat)
    world.entra("disable", who="engineer")

    page = await chat.signs_in("engineer", card)

    assert "Signed in" not in page
    await chat.hears_nothing("engineer")
    assert world.asked_of_pim() == []


async def test_a_link_made_before_outlives_no_change_of_the_person(
    chat: Chat, world: Stage
) -> None:
    """Somebody else cannot sign in for an account that is linked already."""
    await activates(chat)
    await world.skips("PT6M")
    await chat.hears("engineer", "is active", "AWS has your membership")
    await chat.hears("engineer", ": AWS has your membership")
    world.world.entra.login.issuer.sessions._refresh.clear()
    await world.restarts_bot()

    await chat.says("engineer", "/aws-access activate prod-readonly 1h")
    await chat.noted("engineer")
    *_, card = await chat.hears_rest("engineer", "Sign in to activate prod-readonly")

    assert "do not belong together" in await chat.signs_in("outsider", card)
    assert "Signed in" in await chat.signs_in("engineer", card)
    await chat.hears_rest("engineer", "prod-readonly is active")
