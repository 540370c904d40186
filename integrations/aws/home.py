"""Where Identity Center lives: the organisation's instance, and its clients in its home Region."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from integrations.aws.calls import Calls, rows
from integrations.aws.remembered import Remembered

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Instance:
    """The organisation's instance. Permission sets can be read in its home Region only.

    https://docs.aws.amazon.com/singlesignon/latest/userguide/api-support-in-additional-regions.html
    """

    arn: str
    store: str
    region: str


class Home:
    """Finds the instance from any Region, and runs work against it where it lives."""

    def __init__(
        self, calls: Calls, region: str, seconds: float, monotonic: Callable[[], float]
    ) -> None:
        self._calls = calls
        self._region = region
        self._instance: Remembered[str, Instance] = Remembered(self._find, seconds, monotonic)

    async def instance(self) -> Instance | None:
        """The instance; None when the organisation has none, or none that is active."""
        return await self._instance.get(self._region)

    async def center(self, work: Callable[[Any, Instance], Result]) -> Result | None:
        """What `work` answers, given the sso-admin client; None without an instance."""
        return await self._at_home("sso-admin", work)

    async def store(self, work: Callable[[Any, Instance], Result]) -> Result | None:
        """What `work` answers, given the identity store's client; None without an instance."""
        return await self._at_home("identitystore", work)

    async def organization(self, work: Callable[[Any], Result]) -> Result:
        """What `work` answers, given the client of AWS Organizations."""
        return await self._calls.on("organizations", self._region, work)

    async def _at_home(
        self, service: str, work: Callable[[Any, Instance], Result]
    ) -> Result | None:
        instance = await self.instance()
        if instance is None:
            return None
        return await self._calls.on(service, instance.region, lambda client: work(client, instance))

    async def _find(self, region: str) -> Instance | None:
        """The management account's own instance: any other is an account instance.

        An account instance has no permission sets and no access to accounts.
        https://docs.aws.amazon.com/singlesignon/latest/userguide/identity-center-instances.html
        """
        listed = await self._calls.on(
            "sso-admin",
            region,
            lambda sso: list(rows(sso, "list_instances", "Instances", RegionScope="ALL_REGIONS")),
        )
        active = [one for one in listed if one["Status"] == "ACTIVE"]
        if not active:
            return None
        described = await self.organization(lambda client: client.describe_organization())
        owner = described["Organization"]["MasterAccountId"]
        return next(
            (
                Instance(
                    one["InstanceArn"], one["IdentityStoreId"], one.get("PrimaryRegion", region)
                )
                for one in active
                if one["OwnerAccountId"] == owner
            ),
            None,
        )
