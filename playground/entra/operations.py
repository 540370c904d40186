"""What the control interface can do to the tenant: an administrator's or a person's own doing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, get_args

from playground.cast import ACCESS, PEOPLE
from playground.entra.forced import CODES, RULES, refusal
from playground.entra.pim import Pim
from playground.entra.pim_rules import PENDING
from playground.entra.pim_shapes import request_shape
from playground.entra.policy import Policy, Relationship
from playground.entra.refusals import GraphError
from playground.entra.sign_in_refusals import NUMBERS
from playground.entra.state import Actor, Expiration, MemberType, Order, Request, User
from playground.entra.times import parse_duration, parse_time

Args = dict[str, Any]
WHERE = '"who" (or "oid") and "access" (or "group")'
PORTAL = "azure-portal"

HELP = {
    "eligible": f'{WHERE}, optional "end" (ISO time): may activate the access from now on; optional '
    '"through_group" (true: as a member of an eligible group), "relationship" ("member" or "owner")',
    "ineligible": f"{WHERE}: may not any more; what was activated from it ends",
    "member": f'{WHERE}: put into the group by hand; "group" also takes a group\'s name',
    "remove_member": f"{WHERE}: take out who was put in by hand",
    "disable": '"who" (or "oid"): disable the account',
    "enable": '"who" (or "oid"): enable it again',
    "policy": '"access" (or "group"), and any of "max" (PT4H), "admin_max", "justification", '
    '"ticket", "mfa", "approver_justification" (true or false), "acrs" ("c1" or null), '
    '"approvers" (a list of people; empty: no approval)',
    "activate": f'{WHERE}, optional "duration" (PT1H), "justification", "ticket", "start" '
    "(ISO time): selfActivate in the portal",
    "deactivate": f"{WHERE}: selfDeactivate in the portal",
    "approve": f"{WHERE}: approve in the portal as that person what waits for the access; optional "
    '"for" (whose request), "justification"',
    "deny": "as approve",
    "cancel": f"{WHERE}: cancel in the portal, as that person, what they asked for and what waits",
    "refuse": '"code": the next change sent to PIM over Graph is refused with it; optional "rules" '
    '(a list, for RoleAssignmentRequestPolicyValidationFailed), "wrapped" (true: the error is JSON '
    f"inside an UnknownError). Codes: {', '.join(CODES)}. Rules: {', '.join(RULES)}",
    "status": f'{WHERE}, "word": PIM now says this word (Failed, or one that nobody knows) of the '
    "newest request of that person for the access, whatever has come of it",
    "consent": '"missing" (true or false): whether the administrator\'s consent is gone; optional '
    '"scope": of this one permission only',
    "refuse_sign_in": '"who" (or "oid"), "number" (such as 53003, of AADSTS53003; null: not any '
    "more): sign-ins and refreshes are refused with it",
    "leave": '"who" (or "oid"): delete the account',
    "guest": '"who" (or "oid"): make the account a guest\'s',
}
ALLOWED = {
    "eligible": {"end", "through_group", "relationship"},
    "policy": {
        "max",
        "admin_max",
        "justification",
        "ticket",
        "mfa",
        "acrs",
        "approvers",
        "approver_justification",
    },
    "activate": {"duration", "justification", "ticket", "start"},
    "approve": {"for", "justification"},
    "deny": {"for", "justification"},
    "refuse": {"code", "rules", "wrapped"},
    "status": {"word"},
    "consent": {"missing", "scope"},
    "refuse_sign_in": {"number"},
}
PLACES = {"who", "oid", "access", "group"}


@dataclass
class Operations:
    """Carries out one operation at a time; a malformed one is a ValueError that says what to fix."""

    pim: Pim

    def operate(self, op: str, args: Args) -> Args:
        """What came of it; PIM's own refusal is a result: {"refused": {"code", "message"}}."""
        deeds: dict[str, Callable[[Args], Args]] = {
            "eligible": self._eligible,
            "ineligible": self._ineligible,
            "member": self._member,
            "remove_member": self._remove_member,
            "disable": lambda args: self._changed_user(args, lambda u: replace(u, enabled=False)),
            "enable": lambda args: self._changed_user(args, lambda u: replace(u, enabled=True)),
            "policy": self._policy,
            "activate": self._activate,
            "deactivate": self._deactivate,
            "approve": lambda args: self._decide(args, approve=True),
            "deny": lambda args: self._decide(args, approve=False),
            "cancel": self._cancel,
            "refuse": self._refuse,
            "status": self._status,
            "consent": self._consent,
            "refuse_sign_in": self._refuse_sign_in,
            "leave": self._leave,
            "guest": lambda args: self._changed_user(args, lambda u: replace(u, guest=True)),
        }
        if op not in deeds:
            raise _malformed(f"there is no op {op!r}; there are {', '.join(deeds)}")
        if unknown := args.keys() - PLACES - ALLOWED.get(op, set()):
            raise _malformed(
                f"{op} does not take {', '.join(sorted(unknown))}; it takes {HELP[op]}"
            )
        try:
            return deeds[op](args)
        except GraphError as refused:
            return {"refused": {"code": refused.code, "message": refused.message}}

    def _eligible(self, args: Args) -> Args:
        end = parse_time(_text(args, "end")) if "end" in args else None
        relationship = _text(args, "relationship", "member")
        if relationship not in get_args(Relationship):
            raise _malformed('"relationship" is member or owner')
        access: Relationship = "owner" if relationship == "owner" else "member"
        through_group = "through_group" in args and _flag(args, "through_group")
        through: MemberType = "group" if through_group else "direct"
        self.pim.make_eligible(self._oid(args), self._pim_group(args), end, access, through)
        return {}

    def _ineligible(self, args: Args) -> Args:
        self.pim.end_eligibility(self._oid(args), self._pim_group(args))
        return {}

    def _member(self, args: Args) -> Args:
        self.pim.tenant.add_member(self._group(args), self._oid(args))
        return {}

    def _remove_member(self, args: Args) -> Args:
        self.pim.tenant.remove_member(self._group(args), self._oid(args))
        return {}

    def _changed_user(self, args: Args, change: Callable[[User], User]) -> Args:
        users, oid = self.pim.tenant.users, self._oid(args)
        users[oid] = change(users[oid])
        return {}

    def _leave(self, args: Args) -> Args:
        del self.pim.tenant.users[self._oid(args)]
        return {}

    def _policy(self, args: Args) -> Args:
        policies = self.pim.tenant.policies
        group = self._pim_group(args)
        changed = self._changed(policies[group, "member"], args)
        if changed.mfa and changed.acrs:
            raise _malformed("mfa and acrs exclude each other (MfaAndAcrsConflict)")
        policies[group, "member"] = changed
        return {}

    def _changed(self, policy: Policy, args: Args) -> Policy:
        new: Args = {}
        for name in ("max", "admin_max"):
            if name in args:
                new[name] = parse_duration(_text(args, name))
        for name in ("justification", "ticket", "mfa", "approver_justification"):
            if name in args:
                new[name] = _flag(args, name)
        if "acrs" in args:
            new["acrs"] = None if args["acrs"] is None else _text(args, "acrs")
        if "approvers" in args:
            if not isinstance(args["approvers"], list):
                raise _malformed('"approvers" must be a list of people')
            new["approvers"] = tuple(self._oid_of(name) for name in args["approvers"])
            new["approval"] = bool(args["approvers"])
        return replace(policy, **new)

    def _activate(self, args: Args) -> Args:
        oid, group = self._oid(args), self._pim_group(args)
        start = parse_time(_text(args, "start")) if "start" in args else None
        length: timedelta = parse_duration(_text(args, "duration", "PT1H"))
        order = Order(
            action="selfActivate",
            principal=oid,
            group=group,
            justification=_text(args, "justification", "In the portal"),
            ticket_number=_text(args, "ticket", ""),
            start=start,
            expiration=Expiration("afterDuration", duration=length),
        )
        return request_shape(self.pim.submit(order, self._in_the_portal(oid, group)))

    def _deactivate(self, args: Args) -> Args:
        oid, group = self._oid(args), self._pim_group(args)
        order = Order(action="selfDeactivate", principal=oid, group=group)
        return request_shape(self.pim.submit(order, self._in_the_portal(oid, group)))

    def _decide(self, args: Args, *, approve: bool) -> Args:
        oid, group = self._oid(args), self._pim_group(args)
        request = self._waiting(group, args)
        justification = _text(args, "justification", "In the portal")
        actor = self._in_the_portal(oid, group)
        self.pim.decide(request.id, request.id, actor, approve=approve, justification=justification)
        return request_shape(request)

    def _waiting(self, group: str, args: Args) -> Request:
        whose = self._oid_of(_text(args, "for")) if "for" in args else None
        return self._one_waiting(group, whose)

    def _cancel(self, args: Args) -> Args:
        oid, group = self._oid(args), self._pim_group(args)
        request = self._one_waiting(group, oid)
        self.pim.cancel(request.id, self._in_the_portal(oid, group))
        return request_shape(request)

    def _one_waiting(self, group: str, whose: str | None) -> Request:
        found = [
            r
            for r in self.pim.tenant.requests.values()
            if r.status == PENDING and r.order.group == group and whose in (None, r.order.principal)
        ]
        if len(found) != 1:
            raise _malformed(f'{len(found)} requests wait for it; say "for" to choose one')
        return found[0]

    def _refuse(self, args: Args) -> Args:
        code, rules = _text(args, "code"), args.get("rules", [])
        if code not in CODES:
            raise _malformed(f"there is no refusal {code!r}; there are {', '.join(CODES)}")
        if not isinstance(rules, list) or not set(rules) <= set(RULES):
            raise _malformed(f'"rules" must be a list of {", ".join(RULES)}')
        wrapped = "wrapped" in args and _flag(args, "wrapped")
        self.pim.tenant.refusals.append(refusal(code, rules, wrapped=wrapped))
        return {}

    def _status(self, args: Args) -> Args:
        where = (self._oid(args), self._pim_group(args))
        requests = self.pim.tenant.requests.values()
        mine = [r for r in requests if (r.order.principal, r.order.group) == where]
        if not mine:
            raise _malformed("that person has no request for it")
        mine[-1].status = _text(args, "word")
        return request_shape(mine[-1])

    def _consent(self, args: Args) -> Args:
        missing, tenant = _flag(args, "missing"), self.pim.tenant
        if "scope" not in args:
            tenant.consent_missing = missing
        elif missing:
            tenant.consent_withdrawn.add(_text(args, "scope"))
        else:
            tenant.consent_withdrawn.discard(_text(args, "scope"))
        return {}

    def _refuse_sign_in(self, args: Args) -> Args:
        number, refused = args.get("number"), self.pim.tenant.sign_in_refused
        if number is None:
            refused.pop(self._oid(args), None)
        elif number in NUMBERS:
            refused[self._oid(args)] = number
        else:
            raise _malformed(f'"number" must be one of {sorted(NUMBERS)}, or null')
        return {}

    def _in_the_portal(self, oid: str, group: str) -> Actor:
        """The portal asks for whatever the policy demands of the sign-in."""
        acrs = self.pim.tenant.policies[group, "member"].acrs
        contexts = frozenset({acrs} if acrs else ())
        return Actor(PORTAL, oid, mfa=True, acrs=contexts, cp1=True)

    def _oid(self, args: Args) -> str:
        return self._oid_of(_text(args, "oid" if "oid" in args else "who"))

    def _oid_of(self, name: object) -> str:
        oid = PEOPLE[name].oid if isinstance(name, str) and name in PEOPLE else name
        if oid not in self.pim.tenant.users:
            raise _malformed(f"nobody in the tenant is {name!r}")
        return str(oid)

    def _group(self, args: Args) -> str:
        name = _text(args, "group" if "group" in args else "access")
        if name in ACCESS:
            return ACCESS[name].group
        for group in self.pim.tenant.groups.values():
            if name in (group.id, group.name):
                return group.id
        raise _malformed(f"there is no group or access {name!r}")

    def _pim_group(self, args: Args) -> str:
        group = self._group(args)
        if (group, "member") not in self.pim.tenant.policies:
            raise _malformed(f"PIM does not know the group {group}")
        return group


def _malformed(says: str) -> ValueError:
    return ValueError(f"Malformed operation: {says}.")


def _text(args: Args, name: str, default: str | None = None) -> str:
    value = args.get(name, default)
    if not isinstance(value, str):
        raise _malformed(f'"{name}" must be given as text')
    return value


def _flag(args: Args, name: str) -> bool:
    value = args.get(name)
    if not isinstance(value, bool):
        raise _malformed(f'"{name}" must be true or false')
    return value
