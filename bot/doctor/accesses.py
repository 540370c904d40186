"""The rounds through the enterprise applications, the accesses, and the person of `--user`."""

import asyncio
from collections.abc import Awaitable, Sequence

from bot.doctor.findings import Finding
from bot.doctor.rules import apps, groups, people
from bot.doctor.rules.sight import blocked, unseen
from bot.doctor.seen import App, Blind, EntraUser, look
from bot.doctor.shared import Case, Center, SeenApps, Systems
from bot.domain.access import Access, Authority
from bot.domain.ids import GroupId
from bot.domain.policy import PimRules

Findings = Sequence[Finding]
AT_ONCE = 8
"""How many accesses are looked at together: Graph slows down whoever asks for much at once."""
OPENED = ("aws.assignment", "aws.session")
OF_AN_ACCESS = ("pim.group", "pim.policy", "pim.eligible", "app.assignment", *OPENED)


async def look_at_apps(
    systems: Systems, case: Case, seen: Awaitable[SeenApps], at: Awaitable[Center]
) -> Findings:
    """Every AWS enterprise application."""
    found, center = await seen, await at
    if found.lost and found.lost != apps.FOUND:
        return (blocked(apps.FOUND, found.lost),)
    if isinstance(found.apps, Blind):
        return (unseen(apps.FOUND, found.apps),)
    several = await asyncio.gather(
        *(_look_at_app(systems, case, app, found, center) for app in found.apps)
    )
    return [apps.found(found.apps), *(one for of_one in several for one in of_one)]


async def _look_at_app(
    systems: Systems, case: Case, app: App, found: SeenApps, center: Center
) -> Findings:
    findings = [apps.enabled(app), apps.sso(app), apps.certificate(app, case.now)]
    if not app.identity_center:
        return findings
    policies = await look(systems.entra.claims_policies(app.id), case.seconds)
    return [
        *findings,
        apps.identifier(app, center),
        apps.reply_url(app, center),
        apps.name_id(app, policies),
        apps.provisioning(app, found.jobs[app.id], case.now),
    ]


async def look_at_accesses(
    systems: Systems, case: Case, seen: Awaitable[SeenApps], at: Awaitable[Center]
) -> Findings:
    """Every access: those of the access file, else every group of the AWS applications."""
    found, center = await seen, await at
    if found.lost:
        return [blocked(check, found.lost) for check in OF_AN_ACCESS]
    turns = asyncio.Semaphore(AT_ONCE)

    async def in_turn(access: Access) -> Findings:
        async with turns:
            return await _look_at_access(systems, case, access, found, center)

    several = await asyncio.gather(*map(in_turn, _accesses(case, found)))
    return [one for of_one in several for one in of_one]


def _accesses(case: Case, found: SeenApps) -> Sequence[Access]:
    if case.catalog is not None:
        return case.catalog.accesses
    named = {group: name for app in found.known for group, name in app.groups}
    return [Access(name, GroupId(group)) for group, name in named.items()]


async def _look_at_access(
    systems: Systems, case: Case, access: Access, found: SeenApps, center: Center
) -> Findings:
    reading, name = systems.entra, access.name
    group, rules, count, assigned = await asyncio.gather(
        look(reading.group(access.group), case.seconds),
        look(reading.rules(access.group), case.seconds),
        look(reading.eligible(access.group), case.seconds),
        _assigned(systems, case, access, found),
    )
    findings = [groups.group(name, group), groups.policy(name, rules)]
    if access.authority is Authority.DELEGATED:
        findings.append(groups.eligible(name, count))
    findings.append(groups.assigned(name, assigned))
    scim = found.has_scim(access.group)
    if scim is None:
        findings += [blocked(check, "scim.job", name) for check in OPENED]
    elif scim:
        findings += await _opened(systems, case, access, rules, center)
    return findings


async def _assigned(
    systems: Systems, case: Case, access: Access, found: SeenApps
) -> Sequence[str] | Blind:
    if of_aws := found.apps_of(access.group):
        return [app.name for app in of_aws]
    return await look(systems.entra.other_apps(access.group), case.seconds)


async def _opened(
    systems: Systems, case: Case, access: Access, rules: PimRules | Blind | None, center: Center
) -> Findings:
    if systems.aws is None or center.instance is None:
        return [blocked(check, center.finding.check, access.name) for check in OPENED]
    openings = await look(systems.aws.opened_by(access.group), case.seconds)
    if isinstance(openings, Blind):
        return [unseen(check, openings, access.name) for check in OPENED]
    judged = groups.opens(access.name, openings)
    if not openings:
        return (judged,)
    return judged, groups.sessions(access.name, openings, rules)


async def look_at_person(
    systems: Systems, case: Case, seen: Awaitable[SeenApps], at: Awaitable[Center]
) -> Findings:
    """The person that was named, if any."""
    found, center, name = await seen, await at, case.user
    if not name:
        return ()
    if found.lost:
        return (blocked(people.ENTRA, found.lost, name),)
    person = await look(systems.entra.user(name), case.seconds)
    findings = [people.in_entra(name, person)]
    if not isinstance(person, EntraUser):
        return findings
    if systems.aws is None or center.instance is None:
        return [*findings, blocked(people.AWS, center.finding.check, name)]
    user = await look(systems.aws.user(center.instance, person), case.seconds)
    findings.append(people.in_aws(person, user))
    if isinstance(user, Blind):
        return [*findings, blocked(people.STANDING, people.AWS, person.user_name)]
    if user is None:
        return findings
    # By the name AWS has: under another one nothing would be found, which is not the same as none.
    openings = await look(systems.aws.standing(user.name), case.seconds)
    return [*findings, people.standing(person, openings)]
