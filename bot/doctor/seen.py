"""What the doctor reads of Slack, Entra and AWS, and how; everything only reads.

Every method may raise :class:`bot.ports.IntegrationError`, and :class:`NotAllowedError` where the
credential in use may not read it.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from bot.domain.aws import Opening
from bot.domain.policy import PimRules
from bot.ports import IntegrationError

Seen = TypeVar("Seen")


class NotAllowedError(Exception):
    """The credential may not read this; `permission` names what would let it."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class Why(StrEnum):
    """Why something was not seen."""

    DENIED = "denied"
    """`detail` is the missing permission."""
    SILENT = "silent"
    """No answer within the time; `detail` is how many seconds that was."""
    REFUSED = "refused"
    """The system refused for good; `detail` says how."""
    FAILED = "failed"
    """The system failed for now; `detail` says how."""
    ODD = "odd"
    """The answer was not what the documents say; `detail` is for whoever mends this program."""


@dataclass(frozen=True, slots=True)
class Blind:
    """Something that could not be seen."""

    why: Why
    detail: str


async def look(reading: Awaitable[Seen], seconds: float) -> Seen | Blind:
    """What was read, or why not; never longer than `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            return await reading
    except NotAllowedError as denied:
        return Blind(Why.DENIED, denied.permission)
    except TimeoutError:
        return Blind(Why.SILENT, f"{seconds:g}")
    except IntegrationError as failed:
        return Blind(Why.REFUSED if failed.permanent else Why.FAILED, failed.detail.rstrip("."))
    except Exception as odd:  # noqa: BLE001  one odd answer must not hide what the others say
        return Blind(Why.ODD, f"{type(odd).__name__}: {odd}")


@dataclass(frozen=True, slots=True)
class Told:
    """What the settings say, as far as the doctor judges it."""

    public_url: str
    dev_loopback: bool
    token_keys: tuple[str, ...]
    """The ids of `TOKEN_KEYS`; the first one seals."""
    socket_mode: bool
    region: str
    access_file: str


# --- Slack -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Workspace:
    """Whose bot token it is, and the scopes Slack says it has.

    `org_wide`: the app was installed to a whole Enterprise Grid organisation.
    """

    name: str
    team: str
    bot: str
    scopes: frozenset[str]
    org_wide: bool = False


class SlackReading(Protocol):
    """The bot token, and the app token of Socket Mode."""

    async def workspace(self) -> Workspace:
        """https://docs.slack.dev/reference/methods/auth.test"""
        ...

    async def socket(self) -> None:
        """Ask for a Socket Mode address, and use it not."""
        ...


class TeamsReading(Protocol):
    """The Teams app's credential, and the keys that activities are signed with."""

    async def token(self) -> None:
        """Ask for a token for Bot Connector, and use it not."""
        ...

    async def keys(self) -> int:
        """How many keys may sign for Teams."""
        ...


# --- Entra -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Licence:
    """A service plan of the tenant: how many are bought and how many assigned."""

    plan: str
    enabled: bool
    bought: int
    used: int


@dataclass(frozen=True, slots=True)
class App:
    """An enterprise application made from one of AWS's gallery templates."""

    id: str
    app_id: str
    name: str
    identity_center: bool
    enabled: bool
    sso: str
    identifiers: tuple[str, ...]
    reply_urls: tuple[str, ...]
    signing_ends: datetime | None
    """When the certificate that signs now expires; None when there is none."""
    told_before: bool
    """Whether anybody gets a mail before that."""
    groups: tuple[tuple[str, str], ...]
    """(object id, name) of every group assigned directly."""


@dataclass(frozen=True, slots=True)
class Job:
    """A provisioning job. `code` and `reason` are Graph's words.

    https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationstatus
    """

    code: str
    reason: str
    succeeded: datetime | None


@dataclass(frozen=True, slots=True)
class Group:
    """What PIM cares about in a group."""

    name: str
    dynamic: bool
    synced: bool
    role_assignable: bool


