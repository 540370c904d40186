"""Everything that an access can be found to open, and that somebody can have without it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from bot.domain.aws import NOTHING, Already, Gap, Opening, Opens, Portal, Setup
from tests.domain.samples import HOUR

PORTAL = Portal("https://d-1234567890.awsapps.com/start", "eu-central-1")
OPENING = Opening("111111111111", "dev", "PowerUserAccess", HOUR, "https://console.aws")
ARRIVING = replace(OPENING, relay_state="https://console.aws.amazon.com/cloudwatch/home")
MANY = tuple(
    replace(
        ARRIVING,
        account=f"{n:012}",
        account_name=f"account {n // 3}",
        permission_set=f"{OPENING.permission_set:P<32}",
    )
    for n in range(60)
)
OPENINGS = (
    (),
    (OPENING, ARRIVING, replace(OPENING, account_name="", relay_state=None)),
    MANY,
)
HAD = (NOTHING, Already(member=True), Already(openings=(OPENING,)), Already(openings=MANY))


def opened() -> Iterator[Opens | None]:
    """Every set-up with none, some and many openings, and with every gap; and nothing known."""
    yield None
    apps = "https://apps.example.com"
    for setup, openings in product(Setup, OPENINGS):
        portal = PORTAL if setup in {Setup.SCIM, Setup.MANUAL} else None
        yield Opens(setup, "AWS", apps, portal, openings)
    for openings, own in product(OPENINGS, OPENINGS[1:]):
        yield Opens(Setup.SCIM, "AWS", apps, PORTAL, openings, own)
    for setup, gap in product((Setup.SCIM, Setup.MANUAL, Setup.UNKNOWN), Gap):
        yield Opens(setup, "AWS", apps, gap=gap)
    yield Opens(Setup.SCIM, "AWS", apps, gap=Gap.DENIED, lacks="sso:ListInstances")
    yield Opens(Setup.MANUAL, "AWS", apps, None, MANY)
