"""What many scripts begin with."""

from tests.conversations.chat import Chat
from tests.conversations.heard import Heard

DEV = "/aws-access activate dev-poweruser 1h INC-42 checking the slow index"


async def activates(chat: Chat, command: str = DEV, who: str = "engineer") -> Heard:
    """Somebody activates for the first time, and signs in; the card of the activation."""
    card = await asks(chat, command, who)
    await chat.signs_in(who, card)
    return await chat.hears(who, "is active")


async def asks(chat: Chat, command: str = DEV, who: str = "engineer") -> Heard:
    """Somebody who is not linked yet asks; the card that asks for the sign-in."""
    await chat.says(who, command)
    await chat.noted(who)
    return await chat.hears(who, "needs your sign-in")


async def links(chat: Chat, who: str) -> None:
    """Somebody links their chat account."""
    await chat.says(who, "/aws-access link")
    await chat.noted(who)
    offer = await chat.hears(who, "Sign in first")
    assert "Signed in" in await chat.signs_in(who, offer)
    await chat.hears(who, "You are linked")
