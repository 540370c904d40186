"""What every Messenger does, whichever chat it speaks in."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import pytest

from bot.cards import Bold, Button, Card, Entry, Fact, Form, Home, Item, Said, Section
from bot.domain.ids import Channel, ChatAccount, PersonId
from bot.intents import Status
from bot.messaging import About, MessageGoneError, Messenger, Posted, UnreachableError
from bot.ports import DirectoryUser, IntegrationError, Outcome

CARD = Card(
    "Active",
    (("Membership of ", Bold("dev"), " until noon."),),
    facts=(Fact("Reason", (Said("INC-42 <!channel>"),)),),
    buttons=(Button("Show status", Status()),),
    state="granted",
)
HOME = Home((Section("Active", (Item(CARD.lines[0], CARD.buttons),)),), (("Small print.",),))
MAIN, READY = About("R-23456789", "main"), About("R-23456789", "ready")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
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
    def home(self, account: ChatAccount) -> str:
        """What their tab shows."""
        ...

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
    def channel(self, kind: str) -> Channel:
        """One that is `internal`, `shared` with others, or `closed` to the bot."""
        ...

    def read_in(self, channel: Channel) -> list[Read]: ...
    def may_not_look(self) -> None:
        """The bot was installed without the right to look for messages."""
        ...

    def may_not_delete(self) -> None:
        """No message can be taken away here."""
        ...


class MessengerContract:
    """What holds in every chat."""

    async def test_a_full_member_stands_for_nothing_in_the_way(self, chat: Workspace) -> None:
        profile = await chat.messenger.profile(chat.member)
        assert profile.account == chat.member
        assert profile.stands == ""
        assert profile.name
        assert profile.mail

    async def test_who_may_not_act_is_told_apart(self, chat: Workspace) -> None:
        told = {s: (await chat.messenger.profile(a)).stands for s, a in chat.unusual.items()}

        assert told.keys() >= {"guest", "stranger", "bot", "unknown"}
        assert all(stands == found for stands, found in told.items())

    async def test_a_member_is_found_as_the_directory_knows_them(self, chat: Workspace) -> None:
        mine = await chat.messenger.profile(chat.member)
        person = PersonId("tenant", mine.oid or "an object id")
        user = DirectoryUser(person, mine.name, "another@name.example", mine.mail)
        nobody = DirectoryUser(PersonId("tenant", "nobody"), "Nobody", "", "nobody@x.example")

        assert await chat.messenger.account_of(user) == chat.member
        assert await chat.messenger.account_of(replace(user, mail="", user_name=mine.mail)) == (
            chat.member
        )
        assert await chat.messenger.account_of(nobody) is None

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
        for stands in chat.unusual.keys() & {"stranger", "deactivated", "unknown"}:
            with pytest.raises(UnreachableError) as refused:
                await chat.messenger.post(chat.unusual[stands], CARD)
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

    async def test_what_may_not_be_taken_away_stays_and_it_says_so(self, chat: Workspace) -> None:
        posted = await chat.messenger.post(chat.member, CARD, MAIN)
        chat.may_not_delete()
        assert not await chat.messenger.retract(posted)
        assert len(chat.read(chat.member)) == 1

    async def test_a_message_in_a_channel_is_edited_there(self, chat: Workspace) -> None:
        channel = chat.channel("internal")
        posted = await chat.messenger.post(channel, CARD, MAIN)
        await chat.messenger.update(posted, Card("Ended"), MAIN)
        (message,) = chat.read_in(channel)
        assert "Ended" in message.text
        assert message.edited
        assert not message.private

    async def test_who_reads_a_channel_is_told(self, chat: Workspace) -> None:
        assert not await chat.messenger.is_shared(chat.channel("internal"))
        assert await chat.messenger.is_shared(chat.channel("shared"))

    async def test_nothing_is_said_where_the_bot_was_not_invited(self, chat: Workspace) -> None:
        with pytest.raises(UnreachableError) as refused:
            await chat.messenger.post(chat.channel("closed"), CARD, MAIN)
        assert refused.value.outcome is Outcome.DID_NOT
        assert chat.read_in(chat.channel("closed")) == []

    async def test_what_was_taken_away_is_seen_no_more(self, chat: Workspace) -> None:
        posted = await chat.messenger.post(chat.member, CARD, MAIN)
        assert await chat.messenger.retract(posted)
        assert chat.read(chat.member) == []
        assert await chat.messenger.retract(posted)


class PrivateContract:
    """In a chat that has answers only one person sees, in the midst of others' messages."""

    async def test_an_answer_is_seen_by_its_person_only(self, chat: Workspace) -> None:
        await chat.messenger.answer(chat.member, chat.reply_to(chat.member), CARD)
        (message,) = chat.read(chat.member)
        assert message.private

    async def test_an_answer_with_nowhere_to_go_is_a_direct_message(self, chat: Workspace) -> None:
        await chat.messenger.answer(chat.member, "", CARD)
        await chat.messenger.answer(chat.member, chat.used_up(chat.member), CARD)
        assert [m.private for m in chat.read(chat.member)] == [False, False]


