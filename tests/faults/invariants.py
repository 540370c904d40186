"""What else holds whatever goes wrong, besides :mod:`tests.handlers.invariants`.

By the names of the security reference: I4, I5, I8, I10 and I13 more strictly, L5, and at the end L1 to L4.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.domain.audit import What
from bot.domain.decision import Decision, Standing, human
from bot.domain.receipt import receipt_of, receipts_in
from bot.domain.request import APPROVAL_WAIT, OPEN, Request, State
from handlers.messages import ENDING, READY, SIGN_IN, STILL
from handlers.orphans import EVERY
from integrations.database import tables
from integrations.database.audit import audit_rows
from tests.fakes.messenger import Shown
from tests.faults import cast
from tests.faults.story import Story
from tests.handlers import invariants
from tests.handlers.cast import TEAM, TENANT

Row = Mapping[str, str]
ROUND = EVERY + timedelta(minutes=1)
_VERDICTS = {False: What.VERDICT, True: What.VERDICT_COUNTED}
"""What is recorded at the click: by whether the bot decides it itself."""
_OVER = {
    *(What.GRANTED, What.DENIED, What.WITHDRAWN, What.LAPSED, What.FAILED),
    What.REFUSED,
}
_OF_ONE_CLICK = {What.ASKED, What.DEACTIVATION_DECIDED, What.LOCKED, What.UNLOCKED, What.READ}


async def broken(story: Story) -> list[str]:
    """Every invariant that does not hold now, as a sentence.

    To be asked after each change of who may decide: who decided since is judged by what is true now.
    """
    rows = [row async for row in audit_rows(story.bot.database.engine)]
    requests: dict[str, Request] = {r.id: r for r in await story.bot.requests()}
    found = [
        f"{check.__name__}: {one}" for check in _CHECKS for one in check(rows, requests, story)
    ]
    found += [f"decisions_are_recorded: {one}" async for one in _recorded(story, rows, requests)]
    found += [f"orphans_are_told_of: {one}" async for one in _orphans(story, rows)]
    story.judged = len(rows)
    return await invariants.broken(story.bot) + found


def nobody_approved_themselves(
    rows: Sequence[Row], requests: Mapping[str, Request], _: Story
) -> Iterator[str]:
    """I4: by no account, in no chat; and only members of this tenant and team decide."""
    for row in rows:
        if row["what"] not in {What.VERDICT, What.VERDICT_COUNTED}:
            continue
        request = requests[row["request_id"]]
        assert request.person is not None
        if human(row["actor_oid"], cast.ALIASES) == human(request.person.oid, cast.ALIASES):
            yield f"{request.id} was decided by its own asker"


def only_members_act(rows: Sequence[Row], _: Mapping[str, Request], __: Story) -> Iterator[str]:
    """I4: nobody of another team or tenant has any effect."""
    for row in rows:
        team = json.loads(row["payload"]).get("chat_team", TEAM)
        if row["what"] != What.REFUSED and team not in {TEAM, TENANT}:
            yield f"somebody of {team} caused {row['what']}"


def only_the_entitled_decide(
    rows: Sequence[Row], requests: Mapping[str, Request], story: Story
) -> Iterator[str]:
    """I4: by what Entra and the access file say now, and not some minutes ago."""
    for row in rows[story.judged :]:
        request = requests.get(row["request_id"] or "")
        if request is None or row["what"] != _VERDICTS[request.decided_here]:
            continue
        if row["actor_oid"] not in story.entitled(request.terms.group):
            yield f"{request.id} was decided by {row['actor_oid']}, who may not"


def nothing_is_decided_late(
    rows: Sequence[Row], requests: Mapping[str, Request], _: Story
) -> Iterator[str]:
    """I5: not after the end, and here not after its time."""
    over: set[str] = set()
    since: dict[str, datetime] = {}
    for row in rows:
        request = requests.get(row["request_id"] or "")
        if request is None:
            continue
        at = datetime.fromisoformat(row["at"])
        if row["what"] == What.PENDING:
            since[request.id] = at
        if row["what"] == _VERDICTS[request.decided_here]:
            if request.id in over:
                yield f"{request.id} was decided after it was over"
            if request.decided_here and at - since[request.id] > APPROVAL_WAIT:
                yield f"{request.id} was decided after its time"
        if row["what"] in _OVER:
            over.add(request.id)


def each_click_counts_once(
    rows: Sequence[Row], _: Mapping[str, Request], story: Story
) -> Iterator[str]:
    """I10: however often, late or out of order it is delivered."""
    clicked = Counter(click.who.user for click in story.sent)
    caused: Counter[str] = Counter()
    for row in rows:
        said = json.loads(row["payload"])
        refused = row["what"] == What.REFUSED and "intent" in said.get("data", {})
        if row["what"] in _OF_ONE_CLICK or refused:
            caused[said["chat_user"]] += 1
    for who, count in caused.items():
        if count > clicked[who] + story.sign_ins:
            yield f"{who} did {clicked[who]} things, which had effect {count} times"


def nothing_is_called_granted_that_never_was(
    _: Sequence[Row], requests: Mapping[str, Request], story: Story
) -> Iterator[str]:
    """I6, at any moment."""
    granted = {asked.reference for asked in story.bot.pim.asked.values()}
    for message in (*story.bot.chat.messages, *story.teams.messages):
        about = message.about.subject if message.about else ""
        if about in requests and message.card.state == State.GRANTED and about not in granted:
            yield f"{about} is shown as granted and never was"


def each_receipt_is_in_the_record(
    rows: Sequence[Row], requests: Mapping[str, Request], story: Story
) -> Iterator[str]:
    """I8: a card that says how a request ended says by which row, and that row is there."""
    there = {receipt_of(int(r["seq"]), bytes.fromhex(r["row_hash"])): r for r in rows}
    for message in (*story.bot.chat.messages, *story.teams.messages):
        request = requests.get(message.about.subject if message.about else "")
        shown = receipts_in(repr(message.card))
        for receipt in shown:
            row = there.get(receipt)
            if row is None or request is None or row["request_id"] != request.id:
                yield f"{receipt} is on a card of {message.about}, and not in the record"
        ended = request is not None and message.card.state == request.state not in OPEN
        if ended and message.card.facts and not shown and _tells_the_end(message):
            yield f"the card of {message.about} has no receipt"


def _tells_the_end(message: Shown) -> bool:
    """Not so those that tell what comes afterwards, or that nothing is needed any more."""
    assert message.about is not None
    return message.about.topic not in {SIGN_IN, STILL, READY, ENDING}


_CHECKS = (
    each_receipt_is_in_the_record,
    nothing_is_called_granted_that_never_was,
    nobody_approved_themselves,
    only_members_act,
    only_the_entitled_decide,
    nothing_is_decided_late,
    each_click_counts_once,
)


async def _orphans(story: Story, rows: Sequence[Row]) -> AsyncIterator[str]:
    """L5: what is in force for longer than a round and was not asked for here is told of; only that is."""
    told = {
        (said["oid"], said["group"], said["starts"])
        for row in rows
        if row["what"] == What.ORPHAN
        for said in [json.loads(row["payload"])["data"]]
    }
    ours = {request.id for request in await story.bot.requests()}
    now = story.time.now()
    for asked in story.bot.pim.asked.values():
        starts = asked.request.starts_at
        this = (asked.person.oid, asked.terms.group, starts.isoformat() if starts else "")
        if asked.reference in ours and this in told:
            yield f"{asked.reference} was asked for here, and is told of as an orphan"
        long = starts is not None and now - starts > ROUND and asked.in_force(now)
        if asked.reference not in ours and long and story.bot.settled and this not in told:
            yield f"{asked.reference} is in force since {starts}, and nobody is told"


async def _recorded(
    story: Story, rows: Sequence[Row], requests: Mapping[str, Request]
) -> AsyncIterator[str]:
    """I13: no decision is kept that is not in the record."""
    said = {(r["request_id"], r["actor_oid"]) for r in rows if r["what"] in _VERDICTS.values()}
    for decision in await _decisions(story, requests):
        if (decision.request, decision.person.oid) not in said:
            yield f"that {decision.name} decided {decision.request} is not in the record"
        unheard = decision.standing is Standing.COUNTED
        if unheard and not _counted(rows, decision):
            yield f"that {decision.name}'s decision counted is not in the record"


async def _decisions(story: Story, requests: Mapping[str, Request]) -> list[Decision]:
    async with story.bot.world.store.begin() as tx:
        return [d for request in requests.values() for d in await tx.decisions(request.id)]


def _counted(rows: Sequence[Row], decision: Decision) -> bool:
    mine = (decision.request, decision.person.oid, What.VERDICT_COUNTED)
    return any((r["request_id"], r["actor_oid"], r["what"]) == mine for r in rows)


async def unfinished(story: Story) -> list[str]:
    """L1 to L4: what is not as it should be, a day after the last fault."""
    found = [f"L1: {r.id} is {r.state}" for r in await story.bot.requests() if r.state in OPEN]
    async with story.bot.database.engine.connect() as connection:
        jobs = (await connection.execute(select(tables.job))).all()
    found += [f"L3: {j.kind} {j.subject} was given up: {j.error}" for j in jobs if j.dead]
    now = story.time.now()
    for asked in story.bot.pim.asked.values():
        if asked.in_force(now):
            found.append(f"L4: {asked.reference} is still in force")
    return found


async def contradictions(story: Story) -> list[str]:
    """I6, once all is quiet: the store tells of each request what Entra holds; one message of each."""
    now = story.time.now()
    requests = {r.id: r for r in await story.bot.requests()}
    async with story.bot.world.store.begin() as tx:
        known = await tx.activations(list(requests))
    for asked in story.bot.pim.asked.values():
        request = requests.get(asked.reference)  # type: ignore[call-overload]
        if request is None:
            continue
        active = request.id in known and known[request.id].active
        if asked.in_force(now) and not active:
            return [f"{request.id} is live and we say {request.state}"]
        if active and not asked.in_force(now):
            return [f"{request.id} is over and we say that it is active"]
    standing = Counter(m.about for m in story.bot.chat.messages if m.about)
    return [f"{about} stands {count} times" for about, count in standing.items() if count > 1] + [
        f"{r.id} is granted and never was"
        for r in requests.values()
        if r.state is State.GRANTED
        and r.id not in {a.reference for a in story.bot.pim.asked.values()}
    ]