@dataclass(frozen=True, slots=True)
class EntraUser:
    """The person that `--user` names."""

    oid: str
    user_name: str
    mail: str
    enabled: bool


class EntraReading(Protocol):
    """The sign-in endpoint and Microsoft Graph, with the bot's own credential."""

    async def skew(self) -> timedelta:
        """How far this machine's clock is ahead of Entra's (a Date header: whole seconds)."""
        ...

    async def roles(self) -> frozenset[str]:
        """The application permissions in the bot's own token."""
        ...

    async def consented(self) -> frozenset[str]:
        """The delegated Graph permissions that an administrator consented to for everybody."""
        ...

    async def redirect_uris(self) -> tuple[str, ...]:
        """The web redirect URIs of the app registration."""
        ...

    async def licences(self) -> tuple[Licence, ...]:
        """The plans of the tenant that PIM for Groups needs one of."""
        ...

    async def apps(self) -> tuple[App, ...]:
        """The enterprise applications made from AWS's gallery templates, by name."""
        ...

    async def jobs(self, app: str) -> tuple[Job, ...]:
        """The provisioning jobs of an application."""
        ...

    async def claims_policies(self, app: str) -> tuple[str, ...]:
        """The names of the claims mapping policies of an application."""
        ...

    async def signed_in(self, app_id: str) -> bool:
        """Whether the sign-in log has a success for an application."""
        ...

    async def group(self, group: str) -> Group | None:
        """A group; None when the directory has none."""
        ...

    async def rules(self, group: str) -> PimRules | None:
        """The activation rules for members; None when PIM knows no policy."""
        ...

    async def eligible(self, group: str) -> int:
        """How many principals are eligible for membership."""
        ...

    async def other_apps(self, group: str) -> tuple[str, ...]:
        """The names of every application a group is assigned to."""
        ...

    async def user(self, name: str) -> EntraUser | None:
        """A user by user principal name or object id."""
        ...


# --- AWS -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Instance:
    """An Identity Center instance: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_InstanceMetadata.html"""

    arn: str
    store: str
    owner: str
    status: str
    reason: str
    region: str


@dataclass(frozen=True, slots=True)
class Details:
    """What only DescribeInstance tells. `own_key`: encrypted with a key of the customer."""

    permission_sets: bool
    endpoint_only: bool
    own_key: bool


@dataclass(frozen=True, slots=True)
class AwsUser:
    """A user of the identity store, and by what it was found."""

    name: str
    found_by: str
    enabled: bool
    lacks: tuple[str, ...]
    """Names that SCIM cannot do without and that are empty."""


class AwsReading(Protocol):
    """AWS with the credential the bot runs with."""

    async def identity(self) -> str:
        """The ARN that this credential acts as."""
        ...

    async def instances(self) -> tuple[Instance, ...]:
        """The Identity Center instances of all Regions."""
        ...

    async def management(self) -> str:
        """The id of the organisation's management account."""
        ...

    async def trusted(self) -> bool:
        """Whether the organisation lets Identity Center into its accounts."""
        ...

    async def details(self, instance: Instance) -> Details:
        """More of an instance."""
        ...

    async def scim_restricted(self, instance: Instance) -> bool:
        """Whether only listed addresses may send SCIM requests."""
        ...

    async def scim_issuer(self, instance: Instance) -> str:
        """The issuer of the ids that SCIM wrote; empty when it wrote none."""
        ...

    async def opened_by(self, group: str) -> tuple[Opening, ...] | None:
        """What an Entra group opens; None when the identity store does not have the group."""
        ...

    async def behind(self, instance: Instance) -> tuple[str, ...]:
        """Permission sets whose latest version is missing in some account."""
        ...

    async def user(self, instance: Instance, person: EntraUser) -> AwsUser | None:
        """The person in the identity store, by user name, else by mail address, else by external id."""
        ...

    async def standing(self, user_name: str) -> tuple[Opening, ...]:
        """What is assigned to the user directly, without any group."""
        ...

    async def may(self, action: str, instance: Instance) -> bool:
        """Try an action once; False when it is denied."""
        ...
