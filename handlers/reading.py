"""Reading: what I have, and the record. Others' decisions only for those who may, and that is recorded."""

from collections.abc import Sequence
from dataclasses import replace

from bot.cards import Card
from bot.domain.access import Catalog
from bot.domain.audit import Event, What
from bot.domain.ids import ChatAccount, PersonId, is_user_name
from bot.domain.refusals import NobodyReads, NothingKept, RefusedError
from bot.domain.request import Request
from bot.intents import Intent, Recent, Status, encode
from bot.store import RequestFilter, Transaction
from bot.wording import answers
from bot.wording.answers import Entry
from bot.wording.explain import unknown_person
from handlers.context import World, catalog
from handlers.held import look_or_known
from handlers.rights import is_one_of
from handlers.sign_in_links import mint
from handlers.who import Actor

MOST = 10


async def status(world: World, actor: Actor) -> Card:
    """What the person has and waits for."""
    if actor.link is None:
        return await sign_in_first(world, actor, Status())
    looked = await look_or_known(world, actor.link.person)
    async with world.store.begin() as tx:
        waiting = await tx.open_requests(actor.link.person)
    return answers.status(
        answers.Standing(
            looked.active,
            waiting,
            actor.link.user_name,
            world.clock.now(),
            looked.gone,
            sure=looked.sure,
        )
    )


async def recent(world: World, actor: Actor, intent: Recent) -> Card:
    """The latest decisions. Raises RefusedError when others' are asked for without the right."""
    if actor.link is None:
        return await sign_in_first(world, actor, intent)
    offered = await catalog(world)
    access = offered.named(intent.access) if intent.access else None
    intent = replace(intent, access=access.name) if access else intent
    reader = await reads_everything(world, actor, actor.link.person)
    named = await person_named(world, actor, intent.person)
    if intent.person and named != actor.link.person and not reader:
        raise RefusedError(NobodyReads())
    if named is None and is_user_name(intent.person):
        return unknown_person(intent.person)
    async with world.store.begin() as tx:
        entries: Sequence[Entry] = ()
        if named is not None or not intent.person:
            person = named if intent.person or reader else actor.link.person
            entries = await entries_of(tx, _filter(world, intent, person))
        if intent.access and access is None and not entries:
            raise RefusedError(_nothing_kept(offered, intent))
        page = answers.Decisions(
            entries,
            await tx.activations([one.id for one in entries if isinstance(one, Request)]),
            await tx.user_names(sorted({one.person for one in entries if one.person})),
            everybody=reader,
        )
        if reader:
            tx.record(reading_of(actor, intent))
    return answers.recent(page)


async def entries_of(tx: Transaction, wanted: RequestFilter) -> Sequence[Entry]:
    """What was asked for here, and what was activated beside the bot, the newest first."""
    both: list[Entry] = [*await tx.requests(wanted), *await tx.beside(wanted)]
    return sorted(both, key=answers.when, reverse=True)[: wanted.limit]


def _nothing_kept(offered: Catalog, intent: Recent) -> NothingKept:
    """Neither offered under this name, nor was it once: what is kept outlives the access file."""
    near = offered.nearest(intent.access)
    name = near.name if near else ""
    return NothingKept(intent.access, name, intent.person, intent.since, intent.state)


def _filter(world: World, intent: Recent, person: PersonId | None) -> RequestFilter:
    since = world.clock.now() - intent.since if intent.since else None
    return RequestFilter(person, intent.access, since, intent.state, MOST)


async def person_named(world: World, actor: Actor, named: str) -> PersonId | None:
    """Who is meant by a chat account or, to read of them, by a user name of Entra's."""
    if is_user_name(named):
        user = await world.directory.user_named(named)
        return user.person if user else None
    async with world.store.begin() as tx:
        return await whose(tx, actor, named)


async def whose(tx: Transaction, actor: Actor, named: str) -> PersonId | None:
    """Who is linked to the chat account that was named, or whose it is by the chat's own word."""
    if not named:
        return None
    account = ChatAccount(actor.account.chat, actor.account.team, named)
    if link := await tx.link(account):
        return link.person
    place = await tx.place(account.chat, account.user)
    return PersonId(place.team, place.oid) if place and place.oid else None


async def reads_everything(world: World, actor: Actor, person: PersonId) -> bool:
    """Whether they may read others' decisions."""
    return await is_one_of(world, actor, person, (await catalog(world)).readers)


def reading_of(actor: Actor, intent: Intent) -> Event:
    """That somebody has read what is others'."""
    return Event(
        What.READ,
        actor=actor.person,
        account=actor.account,
        data={"intent": encode(intent)},
    )


async def sign_in_first(world: World, actor: Actor, then: Intent) -> Card:
    """Who it is has to be known first; afterwards the question is answered."""
    url = await mint(world, actor.account, then)
    return answers.sign_in_first(url, answers.WHO)
