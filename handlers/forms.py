"""The form: opened within the chat's seconds, filled from PIM, checked at the field."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.cards import FieldErrors, Form, Option
from bot.domain.access import Access
from bot.domain.durations import parse_typed
from bot.domain.ids import PersonId
from bot.domain.policy import Judgement, Wish, judge
from bot.domain.refusals import RefusedError
from bot.intents import Activate, OpenForm
from bot.ports import IntegrationError
from bot.store import LinkRow
from bot.wording import forms, refusals
from handlers.activate import not_yet
from handlers.arrivals import Arrival
from handlers.context import World, catalog
from handlers.who import check

MOST_OPTIONS = 100
CHECK_SECONDS = 1.5
"""A submission must be answered within the chat's three seconds, whatever Entra does."""
ELIGIBLE_LASTS = timedelta(seconds=30)


async def eligible(world: World, person: PersonId) -> Sequence[Access]:
    """What the person may activate here, for choosing among; asking itself looks anew."""
    return await world.memory.of(
        ("eligible", person), ELIGIBLE_LASTS, lambda: _eligible(world, person)
    )


async def _eligible(world: World, person: PersonId) -> Sequence[Access]:
    everything, held = await asyncio.gather(catalog(world), world.pim.eligibilities(person))
    groups = {e.group for e in held}
    return [a for a in everything.accesses if a.group in groups and not_yet(a) is None]


async def open_form(world: World, arrival: Arrival, link: LinkRow, intent: OpenForm) -> None:
    """Show a form at once (the trigger lasts seconds), then what it can offer this person."""
    messenger = world.messengers[arrival.account.chat]
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
        rules = await world.pim.rules(access.group) if access else None
    except IntegrationError:
        return forms.closed_form(forms.cannot_ask_entra())
    except RefusedError as no:
        return forms.closed_form(refusals.refused(no.refusal).title)
    return forms.activate_form(intent, access, rules)


async def chosen(world: World, arrival: Arrival, link: LinkRow, values: Mapping[str, str]) -> None:
    """Another access was chosen: redraw with what it requires, keeping what was typed."""
    filled = OpenForm(
        values.get(forms.ACCESS, ""),
        parse_typed(values.get(forms.LENGTH, "")),
        values.get(forms.TICKET, ""),
        values.get(forms.REASON, ""),
    )
    form = await _form(world, arrival, link, filled)
    await world.messengers[arrival.account.chat].redraw_form(arrival.shown, form)


async def options(world: World, person: PersonId, typed: str) -> tuple[Option, ...]:
    """The accesses whose name contains what was typed."""
    wanted = typed.strip().casefold()
    mine = await eligible(world, person)
    return tuple(forms.option(a) for a in mine if wanted in a.name.casefold())[:MOST_OPTIONS]


async def read(world: World, values: Mapping[str, str]) -> Activate | FieldErrors:
    """The submitted form as an intent, or what is wrong at which field."""
    name = values.get(forms.ACCESS, "")
    if not name:
        return FieldErrors({forms.ACCESS: forms.choose_first()})
    typed = values.get(forms.LENGTH, "").strip()
    length = parse_typed(typed)
    if typed and length is None:
        return FieldErrors({forms.LENGTH: forms.unreadable_length()})
    ticket, reason = values.get(forms.TICKET, ""), values.get(forms.REASON, "")
    wish = Wish(length, reason, ticket)
    judgement = await _judged(world, name, wish)
    if judgement is not None and judgement.problems:
        return FieldErrors({forms.field_of(p): refusals.problem(p) for p in judgement.problems})
    return Activate(name, length, ticket=ticket.strip(), reason=reason.strip())


async def _judged(world: World, name: str, wish: Wish) -> Judgement | None:
    """The same judgement that asking will make; None when Entra is too slow to make it here."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            access = (await catalog(world)).named(name)
            if access is None:
                return None
            rules = await world.pim.rules(access.group)
    except (IntegrationError, TimeoutError):
        return None
    return judge(wish, access, rules, world.clock.now())
