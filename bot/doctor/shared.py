"""What the rounds share: whom they ask, about what, and what several of them need."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.doctor.findings import Finding
from bot.doctor.seen import (
    App,
    AwsReading,
    Blind,
    EntraReading,
    Instance,
    Job,
    SlackReading,
    TeamsReading,
    Told,
)
from bot.domain.access import Catalog


@dataclass(frozen=True, slots=True)
class Systems:
    """What can be asked. `aws` is None without AWS_REGION; `database` opens it and names it.

    `tokens` counts the kept tokens by the id of their key. `grantor` says which application
    permissions the grantor has; None where none is configured.
    """

    slack: SlackReading | None
    teams: TeamsReading | None
    entra: EntraReading
    aws: AwsReading | None
    database: Callable[[], Awaitable[str]]
    tokens: Callable[[], Awaitable[Mapping[str, int]]]
    grantor: Callable[[], Awaitable[frozenset[str]]] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What is examined: the settings, the access file if there is one, and the person of `--user`.

    `asked` are the delegated permissions of the sign-in; `seconds` is what each question may take;
    `now` is real time.
    """

    told: Told
    catalog: Catalog | None
    redirect_uri: str
    asked: frozenset[str]
    now: datetime
    seconds: float
    user: str = ""


@dataclass(frozen=True, slots=True)
class Center:
    """The Identity Center instance that can be used, and the finding that says so or why not."""

    finding: Finding
    instance: Instance | None = None


@dataclass(frozen=True, slots=True)
class SeenApps:
    """AWS's enterprise applications, and by id the provisioning jobs of those for Identity Center.

    `lost` names the check on which every question to Graph hangs; empty when Graph answers.
    """

    apps: Sequence[App] | Blind
    jobs: Mapping[str, Sequence[Job] | Blind]
    lost: str = ""

    @property
    def known(self) -> Sequence[App]:
        """Those that could be seen."""
        return () if isinstance(self.apps, Blind) else self.apps

    def apps_of(self, group: str) -> Sequence[App]:
        """Those that a group is assigned to."""
        return [app for app in self.known if group in dict(app.groups)]

    def has_scim(self, group: str) -> bool | None:
        """Whether a group reaches AWS as a group; None when that could not be seen."""
        jobs = [self.jobs[app.id] for app in self.apps_of(group) if app.id in self.jobs]
        if any(isinstance(found, Blind) for found in jobs):
            return None
        return any(jobs)
