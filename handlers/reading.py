"""Reading: what I have, and the record. Others' decisions only for those who may, and that is recorded."""

from collections.abc import Sequence

from bot.cards import Card
from bot.domain.audit import Event, What
from bot.domain.ids import ChatAccount, PersonId
from bot.domain.refusals import NobodyReads, RefusedError
from bot.domain.request import Request
from bot.intents import Recent, Status
from bot.store import RequestFilter, Transaction
from bot.wording import answers
from handlers.context import World, catalog
from handlers.sign_in_links import mint
from handlers.who import Actor

MOST = 10


async def status(world: World, actor: Actor) -> Card:
    """What the person has and waits for."""
    if actor.link is None:
        return await _sign_in_first(world, actor, Status())
    async with world.store.begin() as tx:
        active = await tx.active(actor.link.person)
        waiting = await tx.open_requests(actor.link.person)
    return answers.status(answers.Standing(active, waiting, actor.link.user_name))


async def recent(world: World, actor: Actor, intent: Recent) -> Card:
    """The latest decisions. Raises RefusedError when others' are asked for without the right."""
    if actor.link is None:
        return await _sign_in_first(world, actor, intent)
    reader = await _reads_everything(world, actor.link.person)
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


def _filter(world: World, intent: Recent, person: PersonId | None) -> RequestFilter:
    since = world.clock.now() - intent.since if intent.since else None
    return RequestFilter(person, intent.access, since, intent.state, MOST)


async def _whose(tx: Transaction, actor: Actor, named: str) -> PersonId | None:
    if not named:
        return None
    link = await tx.link(ChatAccount(actor.account.chat, actor.account.team, named))
    return link.person if link else None


async def _reads_everything(world: World, person: PersonId) -> bool:
    readers = (await catalog(world)).readers
    return bool(readers) and await world.directory.is_any(person.oid, readers)


def _read(actor: Actor, intent: Recent) -> Event:
    return Event(
        What.READ,
        actor=actor.person,
        account=actor.account,
        data={"access": intent.access, "person": intent.person, "state": intent.state},
    )


async def _sign_in_first(world: World, actor: Actor, then: Status | Recent) -> Card:
    url = await mint(world, actor.account, then)
    return answers.sign_in_first(url, "I do not know yet who you are in Entra.")
