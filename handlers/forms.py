"""The form: opened within the chat's seconds, filled from PIM, checked at the field."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from bot.cards import FieldErrors, Form, Option
from bot.domain.access import Access, Authority
from bot.domain.durations import parse_typed
from bot.domain.ids import GroupId, PersonId
from bot.domain.policy import Eligibility, Terms, Wish, entitled, judge
from bot.domain.refusals import RefusedError
from bot.domain.text import visible
from bot.intents import Activate, OpenForm
from bot.ports import IntegrationError
from bot.store import LinkRow
from bot.wording import forms, refusals
from handlers.activate import eligibilities, not_yet, refuse_double
from handlers.already import already
from handlers.arrivals import Arrival
from handlers.context import World, catalog
from handlers.who import check

_Told = TypeVar("_Told")
MOST_OPTIONS = 100
CHECK_SECONDS = 1.5
"""A submission must be answered within the chat's three seconds, whatever Entra does."""
ELIGIBLE_LASTS = timedelta(seconds=30)


async def eligible(world: World, person: PersonId) -> Sequence[Access]:
    """What the person may activate here, for choosing among; asking itself looks anew."""
    everything = await catalog(world)
    offered = [
        a for a in everything.accesses if not_yet(a, grants=world.grantor is not None) is None
    ]
    groups = await world.memory.of(
        ("eligible", person), ELIGIBLE_LASTS, lambda: _entitling(world, person, offered)
    )
    return [a for a in offered if a.group in groups]


async def _entitling(
    world: World, person: PersonId, offered: Sequence[Access]
) -> frozenset[GroupId]:
    """The groups that PIM, or the access file, lets the person ask for."""
    assigned = [a for a in offered if a.authority is Authority.APPLICATION]
    found = await asyncio.gather(
        world.pim.eligibilities(person), *(eligibilities(world, person, a) for a in assigned)
    )
    return frozenset(one.group for each in found for one in each)


async def open_form(world: World, arrival: Arrival, link: LinkRow, intent: OpenForm) -> None:
    """Show a form at once (the trigger lasts seconds), then what it can offer this person."""
    messenger = world.chat(arrival.account.chat)
    shown = await messenger.open_form(arrival.trigger, forms.loading_form())
    await messenger.redraw_form(shown, await _form(world, arrival, link, intent))


async def _form(world: World, arrival: Arrival, link: LinkRow, intent: OpenForm) -> Form:
    try:
        await check(world, arrival.account)
        mine = await eligible(world, link.person)
        if not mine:
            return forms.closed_form(forms.nothing_to_choose())
        access = next((a for a in mine if a.name == intent.access), None)
        if access is None and len(mine) == 1:
            access = mine[0]
        if access is None:
            return forms.activate_form(intent)
        rules, had = await asyncio.gather(
            world.pim.rules(access.group), already(world, access, link.person, link.user_name)
        )
    except IntegrationError:
        return forms.closed_form(forms.cannot_ask_entra())
    except RefusedError as no:
        return forms.closed_form(refusals.refused(no.refusal).title)
    return forms.activate_form(intent, access, rules, had)


async def chosen(world: World, arrival: Arrival, link: LinkRow, values: Mapping[str, str]) -> None:
    """Another access was chosen: redraw with what it requires, keeping what was typed."""
    filled = OpenForm(
        values.get(forms.ACCESS, ""),
        parse_typed(values.get(forms.LENGTH, "")),
        values.get(forms.TICKET, ""),
        values.get(forms.REASON, ""),
    )
    form = await _form(world, arrival, link, filled)
    await world.chat(arrival.account.chat).redraw_form(arrival.shown, form)


async def options(world: World, person: PersonId, typed: str) -> tuple[Option, ...]:
    """The accesses whose name contains what was typed."""
    wanted = typed.strip().casefold()
    mine = await eligible(world, person)
    return tuple(forms.option(a) for a in mine if wanted in a.name.casefold())[:MOST_OPTIONS]


async def read(
    world: World, person: PersonId | None, values: Mapping[str, str]
) -> Activate | FieldErrors:
    """The submitted form as an intent, or everything that is wrong, each at its field."""
    name = values.get(forms.ACCESS, "")
    if not name:
        return FieldErrors({forms.ACCESS: forms.choose_first()})
    typed = values.get(forms.LENGTH, "").strip()
    length = parse_typed(typed)
    ticket = visible(values.get(forms.TICKET, "")).strip()
    reason = visible(values.get(forms.REASON, "")).strip()
    errors = await _errors(world, person, name, Wish(length, reason, ticket))
    if typed and length is None:
        errors[forms.LENGTH] = forms.unreadable_length()
    return FieldErrors(errors) if errors else Activate(name, length, ticket=ticket, reason=reason)


async def _errors(world: World, person: PersonId | None, name: str, wish: Wish) -> dict[str, str]:
    """What asking will have against it, as far as Entra tells in time; asking looks anew."""
    until = asyncio.get_running_loop().time() + CHECK_SECONDS
    everything = await _in_time(until, catalog(world))
    if everything is None:
        return {}
    access = everything.named(name)
    if access is None or not_yet(access, grants=world.grantor is not None) is not None:
        return {forms.ACCESS: forms.not_offered(name)}
    rules, standing = await asyncio.gather(
        _in_time(until, world.pim.rules(access.group)),
        _in_time(until, _eligibilities(world, person, access)),
    )
    if rules is None:
        return {}
    now = world.clock.now()
    judgement = judge(wish, access, rules, now)
    problems = judgement.problems
    if standing is not None:
        problems += entitled(judgement.terms, standing, now, access.authority)
    if not problems and person is not None:
        return await _double(world, person, judgement.terms, until)
    told: dict[str, list[str]] = {}
    for found in problems:
        told.setdefault(forms.field_of(found), []).append(refusals.problem(found))
    return {field: " ".join(sentences) for field, sentences in told.items()}


async def _eligibilities(
    world: World, person: PersonId | None, access: Access
) -> tuple[Eligibility, ...] | None:
    return await eligibilities(world, person, access) if person else None


async def _double(world: World, person: PersonId, terms: Terms, until: float) -> dict[str, str]:
    """Whether they have it, or have asked for it, already."""
    try:
        await _in_time(until, refuse_double(world, person, terms))
    except RefusedError as no:
        return {forms.ACCESS: f"{refusals.refused(no.refusal).title}."}
    return {}


async def _in_time(until: float, asked: Awaitable[_Told]) -> _Told | None:
    """The answer, if it comes while the form can still be answered (`until` is the loop's time)."""
    try:
        async with asyncio.timeout_at(until):
            return await asked
    except (IntegrationError, TimeoutError):
        return None
