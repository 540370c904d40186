import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.slack.blocks import message_problems, view_problems
from tests.playground.slack.kit import (
    Json,
    actions,
    button,
    modal,
    mrkdwn,
    option,
    plain,
    section,
    text_input,
)


def select(*options: Json) -> Json:
    return {"type": "static_select", "action_id": "pick", "options": list(options)}


def confirming(title: str = "Sure?", text: str = "Really?") -> Json:
    question = {"title": plain(title), "text": mrkdwn(text)}
    return button(confirm={**question, "confirm": plain("Yes"), "deny": plain("No")})


def fields(*texts: str) -> Json:
    return {"type": "section", "fields": [mrkdwn(text) for text in texts]}


BAD: dict[str, list[Json]] = {
    "section text of 3001 characters": [section("x" * 3001)],
    "empty section text": [section("")],
    "11 fields": [fields(*"abcdefghijk")],
    "a field of 2001 characters": [fields("x" * 2001)],
    "header of 151 characters": [{"type": "header", "text": plain("x" * 151)}],
    "mrkdwn header": [{"type": "header", "text": mrkdwn("x")}],
    "button text of 76 characters": [actions(button("x" * 76, action_id="a"))],
    "button value of 2001 characters": [actions(button(value="x" * 2001))],
    "green button": [actions(button(style="green"))],
    "mrkdwn button": [actions(button(text=mrkdwn("x")))],
    "button url of 3001 characters": [actions(button(url="https://" + "x" * 2993))],
    "action_id of 256 characters": [actions(button(action_id="x" * 256))],
    "block_id of 256 characters": [section(block_id="x" * 256)],
    "duplicate action_id": [actions(button(), button())],
    "duplicate block_id": [section(block_id="one"), section(block_id="one")],
    "26 elements in actions": [actions(*(button(f"b{n}") for n in range(26)))],
    "no elements in actions": [actions()],
    "11 elements in context": [{"type": "context", "elements": [mrkdwn("x")] * 11}],
    "51 blocks": [section()] * 51,
    "101 options": [actions(select(*(option(f"o{n}") for n in range(101))))],
    "option value of 151 characters": [actions(select(option("x" * 151, "short")))],
    "option text of 76 characters": [actions(select(option("short", "x" * 76)))],
    "confirm title of 101 characters": [actions(confirming(title="x" * 101))],
    "confirm text of 301 characters": [actions(confirming(text="x" * 301))],
    "unknown block type": [{"type": "carousel"}],
    "unknown element type": [actions({"type": "slider", "action_id": "a"})],
    "extra key": [section(colour="red")],
    "input without element": [{"type": "input", "label": plain("Reason")}],
    "image without alt_text": [{"type": "image", "image_url": "https://example.com/a.png"}],
}

GOOD: dict[str, list[Json]] = {
    "section text of 3000 characters": [section("x" * 3000)],
    "10 fields of 2000 characters": [fields(*["x" * 2000] * 10)],
    "header of 150 characters": [{"type": "header", "text": plain("x" * 150)}],
    "25 buttons": [actions(*(button(f"b{n}") for n in range(25)))],
    "a full button": [
        actions(button("x" * 75, value="x" * 2000, style="primary", url="https://example.com"))
    ],
    "100 options of full length": [
        actions(select(*(option(f"{n:0150}", "x" * 75) for n in range(100))))
    ],
    "50 blocks": [section()] * 50,
    "a button that asks back": [actions(confirming("x" * 100, "x" * 300))],
    "the same action_id in two blocks": [actions(button()), actions(button())],
    "rich text": [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [{"type": "text", "text": "as typed", "style": {"italic": True}}],
                }
            ],
        }
    ],
}

BAD_VIEWS: dict[str, Json] = {
    "title of 25 characters": modal(section(), title=plain("x" * 25)),
    "submit of 25 characters": modal(section(), submit=plain("x" * 25)),
    "private_metadata of 3001 characters": modal(section(), private_metadata="x" * 3001),
    "callback_id of 256 characters": modal(section(), callback_id="x" * 256),
    "101 blocks": modal(*[section()] * 101),
    "no title": {"type": "modal", "blocks": []},
    "duplicate block_id": modal(text_input("a", "One"), text_input("a", "Two")),
    "a title on a home": {"type": "home", "title": plain("Home"), "blocks": []},
    "an unknown kind of view": {"type": "page", "blocks": []},
    "an alert on a home": {"type": "home", "blocks": [{"type": "alert", "text": plain("x")}]},
    "an initial option nobody offers": modal(
        actions({**select(option("a")), "initial_option": option("b")})
    ),
}


def test_there_are_29_bad_payloads() -> None:
    assert len(BAD) == 29


@pytest.mark.parametrize("blocks", BAD.values(), ids=BAD)
def test_slack_refuses(blocks: list[Json]) -> None:
    problems = message_problems(blocks)
    assert problems
    assert all(one.startswith("[ERROR] ") and "[json-pointer:/blocks" in one for one in problems)


@pytest.mark.parametrize("blocks", GOOD.values(), ids=GOOD)
def test_slack_takes(blocks: list[Json]) -> None:
    assert message_problems(blocks) == ()


@pytest.mark.parametrize("view", BAD_VIEWS.values(), ids=BAD_VIEWS)
def test_slack_refuses_the_view(view: Json) -> None:
    assert view_problems(view)


def test_a_modal_with_an_input_needs_a_submit_button() -> None:
    view = modal(text_input("reason", "Reason"))
    assert view_problems(view) == ()
    del view["submit"]
    assert "submit" in view_problems(view)[0]


def test_a_problem_says_where_it_is() -> None:
    assert message_problems([section(), section("x" * 3001)]) == (
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]",
    )


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "blocks",
                    "elements",
                    "element",
                    "text",
                    "options",
                    "option_groups",
                    "initial_options",
                    "block_id",
                    "action_id",
                ]
            ),
            inner
            | st.sampled_from(
                ["modal", "actions", "input", "section", "static_select", "button", "plain_text"]
            ),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(ANYTHING)
def test_nonsense_is_refused_never_a_crash(payload: object) -> None:
    if payload != []:
        assert message_problems(payload)
    assert view_problems(payload) or isinstance(payload, dict)
    message_problems([payload])
    view_problems(modal(section(), blocks=payload))
