"""What an access opens in AWS, and which of the four set-ups it is: found out, never configured."""

from bot.domain.access import Access
from bot.domain.aws import Gap, Opens, Setup
from bot.domain.ids import GroupId
from bot.ports import EnterpriseApp, IntegrationError
from handlers.context import NAMES_LAST, World

IDENTITY_CENTER = "21ed01d2-ec13-4e9e-86c1-cd546719ebc4"
"""Gallery template of "AWS IAM Identity Center"."""
SINGLE_ACCOUNT = "8b1025e4-1dd2-430b-a150-2ef79cd700f5"
"""Gallery template of "AWS Single-Account Access"."""
MENDED_SOON = frozenset(
    {Gap.NO_APP, Gap.AWAY, Gap.DENIED, Gap.NO_CENTER, Gap.NO_LINK, Gap.NO_GROUP, Gap.NO_USER}
)
"""What is looked at anew the next time: an administrator, provisioning or time may have mended it."""


async def what_opens(world: World, access: Access, user_name: str) -> Opens:
    """Everything known of what the access opens for this user; never raises, may be incomplete."""
    key = _key(access, user_name)
    try:
        opens = await world.memory.of(key, NAMES_LAST, lambda: _look(world, access, user_name))
    except IntegrationError:
        return Opens(Setup.UNKNOWN, "", world.my_apps_url)
    if opens.gap in MENDED_SOON:
        world.memory.forget(key)
    return opens


def forget(world: World, access: Access, user_name: str) -> None:
    """Look anew the next time."""
    world.memory.forget(_key(access, user_name))


def _key(access: Access, user_name: str) -> tuple[str, GroupId, str]:
    return ("opens", access.group, user_name)


async def _look(world: World, access: Access, user_name: str) -> Opens:
    app = await world.directory.app_of(access.group)
    if app is None:
        return Opens(Setup.UNKNOWN, "", world.my_apps_url, gap=Gap.NO_APP)
    link = f"{world.my_apps_url}/api/signin/{app.app_id}?tenantId={world.tenant}"
    match app.template:
        case t if t == IDENTITY_CENTER:
            return await _identity_center(world, access, user_name, app, link)
        case t if t == SINGLE_ACCOUNT:
            return Opens(Setup.SINGLE_ACCOUNT, app.name, link)
        case _:
            return Opens(Setup.SAML, app.name, link)


async def _identity_center(
    world: World, access: Access, user_name: str, app: EnterpriseApp, link: str
) -> Opens:
    setup = Setup.SCIM if app.provisioned else Setup.MANUAL
    if not world.aws.asked:
        return Opens(setup, app.name, link, gap=Gap.NOT_CONFIGURED)
    try:
        return await _asked(world, access, user_name, app, link)
    except IntegrationError as failed:
        if failed.permanent:
            return Opens(setup, app.name, link, gap=Gap.DENIED, lacks=failed.lacks)
        return Opens(Setup.UNKNOWN, app.name, link, gap=Gap.AWAY)


async def _asked(
    world: World, access: Access, user_name: str, app: EnterpriseApp, link: str
) -> Opens:
    """AWS's answers. Raises IntegrationError."""
    portal = await world.aws.portal()
    through_group = await world.aws.opened_by_group(access.group) if portal else None
    # A group that AWS has was provisioned, also when Entra shows no provisioning job.
    is_scim = app.provisioned or through_group is not None
    setup = Setup.SCIM if is_scim else Setup.MANUAL
    if portal is None:
        return Opens(setup, app.name, link, gap=Gap.NO_CENTER)
    if not is_scim and not user_name:
        return Opens(setup, app.name, link, portal, gap=Gap.NO_LINK)
    own = None
    if user_name:
        own = await world.aws.opened_by_user(user_name, through_groups=not is_scim)
    if user_name and is_scim:
        # A look that is refused is found out now, and not only while the membership is awaited.
        await world.aws.has_membership(user_name, access.group)
    openings = through_group if is_scim else own
    gap = None
    if not openings:
        gap = await _why_none(world, Gap.NO_GROUP if is_scim else Gap.NO_USER, known=openings)
    mine = (own or ()) if is_scim else ()
    return Opens(setup, app.name, link, portal, openings or (), mine, gap)


async def _why_none(world: World, absent: Gap, *, known: object) -> Gap | None:
    """Why nothing is opened; None where AWS simply has nothing assigned."""
    if not await world.aws.uses_permission_sets():
        return Gap.ROLES
    return absent if known is None else None
