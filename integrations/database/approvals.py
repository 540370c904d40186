"""Approvals: who was asked to decide a request, and what they decided."""

from collections.abc import Sequence

from sqlalchemy import bindparam, exists, or_, select

from bot.domain.access import Authority
from bot.domain.decision import Asked, Decision, Invitation, Standing, Verdict
from bot.domain.ids import PersonId, RequestId
from bot.domain.request import Request, State
from integrations.database import rows, tables
from integrations.database.inserts import put
from integrations.database.unit import Found, Unit

_i = tables.invitation.c
_d = tables.decision.c
_r = tables.request.c

_INVITATIONS = (
    select(tables.invitation)
    .where(_i.request_id == bindparam("request_id"))
    .order_by(_i.name, _i.oid)
)
_PUT_INVITATION = put(tables.invitation)
_WAITING_FOR = (
    select(tables.request)
    .join(tables.invitation, _i.request_id == _r.id)
    .where(
        _i.tenant == bindparam("tenant"),
        _i.oid == bindparam("oid"),
        _r.is_open,
        _r.state == State.AWAITING_APPROVAL.value,
        ~exists().where(
            _d.request_id == _r.id,
            _d.standing != Standing.VOID.value,
            or_(_r.authority == Authority.DELEGATED.value, _d.oid == _i.oid),
        ),
    )
    .order_by(_r.asked_at, _r.id)
)
_DECISIONS = (
    select(tables.decision)
    .where(_d.request_id == bindparam("request_id"))
    .order_by(_d.at, _d.human)
)
_OPEN_VOTES = (
    select(tables.decision)
    .join(tables.request, _r.id == _d.request_id)
    .where(
        _d.tenant == bindparam("tenant"),
        _d.oid == bindparam("oid"),
        _d.standing == Standing.COUNTED.value,
        _d.verdict == Verdict.APPROVE.value,
        _r.is_open,
        _r.authority == Authority.APPLICATION.value,
    )
    .order_by(_d.at, _d.request_id)
)
_PUT_DECISION = put(tables.decision)


class ApprovalRows:
    """The part of a transaction about approvals."""

    _unit: Unit

    async def invitations(self, request: RequestId) -> Sequence[Invitation]:
        """Who was asked to decide it, by name."""
        return await self._unit.all(_INVITATIONS, _invitation_of, request_id=request)

    async def save_invitation(self, invitation: Invitation) -> None:
        """Replaces the person's former one for this request."""
        await self._unit.write(_PUT_INVITATION, **_invitation_values(invitation))

    async def waiting_for(self, person: PersonId) -> Sequence[Request]:
        """What awaits an approval of this person, oldest first."""
        return await self._unit.all(_WAITING_FOR, rows.request_of, **rows.person_values(person))

    async def decisions(self, request: RequestId) -> Sequence[Decision]:
        """The first first."""
        return await self._unit.all(_DECISIONS, _decision_of, request_id=request)

    async def open_votes(self, person: PersonId) -> Sequence[Decision]:
        """The first first."""
        return await self._unit.all(_OPEN_VOTES, _decision_of, **rows.person_values(person))

    async def save_decision(self, decision: Decision) -> None:
        """Replaces the human's former one about this request."""
        await self._unit.write(_PUT_DECISION, **_decision_values(decision))


def _invitation_values(invitation: Invitation) -> rows.Values:
    account = invitation.account
    return {
        **rows.person_values(invitation.person),
        "request_id": invitation.request,
        "name": invitation.name,
        "chat": account and account.chat.value,
        "team": account and account.team,
        "chat_user": account and account.user,
        "invited_at": invitation.invited_at,
        "reminders": invitation.reminders,
        "asked": invitation.asked.value,
    }


def _invitation_of(row: Found) -> Invitation:
    return Invitation(
        request=RequestId(row.request_id),
        person=rows.person_of(row),
        name=row.name,
        account=rows.account_of(row) if row.chat else None,
        invited_at=row.invited_at,
        reminders=row.reminders,
        asked=Asked(row.asked),
    )


def _decision_values(decision: Decision) -> rows.Values:
    return {
        **rows.person_values(decision.person),
        **rows.account_values(decision.account),
        "request_id": decision.request,
        "human": decision.human,
        "name": decision.name,
        "verdict": decision.verdict.value,
        "reason": decision.reason,
        "at": decision.at,
        "standing": decision.standing.value,
        "why": decision.why,
        "proved_at": decision.proved_at,
        "challenges": decision.challenges,
    }


def _decision_of(row: Found) -> Decision:
    return Decision(
        request=RequestId(row.request_id),
        human=row.human,
        person=rows.person_of(row),
        account=rows.account_of(row),
        name=row.name,
        verdict=Verdict(row.verdict),
        reason=row.reason,
        at=row.at,
        standing=Standing(row.standing),
        why=row.why,
        proved_at=row.proved_at,
        challenges=row.challenges,
    )
