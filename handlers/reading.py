"""Reading: what I have, and the record. Others' decisions only for those who may, and that is recorded."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.cards import Card
from bot.domain.activation import Activation
from bot.domain.audit import Event, What
from bot.domain.ids import ChatAccount, PersonId
from bot.domain.refusals import NobodyReads, RefusedError, UnknownAccess
from bot.domain.request import Request
from bot.intents import Recent, Status, encode
from bot.ports import IntegrationError
from bot.store import RequestFilter, Transaction
from bot.wording import answers
from handlers.activate import may_act
from handlers.context import World, catalog
from handlers.held import still_active
from handlers.sign_in_links import mint
from handlers.who import Actor, same_person

MOST = 10


async def status(world: World, actor: Actor) -> Card:
    """What the person has and waits for."""
    if actor.link is None:
        return await _sign_in_first(world, actor, Status())
    active, sure = await _active(world, actor.link.person)
    async with world.store.begin() as tx:
        waiting = await tx.open_requests(actor.link.person)
    return answers.status(answers.Standing(active, waiting, actor.link.user_name, sure=sure))


async def _active(world: World, person: PersonId) -> tuple[Sequence[Activation], bool]:
    """What is active, and whether Entra could be asked about it just now."""
    try:
        return await still_active(world, person), True
    except IntegrationError:
        async with world.store.begin() as tx:
            return await tx.active(person), False


async def recent(world: World, actor: Actor, intent: Recent) -> Card:
    """The latest decisions. Raises RefusedError when others' are asked for without the right."""
    if actor.link is None:
        return await _sign_in_first(world, actor, intent)
    intent = await _named(world, intent)
    reader = await _reads_everything(world, actor, actor.link.person)
    async with world.store.begin() as tx:
        whose = await _whose(tx, actor, intent.person)
        if intent.person and whose != actor.link.person and not reader:
            raise RefusedError(NobodyReads())
        if intent.person and whose is None:
            requests: Sequence[Request] = ()
        else:
            person = whose if intent.person or reader else actor.link.person
            requests = await tx.requests(_filter(world, intent, person))
        page = answers.Decisions(
            requests,
            await tx.activations([r.id for r in requests]),
            await tx.user_names(sorted({r.person for r in requests if r.person})),
            everybody=reader,
        )
        if reader:
            tx.record(_read(actor, intent))
    return answers.recent(page)


async def _named(world: World, intent: Recent) -> Recent:
    """With the access's own name for what was typed. Raises RefusedError for an unknown one."""
    if not intent.access:
        return intent
    everything = await catalog(world)
    access = everything.named(intent.access)
    if access is None:
        near = everything.nearest(intent.access)
        raise RefusedError(UnknownAccess(intent.access, near.name if near else ""))
    return replace(intent, access=access.name)


def _filter(world: World, intent: Recent, person: PersonId | None) -> RequestFilter:
    since = world.clock.now() - intent.since if intent.since else None
    return RequestFilter(person, intent.access, since, intent.state, MOST)


async def _whose(tx: Transaction, actor: Actor, named: str) -> PersonId | None:
    if not named:
        return None
    link = await tx.link(ChatAccount(actor.account.chat, actor.account.team, named))
    return link.person if link else None


async def _reads_everything(world: World, actor: Actor, person: PersonId) -> bool:
    """Whether they may read others' decisions: asked of the directory now, as for any other right."""
    readers = (await catalog(world)).readers
    if not readers:
        return False
    user, named = await asyncio.gather(
        world.directory.user(person.oid), world.directory.is_any(person.oid, readers)
    )
    return named and user is not None and may_act(user) and same_person(actor.profile, user)


def _read(actor: Actor, intent: Recent) -> Event:
    return Event(
        What.READ,
        actor=actor.person,
        account=actor.account,
        data={"intent": encode(intent)},
    )


async def _sign_in_first(world: World, actor: Actor, then: Status | Recent) -> Card:
    url = await mint(world, actor.account, then)
    return answers.sign_in_first(url, answers.WHO)
