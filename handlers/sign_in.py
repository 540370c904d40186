"""The sign-in in the browser: look, confirm, come back; then the link is made and work goes on."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.cards import Page
from bot.domain.audit import Event, What
from bot.domain.durations import words
from bot.domain.ids import ChatAccount
from bot.domain.refusals import Locked, RefusedError
from bot.domain.request import State
from bot.domain.sign_in import ADMIN_WAIT, NEEDS_ADMIN, NO_AUTH_TIME, NOT_FRESH, is_fresh
from bot.intents import Confirm, Decide, Proceed, decode, encode
from bot.messaging import ChatProfile
from bot.ports import DirectoryUser, SignedIn, SignInRefusedError
from bot.store import JobKind, LinkRow, NewJob, SignInRow, Transaction
from bot.wording import pages
from handlers.context import World
from handlers.matters import knows_of
from handlers.proof import PROVED, confirms
from handlers.relinked import moved
from handlers.reply import Reply
from handlers.sign_in_links import digest
from handlers.steps import draw_homes, next_steps
from handlers.tokens import sealed_of
from handlers.who import check, may_act, same_person

GOES_ON = timedelta(minutes=10)
"""How long Confirm leads to the same address again; that is held in memory only."""
_log = structlog.get_logger()


async def look(world: World, secret: str) -> Page:
    """The page behind a link."""
    row = await waited_for(world, secret)
    if isinstance(row, Page):
        return row
    profile = await world.chat(row.account.chat).profile(row.account)
    return pages.confirm(
        profile.name, row.account.chat, decode(row.then), await _purpose(world, row)
    )


async def _row(world: World, secret: str) -> SignInRow | Page:
    """The link's row while it can be used, else the page that says why it cannot."""
    async with world.store.begin() as tx:
        row = await tx.sign_in(digest(secret))
    if row is None:
        return pages.unknown_link()
    if row.used_at is not None:
        return pages.used_link()
    if row.expires_at <= world.clock.now():
        return pages.stale_link()
    if row.account.chat not in world.messengers:
        return pages.chat_gone()
    return row


async def waited_for(world: World, secret: str) -> SignInRow | Page:
    """The link's row, unless it cannot be used or nothing waits for it any more."""
    row = await _row(world, secret)
    if isinstance(row, Page) or await _purpose(world, row) != pages.no_longer():
        return row
    return pages.nothing_waits()


async def _purpose(world: World, row: SignInRow) -> str:
    """What the sign-in is for, in words, when it is for a request."""
    intent = decode(row.then)
    if not isinstance(intent, Proceed | Decide):
        return ""
    async with world.store.begin() as tx:
        request = await tx.request(intent.request)
        link = await tx.link(row.account)
    if isinstance(intent, Decide):
        # A request's id can be sent from anywhere: it tells nothing to who was not asked.
        person = link.person if link else None
        told = request and await knows_of(world, request, row.account, person)
        return pages.decision(intent.verdict, request.terms) if request and told else ""
    if request is None or request.state is not State.AWAITING_SIGN_IN:
        return pages.no_longer()
    return pages.activation(request.terms.access, words(request.terms.duration))


async def confirm(world: World, secret: str, browser: str) -> str | Page:
    """Where the flow goes on; raises ConflictError for a used link."""
    row = await waited_for(world, secret)
    if isinstance(row, Page):
        return row
    key = ("begun", row.key, digest(browser))
    if row.flow is None or not hmac.compare_digest(row.browser, digest(browser)):
        world.memory.forget(key)
    # Pressed twice, or in two tabs: both go the same way, and whichever comes back first counts.
    return await world.memory.of(key, GOES_ON, lambda: _begin(world, row, browser))


async def _begin(world: World, row: SignInRow, browser: str) -> str:
    state = secrets.token_urlsafe(32)
    back = f"{world.public_url}/auth/callback"
    fresh = await takes_a_fresh_one(world, row)
    flow = await world.sign_in.start(back, state, row.claims, fresh=fresh)
    confirmed = replace(
        row,
        # The address has the state in it, of which only a digest is kept.
        flow={name: value for name, value in flow.items() if name != "auth_uri"},
        state_key=digest(state),
        browser=digest(browser),
        confirmed_at=world.clock.now(),
        fresh=fresh,
    )
    async with world.store.begin() as tx:
        await tx.save_sign_in(confirmed)
    return str(flow["auth_uri"])


async def takes_a_fresh_one(world: World, row: SignInRow) -> bool:
    """Whether an earlier sign-in at Entra will not do for what the link is for."""
    intent = decode(row.then)
    if not isinstance(intent, Proceed | Confirm | Decide):
        return False
    async with world.store.begin() as tx:
        request = await tx.request(intent.request)
    return request is not None and confirms(world, request.terms.group)


async def finish(world: World, query: Mapping[str, str], browser: str) -> Page:
    """What comes of an answer of Entra's; raises what `accepted` raises."""
    row = await _returning(world, query, browser)
    if isinstance(row, Page):
        return row
    try:
        signed_in = await world.sign_in.finish(row.flow or {}, query)
    except SignInRefusedError as refused:
        return await _refused(world, row, refused)
    if row.fresh and not is_fresh(signed_in.proved_at, world.real_now()):
        code = NOT_FRESH if signed_in.proved_at else NO_AUTH_TIME
        return await _refused(world, row, SignInRefusedError(code, ""))
    return await accepted(world, row, signed_in)


