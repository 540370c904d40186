"""The record in the chat: everybody's decisions for those who may read them, else one's own."""

from tests.conversations.acts import activates, links
from tests.conversations.chat import Chat
from tests.conversations.stage import Stage


async def test_an_admin_reads_everybodys_decisions_and_the_reading_is_recorded(
    chat: Chat, world: Stage
) -> None:
    await activates(chat)
    await links(chat, "admin")

    await chat.says("admin", "/aws-access recent")

    told = await chat.hears("admin", "Recent decisions")
    [request] = world.requests()
    for words in ("engineer@playground.example", "dev-poweruser 1 h: granted", request["id"]):
        assert words in told
    assert "INC-42" in told
    assert "“checking the slow index”" in told
    assert told.private
    [read] = world.events("read")
    assert read["actor_oid"] is not None


async def test_everybody_else_reads_only_their_own(chat: Chat, world: Stage) -> None:
    await activates(chat)
    await links(chat, "outsider")

    await chat.says("engineer", "/aws-access recent")
    await chat.hears("engineer", "Your recent decisions", "dev-poweruser 1 h: granted")

    await chat.says("outsider", "/aws-access recent")
    none = await chat.hears("outsider", "Your recent decisions", "There are none")
    assert "engineer" not in none

    await chat.says("outsider", "/aws-access recent @engineer")
    no = await chat.hears("outsider", "Only admins and auditors can read others' decisions")
    assert "dev-poweruser" not in no
    assert world.events("read") == []


async def test_somebody_is_named_by_their_user_name_where_nobody_can_be_mentioned(
    chat: Chat, world: Stage
) -> None:
    """As in one's own chat with the bot in Teams."""
    await activates(chat)
    for who in ("admin", "outsider"):
        await links(chat, who)

    await chat.says("admin", "/aws-access recent engineer@playground.example")
    await chat.hears("admin", "Recent decisions", "dev-poweruser 1 h: granted")
    await chat.says("admin", "/aws-access recent outsider@playground.example")
    await chat.hears("admin", "There are none")
    await chat.says("admin", "/aws-access recent nobody@playground.example")
    await chat.hears("admin", "Entra has no user nobody@playground.example.")
    await chat.says("admin", "/aws-access explain dev-poweruser for engineer@playground.example")
    await chat.hears("admin", "engineer@playground.example")
    await chat.says("outsider", "/aws-access recent engineer@playground.example")
    no = await chat.hears("outsider", "Only admins and auditors can read others' decisions")
    assert "dev-poweruser" not in no
    await chat.says("outsider", "/aws-access recent @somebody")
    await chat.hears("outsider", "I cannot tell who that is", "where none opens, say their user")


async def test_who_is_not_linked_signs_in_and_then_reads(chat: Chat, world: Stage) -> None:
    await activates(chat)
    await chat.says("admin", "/aws-access recent")
    offer = await chat.hears("admin", "Sign in first")

    await chat.signs_in("admin", offer)

    await chat.hears("admin", "Recent decisions", "dev-poweruser 1 h: granted")


async def test_the_record_can_be_narrowed_down(chat: Chat, world: Stage) -> None:
    await activates(chat)
    await chat.says("engineer", "/aws-access activate payroll-app 30m wages")
    await chat.noted("engineer")
    await chat.hears_each("engineer", "payroll-app is active", "payroll-app: Entra has opened")
    await links(chat, "admin")

    await chat.says("admin", "/aws-access recent payroll-app")
    told = await chat.hears("admin", "payroll-app 30 min: granted")
    assert "dev-poweruser" not in told

    await chat.says("admin", "/aws-access recent state denied")
    await chat.hears("admin", "There are none")

    await chat.says("admin", "/aws-access recent @engineer since 7d")
    both = await chat.hears("admin", "payroll-app", "dev-poweruser")
    await world.skips("PT6M")
    await chat.hears("engineer", "AWS has your membership")
    await chat.hears("engineer", "AWS has your membership")
    await chat.says("admin", "/aws-access recent since 1m")
    await chat.hears("admin", "There are none")
    assert both.private


async def test_status_says_what_one_has_and_waits_for(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    await chat.says("engineer", "/aws-access status")
    await chat.hears("engineer", "Nothing that I know of is active or waiting")

    await chat.says("engineer", "/aws-access activate prod-admin 1h INC-42 hotfix")
    await chat.noted("engineer")
    await chat.hears("engineer", "prod-admin waits for approval")
    await chat.says("engineer", "/aws-access activate dev-poweruser 1h index")
    await chat.noted("engineer")
    await chat.hears("engineer", "dev-poweruser is active")

    await chat.says("engineer", "/aws-access status")
    told = await chat.hears("engineer", "dev-poweruser is active in Entra until")
    assert "prod-admin is awaiting approval" in told
    assert told.buttons == ["Deactivate dev-poweruser", "Activate…"]
    await chat.hears("approver", "prod-admin needs your decision")
