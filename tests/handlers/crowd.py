"""More people than the cast has."""

from bot.domain.ids import Chat, ChatAccount, PersonId
from bot.messaging import ChatProfile
from bot.ports import DirectoryUser, PersonToken
from bot.store import LinkRow
from tests.handlers import cast
from tests.handlers.harness import Bot


def somebody(number: int) -> tuple[ChatAccount, PersonId]:
    oid = f"000000{number:02}-0000-4000-8000-000000000000"
    return ChatAccount(Chat.SLACK, cast.TEAM, f"U0VOTER{number}"), PersonId(cast.TENANT, oid)


async def joins(bot: Bot, who: ChatAccount, person: PersonId) -> None:
    """Somebody more, in the directory, the chat and linked, of whom a token is held."""
    mail = f"{who.user}@example.com"
    bot.directory.hire(DirectoryUser(person, who.user, mail, mail))
    bot.chat.profiles[who] = ChatProfile(who, who.user, mail, "")
    bot.world.tokens.put(PersonToken(person, who.user, bot.clock.now() + cast.HOUR), None)
    async with bot.world.store.begin() as tx:
        await tx.save_link(LinkRow(who, person, mail, bot.clock.now()))