async def accepted(world: World, row: SignInRow, signed_in: SignedIn) -> Page:
    """Link who has signed in, when the directory agrees, and go on; or say why not.

    Raises RefusedError for whom the chat or an admin keeps out, ConflictError for a used link.
    """
    try:
        actor = await check(world, row.account)
        await _unlocked(world, signed_in)
    except RefusedError as no:
        is_locked = isinstance(no.refusal, Locked)
        why = "locked" if is_locked else "not_a_member"
        await _record_refusal(world, row.account, signed_in, why)
        raise
    user = await world.directory.user(signed_in.person.oid)
    if user is None or not may_act(user):
        await _record_refusal(world, row.account, signed_in, "no account that may act")
        return pages.not_a_member()
    if not _agree(actor.profile, user, actor.link, signed_in):
        await _record_refusal(world, row.account, signed_in, "accounts do not agree")
        return pages.other_person(user.user_name, actor.profile.name)
    await _link(world, row, signed_in, user)
    return pages.signed_in(user.user_name, await _purpose(world, row))


async def _unlocked(world: World, signed_in: SignedIn) -> None:
    """Raises RefusedError for somebody who was locked out, whatever chat account they come from."""
    async with world.store.begin() as tx:
        lock = await tx.lock(signed_in.person)
    if lock is not None:
        raise RefusedError(Locked(lock.locked_at))


async def _returning(world: World, query: Mapping[str, str], browser: str) -> SignInRow | Page:
    async with world.store.begin() as tx:
        row = await tx.sign_in_by_state(digest(query.get("state", "")))
    if row is None:
        return pages.unknown_answer()
    if row.used_at is not None:
        return pages.used_link()
    if row.expires_at <= world.clock.now():
        return pages.stale_link()
    if not browser or not hmac.compare_digest(row.browser, digest(browser)):
        return pages.other_browser()
    return row


async def _refused(world: World, row: SignInRow, refused: SignInRefusedError) -> Page:
    """Entra said no: the link begins anew, and waits longer where an administrator has to act."""
    _log.info("sign_in_refused", code=refused.code)
    fresh = replace(row, flow=None, state_key="", browser="", confirmed_at=None)
    until = None
    async with world.store.begin() as tx:
        if refused.code in NEEDS_ADMIN:
            until = max(row.expires_at, await _waits_longer(world, tx, row, refused.code))
            fresh = replace(fresh, expires_at=until)
        await tx.save_sign_in(fresh)
    return pages.refused(refused.code, until)


async def _waits_longer(world: World, tx: Transaction, row: SignInRow, code: str) -> datetime:
    """Until when what the link is for waits now; its card says what has to happen."""
    intent = decode(row.then)
    request = await tx.request(intent.request) if isinstance(intent, Proceed) else None
    if request is None:
        return row.created_at + ADMIN_WAIT
    if request.state is not State.AWAITING_SIGN_IN:
        return row.expires_at
    after = request.waits_longer(code)
    if replace(after, version=request.version) != request:
        await tx.save_request(after)
        await next_steps(tx, after, world.clock.now())
    return after.expires_at


def _agree(
    profile: ChatProfile, user: DirectoryUser, link: LinkRow | None, signed_in: SignedIn
) -> bool:
    """Whether it is the linked person again, or one whom the directory lets be linked."""
    linked = link is None or link.person == signed_in.person
    return linked and same_person(profile, user)


async def _record_refusal(
    world: World, account: ChatAccount, signed_in: SignedIn, why: str
) -> None:
    async with world.store.begin() as tx:
        tx.record(
            Event(
                What.SIGN_IN_REFUSED,
                actor=signed_in.person,
                account=account,
                data={"why": why},
            )
        )


async def _link(world: World, row: SignInRow, signed_in: SignedIn, user: DirectoryUser) -> None:
    """Link, keep what may be kept, and cause what was waiting, in one transaction."""
    now = world.clock.now()
    sealed = sealed_of(world, signed_in)
    # With claims it was asked for one thing, and is what must be sent for it.
    world.tokens.put(signed_in.token, None if sealed and not row.claims else decode(row.then))
    async with world.store.begin() as tx:
        known = await tx.link(row.account)
        await tx.save_sign_in(replace(row, used_at=now, flow=None))
        await tx.save_link(LinkRow(row.account, signed_in.person, user.user_name, now))
        if known is None:
            await moved(tx, world, signed_in.person, row.account)
            data = {"user_name": user.user_name}
            event = Event(What.LINKED, actor=signed_in.person, account=row.account, data=data)
            tx.record(event)
        if sealed is not None:
            await tx.keep_token(sealed)
        await draw_homes(tx, now, row.account)
        for then in await _waiting(tx, row, everything=sealed is not None):
            payload = {**Reply(row.account).payload, "intent": then}
            if row.fresh and then == row.then and signed_in.proved_at:
                payload[PROVED] = signed_in.proved_at.isoformat()
            await tx.add_job(
                NewJob(JobKind.INTENT, row.key, now, f"then:{row.key}:{then}", payload)
            )


async def _waiting(tx: Transaction, row: SignInRow, *, everything: bool) -> list[str]:
    """What goes on now: what the link was for, and with a kept token all else that waits."""
    then = [row.then]
    if everything:
        open_ones = await tx.open_requests_of(row.account)
        then += [encode(Proceed(r.id)) for r in open_ones if r.state is State.AWAITING_SIGN_IN]
    return list(dict.fromkeys(then))
