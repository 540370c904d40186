"""Rows to the product's values and back; no SQL, and nothing is decided here."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from bot.domain.access import Authority
from bot.domain.activation import Activation, End
from bot.domain.ids import ActivationId, Chat, ChatAccount, GroupId, PersonId, PimId, RequestId
from bot.domain.policy import Terms
from bot.domain.request import Request, State
from bot.messaging import Posted
from bot.ports import KeptToken
from bot.store import HomeRow, Job, JobKind, LinkRow, LockRow, NewJob, Place, Posting, SignInRow
from integrations.database.unit import Found

Values = Mapping[str, object]
_NOWHERE = Posted(Chat.SLACK, "", "")


def account_values(account: ChatAccount) -> dict[str, object]:
    """The three columns that name a chat account."""
    return {"chat": account.chat.value, "team": account.team, "chat_user": account.user}


def account_of(row: Found) -> ChatAccount:
    """The chat account a row names."""
    return ChatAccount(Chat(row.chat), row.team, row.chat_user)


def person_values(person: PersonId | None) -> dict[str, object]:
    """The two columns that name a person; NULL for nobody yet."""
    return {"tenant": person and person.tenant, "oid": person and person.oid}


def person_of(row: Found) -> PersonId:
    """The person a row names."""
    return PersonId(row.tenant, row.oid)


def request_values(request: Request) -> Values:
    """A request as columns; `duration` in seconds."""
    terms = request.terms
    return {
        **account_values(request.asker),
        **person_values(request.person),
        "id": request.id,
        "access": terms.access,
        "group_id": terms.group,
        "duration": int(terms.duration.total_seconds()),
        "reason": terms.reason,
        "ticket": terms.ticket,
        "starts_at": terms.starts_at,
        "state": request.state.value,
        "is_open": request.state.open,
        "asked_at": request.asked_at,
        "expires_at": request.expires_at,
        "pim": request.pim,
        "why": request.why,
        "claims": request.claims,
        "tried_at": request.tried_at,
        "version": request.version,
        "challenges": request.challenges,
        "authority": request.authority.value,
        "proved_at": request.proved_at,
    }


def named_of(row: Found) -> tuple[PersonId, str]:
    """A person and what they are called."""
    return person_of(row), row.user_name


def request_of(row: Found) -> Request:
    """The request of a row."""
    return Request(
        id=RequestId(row.id),
        asker=account_of(row),
        terms=Terms(
            access=row.access,
            group=GroupId(row.group_id),
            duration=timedelta(seconds=row.duration),
            reason=row.reason,
            ticket=row.ticket,
            starts_at=row.starts_at,
        ),
        state=State(row.state),
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        person=None if row.oid is None else person_of(row),
        pim=None if row.pim is None else PimId(row.pim),
        why=row.why,
        claims=row.claims,
        tried_at=row.tried_at,
        version=row.version,
        challenges=row.challenges,
        authority=Authority(row.authority),
        proved_at=row.proved_at,
    )


def activation_values(activation: Activation) -> Values:
    """An activation as columns."""
    return {
        **person_values(activation.person),
        "id": activation.id,
        "request_id": activation.request,
        "group_id": activation.group,
        "access": activation.access,
        "started_at": activation.started_at,
        "ends_at": activation.ends_at,
        "ended_at": activation.ended_at,
        "ended_how": activation.end and activation.end.value,
        "aws_seen_at": activation.aws_seen_at,
        "aws_gone_at": activation.aws_gone_at,
        "changed_at": activation.changed_at,
        "ending_at": activation.ending_at,
        "version": activation.version,
        "authority": activation.authority.value,
    }


def activation_of(row: Found) -> Activation:
    """The activation of a row."""
    return Activation(
        id=ActivationId(row.id),
        request=None if row.request_id is None else RequestId(row.request_id),
        person=person_of(row),
        group=GroupId(row.group_id),
        access=row.access,
        started_at=row.started_at,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        end=None if row.ended_how is None else End(row.ended_how),
        aws_seen_at=row.aws_seen_at,
        aws_gone_at=row.aws_gone_at,
        changed_at=row.changed_at,
        ending_at=row.ending_at,
        version=row.version,
        authority=Authority(row.authority),
    )


def link_values(row: LinkRow) -> Values:
    """A link as columns."""
    return {
        **account_values(row.account),
        **person_values(row.person),
        "user_name": row.user_name,
        "linked_at": row.linked_at,
        "checked_at": None,
        "used_at": row.linked_at,
    }


def link_of(row: Found) -> LinkRow:
    """The link of a row."""
    return LinkRow(account_of(row), person_of(row), row.user_name, row.linked_at)


def token_values(token: KeptToken) -> Values:
    """A sealed token as columns."""
    return {**person_values(token.person), "key_id": token.key_id, "sealed": token.sealed}


def token_of(row: Found) -> KeptToken:
    """The sealed token of a row."""
    return KeptToken(person_of(row), row.key_id, row.sealed)


def counted_of(row: Found) -> tuple[str, int]:
    """A key's id and how many tokens rest under it."""
    return row.key_id, row.kept


