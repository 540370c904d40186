"""The environment as one frozen value; every problem is reported at once."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


DATABASE = "sqlite+aiosqlite:///aws-access.db"


class SettingsError(Exception):
    """The environment cannot be used. `problems` has one sentence for each thing to mend."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """`signing_secrets` has two during a rotation. With `app_token` the bot uses Socket Mode."""

    bot_token: str = field(repr=False)
    signing_secrets: tuple[str, ...] = field(repr=False)
    app_token: str = field(repr=False)
    api_url: str


@dataclass(frozen=True, slots=True)
class EntraSettings:
    """The app registration that reads and that people sign in to, and where Entra is."""

    tenant: str
    client_id: str
    client_secret: str = field(repr=False)
    certificate: str
    federated_token_file: str
    managed_identity_client_id: str
    login_url: str
    login_ca_file: str
    graph_url: str


@dataclass(frozen=True, slots=True)
class TeamsSettings:
    """The app of the Teams bot with its own credential, and where Teams is.

    `login_url` has the keys that Bot Connector signs with; `service_url` is the connector.
    `single_sign_on` is the URI for which Teams hands over people's tokens; empty: it is not asked.
    """

    app: EntraSettings
    login_url: str
    service_url: str
    single_sign_on: str = ""


@dataclass(frozen=True, slots=True)
class AwsSettings:
    """`region` is any Region with Identity Center; empty: AWS is not asked, and the bot says so."""

    region: str
    endpoint_url: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the bot is told from outside."""

    host: str
    port: int
    public_url: str
    database_url: str = field(repr=False)
    access_file: str
    token_keys: str = field(repr=False)
    dev_loopback: bool
    dev_world_url: str
    slack: SlackSettings | None
    """None: the bot is in Teams alone."""
    entra: EntraSettings
    aws: AwsSettings
    audit_anchor: str = ""
    """Path of the file that remembers how far the record went; empty: nothing does."""
    teams: TeamsSettings | None = None
    grantor: EntraSettings | None = None
    """The app registration that assigns; nothing is decided here without one."""


Readable = Mapping[str, Callable[[str], object]]
"""By variable, what an adapter reads its value with; ValueError says what is wrong with it."""


def from_environment(
    environ: Mapping[str, str] | None = None, readable: Readable = MappingProxyType({})
) -> Settings:
    """Read the settings. Raises SettingsError with all problems, also those `readable` finds."""
    found = environ if environ is not None else os.environ  # noqa: TID251  the one place
    return _Reader(found, readable).settings()


