"""The sign-in in the browser: look, confirm, come back; then the link is made and work goes on."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import replace

import structlog

from bot.cards import Page
from bot.domain.audit import Event, What
from bot.domain.durations import words
from bot.domain.ids import ChatAccount
from bot.domain.refusals import RefusedError
from bot.domain.request import State
from bot.intents import Proceed, decode, encode
from bot.ports import ChatProfile, DirectoryUser, IntegrationError, SignedIn, SignInRefusedError
from bot.store import ConflictError, JobKind, LinkRow, NewJob, SignInRow, Transaction
from bot.wording import pages
from handlers.activate import may_act
from handlers.context import World
from handlers.reply import Reply
from handlers.sign_in_links import digest
from handlers.tokens import sealed_of
from handlers.who import check, same_person

_log = structlog.get_logger()


class SignInPages:
    """What the web pages call; implements :class:`handlers.arrivals.SignInDesk`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def look(self, secret: str) -> Page:
        """The page behind a link; nothing is changed, since link previews come here too."""
        try:
            return await _look(self._world, secret)
        except IntegrationError as failed:
            return pages.not_answering(failed.system)

    async def confirm(self, secret: str, browser: str) -> str | Page:
        """Begin the flow, bound to this browser, and answer where it goes on."""
        try:
            return await _confirm(self._world, secret, browser)
        except IntegrationError as failed:
            return pages.not_answering(failed.system)
        except ConflictError:
            return pages.used_link()

    async def finish(self, query: Mapping[str, str], browser: str) -> Page:
        """Redeem Entra's answer; link the accounts, when the directory agrees, and go on."""
        try:
            return await _finish(self._world, query, browser)
        except SignInRefusedError as refused:
            _log.info("sign_in_refused", code=refused.code)
            return pages.refused(refused.code)
        except RefusedError:
            return pages.not_a_member()
        except IntegrationError as failed:
            return pages.not_answering(failed.system)
        except ConflictError:
            return pages.used_link()


async def _look(world: World, secret: str) -> Page:
    row = await _row(world, secret)
    if isinstance(row, Page):
        return row
    profile = await world.messengers[row.account.chat].profile(row.account)
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
    return row


async def _purpose(world: World, row: SignInRow) -> str:
    """What the sign-in is for, in words, when it is for a request."""
    intent = decode(row.then)
    if not isinstance(intent, Proceed):
        return ""
    async with world.store.begin() as tx:
        request = await tx.request(intent.request)
    if request is None or request.state is not State.AWAITING_SIGN_IN:
        return pages.no_longer()
    return pages.activation(request.terms.access, words(request.terms.duration))


async def _confirm(world: World, secret: str, browser: str) -> str | Page:
    row = await _row(world, secret)
    if isinstance(row, Page):
        return row
    state = secrets.token_urlsafe(32)
    flow = await world.sign_in.start(f"{world.public_url}/auth/callback", state, row.claims)
    confirmed = replace(
        row,
        flow=flow,
        state_key=digest(state),
        browser=digest(browser),
        confirmed_at=world.clock.now(),
    )
    async with world.store.begin() as tx:
        await tx.save_sign_in(confirmed)
    return str(flow["auth_uri"])


async def _finish(world: World, query: Mapping[str, str], browser: str) -> Page:
    row = await _returning(world, query, browser)
    if isinstance(row, Page):
        return row
    signed_in = await world.sign_in.finish(row.flow or {}, query)
    try:
        actor = await check(world, row.account)
    except RefusedError:
        await _record_refusal(world, row.account, signed_in, "not a member of the chat")
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


async def _returning(world: World, query: Mapping[str, str], browser: str) -> SignInRow | Page:
    async with world.store.begin() as tx:
        row = await tx.sign_in_by_state(digest(query.get("state", "")))
    if row is None:
        return pages.unknown_link()
    if row.used_at is not None:
        return pages.used_link()
    if row.expires_at <= world.clock.now():
        return pages.stale_link()
    if not browser or not hmac.compare_digest(row.browser, digest(browser)):
        return pages.other_browser()
    return row


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
    world.tokens.put(signed_in.token, None if sealed else decode(row.then))
    async with world.store.begin() as tx:
        known = await tx.link(row.account)
        await tx.save_sign_in(replace(row, used_at=now, flow=None))
        await tx.save_link(LinkRow(row.account, signed_in.person, user.user_name, now))
        if known is None:
            data = {"user_name": user.user_name}
            event = Event(What.LINKED, actor=signed_in.person, account=row.account, data=data)
            tx.record(event)
        if sealed is not None:
            await tx.keep_token(sealed)
        for then in await _waiting(tx, row, everything=sealed is not None):
            payload = {**Reply(row.account).payload, "intent": then}
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
