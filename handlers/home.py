"""The bot's own tab, drawn for those who have opened it: never in the way of anything else."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from bot.cards import Button, Home, Item
from bot.domain.access import Access
from bot.domain.activation import Activation
from bot.domain.aws import Opens
from bot.domain.ids import ChatAccount
from bot.domain.policy import longest
from bot.domain.refusals import RefusedError
from bot.domain.request import Request
from bot.intents import Link, Proceed
from bot.ports import IntegrationError
from bot.store import HomeRow, Job, LinkRow, RequestFilter
from bot.wording import home as wording
from bot.wording.answers import Decisions
from bot.wording.refusals import refused
from handlers.context import World, access_of
from handlers.forms import eligible
from handlers.held import look
from handlers.opens import what_opens
from handlers.reading import entries_of
from handlers.reply import Reply
from handlers.sign_in_links import mint
from handlers.who import check
from handlers.worker import LaterError

LAST = 5
"""How many decisions the tab shows."""
LOOK_SECONDS = 5.0
"""Real seconds that Entra and AWS are waited for; then the tab says what is known without them."""
AGAIN = timedelta(minutes=2)
PATIENCE = timedelta(minutes=10)
"""A tab drawn without Entra is drawn once more after a while, for so long; later, when it is opened."""

_SIGN_IN = "sign-in:"
_log = structlog.get_logger()


async def draw(world: World, job: Job) -> None:
    """Bring one tab to what it should show; whatever is missing of it heals with the next."""
    account = Reply.of(job).account
    async with world.store.begin() as tx:
        row = await tx.home(account)
        link = await tx.link(account)
    if row is not None:
        try:
            complete = await _bring(world, row, link)
        except IntegrationError as failed:
            if not failed.permanent:
                raise
            # The app has no Home tab, say: nobody is waiting for it.
            _log.warning("home_lost", system=failed.system, detail=failed.detail)
            complete = True
        if not complete and world.clock.now() - job.created_at < PATIENCE:
            raise LaterError(world.clock.now() + AGAIN)
    async with world.store.begin(done=job):
        pass


async def _bring(world: World, row: HomeRow, link: LinkRow | None) -> bool:
    """Show it, unless the same stands there already; whether everything was known."""
    content, waiting, complete = await _content(world, row.account, link)
    shown = hashlib.sha256(repr(content).encode()).hexdigest()[:32]
    if shown == row.shown:
        return complete
    content = await _with_links(world, row.account, content, waiting)
    content = replace(content, footer=(wording.as_of(world.clock.now()), *content.footer))
    await world.chat(row.account.chat).show_home(row.account, content)
    async with world.store.begin() as tx:
        await tx.save_home(replace(row, shown=shown))
    return complete


async def _content(
    world: World, account: ChatAccount, link: LinkRow | None
) -> tuple[Home, Sequence[Request], bool]:
    try:
        await check(world, account)
    except RefusedError as no:
        return wording.not_for_you(refused(no.refusal)), (), True
    if link is None:
        return wording.not_linked(_SIGN_IN), (), True
    mine = await _mine(world, link)
    complete = mine.sure and mine.offers is not None
    return wording.home(mine), mine.waiting, complete


async def _mine(world: World, link: LinkRow) -> wording.Mine:
    seen = await _seen(world, link)
    async with world.store.begin() as tx:
        active = await tx.active(link.person)
        waiting = await tx.open_requests(link.person)
        last = await entries_of(tx, RequestFilter(link.person, limit=LAST))
        lived = await tx.activations([one.id for one in last if isinstance(one, Request)])
    return wording.Mine(
        link.user_name,
        waiting,
        [(activation, seen.opens.get(activation.access)) for activation in active],
        seen.offers,
        Decisions(last, lived, {link.person: link.user_name}, everybody=False),
        sure=seen.sure,
    )


@dataclass
class _Seen:
    """What was read outside, as far as it answered in time."""

    sure: bool
    offers: list[wording.Offer] | None
    opens: dict[str, Opens]


async def _seen(world: World, link: LinkRow) -> _Seen:
    seen = _Seen(sure=False, offers=None, opens={})
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            active = (await look(world, link.person)).active
            seen.sure = True
            await _look_at(world, link, active, seen)
    except (IntegrationError, TimeoutError):
        pass  # the tab says so
    return seen


async def _look_at(world: World, link: LinkRow, active: Sequence[Activation], seen: _Seen) -> None:
    mine = await eligible(world, link.person)
    seen.offers = list(await asyncio.gather(*(_offer(world, access) for access in mine)))
    for activation in active:
        access = await access_of(world, activation.group, activation.access)
        seen.opens[activation.access] = await what_opens(world, access, link.user_name)


async def _offer(world: World, access: Access) -> wording.Offer:
    rules = await world.pim.rules(access.group)
    return wording.Offer(access.name, longest(access, rules), rules)


async def _with_links(
    world: World, account: ChatAccount, content: Home, waiting: Sequence[Request]
) -> Home:
    """With a fresh link wherever a sign-in is offered; only its digest is kept."""
    requests = {wording.sign_in_url(request): request for request in waiting}

    async def linked(button: Button) -> Button:
        if button.url == _SIGN_IN:
            return replace(button, url=await mint(world, account, Link()))
        request = requests.get(button.url or "")
        if request is None:
            return button
        then = Proceed(request.id)
        url = await mint(world, account, then, request.claims, request.expires_at)
        return replace(button, url=url)

    async def whole(item: Item) -> Item:
        return replace(item, buttons=tuple([await linked(button) for button in item.buttons]))

    sections = [
        replace(section, items=tuple([await whole(item) for item in section.items]))
        for section in content.sections
    ]
    return replace(content, sections=tuple(sections))
