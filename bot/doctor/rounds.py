"""The examination: what is asked of whom, at once where nothing depends on it, and in which order it is told."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from bot.doctor.accesses import look_at_accesses, look_at_apps, look_at_person
from bot.doctor.findings import Finding
from bot.doctor.needs import AWS_ACTIONS
from bot.doctor.rules import aws, entra, grantor, settings, slack, teams
from bot.doctor.rules.apps import FOUND
from bot.doctor.rules.sight import blocked
from bot.doctor.seen import Blind, Why, look
from bot.doctor.shared import Case, Center, SeenApps, Systems
from bot.domain.access import Authority, Catalog

Findings = Sequence[Finding]
Roles = Awaitable[frozenset[str] | Blind]


async def examine(systems: Systems, case: Case, tell: Callable[[Finding], None]) -> Findings:
    """Every finding, in a fixed order; `tell` hears each as soon as those before it are known.

    Everything only reads, and every question has its own time.
    """
    roles = asyncio.ensure_future(look(systems.entra.roles(), case.seconds))
    center = asyncio.ensure_future(_center(systems, case))
    seen = asyncio.ensure_future(_seen_apps(systems, case, roles))
    parts = [
        asyncio.ensure_future(part)
        for part in (
            _settings(systems, case),
            _slack(systems, case),
            _teams(systems, case),
            _registration(systems, case, roles),
            _grantor(systems, case),
            _aws(systems, case, center, seen),
            look_at_apps(systems, case, seen, center),
            look_at_accesses(systems, case, seen, center),
            look_at_person(systems, case, seen, center),
        )
    ]
    findings: list[Finding] = []
    for part in parts:
        for finding in await part:
            tell(finding)
            findings.append(finding)
    return findings


async def _settings(systems: Systems, case: Case) -> Findings:
    told, catalog = case.told, case.catalog or Catalog()
    database, tokens, skew = await asyncio.gather(
        look(systems.database(), case.seconds),
        look(systems.tokens(), case.seconds),
        look(systems.entra.skew(), case.seconds),
    )
    return (
        settings.token_keys(told, tokens),
        settings.public_url(told),
        settings.database(database),
        settings.access_file(told, len(catalog.accesses), len(catalog.admins)),
        settings.clock(skew),
    )


async def _slack(systems: Systems, case: Case) -> Findings:
    if systems.slack is None:
        return ()
    workspace = await look(systems.slack.workspace(), case.seconds)
    socket = None
    if case.told.socket_mode:
        socket = await look(systems.slack.socket(), case.seconds)
    return slack.slack(case.told, workspace, socket)


async def _teams(systems: Systems, case: Case) -> Findings:
    if systems.teams is None:
        return ()
    token, keys = await asyncio.gather(
        look(systems.teams.token(), case.seconds), look(systems.teams.keys(), case.seconds)
    )
    return teams.teams(case.told, token, keys)


async def _registration(systems: Systems, case: Case, roles: Roles) -> Findings:
    reading, standing = systems.entra, await roles
    findings = entra.standing(standing)
    if isinstance(standing, Blind):
        later = (entra.CONSENT, entra.REDIRECT, entra.LICENCE)
        return *findings, *(blocked(check, entra.TOKEN) for check in later)
    consented, registered, plans = await asyncio.gather(
        look(reading.consented(), case.seconds),
        look(reading.redirect_uris(), case.seconds),
        look(reading.licences(), case.seconds),
    )
    return (
        *findings,
        entra.consent(consented, case.asked),
        entra.redirect_uri(registered, case.redirect_uri),
        entra.licence(plans),
    )


async def _grantor(systems: Systems, case: Case) -> Findings:
    accesses = case.catalog.accesses if case.catalog else ()
    needing = [a.name for a in accesses if a.authority is Authority.APPLICATION]
    roles = await look(systems.grantor(), case.seconds) if systems.grantor else None
    return grantor.standing(roles, needing)


async def _center(systems: Systems, case: Case) -> Center:
    """The instance everything in AWS hangs on."""
    if systems.aws is None:
        return Center(aws.no_region())
    instances, management = await asyncio.gather(
        look(systems.aws.instances(), case.seconds), look(systems.aws.management(), case.seconds)
    )
    return Center(*aws.chosen(instances, management))


async def _seen_apps(systems: Systems, case: Case, roles: Roles) -> SeenApps:
    reading, standing = systems.entra, await roles
    if isinstance(standing, Blind):
        return SeenApps(standing, {}, lost=entra.TOKEN)
    found = await look(reading.apps(), case.seconds)
    if isinstance(found, Blind):
        # Who is silent about the applications is not asked about each group as well.
        return SeenApps(found, {}, lost="" if found.why is Why.DENIED else FOUND)
    centers = [app for app in found if app.identity_center]
    jobs = await asyncio.gather(*(look(reading.jobs(app.id), case.seconds) for app in centers))
    return SeenApps(found, {app.id: seen for app, seen in zip(centers, jobs, strict=True)})


async def _aws(
    systems: Systems, case: Case, at: Awaitable[Center], seen: Awaitable[SeenApps]
) -> Findings:
    reading, center = systems.aws, await at
    if reading is None:
        return (center.finding,)
    who, instance = aws.identity(await look(reading.identity(), case.seconds)), center.instance
    if instance is None:
        return who, center.finding, *aws.without_instance()
    read, allowed = await asyncio.gather(
        asyncio.gather(
            look(reading.trusted(), case.seconds),
            look(reading.details(instance), case.seconds),
            look(reading.scim_restricted(instance), case.seconds),
            look(reading.scim_issuer(instance), case.seconds),
            look(reading.behind(instance), case.seconds),
            look(_signed_in(systems, seen), case.seconds),
        ),
        asyncio.gather(*(look(reading.may(one, instance), case.seconds) for one in AWS_ACTIONS)),
    )
    trusted, details, restricted, issuer, behind, signed_in = read
    return (
        who,
        center.finding,
        aws.region(instance, case.told.region),
        aws.organization(trusted),
        aws.permission_sets(details),
        aws.network(details),
        aws.identity_source(issuer, signed_in),
        aws.up_to_date(behind),
        aws.scim_network(restricted),
        *map(aws.action, AWS_ACTIONS, allowed),
    )


async def _signed_in(systems: Systems, seen: Awaitable[SeenApps]) -> bool:
    """Whether anybody ever came through one of the applications for Identity Center."""
    centers = [app for app in (await seen).known if app.identity_center]
    return any(await asyncio.gather(*(systems.entra.signed_in(app.app_id) for app in centers)))
