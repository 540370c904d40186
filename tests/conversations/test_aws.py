"""What AWS knows: said only when it was looked at, also when it takes its time."""

from playground.aws.world import World
from playground.cast import ACCESS, PEOPLE, Opens
from tests.conversations.acts import activates, links
from tests.conversations.chat import Chat
from tests.conversations.places import ALONE
from tests.conversations.stage import Stage

WHERE = ALONE


async def test_a_slow_membership_is_neither_promised_nor_forgotten(
    chat: Chat, world: Stage
) -> None:
    world.scim(delay="PT25M")
    await activates(chat)

    await world.skips("PT20M")
    await chat.hears_nothing("engineer")
    await chat.says("engineer", "/aws-access status")
    status = await chat.hears("engineer", "dev-poweruser is active in Entra")
    assert "AWS has had it" not in status

    assert "Not There Yet?" not in status.buttons

    await world.skips("PT6M")
    await chat.hears("engineer", "is active", "AWS has your membership")
    ready = await chat.hears("engineer", ": AWS has your membership")

    await chat.presses("engineer", ready, "Not There Yet?")
    await chat.noted("engineer")
    yes = await chat.hears("engineer", "AWS has your membership", "I looked just now")
    assert "Sign out of the portal and in again" in yes


async def test_a_membership_that_aws_lost_is_not_claimed_when_somebody_asks(
    chat: Chat, world: Stage
) -> None:
    await activates(chat)
    await world.skips("PT5M")
    await chat.hears("engineer", "is active", "AWS has your membership")
    ready = await chat.hears("engineer", ": AWS has your membership")
    group, oid = ACCESS["dev-poweruser"].group, PEOPLE["engineer"].oid
    world.world.aws.world.provision(group, oid, present=False)

    await chat.presses("engineer", ready, "Not There Yet?")

    await chat.noted("engineer")
    no = await chat.hears("engineer", "AWS does not have it", "I looked just now")
    assert not no.aws_seen


async def test_an_activation_that_ends_before_aws_had_it_is_never_called_ready(
    chat: Chat, world: Stage
) -> None:
    world.scim(down=True)
    await activates(chat, "/aws-access activate dev-poweruser 30m INC-42 index")

    await world.skips("PT40M")

    soon = await chat.hears_each("engineer", "Its time was over in Entra", "This has ended")
    assert not any(one.aws_seen for one in soon)


async def test_aws_out_of_reach_is_said_and_asked_again(chat: Chat, world: Stage) -> None:
    world.fails("aws", "", "status", status=503, times=60)
    card = await activates(chat)

    assert "I could not find out yet what it opens in AWS" in card
    world.mended()
    await world.skips("PT10M")

    await chat.hears("engineer", "is active", "AWS has your membership")
    await chat.hears("engineer", ": AWS has your membership", "dev (111111111111)")


async def test_provisioning_that_is_late_is_said_when_it_is_and_until_it_has_come(
    chat: Chat, world: Stage
) -> None:
    world.scim(down=True)
    await activates(chat)

    await world.skips("PT41M")

    late = await chat.hears("engineer", "dev-poweruser is active", "so provisioning is late")
    assert not late.notifies
    await chat.presses("engineer", late, "Not There Yet?")
    await chat.noted("engineer")
    no = await chat.hears("engineer", "AWS does not have it", "so provisioning is late")
    assert "Enterprise applications" in no
    world.scim(down=False, run=True)
    await world.skips("PT2M")
    card = await chat.hears("engineer", "dev-poweruser is active", "AWS has your membership")
    assert "late" not in card
    await chat.hears("engineer", ": AWS has your membership")


async def test_a_permission_that_is_missing_in_aws_is_named_until_it_is_there(
    chat: Chat, world: Stage
) -> None:
    world.fails("aws", "IsMemberInGroups", "status", status=403, times=1000)
    await activates(chat)
    ready = await chat.hears("engineer", "Entra has opened", "identitystore:IsMemberInGroups")
    assert "Tell your administrator" in ready
    assert "AWS has" not in ready

    world.mended()
    await world.skips("PT10M")

    await chat.hears_each("engineer", "is active", ": AWS has your membership")


async def test_a_group_that_is_not_in_aws_yet_is_said_to_be_on_its_way(
    chat: Chat, world: Stage
) -> None:
    organisation = world.world.aws.world
    group_id = aws_group(organisation, "dev-poweruser")
    known_as = organisation.directory.external_ids.pop(group_id)

    card = await activates(chat)
    assert "AWS does not have this group yet" in card

    organisation.directory.external_ids[group_id] = known_as
    await world.skips("PT10M")
    await chat.hears("engineer", "is active", "AWS has your membership")
    await chat.hears("engineer", ": AWS has your membership", "dev (111111111111)")


async def test_who_is_a_member_without_activating_is_told_before_they_ask(
    chat: Chat, world: Stage
) -> None:
    world.entra("member", who="engineer", access="dev-poweruser")
    await links(chat, "engineer")
    form = await chat.opens_form("engineer")

    form = await chat.chooses("engineer", form, "Access", "dev-poweruser")

    assert "so you have this already without activating" in form.text


async def test_what_is_assigned_to_somebody_directly_does_not_end_with_the_activation(
    chat: Chat, world: Stage
) -> None:
    organisation = world.world.aws.world
    [mine] = [u["id"] for u in organisation.users() if u["user"] == PEOPLE["engineer"].upn]
    organisation.assign(ACCESS["dev-poweruser"].opens, "USER", mine)

    told = await activates(chat, "/aws-access activate dev-poweruser 30m INC-42 index")
    assert "You have PowerUserAccess in dev already without activating" in told
    await world.skips("PT31M")

    over = await chat.hears_rest("engineer", "You keep PowerUserAccess in dev")
    assert any("Its time was over in Entra" in one for one in over)


async def test_sixty_permission_sets_fit_in_a_message(chat: Chat, world: Stage) -> None:
    organisation = world.world.aws.world
    accounts = ("222222222222", "333333333333", "444444444444")
    many = tuple(Opens(account, "", f"Team{n:02}") for account in accounts for n in range(20))
    organisation.assign(many, "GROUP", aws_group(organisation, "dev-poweruser"))
    await activates(chat)
    await world.skips("PT5M")
    await chat.hears("engineer", "is active", "AWS has your membership")

    ready = await chat.hears("engineer", ": AWS has your membership")

    assert "… and 49 more in the AWS access portal" in ready
    assert ready.text.count("• ") == 12
    assert ready.text.index("dev (111111111111)") < ready.text.index("first (444444444444)")


def aws_group(organisation: World, access: str) -> str:
    """The identity store's id of an access's group."""
    groups = organisation.directory.rows.groups
    return next(key for key, one in groups.items() if one.DisplayName == access)
