"""What the bot is told so that it runs against the world: its settings, as environment variables."""

import base64
import secrets
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playground.cast import BOT_APP_ID, GRANTOR_APP_ID, SINGLE_SIGN_ON, TEAMS_APP_ID, TENANT_ID
from playground.world import World

REDIRECT = "/auth/callback"
"""Where Entra sends a browser back to; registered with the simulated application."""


@dataclass(frozen=True)
class Told:
    """What is chosen for one run: where the bot keeps its data, its access file, keys and anchor."""

    database_url: str
    access_file: Path
    token_keys: str
    anchor: Path


def new_token_keys() -> str:
    """A ring of one fresh 256-bit key."""
    return f"playground:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def as_shell(settings: Mapping[str, str]) -> str:
    """Settings as lines that a shell reads."""
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items())


def bot_settings(world: World, told: Told) -> dict[str, str]:
    """The complete environment of one replica. The world must be started.

    What is empty here is so on purpose: it keeps the settings of a real installation out when
    this is merged over somebody's environment.
    """
    balancer, entra, slack = world.balancer, world.entra, world.slack
    return {
        "DEV_LOOPBACK": "1",
        "DEV_WORLD_URL": balancer.url,
        "HOST": "127.0.0.1",
        "PORT": "0",
        "PUBLIC_URL": balancer.url,
        "DATABASE_URL": told.database_url,
        "ACCESS_FILE": str(told.access_file),
        "TOKEN_KEYS": told.token_keys,
        "AUDIT_ANCHOR": str(told.anchor),
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_APP_TOKEN": slack.app_token if slack.workspace.socket_mode else "",
        "TEAMS_APP_ID": TEAMS_APP_ID,
        "TEAMS_APP_SECRET": entra.teams_secret,
        "TEAMS_APP_CERTIFICATE_PATH": "",
        "TEAMS_APP_FEDERATED_TOKEN_FILE": "",
        "TEAMS_SSO_URI": SINGLE_SIGN_ON,
        "TEAMS_LOGIN_URL": world.teams.login_url,
        "TEAMS_SERVICE_URL": world.teams.service_url,
        "AZURE_TENANT_ID": TENANT_ID,
        "AZURE_CLIENT_ID": BOT_APP_ID,
        "AZURE_CLIENT_SECRET": entra.client_secret,
        "AZURE_CLIENT_CERTIFICATE_PATH": "",
        "GRANTOR_CLIENT_ID": GRANTOR_APP_ID,
        "GRANTOR_CLIENT_SECRET": entra.grantor_secret,
        "GRANTOR_CLIENT_CERTIFICATE_PATH": "",
        "LOGIN_URL": entra.login_url,
        "LOGIN_CA_FILE": str(entra.ca_path),
        "GRAPH_URL": entra.graph_url,
        **world.aws.environment(),
    }
