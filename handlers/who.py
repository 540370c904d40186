"""Who is asking: checked afresh after the acknowledgement and before any effect; unknown means no."""

from dataclasses import dataclass

from bot.domain.ids import ChatAccount, PersonId
from bot.domain.refusals import NotAMember, RefusedError
from bot.ports import ChatProfile, DirectoryUser
from bot.store import LinkRow
from handlers.context import World


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody whose chat account was just found to be a full member's; `link` says who they are."""

    profile: ChatProfile
    link: LinkRow | None

    @property
    def account(self) -> ChatAccount:
        """Their account in the chat."""
        return self.profile.account

    @property
    def person(self) -> PersonId | None:
        """Their Entra account, once linked."""
        return self.link.person if self.link else None


def same_person(profile: ChatProfile, user: DirectoryUser) -> bool:
    """Whether the directory says that the two accounts are one person's.

    The chat's confirmed e-mail must be the directory's mail or user name. It never is enough to
    act on; it is what keeps a forwarded link, or a changed address, from binding somebody else.
    """
    mail = profile.mail.casefold()
    return bool(mail) and mail in {user.mail.casefold(), user.user_name.casefold()}


async def check(world: World, account: ChatAccount) -> Actor:
    """The account's standing, read now. Raises RefusedError for guests, strangers, bots and leavers."""
    profile = await world.messengers[account.chat].profile(account)
    if profile.stands:
        raise RefusedError(NotAMember(profile.stands))
    async with world.store.begin() as tx:
        link = await tx.link(account)
    return Actor(profile, link)
