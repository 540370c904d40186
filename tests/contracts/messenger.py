"""What every Messenger does, whichever chat it speaks in."""

from dataclasses import dataclass
from typing import Protocol

import pytest

from bot.cards import Bold, Button, Card, Entry, Fact, Form, Said
from bot.domain.ids import ChatAccount
from bot.intents import Status
from bot.ports import IntegrationError, MessageGoneError, Messenger, Outcome, Posted

CARD = Card(
    "Active",
    (("Membership of ", Bold("dev"), " until noon."),),
    facts=(Fact("Reason", (Said("INC-42 <!channel>"),)),),
    buttons=(Button("Show status", Status()),),
    state="granted",
)
FORM = Form("activate", "Activate", "Go", (Entry("reason", "Reason", required=True),))


@dataclass(frozen=True)
class Read:
    """A message as the person it is for sees it."""

    text: str
    private: bool = False
    edited: bool = False


class Workspace(Protocol):
    """A chat one can look at from the outside, and the people in it."""

    messenger: Messenger
    member: ChatAccount
    unusual: dict[str, ChatAccount]
    """Accounts that are no full member's, by how they stand."""

    def read(self, account: ChatAccount) -> list[Read]: ...
    def forms(self, account: ChatAccount) -> list[str]: ...
    def delete(self, posted: Posted) -> None: ...
    def reply_to(self, account: ChatAccount) -> str: ...
    def used_up(self, account: ChatAccount) -> str:
        """A place to answer to that no longer works."""
        ...

    def trigger(self, account: ChatAccount) -> str: ...
    def limit_next(self, seconds: float) -> None:
        """The next call is one too many."""
        ...

    def lose_next_answer(self) -> None: ...


class MessengerContract:
    async def test_a_full_member_stands_for_nothing_in_the_way(self, chat: Workspace) -> None:
        profile = await chat.messenger.profile(chat.member)
        assert profile.account == chat.member
        assert profile.stands == ""
        assert profile.name
        assert profile.mail

    @pytest.mark.parametrize("stands", ["guest", "stranger", "bot", "deactivated", "unknown"])
    async def test_who_may_not_act_is_told_apart(self, chat: Workspace, stands: str) -> None:
        assert (await chat.messenger.profile(chat.unusual[stands])).stands == stands

    async def test_a_post_is_one_new_message(self, chat: Workspace) -> None:
        await chat.messenger.post(chat.member, CARD)
        (message,) = chat.read(chat.member)
        assert "Active" in message.text
        assert "Membership of dev until noon." in message.text
        assert not message.edited
        assert not message.private

    async def test_an_update_changes_the_message_in_place(self, chat: Workspace) -> None:
        posted = await chat.messenger.post(chat.member, CARD)
        await chat.messenger.update(posted, Card("Ended"))
        (message,) = chat.read(chat.member)
        assert "Ended" in message.text
        assert "Membership" not in message.text
        assert message.edited

    async def test_a_deleted_message_is_gone(self, chat: Workspace) -> None:
        posted = await chat.messenger.post(chat.member, CARD)
        chat.delete(posted)
        with pytest.raises(MessageGoneError):
            await chat.messenger.update(posted, CARD)

    async def test_an_answer_is_seen_by_its_person_only(self, chat: Workspace) -> None:
        await chat.messenger.answer(chat.member, chat.reply_to(chat.member), CARD)
        (message,) = chat.read(chat.member)
        assert message.private

    async def test_an_answer_with_nowhere_to_go_is_a_direct_message(self, chat: Workspace) -> None:
        await chat.messenger.answer(chat.member, "", CARD)
        await chat.messenger.answer(chat.member, chat.used_up(chat.member), CARD)
        assert [m.private for m in chat.read(chat.member)] == [False, False]

    async def test_a_form_is_shown_and_redrawn(self, chat: Workspace) -> None:
        shown = await chat.messenger.open_form(chat.trigger(chat.member), FORM)
        assert chat.forms(chat.member) == ["Activate"]
        await chat.messenger.redraw_form(shown, Form("activate", "Extend", "Go", FORM.fields))
        assert chat.forms(chat.member) == ["Extend"]

    async def test_a_trigger_opens_one_form(self, chat: Workspace) -> None:
        trigger = chat.trigger(chat.member)
        await chat.messenger.open_form(trigger, FORM)
        with pytest.raises(IntegrationError) as refused:
            await chat.messenger.open_form(trigger, FORM)
        assert refused.value.permanent

    async def test_nobody_outside_is_written_to(self, chat: Workspace) -> None:
        with pytest.raises(IntegrationError) as refused:
            await chat.messenger.post(chat.unusual["stranger"], CARD)
        assert refused.value.permanent
        assert refused.value.outcome is Outcome.DID_NOT

    async def test_a_limit_says_when_to_come_back_and_nothing_was_posted(
        self, chat: Workspace
    ) -> None:
        chat.limit_next(2.5)
        with pytest.raises(IntegrationError) as limited:
            await chat.messenger.post(chat.member, CARD)
        assert limited.value.retry_after == 2.5
        assert not limited.value.permanent
        assert limited.value.outcome is Outcome.DID_NOT
        assert chat.read(chat.member) == []

    async def test_a_lost_answer_leaves_the_outcome_open(self, chat: Workspace) -> None:
        chat.lose_next_answer()
        with pytest.raises(IntegrationError) as lost:
            await chat.messenger.post(chat.member, CARD)
        assert lost.value.outcome is Outcome.UNKNOWN
        assert len(chat.read(chat.member)) == 1