def lock_values(lock: LockRow) -> Values:
    """A lock as columns; its admin is of the same tenant."""
    return {
        **person_values(lock.person),
        "locked_at": lock.locked_at,
        "by_oid": lock.by.oid,
        "reason": lock.reason,
    }


def lock_of(row: Found) -> LockRow:
    """The lock of a row."""
    return LockRow(person_of(row), row.locked_at, PersonId(row.tenant, row.by_oid), row.reason)


def sign_in_values(row: SignInRow) -> Values:
    """A sign-in link as columns; no state yet is NULL, because a state is unique."""
    return {
        **account_values(row.account),
        "key": row.key,
        "intent": row.then,
        "claims": row.claims,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "state_key": row.state_key or None,
        "flow": row.flow,
        "browser": row.browser,
        "confirmed_at": row.confirmed_at,
        "used_at": row.used_at,
        "fresh": row.fresh,
    }


def sign_in_of(row: Found) -> SignInRow:
    """The sign-in link of a row."""
    return SignInRow(
        key=row.key,
        account=account_of(row),
        then=row.intent,
        claims=row.claims,
        created_at=row.created_at,
        expires_at=row.expires_at,
        state_key=row.state_key or "",
        flow=row.flow,
        browser=row.browser,
        confirmed_at=row.confirmed_at,
        used_at=row.used_at,
        fresh=row.fresh,
    )


def posting_values(posting: Posting) -> Values:
    """A posting as columns; none yet is an empty one, because older code knows no NULL there."""
    posted = posting.posted or _NOWHERE
    return {
        "subject": posting.subject,
        "topic": posting.topic,
        "chat": posted.chat.value,
        "channel": posted.channel,
        "message": posted.message,
        "shown": posting.shown,
        "begun_at": posting.begun_at,
    }


def posting_of(row: Found) -> Posting:
    """The posting of a row."""
    posted = Posted(Chat(row.chat), row.channel, row.message) if row.message else None
    return Posting(row.subject, row.topic, posted, row.shown, row.begun_at)


def home_values(row: HomeRow) -> Values:
    """Somebody's tab as columns."""
    return {**account_values(row.account), "opened_at": row.opened_at, "shown": row.shown}


def home_of(row: Found) -> HomeRow:
    """The tab of a row."""
    return HomeRow(account_of(row), row.opened_at, row.shown)


def place_values(place: Place) -> Values:
    """A place as columns."""
    return {**asdict(place), "chat": place.chat.value}


def place_of(row: Found) -> Place:
    """The place of a row."""
    return Place(
        Chat(row.chat), row.team, row.key, row.conversation, row.address, row.oid, row.zone
    )


def job_of(row: Found) -> Job:
    """The claimed job of a row."""
    return Job(
        id=row.id,
        kind=JobKind(row.kind),
        subject=row.subject,
        payload=row.payload,
        owner=row.owner,
        attempts=row.attempts,
        created_at=row.created_at,
        key=row.key,
    )


def job_values(job: NewJob, now: datetime) -> Values:
    """A job nobody has claimed yet as columns."""
    return {
        "kind": job.kind.value,
        "key": job.key or f"{job.kind.value}:{job.subject}",
        "subject": job.subject,
        "payload": job.payload,
        "run_at": job.run_at,
        "attempts": 0,
        "dead": False,
        "error": "",
        "created_at": now,
    }
