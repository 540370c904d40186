"""Explaining: all that decides over one person and one access, by the judgement asking makes."""

import asyncio

from bot.cards import Card
from bot.domain.access import Access, Catalog, Principal
from bot.domain.decision import human
from bot.domain.ids import PersonId
from bot.domain.policy import PimRules, Wish, entitled, judge
from bot.domain.refusals import NobodyReads, NothingToExplain, RefusedError
from bot.intents import Explain
from bot.wording import explain as wording
from bot.wording.explain import Explanation
from handlers.activate import not_yet, read_person, unproven
from handlers.context import World, catalog
from handlers.opens import what_opens
from handlers.reading import person_named, reading_of, reads_everything, sign_in_first
from handlers.who import Actor, may_act

MOST_NAMES = 10
"""How many people are looked up by name; the others are told by their ids."""


async def explain(world: World, actor: Actor, intent: Explain) -> Card:
    """One's own for everybody; another's for admins and auditors, recorded. Raises RefusedError."""
    if actor.link is None:
        return await sign_in_first(world, actor, intent)
    me, person = actor.link.person, await _person(world, actor, intent)
    if person != me:
        if not await reads_everything(world, actor, me):
            raise RefusedError(NobodyReads(intent.access))
        async with world.store.begin() as tx:
            tx.record(reading_of(actor, intent))
    everything = await catalog(world)
    access = everything.named(intent.access)
    if access is None:
        near = everything.nearest(intent.access)
        raise RefusedError(
            NothingToExplain(intent.access, near.name if near else "", intent.person)
        )
    if person is None:
        return wording.unknown_person(intent.person)
    return wording.explained(
        await explanation(world, everything, access, person, mine=person == me)
    )


async def _person(world: World, actor: Actor, intent: Explain) -> PersonId | None:
    """Whom it is about; None for whom nobody knows."""
    if not intent.person:
        return actor.person
    return await person_named(world, actor, intent.person)


async def explanation(
    world: World, everything: Catalog, access: Access, person: PersonId, *, mine: bool = False
) -> Explanation:
    """Everything read now, and judged as a wish without a word more would be. Changes nothing."""
    now = world.clock.now()
    rules, (user, eligibilities), held = await asyncio.gather(
        world.pim.rules(access.group), read_person(world, person, access), world.pim.held(person)
    )
    judged = judge(Wish(), access, rules, now)
    async with world.store.begin() as tx:
        waiting = await tx.open_requests(person)
    names, opens = await asyncio.gather(
        _names(world, access, rules), what_opens(world, access, user.user_name if user else "")
    )
    return Explanation(
        access=access,
        source=everything.source,
        user=user,
        may_act=may_act(user),
        rules=rules,
        terms=judged.terms,
        problems=judged.problems + entitled(judged.terms, eligibilities, now, access.authority),
        eligibilities=[one for one in eligibilities if one.group == access.group],
        held=[one for one in held if one.group == access.group],
        opens=opens,
        missing=not_yet(access, grants=world.grantor is not None) or unproven(access, rules),
        open=next((one for one in waiting if one.terms.group == access.group), None),
        names=names,
        own=_own(everything, (*rules.approvers, *access.approvers), person),
        mine=mine,
    )


def _own(
    everything: Catalog, deciding: tuple[Principal, ...], person: PersonId
) -> frozenset[Principal]:
    """The person's own accounts among those who decide: none of them decides about this person."""
    me = human(person.oid, everything.aliases)
    return frozenset(
        one for one in deciding if one.kind == "user" and human(one.id, everything.aliases) == me
    )


async def _names(world: World, access: Access, rules: PimRules) -> dict[Principal, str]:
    everybody = dict.fromkeys((*rules.approvers, *access.approvers, *access.members))
    people = [one for one in everybody if one.kind == "user"][:MOST_NAMES]
    found = await asyncio.gather(*(world.directory.user(one.id) for one in people))
    return {one: user.name for one, user in zip(people, found, strict=True) if user}
