"""Who is asking: checked afresh after the acknowledgement and before any effect; unknown means no."""

from dataclasses import dataclass

from bot.domain.ids import ChatAccount, PersonId
from bot.domain.refusals import Locked, NotAMember, RefusedError
from bot.messaging import ChatProfile
from bot.ports import DirectoryUser
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

    The chat's confirmed e-mail must be the directory's mail or user name; where the chat vouches
    for the object id itself, that decides alone. Neither is ever enough to act on; it is what keeps
    a forwarded link, or a changed address, from binding somebody else.
    """
    if profile.oid:
        return profile.oid == user.person.oid
    mail = profile.mail.casefold()
    return bool(mail) and mail in {user.mail.casefold(), user.user_name.casefold()}


def may_act(user: DirectoryUser | None) -> bool:
    """Whether an Entra account is one that may ask for anything."""
    return user is not None and user.enabled and not user.guest


def gone(user: DirectoryUser | None) -> bool:
    """Whether the directory says that this account may act no more, and is not just silent."""
    return user is None or (user.told and not may_act(user))


async def check(world: World, account: ChatAccount) -> Actor:
    """The account's standing, read now. Raises RefusedError for guests, strangers, bots, leavers and the locked."""
    profile = await world.chat(account.chat).profile(account)
    if profile.stands:
        raise RefusedError(NotAMember(profile.stands))
    async with world.store.begin() as tx:
        link = await tx.link(account)
        lock = await tx.lock(link.person) if link else None
        theirs = await tx.accounts(link.person) if link else ()
        if theirs and theirs[0] != account:
            await tx.note_used(account, world.clock.now())  # from now on they are written to here
    if lock is not None:
        raise RefusedError(Locked(lock.locked_at))
    return Actor(profile, link)
