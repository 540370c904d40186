"""What the control interface can do to the tenant: an administrator's or a person's own doing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from playground.cast import ACCESS, PEOPLE
from playground.entra.pim import Pim
from playground.entra.pim_rules import PENDING
from playground.entra.pim_shapes import request_shape
from playground.entra.policy import Policy
from playground.entra.refusals import GraphError
from playground.entra.state import Actor, Expiration, Order, Request
from playground.entra.times import parse_duration, parse_time

Args = dict[str, Any]
WHERE = '"who" (or "oid") and "access" (or "group")'
PORTAL = "azure-portal"

HELP = {
    "eligible": f'{WHERE}, optional "end" (ISO time): may activate the access from now on',
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
    "consent": '"missing" (true or false): whether the administrator\'s consent is gone',
}
ALLOWED = {
    "eligible": {"end"},
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
    "consent": {"missing"},
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
            "disable": lambda args: self._enabled(args, enabled=False),
            "enable": lambda args: self._enabled(args, enabled=True),
            "policy": self._policy,
            "activate": self._activate,
            "deactivate": self._deactivate,
            "approve": lambda args: self._decide(args, approve=True),
            "deny": lambda args: self._decide(args, approve=False),
            "consent": self._consent,
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
        self.pim.make_eligible(self._oid(args), self._pim_group(args), end)
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

    def _enabled(self, args: Args, *, enabled: bool) -> Args:
        users, oid = self.pim.tenant.users, self._oid(args)
        users[oid] = replace(users[oid], enabled=enabled)
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
        found = [
            r
            for r in self.pim.tenant.requests.values()
            if r.status == PENDING and r.order.group == group and whose in (None, r.order.principal)
        ]
        if len(found) != 1:
            raise _malformed(f'{len(found)} requests wait for it; say "for" to choose one')
        return found[0]

    def _consent(self, args: Args) -> Args:
        self.pim.tenant.consent_missing = _flag(args, "missing")
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
