"""How often a phone rings: at most four times for a request, and each time for something new."""

from tests.conversations.acts import DEV, activates, asks, links
from tests.conversations.chat import Chat
from tests.conversations.stage import Stage

PROD = "/aws-access activate prod-admin 1h INC-42 hotfix"


def rang(world: Stage, who: str = "engineer") -> list[str]:
    """The first line of every message that notified somebody, as it stands now; oldest first."""
    now = {row["id"]: str(row["text"]) for row in world.places.messages(who)}
    return [now[row["id"]].partition("\n")[0] for row in world.journal.posted if row["to"] == who]


async def reads_all(chat: Chat, world: Stage, who: str = "engineer") -> None:
    await chat.hears_rest(who, "")


async def test_a_first_activation_to_its_end_rings_four_times_at_most(
    chat: Chat, world: Stage
) -> None:
    await activates(chat)
    await world.skips("PT2H")
    await reads_all(chat, world)

    # The card that asks for the sign-in and is edited from then on; ready; ending soon.
    assert len(rang(world)) == 3


async def test_a_second_activation_without_a_sign_in_rings_three_times(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    before = len(rang(world))
    await chat.says("engineer", DEV)
    await world.skips("PT2H")
    await reads_all(chat, world)

    assert len(rang(world)) - before == 3


async def test_a_sign_in_that_becomes_necessary_rings_once_more(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    before = len(rang(world))
    world.entra("policy", access="dev-poweruser", acrs="c1")
    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    card = (await chat.hears_rest("engineer", "a second proof that it is you"))[-1]
    assert len(rang(world)) - before == 2  # its card, and the sign-in: an edit would not ring

    await chat.signs_in("engineer", card)
    await world.skips("PT2H")
    await reads_all(chat, world)

    assert len(rang(world)) - before == 4


async def test_a_denial_rings(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    before = len(rang(world))
    await chat.says("engineer", PROD)
    await chat.hears_rest("engineer", "waits for approval")
    assert len(rang(world)) - before == 1

    world.entra("deny", who="approver", access="prod-admin")
    await world.skips("PT2M")
    await reads_all(chat, world)
    await reads_all(chat, world, "approver")

    assert len(rang(world)) - before == 2
    assert "denied" in rang(world)[-1]


async def test_an_approval_to_the_end_rings_three_times(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    before = len(rang(world))
    await chat.says("engineer", PROD)
    await chat.hears_rest("engineer", "waits for approval")

    world.entra("approve", who="approver", access="prod-admin")
    await world.skips("PT2H")
    await reads_all(chat, world)
    await reads_all(chat, world, "approver")

    assert len(rang(world)) - before == 3


async def test_what_is_taken_back_or_lapses_rings_once(chat: Chat, world: Stage) -> None:
    card = await asks(chat, DEV, "engineer")
    await chat.presses("engineer", card, "Withdraw")
    await reads_all(chat, world)
    assert len(rang(world)) == 1

    await chat.says("engineer", DEV)
    await world.skips("PT2H")
    await reads_all(chat, world)

    assert len(rang(world)) == 2


async def test_an_early_end_rings_no_more(chat: Chat, world: Stage) -> None:
    await activates(chat)
    await world.skips("PT10M")
    await reads_all(chat, world)
    before = len(rang(world))

    await chat.says("engineer", "/aws-access deactivate")
    await world.skips("PT2H")
    await reads_all(chat, world)

    assert len(rang(world)) == before
