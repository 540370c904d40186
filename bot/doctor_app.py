"""The doctor's composition root: which adapters it reads with, and what it is told."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial

from bot import access_file
from bot.app import entra_settings
from bot.chats import reach_teams
from bot.clock import real_now
from bot.doctor.findings import Finding
from bot.doctor.rounds import examine as examine_all
from bot.doctor.seen import Told
from bot.doctor.shared import Case, Systems
from bot.settings import Settings
from integrations.aws.calls import Calls
from integrations.aws.doctor import AwsDoctor
from integrations.aws.identity_center import IdentityCenter
from integrations.database.reaching import reach, tokens_by_key
from integrations.database.sealing import parse_keys
from integrations.entra.credentials import app_credential
from integrations.entra.doctor import EntraDoctor
from integrations.entra.graph import Graph
from integrations.entra.sign_in import PERMISSIONS
from integrations.slack.client import SlackClient
from integrations.slack.doctor import SlackDoctor
from integrations.teams.doctor import TeamsDoctor
from integrations.web.pages import CALLBACK


async def examine(
    settings: Settings, user: str, seconds: float, tell: Callable[[Finding], None]
) -> Sequence[Finding]:
    """Examine everything; `tell` hears each finding in turn."""
    async with AsyncExitStack() as stack:
        systems = _systems(settings, seconds, stack)
        return await examine_all(systems, _case(settings, user, seconds), tell)


def _systems(settings: Settings, seconds: float, stack: AsyncExitStack) -> Systems:
    entra = replace(entra_settings(settings.entra), connect_timeout=seconds, read_timeout=seconds)
    credential = app_credential(entra)
    graph = Graph(entra, credential)
    stack.push_async_callback(graph.close)
    aws = None
    if region := settings.aws.region:
        calls = Calls(settings.aws.endpoint_url, seconds)
        stack.push_async_callback(asyncio.to_thread, calls.close)
        aws = AwsDoctor(calls, IdentityCenter(calls, region), region, seconds)
    return Systems(
        slack=_slack(settings, stack),
        teams=_teams(settings, seconds, stack),
        entra=EntraDoctor(entra, credential, graph, real_now),
        aws=aws,
        database=partial(reach, settings.database_url),
        tokens=partial(tokens_by_key, settings.database_url),
        grantor=_grantor(settings, seconds, stack),
    )


def _grantor(
    settings: Settings, seconds: float, stack: AsyncExitStack
) -> Callable[[], Awaitable[frozenset[str]]] | None:
    """What the grantor's own token says of it; the grantor itself is asked for nothing else."""
    if settings.grantor is None:
        return None
    entra = replace(entra_settings(settings.grantor), connect_timeout=seconds, read_timeout=seconds)
    credential = app_credential(entra)
    graph = Graph(entra, credential)
    stack.push_async_callback(graph.close)
    return EntraDoctor(entra, credential, graph, real_now).roles


def _teams(settings: Settings, seconds: float, stack: AsyncExitStack) -> TeamsDoctor | None:
    if settings.teams is None:
        return None
    app = replace(entra_settings(settings.teams.app), connect_timeout=seconds, read_timeout=seconds)
    way = reach_teams(settings.teams, app, stack, dev_loopback=settings.dev_loopback)
    return TeamsDoctor(way.token, way.keys)


def _slack(settings: Settings, stack: AsyncExitStack) -> SlackDoctor | None:
    if settings.slack is None:
        return None
    slack = SlackClient(
        settings.slack.bot_token, settings.slack.api_url, dev_loopback=settings.dev_loopback
    )
    slack.open()
    stack.push_async_callback(slack.stop)
    return SlackDoctor(slack, settings.slack.app_token)


def _case(settings: Settings, user: str, seconds: float) -> Case:
    return Case(
        told=Told(
            public_url=settings.public_url,
            dev_loopback=settings.dev_loopback,
            token_keys=tuple(key.id for key in parse_keys(settings.token_keys)),
            socket_mode=settings.slack is not None and bool(settings.slack.app_token),
            region=settings.aws.region,
            access_file=settings.access_file,
        ),
        catalog=access_file.read(settings.access_file) if settings.access_file else None,
        redirect_uri=f"{settings.public_url}{CALLBACK}",
        asked=frozenset(PERMISSIONS),
        now=real_now(),
        seconds=seconds,
        user=user,
    )
