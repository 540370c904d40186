"""The Messenger contract over the connector's wire, and what is Teams' alone."""

import pytest

from bot.ports import IntegrationError, Outcome
from integrations import outbound
from tests.contracts.messenger import CARD, FORM, HOME, LONG_AGO, MAIN, MessengerContract
from tests.teams.workspaces import ME, TeamsWorkspace


class TestTeamsMessenger(MessengerContract):
    @pytest.fixture
    def chat(self, teams_chat: TeamsWorkspace) -> TeamsWorkspace:
        return teams_chat


@pytest.mark.parametrize("kind", ["shared", "partners", "unheard"])
async def test_who_else_may_read_a_channel_keeps_it_untold(
    teams_chat: TeamsWorkspace, kind: str
) -> None:
    """Members of another tenant; a channel shared with nobody yet; one of a team unknown here."""
    assert await teams_chat.messenger.is_shared(teams_chat.channel(kind))


async def test_there_is_no_tab_to_draw_on(teams_chat: TeamsWorkspace) -> None:
    with pytest.raises(IntegrationError) as refused:
        await teams_chat.messenger.show_home(teams_chat.member, HOME)

    assert refused.value.permanent


async def test_what_cannot_be_looked_for_is_not_found_and_that_is_no_failure(
    teams_chat: TeamsWorkspace,
) -> None:
    await teams_chat.messenger.post(teams_chat.member, CARD, MAIN)

    assert await teams_chat.messenger.find(teams_chat.member, MAIN, LONG_AGO) == ()


async def test_an_answer_is_a_message_in_the_personal_chat(teams_chat: TeamsWorkspace) -> None:
    await teams_chat.messenger.answer(teams_chat.member, "", CARD)

    [message] = teams_chat.read(teams_chat.member)
    assert "Active" in message.text


async def test_a_list_of_members_that_does_not_end_keeps_a_channel_untold(
    teams_chat: TeamsWorkspace,
) -> None:
    teams_chat.service.channels["19:internal@x"] = [ME] * 100

    assert await teams_chat.messenger.is_shared(teams_chat.channel("internal"))


@pytest.mark.parametrize(
    ("where", "outcome"), [("person", Outcome.DID_NOT), ("channel", Outcome.UNKNOWN)]
)
async def test_a_conversation_that_has_no_id_may_have_its_first_message_or_has_none(
    teams_chat: TeamsWorkspace, where: str, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def create(address: str, conversation: object) -> dict[str, object]:
        return {"id": ""}

    monkeypatch.setattr(teams_chat.messenger.connector, "create", create)
    place = teams_chat.place("29:one")
    await teams_chat.messenger.places.reached(place, "")
    to = teams_chat.member if where == "person" else teams_chat.channel("internal")

    with pytest.raises(IntegrationError) as lost:
        await teams_chat.messenger.post(to, CARD)

    assert lost.value.outcome is outcome


async def test_a_refusal_to_take_something_away_for_now_is_no_final_one(
    teams_chat: TeamsWorkspace,
) -> None:
    posted = await teams_chat.messenger.post(teams_chat.member, CARD)
    teams_chat.service.fail("DELETE", 401)

    with pytest.raises(IntegrationError):
        await teams_chat.messenger.retract(posted)


async def test_a_form_for_a_click_that_was_answered_goes_nowhere(
    teams_chat: TeamsWorkspace,
) -> None:
    dialog = teams_chat.messenger.dialogs.begin()
    teams_chat.messenger.dialogs.end(dialog)

    await teams_chat.messenger.redraw_form(dialog.key, FORM)

    assert dialog.form is None


@pytest.mark.parametrize("told", [b"", b"[]", b"{", b'{"id": 1}'])
async def test_an_answer_that_cannot_be_read_leaves_the_outcome_open(
    teams_chat: TeamsWorkspace, told: bytes
) -> None:
    teams_chat.service.answers = told

    with pytest.raises(IntegrationError) as unreadable:
        await teams_chat.messenger.post(teams_chat.member, CARD)

    assert unreadable.value.outcome is Outcome.UNKNOWN


async def test_nothing_is_sent_to_a_host_that_is_not_on_the_list(
    teams_chat: TeamsWorkspace,
) -> None:
    session = outbound.session(lambda url: url.host == "smba.trafficmanager.net")
    connector = teams_chat.messenger.connector
    connector._session, former = session, connector._session
    with pytest.raises(IntegrationError) as refused:
        await teams_chat.messenger.post(teams_chat.member, CARD)
    await session.close()
    connector._session = former

    assert refused.value.permanent
    assert teams_chat.service.calls == []
