"""What an access opens in AWS, and which of the four set-ups it is: found out, never configured."""

from bot.domain.access import Access
from bot.domain.aws import Opens, Setup
from bot.ports import EnterpriseApp, IntegrationError
from handlers.context import NAMES_LAST, World

IDENTITY_CENTER = "21ed01d2-ec13-4e9e-86c1-cd546719ebc4"
"""Gallery template of "AWS IAM Identity Center"."""
SINGLE_ACCOUNT = "8b1025e4-1dd2-430b-a150-2ef79cd700f5"
"""Gallery template of "AWS Single-Account Access"."""


async def what_opens(world: World, access: Access, user_name: str) -> Opens:
    """Everything known of what the access opens for this user; never raises, may be incomplete."""
    key = ("opens", access.group, user_name)
    try:
        return await world.memory.of(key, NAMES_LAST, lambda: _look(world, access, user_name))
    except IntegrationError:
        return Opens(Setup.UNKNOWN, "", world.my_apps_url, complete=False)


async def _look(world: World, access: Access, user_name: str) -> Opens:
    app = await world.directory.app_of(access.group)
    if app is None:
        return Opens(Setup.UNKNOWN, "", world.my_apps_url, complete=False)
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
    if not world.aws.asked:
        setup = Setup.SCIM if app.provisioned else Setup.MANUAL
        return Opens(setup, app.name, link, complete=False)
    provisioned = app.provisioned or await world.aws.group_known(access.group)
    portal = await world.aws.portal()
    if provisioned:
        openings = await world.aws.opened_by_group(access.group)
        return Opens(Setup.SCIM, app.name, link, portal, openings)
    openings = await world.aws.opened_by_user(user_name)
    return Opens(Setup.MANUAL, app.name, link, portal, openings)
