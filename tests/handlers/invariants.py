"""What holds whatever was done, judged by the store, the chat and the fake authority alone."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import cast

from bot.cards import Card
from bot.domain.audit import What
from bot.domain.decision import human
from bot.domain.request import OPEN, Request, State
from integrations.database.audit import Verified, audit_rows, verify
from integrations.database.witnesses import Witnesses
from tests.fakes.messenger import FakeMessenger, Shown
from tests.fakes.pim import Asked
from tests.fakes.sign_in import CANARY
from tests.handlers.harness import Bot

_RECORDED = {
    State.GRANTED: {What.GRANTED},
    State.DENIED: {What.DENIED},
    State.WITHDRAWN: {What.WITHDRAWN},
    State.LAPSED: {What.LAPSED},
    State.REFUSED: {What.REFUSED},
    State.FAILED: {What.FAILED},
    State.UNKNOWN: {What.UNKNOWN},
    State.AWAITING_APPROVAL: {What.PENDING},
    State.AWAITING_CONFIRMATION: {What.STILL_NEEDED},
    State.SCHEDULED: {What.SCHEDULED},
}
_NO = {State.DENIED, State.WITHDRAWN, State.LAPSED, State.REFUSED, State.FAILED}
MOST_NOTIFICATIONS = 4
_TOKEN = re.compile(rf"{CANARY}-[a-z]+-[0-9]+".encode())


@dataclass(frozen=True)
class Evidence:
    """Everything the invariants are judged by. `events` are the audit rows of each request."""

    bot: Bot
    requests: Sequence[Request]
    events: Mapping[str, Sequence[Mapping[str, str]]]

    def effects(self, reference: str) -> list[Asked]:
        """What PIM has because of a request."""
        return [asked for asked in self.bot.pim.asked.values() if asked.reference == reference]

    def shown(self, reference: str) -> list[Card]:
        """The messages that people still see about a request."""
        return [m.card for m in self.posts if m.card.state and _says(m.card, reference)]

    @property
    def posts(self) -> list[Shown]:
        """Every message that stands, in any chat."""
        return [m for chat in self.chats for m in chat.messages if not m.private]

    @property
    def chats(self) -> list[FakeMessenger]:
        """Every chat there is."""
        return [cast(FakeMessenger, chat) for chat in self.bot.world.messengers.values()]


def _says(card: Card, reference: str) -> bool:
    return reference in repr(card)


async def broken(bot: Bot) -> list[str]:
    """Every invariant that does not hold, as a sentence."""
    events: dict[str, list[Mapping[str, str]]] = {}
    async for row in audit_rows(bot.database.engine):
        events.setdefault(row["request_id"] or "", []).append(row)
    evidence = Evidence(bot, await bot.requests(), events)
    found = [f"{check.__name__}: {one}" for check in CHECKS for one in check(evidence)]
    return found + [one async for one in _chain(bot)]


def secrets_in(what: bytes) -> list[str]:
    """The tokens of people that stand in it."""
    return sorted({found.decode() for found in _TOKEN.findall(what)})


def no_secret_is_kept_or_told(evidence: Evidence) -> Iterator[str]:
    """I9: no token in clear in the database or in a message, no sign-in link in the database."""
    told = [m for chat in evidence.chats for m in chat.messages]
    yield from (f"{one} is in a message" for one in secrets_in(repr(told).encode()))
    links = {b.url.rpartition("/")[2].encode() for m in told for b in m.card.buttons if b.url}
    file = Path(evidence.bot.database.engine.url.database or "")
    for part in file.parent.glob(f"{file.name}*"):
        kept = part.read_bytes()
        yield from (f"{one} is in {part.name}" for one in secrets_in(kept))
        yield from (f"a link is in {part.name}" for one in links if len(one) > 20 and one in kept)


async def _chain(bot: Bot) -> AsyncIterator[str]:
    """I8: the record is whole, as far as it was ever committed."""
    found = await verify(bot.database.engine, Witnesses(bot.database.history.known))
    if not isinstance(found, Verified):
        yield f"the record is broken: {found}"


def decided_before_it_was_sent(evidence: Evidence) -> Iterator[str]:
    """I1, I13: a decision is committed before each activation that reaches the authority."""
    known = {request.id: request for request in evidence.requests}
    sent = Counter[str]()
    for post in evidence.bot.pim.posts:
        sent[post.reference] += 1
        if post.decided < sent[post.reference]:
            yield f"{post.reference} was sent {sent[post.reference]} times, decided {post.decided}"
        request = next((r for i, r in known.items() if i == post.reference), None)
        if request is None:
            yield f"{post.reference} was sent without a request"
        elif (request.person, request.terms) != (post.person, post.terms):
            yield f"{post.reference} was sent as somebody else or with other terms"
        elif request.decided_here is not (post.secret == ""):
            yield f"{post.reference} was sent with the wrong credential"
        elif What.ASKED not in _whats(evidence, post.reference):
            yield f"{post.reference} was never asked for"


def enough_people_approved(evidence: Evidence) -> Iterator[str]:
    """I4: what the grantor assigned, so many different humans approved before, and not the asker."""
    catalog = evidence.bot.world.policy.catalog
    aliases = catalog.aliases if catalog else ()
    for request in evidence.requests:
        if not (request.decided_here and request.person and evidence.effects(request.id)):
            continue
        access = catalog.of_group(request.terms.group) if catalog else None
        rows = evidence.events.get(request.id, ())
        yeses = {
            human(str(row["actor_oid"]), aliases)
            for row in rows
            if row["what"] == What.VERDICT_COUNTED and '"approve"' in row["payload"]
        } - {human(request.person.oid, aliases)}
        if access and len(yeses) < access.approvals_required:
            yield f"{request.id} was assigned with {len(yeses)} approvals"


def at_most_one_effect(evidence: Evidence) -> Iterator[str]:
    """I2: at most one effect per request."""
    for reference, count in Counter(a.reference for a in evidence.bot.pim.asked.values()).items():
        if count > 1:
            yield f"{reference} had {count} effects"


def at_most_one_open(evidence: Evidence) -> Iterator[str]:
    """I3: at most one open request per person and group, and per unlinked account and group."""
    waiting = Counter(
        (r.person or r.asker, r.terms.group) for r in evidence.requests if r.state in OPEN
    )
    for who, count in waiting.items():
        if count > 1:
            yield f"{who} has {count} open requests"


def final_is_final(evidence: Evidence) -> Iterator[str]:
    """I5: no transition out of a final state, and terms never change."""
    for versions in evidence.bot.history.values():
        for before, after in pairwise(versions):
            if before.state not in OPEN:
                yield f"{before.id} was {before.state} and became {after.state}"
            if (before.terms, before.asker) != (after.terms, after.asker):
                yield f"{before.id} was changed from {before.terms} to {after.terms}"
            if before.person not in {None, after.person}:
                yield f"{before.id} changed hands"


def nothing_too_long(evidence: Evidence) -> Iterator[str]:
    """I7: what was granted ends, and no later than every maximum allows."""
    catalog = evidence.bot.world.policy.catalog
    for asked in evidence.bot.pim.asked.values():
        access = catalog.of_group(asked.terms.group) if catalog else None
        rules = evidence.bot.pim.policies[asked.terms.group]
        start, end = asked.request.starts_at, asked.request.ends_at
        for most in (access and access.max, rules.max):
            if start and (end is None or (most and end - start > most)):
                yield f"{asked.reference} lasts from {start} to {end}"


def every_outcome_is_recorded(evidence: Evidence) -> Iterator[str]:
    """I13: each state that is an answer has its line in the record."""
    for request in evidence.requests:
        wanted = _RECORDED.get(request.state)
        if wanted and not wanted & _whats(evidence, request.id):
            yield f"{request.id} is {request.state} and the record does not say so"


def no_message_contradicts_the_authority(evidence: Evidence) -> Iterator[str]:
    """I6: nothing is shown as refused that is live, nothing as granted that never was."""
    if not evidence.bot.settled:
        return
    now = evidence.bot.pim.clock.now()
    for request in evidence.requests:
        effects = evidence.effects(request.id)
        live = any(a.in_force(now) for a in effects)
        for card in evidence.shown(request.id):
            if live and State(str(card.state)) in _NO:
                yield f"{request.id} is shown as {card.state} and is live"
            if card.state == State.GRANTED and not effects:
                yield f"{request.id} is shown as granted and never was"
            if not live and card.title == f"{request.terms.access} is active":
                yield f"{request.id} is shown as active and is over"


def every_message_shows_how_it_stands(evidence: Evidence) -> Iterator[str]:
    """L2: once nothing is due, every message about a request shows its state."""
    if not evidence.bot.settled:
        return
    for request in evidence.requests:
        for card in evidence.shown(request.id):
            if card.state != request.state:
                yield f"{request.id} is {request.state} and a message says {card.state}"


def few_notifications(evidence: Evidence) -> Iterator[str]:
    """At most four messages notify anybody of one request."""
    posted = Counter(
        (request.id, m.account)
        for request in evidence.requests
        for m in evidence.posts
        if m.card.state and _says(m.card, request.id)
    )
    for (reference, who), count in posted.items():
        if count > MOST_NOTIFICATIONS:
            yield f"{reference} notified {who} {count} times"


def _whats(evidence: Evidence, reference: str) -> set[What]:
    return {What(row["what"]) for row in evidence.events.get(reference, ())}


CHECKS = (
    decided_before_it_was_sent,
    enough_people_approved,
    at_most_one_effect,
    at_most_one_open,
    final_is_final,
    nothing_too_long,
    every_outcome_is_recorded,
    no_message_contradicts_the_authority,
    every_message_shows_how_it_stands,
    few_notifications,
    no_secret_is_kept_or_told,
)
