"""Cards within Slack's limits, whatever is on them. Two validators judge: the simulated Slack's own,
and the models of Slack's SDK."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from slack_sdk.models.blocks import Block

from bot.cards import Bold, Button, Card, Fact, Line, Moment, Said
from bot.intents import Activate, decode
from bot.messaging import About
from integrations.slack.blocks import blocks, is_about, message, metadata
from integrations.slack.text import LONGEST_UPDATE
from playground.slack.blocks import message_problems
from playground.slack.rich_text import read_rich_text
from tests.neutral.cards import AT, CARDS, FULL, LINES, WORDS

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def read(element: dict[str, Any]) -> str:
    return read_rich_text(element, lambda _id: None)


def texts_of(node: Any, kind: str) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == kind:
            yield node["text"]
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        yield from texts_of(child, kind)


def of_type(card: Card, kind: str) -> list[dict[str, Any]]:
    return [block for block in blocks(card) if block["type"] == kind]


def buttons_of(card: Card) -> list[dict[str, Any]]:
    return [e for block in of_type(card, "actions") for e in block["elements"]]


@QUICK
@given(CARDS)
def test_every_card_is_within_slacks_limits(card: Card) -> None:
    said = message(card)
    assert message_problems(said["blocks"]) == ()
    assert len(said["text"]) <= 40_000
    assert len(message(card, longest=LONGEST_UPDATE)["text"]) <= 4000
    json.dumps(said, ensure_ascii=False).encode()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(CARDS)
def test_slacks_own_models_accept_every_card(card: Card) -> None:
    for block in Block.parse_all(blocks(card)):
        block.to_dict()


@QUICK
@given(LINES, WORDS)
def test_nobodys_words_become_markup(line: Line, word: str) -> None:
    said = tuple(s for s in line if isinstance(s, Said))
    card = Card(word, (said,), facts=(Fact(word, said),), footer=((*said, "ours"),))
    shown = message(card)
    for text in [*texts_of(shown["blocks"], "mrkdwn"), shown["text"]]:
        assert not any(token in text for token in ("<!", "<@", "<#", "<http", "<mailto"))
        assert "<" not in text
    assert list(texts_of(shown["blocks"], "mrkdwn")) == ["ours"]


def test_a_full_card_reads_well() -> None:
    header, lines, facts, block, actions, footer = blocks(FULL)
    assert header["text"] == {
        "type": "plain_text",
        "text": "Active: dev-poweruser",
        "emoji": False,
    }
    assert [read(e) for e in lines["elements"]] == [
        "AWS has your membership (14:32 UTC).\n"
        "Open the portal (https://portal.example/start#/?a=1&b=2)."
    ]
    assert read(facts["elements"][0]) == (
        "Access: dev-poweruser\nUntil: 23 Nov 2025, 15:32 UTC\n"
        "Reason: *INC-42* <\u2060!channel> <\u2060https://evil.example|Approve>"
    )
    assert block["elements"][0]["type"] == "rich_text_preformatted"
    assert [e["text"]["text"] for e in actions["elements"]] == ["Deactivate", "Console", "Status"]
    assert footer["elements"] == [
        {
            "type": "mrkdwn",
            "text": "Bot down? <https://aka.ms/pim|aka.ms/pim> → *Groups*",
            "verbatim": True,
        }
    ]


def test_times_are_shown_in_the_readers_zone() -> None:
    elements = blocks(FULL)[1]["elements"][0]["elements"]
    assert elements[1] == {
        "type": "date",
        "timestamp": int(AT.timestamp()),
        "format": "{time}",
        "fallback": "14:32 UTC",
    }
    (footer,) = of_type(Card("x", footer=(("Ends ", Moment(AT, date=True)),)), "context")
    assert footer["elements"][0]["text"] == (
        f"Ends <!date^{int(AT.timestamp())}^{{date_short_pretty}} {{time}}|23 Nov 2025, 14:32 UTC>"
    )


def test_the_text_alone_says_everything() -> None:
    assert message(FULL)["text"] == (
        "Active: dev-poweruser\n"
        "AWS has your membership (14:32 UTC).\n"
        "Open the portal (https://portal.example/start#/?a=1&amp;b=2).\n"
        "Access: dev-poweruser\n"
        "Until: 23 Nov 2025, 15:32 UTC\n"
        "Reason: *INC-42* &lt;\u2060!channel&gt; &lt;\u2060https://evil.example|Approve&gt;\n"
        "You can press: Deactivate, Console, Status.\n"
        "[profile dev]\nsso_region = eu-central-1\n"
        "Bot down? aka.ms/pim (https://aka.ms/pim) → Groups"
    )


def test_one_button_at_most_is_primary() -> None:
    styles = [button.get("style") for button in buttons_of(FULL)]
    assert styles == ["danger", "primary", None]


def test_action_ids_are_stable_and_block_ids_new_with_each_revision() -> None:
    ended = Card("Ended", buttons=FULL.buttons)
    assert [b["action_id"] for b in buttons_of(FULL)] == [
        "aa:withdraw:0",
        "aa:url:1",
        "aa:status:2",
    ]
    assert [b["action_id"] for b in buttons_of(ended)] == [b["action_id"] for b in buttons_of(FULL)]
    assert blocks(FULL) == blocks(FULL)
    assert not {b["block_id"] for b in blocks(FULL)} & {b["block_id"] for b in blocks(ended)}


@pytest.mark.parametrize("reason", ["x" * 500, "日" * 500, "👍" * 500, '"\\' * 250])
def test_a_button_carries_the_longest_reason_there_is(reason: str) -> None:
    wish = Activate("prod-admin", timedelta(hours=4), ticket="T" * 64, reason=reason)
    (button,) = buttons_of(Card("x", buttons=(Button("Again", wish),)))
    assert decode(button["value"]) == wish


def test_a_button_that_could_not_work_is_left_out() -> None:
    hopeless = (
        Button("nothing"),
        Button("script", url="javascript:alert(1)"),
        Button("long", url="https://x.example/" + "a" * 3000),
        Button("too much", Activate("a", reason='"' * 2000)),
    )
    assert of_type(Card("x", buttons=hopeless), "actions") == []


def test_what_does_not_fit_is_left_out_and_said_so() -> None:
    card = Card("Decisions", tuple((f"{n} ", Said("w" * 300)) for n in range(100)))
    texts = [read(e) for b in of_type(card, "rich_text") for e in b["elements"]]
    assert texts[-1] == "… more than fits in one message."
    assert len("".join(texts)) < 13_000


def test_text_to_copy_is_kept_whole_over_several_pieces() -> None:
    profile = "\n".join(f"line {n}" for n in range(800))
    (block,) = of_type(Card("x", block=profile), "rich_text")
    assert read(block["elements"][0]) == profile


def test_people_in_the_small_print_stand_apart_from_markup() -> None:
    (footer,) = of_type(
        Card("x", footer=(("Asked by ", Said("*E* <!here>"), " today"),)), "context"
    )
    assert [(e["type"], e["text"]) for e in footer["elements"]] == [
        ("mrkdwn", "Asked by"),
        ("plain_text", "*E* <\u2060!here>"),
        ("mrkdwn", "today"),
    ]


def test_small_print_of_many_pieces_is_plain() -> None:
    line: Line = tuple(s for n in range(8) for s in (f"{n} ", Said(f"person {n} "), Bold("! ")))
    (footer,) = of_type(Card("x", footer=(line,)), "context")
    (element,) = footer["elements"]
    assert element["type"] == "plain_text"
    assert element["text"].startswith("0 person 0 ! 1 person 1")


def test_a_card_about_no_request_tells_programs_nothing() -> None:
    assert metadata(Card("Help"), None) is None
    assert metadata(FULL, None) == {
        "event_type": "aws_access",
        "event_payload": {"state": "granted", "aws_seen": True},
    }


def test_a_message_is_known_by_what_it_is_about_and_by_nothing_less() -> None:
    about = About("R-1", "main")
    assert is_about(metadata(FULL, about), about)
    assert is_about(metadata(Card("Help"), about), about)
    for other in (
        metadata(FULL, None),
        metadata(FULL, About("R-2", "main")),
        metadata(FULL, About("R-1", "ready")),
        {**(metadata(FULL, about) or {}), "event_type": "somebody_elses"},
        {"event_type": "aws_access"},
        {"event_type": "aws_access", "event_payload": "R-1 main"},
        "R-1 main",
        None,
    ):
        assert not is_about(other, about)