class _Reader:
    """Reads variables and remembers what is wrong with them."""

    def __init__(self, environ: Mapping[str, str], readable: Readable) -> None:
        self._environ = environ
        self._readable = readable
        self._problems: list[str] = []
        self._dev = environ.get("DEV_LOOPBACK", "") == "1"

    def settings(self) -> Settings:
        """Everything, or SettingsError."""
        settings = Settings(
            host=self._text("HOST", "0.0.0.0"),  # noqa: S104  a container listens on all its addresses
            port=self._number("PORT", 8080),
            public_url=self._url("PUBLIC_URL"),
            database_url=self._text("DATABASE_URL", DATABASE),
            access_file=self._file("ACCESS_FILE"),
            token_keys=self._text("TOKEN_KEYS"),
            audit_anchor=self._text("AUDIT_ANCHOR"),
            dev_loopback=self._dev,
            dev_world_url=self._text("DEV_WORLD_URL"),
            slack=self._slack(),
            entra=self._entra(),
            aws=AwsSettings(self._text("AWS_REGION"), self._url("AWS_ENDPOINT_URL", "")),
        )
        settings = replace(
            settings, grantor=self._grantor(settings.entra), teams=self._teams(settings.entra)
        )
        self._check_loopback(settings)
        self._check_readable(
            {
                "DATABASE_URL": settings.database_url,
                "TOKEN_KEYS": settings.token_keys,
                "AUDIT_ANCHOR": settings.audit_anchor,
            }
        )
        if self._problems:
            raise SettingsError(tuple(self._problems))
        return settings

    def _slack(self) -> SlackSettings | None:
        app_token = self._text("SLACK_APP_TOKEN")
        secrets = tuple(
            s.strip() for s in self._text("SLACK_SIGNING_SECRET").split(",") if s.strip()
        )
        given = app_token or secrets or self._text("SLACK_BOT_TOKEN")
        if not given and self._text("TEAMS_APP_ID"):
            return None
        if not secrets and not app_token:
            self._problems.append(
                "SLACK_SIGNING_SECRET is missing: Slack app → Basic Information → Signing Secret "
                "(or set SLACK_APP_TOKEN to use Socket Mode, or TEAMS_APP_ID to be in Teams alone)."
            )
        return SlackSettings(
            bot_token=self._required("SLACK_BOT_TOKEN", "Slack app → OAuth & Permissions", "xoxb-"),
            signing_secrets=secrets,
            app_token=app_token,
            api_url=self._url("SLACK_API_URL", "https://slack.com/api/"),
        )

    def _entra(self) -> EntraSettings:
        return EntraSettings(
            tenant=self._guid("AZURE_TENANT_ID", "Entra admin center → Overview → Tenant ID"),
            client_id=self._guid("AZURE_CLIENT_ID", "App registrations → your app → Client ID"),
            client_secret=self._text("AZURE_CLIENT_SECRET"),
            certificate=self._file("AZURE_CLIENT_CERTIFICATE_PATH"),
            federated_token_file=self._file("AZURE_FEDERATED_TOKEN_FILE"),
            managed_identity_client_id=self._text("AZURE_MANAGED_IDENTITY_CLIENT_ID"),
            login_url=self._url("LOGIN_URL", "https://login.microsoftonline.com"),
            login_ca_file=self._file("LOGIN_CA_FILE"),
            graph_url=self._url("GRAPH_URL", "https://graph.microsoft.com/v1.0"),
        )

    def _grantor(self, entra: EntraSettings) -> EntraSettings | None:
        given = self._app(entra, "GRANTOR_CLIENT", "GRANTOR", "the grantor")
        if given is not None and given.client_id == entra.client_id:
            self._problems.append(
                "GRANTOR_CLIENT_ID must be an app registration of its own, not AZURE_CLIENT_ID: "
                "what the bot reads with must not be able to grant."
            )
        return given

    def _teams(self, entra: EntraSettings) -> TeamsSettings | None:
        app = self._app(entra, "TEAMS_APP", "TEAMS_APP", "the app of the Azure Bot")
        login_url = self._url("TEAMS_LOGIN_URL", "https://login.botframework.com")
        service_url = self._url("TEAMS_SERVICE_URL", "https://smba.trafficmanager.net/teams")
        single_sign_on = self._text("TEAMS_SSO_URI")
        if single_sign_on and not single_sign_on.startswith("api://"):
            self._problems.append("TEAMS_SSO_URI does not begin with api://: Expose an API → URI.")
        if app is None:
            return None
        return TeamsSettings(app, login_url, service_url, single_sign_on)

    def _app(self, entra: EntraSettings, app: str, whose: str, who: str) -> EntraSettings | None:
        """A further app registration in the same tenant; None without its client id."""
        id_, where = f"{app}_ID", f"App registrations → {who} → Client ID"
        given = replace(
            entra,
            client_id=self._text(id_).lower(),
            client_secret=self._text(f"{app}_SECRET"),
            certificate=self._file(f"{app}_CERTIFICATE_PATH"),
            federated_token_file=self._file(f"{whose}_FEDERATED_TOKEN_FILE"),
            managed_identity_client_id=self._text(f"{whose}_MANAGED_IDENTITY_CLIENT_ID"),
        )
        if given.client_id and not _GUID.match(given.client_id):
            self._problems.append(f"{id_} is not a GUID: {where}.")
        secrets = (given.client_secret, given.certificate, given.federated_token_file)
        if given.client_id:
            return given
        if any(secrets) or given.managed_identity_client_id:
            self._problems.append(f"{id_} is missing: {where}.")
        return None

    def _text(self, name: str, default: str = "") -> str:
        return self._environ.get(name, "").strip() or default

    def _required(self, name: str, where: str, prefix: str = "") -> str:
        value = self._text(name)
        if not value:
            self._problems.append(f"{name} is missing: {where}.")
        elif not value.startswith(prefix):
            self._problems.append(f"{name} does not begin with {prefix}: {where}.")
        return value

    def _guid(self, name: str, where: str) -> str:
        value = self._required(name, where)
        if value and not _GUID.match(value):
            self._problems.append(f"{name} is not a GUID: {where}.")
        return value.lower()

    def _number(self, name: str, default: int) -> int:
        value = self._text(name, str(default))
        if not value.isdecimal() or int(value) > 65535:  # noqa: PLR2004  the highest port there is
            self._problems.append(f"{name} is not a port number: {value}.")
            return default
        return int(value)

    def _file(self, name: str) -> str:
        value = self._text(name)
        if value and not Path(value).is_file():
            self._problems.append(f"{name} names no file: {value}.")
        return value

    def _url(self, name: str, default: str | None = None) -> str:
        value = self._text(name, default or "")
        if not value and default is None:
            self._problems.append(f"{name} is missing: the https address people's browsers reach.")
        elif value:
            self._check_url(name, value)
        return value if value.endswith("/api/") else value.rstrip("/")

    def _check_url(self, name: str, value: str) -> None:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            self._problems.append(f"{name} is not an https address.")
        elif parts.scheme == "http" and not (self._dev and is_loopback(parts.hostname)):
            self._problems.append(f"{name} must be https.")

    def _check_readable(self, values: Mapping[str, str]) -> None:
        for name, read in self._readable.items():
            try:
                read(values[name])
            except ValueError as wrong:
                self._problems.append(f"{name}: {wrong}.")

    def _check_loopback(self, settings: Settings) -> None:
        """DEV_LOOPBACK loosens things; it must never be on where anybody else can reach us."""
        if not self._dev:
            if settings.dev_world_url:
                self._problems.append("DEV_WORLD_URL needs DEV_LOOPBACK=1.")
            return
        hosts = {"HOST": settings.host}
        urls = {"PUBLIC_URL": settings.public_url, "DEV_WORLD_URL": settings.dev_world_url}
        hosts |= {name: urlsplit(url).hostname or "" for name, url in urls.items() if url}
        for name in (n for n, host in hosts.items() if not is_loopback(host)):
            self._problems.append(f"DEV_LOOPBACK=1 is refused: {name} is not a loopback address.")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine's own: localhost, 127.0.0.0/8 or ::1."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
