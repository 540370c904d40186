"""What is broken in the world now, compared with how it began, and mending all of it at once."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from playground.aws.facade import Aws
from playground.aws.scim import USUAL_DELAY
from playground.cast import ACCESS, PEOPLE
from playground.control.operations import Given, Operation
from playground.entra.facade import Entra
from playground.kernel.wire import Fault, Wire
from playground.slack.facade import Slack
from playground.slack.members import Changes

Right = tuple[str, str, bool]
"""Whose eligibility, for which group, and whether it ends."""
SYSTEMS = {"graph": "Graph", "login": "Sign-in", "slack": "Slack", "teams": "Teams", "aws": "AWS"}
KINDS = {
    "timeout": "no answer",
    "lost_answer": "no answer (carried out all the same)",
    "reset": "a closed connection",
}
NAMES = {a.group: a.name for a in ACCESS.values()} | {p.oid: p.name for p in PEOPLE.values()}


class Broken:
    """Remembers the world as it is when this is made, and compares."""

    def __init__(self, wire: Wire, slack: Slack, entra: Entra, aws: Aws) -> None:
        self._wire, self._slack, self._entra, self._aws = wire, slack, entra, aws
        self._members = self._members_now()
        self._policies = dict(entra.tenant.policies)
        self._enabled = {oid: user.enabled for oid, user in entra.tenant.users.items()}
        self._rights = self._rights_now()

    def operations(self) -> Sequence[Operation]:
        """The calls."""
        answers = '[a sentence for each thing that is broken or changed by hand, such as "…"]'
        return (
            Operation("GET", "/broken", "What is not as it was at the start.", answers, self._look),
            Operation(
                "POST",
                "/mend",
                "Take every fault away, and put policies, eligibilities, accounts, consent and "
                "provisioning back as they were. Activations stay.",
                "what is still broken: nothing",
                self._mend,
            ),
        )

    async def _look(self, given: Given) -> list[str]:
        del given
        return list(self._told())

    def _told(self) -> Iterator[str]:
        yield from map(_fault, self._wire.faults)
        yield from self._of_entra()
        for who, now in self._members_now().items():
            if now != self._members[who]:
                yield f"Slack: the account of {PEOPLE[who].name} is changed."
        scim = self._aws.scim.state()
        if scim["down"]:
            yield "AWS: provisioning is down."
        elif scim["delay_seconds"] != USUAL_DELAY.total_seconds():
            yield f"AWS: provisioning takes {scim['delay_seconds'] / 60:g} minutes."

    def _of_entra(self) -> Iterator[str]:
        tenant = self._entra.tenant
        if tenant.consent_missing:
            yield "Entra: the administrator's consent for the bot is gone."
        for (group, relationship), policy in tenant.policies.items():
            if policy != self._policies[group, relationship]:
                yield f"Entra: the PIM policy of {NAMES.get(group, group)} is changed."
        for oid, user in tenant.users.items():
            if user.enabled != self._enabled.get(oid, True):
                yield f"Entra: the account of {NAMES.get(oid, oid)} is disabled."
        for oid, group, _ in sorted({(o, g, False) for o, g, _ in self._changed_rights()}):
            yield f"Entra: {NAMES[oid]}'s eligibility for {NAMES[group]} is changed."

    async def _mend(self, given: Given) -> list[str]:
        self._wire.faults.clear()
        tenant = self._entra.tenant
        tenant.consent_missing = False
        tenant.policies.update(self._policies)
        for oid, enabled in self._enabled.items():
            tenant.users[oid] = replace(tenant.users[oid], enabled=enabled)
        for oid, group, _ in self._changed_rights():
            where = {"oid": oid, "group": group}
            self._entra.operate("ineligible", where)
            if (oid, group, False) in self._rights:
                self._entra.operate("eligible", where)
        for who, before in self._members.items():
            if before != self._members_now()[who]:
                await self._slack.change_account(who, before)
        minutes = int(USUAL_DELAY.total_seconds()) // 60
        self._aws.operate_scim({"down": False, "delay": f"PT{minutes}M"})
        return await self._look(given)

    def _members_now(self) -> dict[str, Changes]:
        known = ((who, self._slack.workspace.account(who)) for who in PEOPLE)
        return {who: Changes(a.deleted, a.guest, a.email) for who, a in known if a}

    def _rights_now(self) -> frozenset[Right]:
        found = self._entra.tenant.eligibilities.values()
        return frozenset((e.principal, e.group, e.end is not None) for e in found)

    def _changed_rights(self) -> frozenset[Right]:
        return self._rights ^ self._rights_now()


def _fault(fault: Fault) -> str:
    how = f"answer {fault.status}" if fault.kind == "status" else KINDS.get(fault.kind, fault.kind)
    where = f" to {fault.match.pattern}" if fault.match.pattern else ""
    what = (
        f"the next {fault.times} calls{where} get"
        if fault.times > 1
        else f"the next call{where} gets"
    )
    return f"{SYSTEMS.get(fault.system, fault.system)}: {what} {how}."
