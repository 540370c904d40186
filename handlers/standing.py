"""Whether a link still holds: looked at when the chat says that an account has changed, and daily by
itself, so that who leaves is not kept until they ask.
"""

from datetime import timedelta

import structlog

from bot.domain.ids import ChatAccount, PersonId
from bot.messaging import ChatProfile
from bot.ports import DirectoryUser, IntegrationError
from bot.store import Job, JobKind, LinkRow, NewJob
from handlers.context import World
from handlers.reply import Reply
from handlers.steps import name_of_account
from handlers.taking_back import void
from handlers.who import gone, same_person

EVERY = timedelta(days=1)
MOST = 50
"""How many links are looked at in one sweep: each costs a call to its chat."""
LEFT, PARTED = "left", "parted"
"""Why a link is void: an account may not act any more, or the two are not one person's any more."""
LEFT_CHAT = frozenset({"guest", "deactivated", "elsewhere"})

_log = structlog.get_logger()


async def check_links(world: World) -> None:
    """Look at the links of people with a kept token that were not looked at for a day.

    The directory is asked about many at once. Where it, or the chat, does not say, nothing is
    done: a link is void only for what is known.
    """
    now = world.clock.now()
    async with world.store.begin() as tx:
        links = await tx.links_to_check(now - EVERY, MOST)
    if not links:
        return
    users = await world.directory.people(sorted({link.person.oid for link in links}))
    for link in links:
        try:
            await _check(world, link, users.get(link.person.oid))
        except IntegrationError as failed:
            _log.warning("link_not_checked", system=failed.system)
    async with world.store.begin() as tx:
        await tx.note_checked([link.account for link in links], now)


async def note_change(world: World, told: ChatProfile) -> None:
    """The chat says that an account has changed, and how it is now: look whether its link holds.

    Most changes are somebody's status or picture. Only one that could void the link is work, and
    what was told is not believed: the account is read afresh. Whoever is back after they could not
    be reached finds their cards as things stand now. Raises IntegrationError.
    """
    now = world.clock.now()
    async with world.store.begin() as tx:
        link = await tx.link(told.account)
        if link is not None and _may_void(told, link):
            subject, payload = name_of_account(told.account), Reply(told.account).payload
            await tx.add_job(NewJob(JobKind.STANDING, subject, now, payload=payload))
        for request in await tx.untold(told.account) if not told.stands else ():
            await tx.add_job(NewJob(JobKind.CARD, request, now))


def _may_void(told: ChatProfile, link: LinkRow) -> bool:
    mail = told.mail.casefold()
    return bool(told.stands) or (bool(mail) and mail != link.user_name.casefold())


async def look(world: World, job: Job) -> None:
    """Void the link of an account that its chat or the directory no longer counts as its person's."""
    async with world.store.begin() as tx:
        link = await tx.link(Reply.of(job).account)
    if link is not None:
        await _check(world, link, None)
    async with world.store.begin(done=job):
        pass


async def _check(world: World, link: LinkRow, user: DirectoryUser | None) -> None:
    # A list may leave somebody out; that an account is gone is believed only of itself.
    user = user or await world.directory.user(link.person.oid)
    if gone(user):
        await leaver(world, link.person)
        return
    messenger = world.messengers.get(link.account.chat)
    if messenger is None or user is None:
        return
    profile = await messenger.profile(link.account)
    if profile.stands in LEFT_CHAT:
        await void(world, [link.account], link.person, LEFT)
    elif not profile.stands and (profile.mail or profile.oid) and not same_person(profile, user):
        await void(world, [link.account], link.person, PARTED)


async def leaver(world: World, person: PersonId) -> None:
    """Every link of somebody whose Entra account is disabled, gone or a guest's now is void."""
    async with world.store.begin() as tx:
        accounts = await tx.accounts(person)
    await void(world, accounts, person, LEFT)


async def left_chat(world: World, account: ChatAccount, stands: str) -> None:
    """The link of an account that its chat no longer counts as a member's is void."""
    async with world.store.begin() as tx:
        link = await tx.link(account)
    if link is not None and stands in LEFT_CHAT:
        await void(world, [account], link.person, LEFT)
