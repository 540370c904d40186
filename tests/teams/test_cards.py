"""Cards as Teams takes them, whatever is on them: the simulated Teams judges, and reads them out."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cards import Anchor, Bold, Button, Card, Code, Fact, Line, Moment, Said, Style
from bot.domain.decision import Verdict
from bot.domain.ids import RequestId
from bot.domain.text import visible
from bot.intents import AskReason, OpenForm, Status, decode
from bot.messaging import About
from integrations.teams.cards import LONGEST_CARD, adaptive, message
from integrations.text import words
from playground.teams.cards import problems
from playground.teams.reading import card as read
from tests.neutral.cards import AT, CARDS, FULL, LINES
from tests.wording import everything

LONG_AGO = datetime(2000, 1, 1)  # noqa: DTZ001  hypothesis adds the zone
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def parts(node: Any, kind: str) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get("type") == kind:
            yield node
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        yield from parts(child, kind)


@QUICK
@given(CARDS)
def test_every_card_is_one_that_teams_shows(card: Card) -> None:
    shown = adaptive(card)
    assert problems(shown) == []
    assert len(json.dumps(shown, ensure_ascii=False).encode()) <= 28 * 1024


@QUICK
@given(LINES)
def test_nobodys_words_stand_where_text_is_interpreted(line: Line) -> None:
    said = tuple(s for s in line if isinstance(s, Said | Moment))
    shown = adaptive(Card("Title", (said,), facts=(Fact("Fact", said),), footer=(said,)))
    blocks = [one["text"] for one in parts(shown, "TextBlock")]
    for people in (visible(s.text).strip() for s in said if isinstance(s, Said)):
        assert not people or len(people) < 3 or not any(people in text for text in blocks)


def test_everything_the_bot_says_is_shown_whole() -> None:
    for card in dict.fromkeys(everything.cards()):
        shown = adaptive(card)
        blocks = parts(shown, "RichTextBlock")
        text = "\n".join("".join(run["text"] for run in one["inlines"]) for one in blocks)
        text += "\n".join(one["text"] for one in parts(shown, "TextBlock"))
        dated = (*card.lines, *(fact.value for fact in card.facts), *card.footer)
        told = [words(line, visible, addresses=False) for line in dated if not _has_time(line)]
        assert [one for one in (visible(card.title), *told) if one.strip() not in text] == []


def test_teams_shows_it_with_the_longest_words_too() -> None:
    for card in dict.fromkeys(everything.cards(everything.LONGEST)):
        assert problems(adaptive(card)) == []


def _has_time(line: Line) -> bool:
    """The client writes it its own way."""
    return any(isinstance(span, Moment) for span in line)


def test_a_full_card_reads_well() -> None:
    assert read(adaptive(FULL)) == (
        "Active: dev-poweruser\n"
        "AWS has your membership (14:32 UTC).\n"
        "Open the portal (https://portal.example/start#/?a=1&b=2).\n"
        "Access: dev-poweruser\n"
        "Until: Sun, 23 Nov 2025 15:32 UTC\n"
        "Reason: *INC-42* <!channel> <https://evil.example|Approve>\n"
        "[profile dev]\nsso_region = eu-central-1\n"
        "Bot down? aka.ms/pim (https://aka.ms/pim) → Groups"
    )


def test_a_time_is_told_by_the_readers_own_clock_where_only_we_speak() -> None:
    shown = adaptive(Card("x", (("Until ", Bold("noon"), ": ", Moment(AT), "."),)), "Asia/Tokyo")
    [_, block] = parts(shown, "TextBlock")
    assert block["text"] == "Until **noon**: {{TIME(2025-11-23T14:32:00Z)}}."


@pytest.mark.parametrize(
    "line",
    [
        (Said("Erin"), " asked at ", Moment(AT)),
        (Code("dev"), " until ", Moment(AT)),
        ("dev_power_user until ", Moment(AT)),
        (Bold("a*b"), " until ", Moment(AT)),
        ("1. Until ", Moment(AT)),
        (Anchor("https://x.example", "PIM"), " at ", Moment(AT)),
    ],
)
def test_beside_words_that_could_be_markup_it_is_written_out_in_their_zone(line: Line) -> None:
    shown = adaptive(Card("Title", (line,)), "Asia/Tokyo")
    assert [one["text"] for one in parts(shown, "TextBlock")] == ["Title"]
    assert any(run["text"] == "23:32 JST" for run in parts(shown, "TextRun"))


def test_a_title_that_could_be_markup_interprets_nothing() -> None:
    shown = adaptive(Card("*a* [b](https://x.example)"))
    assert list(parts(shown, "TextBlock")) == []


def test_a_button_is_executed_and_falls_back_to_what_old_clients_know() -> None:
    [action] = parts(adaptive(Card("x", buttons=(Button("Status", Status()),))), "Action.Execute")
    fallback = action["fallback"]
    assert (fallback["type"], fallback["title"]) == ("Action.Submit", "Status")
    assert decode(action["data"]["aa"]["intent"]) == Status()
    assert fallback["data"] == action["data"]


@pytest.mark.parametrize("intent", [OpenForm(), AskReason(RequestId("R-2"), Verdict.DENY)])
def test_a_button_that_opens_a_form_asks_for_its_dialog(intent: OpenForm | AskReason) -> None:
    shown = adaptive(Card("x", buttons=(Button("Open", intent, style=Style.PRIMARY),)))
    [action] = parts(shown, "Action.Submit")
    assert action["data"]["msteams"] == {"type": "task/fetch"}
    assert action["style"] == "positive"


def test_buttons_that_have_no_room_stand_in_a_menu_and_hopeless_ones_nowhere() -> None:
    buttons = tuple(Button(f"B{n}", Status(), spoken=f"Button {n}") for n in range(20))
    hopeless = (Button("nothing"), Button("script", url="javascript:alert(1)"))
    [actions] = parts(adaptive(Card("x", buttons=(*hopeless, *buttons))), "ActionSet")
    modes = [one.get("mode", "primary") for one in actions["actions"]]
    assert modes == ["primary"] * 6 + ["secondary"] * 6
    assert actions["actions"][0]["tooltip"] == "Button 0"


def test_what_does_not_fit_is_left_out_and_said_so() -> None:
    card = Card("Decisions", tuple((f"{n} ", Said("w" * 300)) for n in range(200)))
    shown = adaptive(replace(card, buttons=(Button("Status", Status()),), footer=(("small",),)))
    assert read(shown).endswith("… more than fits in one message.\nsmall")
    assert len(json.dumps(shown).encode()) <= LONGEST_CARD + 500
    assert list(parts(shown, "Action.Execute"))


def test_a_message_tells_programs_what_it_is_about() -> None:
    said = message(FULL, about=About("R-1", "main"))
    assert said["channelData"]["aws_access"] == {
        "state": "granted",
        "aws_seen": True,
        "subject": "R-1",
        "topic": "main",
    }
    assert said["summary"] == "Active: dev-poweruser"
    assert "channelData" not in message(Card("Help"))


@given(st.datetimes(min_value=LONG_AGO, timezones=st.just(UTC)))
@settings(max_examples=20, deadline=None)
def test_every_time_is_one_that_clients_read(at: datetime) -> None:
    [_, block] = parts(adaptive(Card("x", (("At ", Moment(at, date=True)),))), "TextBlock")
    assert "{{" not in read({"type": "AdaptiveCard", "version": "1.5", "body": [block]})