class LookingContract:
    """In a chat that lets a bot look at what it has said."""

    async def test_what_was_posted_is_found_by_what_it_is_about(self, chat: Workspace) -> None:
        first, second = [await chat.messenger.post(chat.member, CARD, MAIN) for _ in range(2)]
        other = await chat.messenger.post(chat.member, CARD, READY)
        await chat.messenger.post(chat.member, CARD)
        assert await chat.messenger.find(chat.member, MAIN, LONG_AGO) == (second, first)
        assert await chat.messenger.find(chat.member, READY, LONG_AGO) == (other,)
        assert await chat.messenger.find(chat.member, About("R-2", "main"), LONG_AGO) == ()
        assert await chat.messenger.find(chat.unusual["guest"], MAIN, LONG_AGO) == ()

    async def test_what_was_edited_is_still_found(self, chat: Workspace) -> None:
        posted = await chat.messenger.post(chat.member, CARD, MAIN)
        await chat.messenger.update(posted, Card("Ended"), MAIN)
        assert await chat.messenger.find(chat.member, MAIN, LONG_AGO) == (posted,)

    async def test_a_copy_that_nobody_follows_is_not_found_again(self, chat: Workspace) -> None:
        posted = await chat.messenger.post(chat.member, CARD, MAIN)
        await chat.messenger.update(posted, Card("Ignore this copy"))
        assert await chat.messenger.find(chat.member, MAIN, LONG_AGO) == ()

    async def test_what_was_taken_away_is_found_no_more(self, chat: Workspace) -> None:
        posted = await chat.messenger.post(chat.member, CARD, MAIN)
        assert await chat.messenger.retract(posted)
        assert await chat.messenger.find(chat.member, MAIN, LONG_AGO) == ()

    async def test_who_may_not_look_finds_nothing_and_may_still_post(self, chat: Workspace) -> None:
        chat.may_not_look()
        await chat.messenger.post(chat.member, CARD, MAIN)
        assert await chat.messenger.find(chat.member, MAIN, LONG_AGO) == ()
        assert len(chat.read(chat.member)) == 1

    async def test_a_message_whose_answer_was_lost_is_found(self, chat: Workspace) -> None:
        chat.lose_next_answer()
        with pytest.raises(IntegrationError):
            await chat.messenger.post(chat.member, CARD, MAIN)
        (found,) = await chat.messenger.find(chat.member, MAIN, LONG_AGO)
        await chat.messenger.update(found, Card("Ended"), MAIN)
        (message,) = chat.read(chat.member)
        assert "Ended" in message.text


class TabContract:
    """In a chat that has a tab which a bot draws."""

    async def test_a_tab_shows_what_it_was_last_given(self, chat: Workspace) -> None:
        await chat.messenger.show_home(chat.member, HOME)
        await chat.messenger.show_home(chat.member, HOME)
        assert "Membership of dev until noon." in chat.home(chat.member)
        await chat.messenger.show_home(chat.member, Home((Section("Active", (Item(("None.",)),)),)))
        assert "Membership" not in chat.home(chat.member)
        assert chat.read(chat.member) == []

    async def test_nobody_outside_has_a_tab(self, chat: Workspace) -> None:
        with pytest.raises(IntegrationError) as refused:
            await chat.messenger.show_home(chat.unusual["stranger"], HOME)
        assert refused.value.permanent
