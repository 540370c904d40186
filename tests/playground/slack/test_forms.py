import asyncio

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack import forms
from playground.slack.facade import Slack
from tests.playground.slack.kit import (
    Json,
    actions,
    button,
    modal,
    option,
    plain,
    section,
    text_input,
)
from tests.playground.slack.listening_bot import ListeningBot


def external(**more: object) -> Json:
    return {
        "type": "input",
        "block_id": "access",
        "label": plain("Access"),
        "dispatch_action": True,
        "element": {
            "type": "external_select",
            "action_id": "pick",
            "min_query_length": 0,
            **more,
        },
    }


FORM = modal(external(), text_input("reason", "Reason"), private_metadata="kept")


async def opened(slack: Slack, bot: ListeningBot, client: AsyncWebClient, view: Json) -> str:
    await slack.say("engineer", "/aws-access")
    answer = await client.views_open(trigger_id=bot.trigger_id, view=view)
    return str(answer["view"]["id"])


async def redraws(bot: ListeningBot, client: AsyncWebClient, form: str, view: Json) -> None:
    """Once a choice has arrived, draw the form anew, as an app does after its acknowledgement."""
    while b"block_actions" not in bot.bodies[-1]:  # noqa: ASYNC110  (the bot has no event for it)
        await asyncio.sleep(0.01)
    await client.views_update(view_id=form, view=view)


async def test_an_open_modal_is_a_form_in_front_of_its_person(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    form = await opened(slack, bot, client, FORM)
    [row] = slack.forms("engineer")
    assert (row["id"], row["title"], row["submit"]) == (form, "Activate", "Ask")
    assert [(f["id"], f["label"], f["type"], f["required"]) for f in row["fields"]] == [
        ("pick", "Access", "external_select", True),
        ("value", "Reason", "plain_text_input", True),
    ]
    assert slack.forms("approver") == slack.forms("teams-approver") == []


async def test_a_submission_carries_the_state_and_an_empty_answer_closes_the_form(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    form = await opened(slack, bot, client, FORM)
    found = {"options": [option("dev", "dev-poweruser"), option("prod", "prod-admin")]}
    bot.answers = [found, "", ""]
    submitting = asyncio.create_task(
        slack.submit("engineer", form, {"Access": "prod-admin", "Reason": "a fix"})
    )
    await redraws(bot, client, form, FORM)
    answer = await submitting
    assert answer == {"status": 200, "reply": ""}
    payload = bot.payload
    assert payload["type"] == "view_submission"
    assert payload["view"]["private_metadata"] == "kept"
    values = payload["view"]["state"]["values"]
    assert values["access"]["pick"]["selected_option"]["value"] == "prod"
    assert values["reason"]["value"]["value"] == "a fix"
    assert slack.forms("engineer") == []
    kinds = [b"block_suggestion", b"block_actions", b"view_submission"]
    assert all(kind in body for kind, body in zip(kinds, bot.bodies[1:], strict=True))


async def test_suggestions_are_asked_for_what_was_typed(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    form = await opened(slack, bot, client, modal(external(min_query_length=2)))
    bot.answers = [{"options": [option("prod", "prod-admin")]}]
    offered = await slack.options("engineer", form, "Access", "pro")
    assert offered == {"options": [{"value": "prod", "label": "prod-admin"}]}
    payload = bot.payload
    assert (payload["type"], payload["value"], payload["block_id"], payload["action_id"]) == (
        "block_suggestion",
        "pro",
        "access",
        "pick",
    )
    assert payload["container"] == {"type": "view", "view_id": form}
    short = await slack.options("engineer", form, "Access", "p")
    assert "2 typed characters" in short["undelivered"]
    bot.answers = [{"options": [option(f"o{n}") for n in range(101)]}]
    assert "no options" in (await slack.options("engineer", form, "Access", "all"))["undelivered"]
    groups = [{"label": plain("Mine"), "options": [option("dev")]}]
    bot.answers = [{"option_groups": groups}]
    grouped = await slack.options("engineer", form, "Access", "dev")
    assert grouped["options"] == [{"value": "dev", "label": "dev"}]


async def test_choosing_where_the_field_dispatches_tells_the_app_which_redraws_the_form(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    form = await opened(slack, bot, client, FORM)
    await slack.choose("engineer", form, "Reason", "kept across the redraw")
    bot.answers = [{"options": [option("prod", "prod-admin")]}, ""]
    assert (await slack.choose("engineer", form, "Access", "prod"))["status"] == 200
    payload = bot.payload
    assert payload["type"] == "block_actions"
    assert payload["actions"][0]["selected_option"]["value"] == "prod"
    assert "channel" not in payload
    assert "response_url" not in payload
    redrawn = modal(external(), text_input("reason", "Reason"), text_input("ticket", "Ticket"))
    await client.views_update(view_id=form, hash=payload["view"]["hash"], view=redrawn)
    [row] = slack.forms("engineer")
    assert [f["value"] for f in row["fields"]] == ["prod", "kept across the redraw", None]
    stale = client.views_update(view_id=form, hash=payload["view"]["hash"], view=redrawn)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await stale


async def test_errors_stay_on_the_form_until_it_is_submitted_again(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    form = await opened(slack, bot, client, modal(text_input("reason", "Reason")))
    bot.answers = [{"response_action": "errors", "errors": {"reason": "Say more"}}, ""]
    await slack.submit("engineer", form, {"Reason": "x"})
    [row] = slack.forms("engineer")
    assert row["errors"] == {"reason": "Say more"}
    assert row["fields"][0]["error"] == "Say more"
    await slack.submit("engineer", form, {"Reason": "because"})
    assert slack.forms("engineer") == []


async def test_an_answer_can_update_push_or_clear(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    form = await opened(slack, bot, client, modal(section("one")))
    bot.answers = [{"response_action": "update", "view": modal(section("two"))}]
    await slack.submit("engineer", form)
    assert [f["text"] for f in slack.forms("engineer")] == ["two"]
    bot.answers = [{"response_action": "push", "view": modal(section("three"))}]
    await slack.submit("engineer", form)
    below, top = slack.forms("engineer")
    assert (top["raw"]["previous_view_id"], top["raw"]["root_view_id"]) == (form, form)
    assert "not the form in front" in (await slack.submit("engineer", below["id"]))["undelivered"]
    bot.answers = [{"response_action": "clear"}]
    await slack.submit("engineer", top["id"])
    assert slack.forms("engineer") == []


@pytest.mark.parametrize(
    "answer",
    [
        500,
        "not json",
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
    ],
)
async def test_slack_shows_trouble_for_an_answer_it_cannot_use(
    answer: object, slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    form = await opened(slack, bot, client, modal(section()))
    bot.answers = [answer]
    assert "trouble" in (await slack.submit("engineer", form))["slack_says"]
    assert len(slack.forms("engineer")) == 1


async def test_slack_itself_refuses_an_incomplete_or_impossible_form(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    menu = {"type": "static_select", "action_id": "size", "options": [option("s", "Small")]}
    view = modal(
        text_input("reason", "Reason", max_length=5),
        {"type": "input", "block_id": "m", "label": plain("Size"), "element": menu},
    )
    form = await opened(slack, bot, client, view)
    before = len(bot.bodies)

    async def why(inputs: Json) -> str:
        return str((await slack.submit("engineer", form, inputs))["undelivered"])

    assert "required field: Reason" in await why({"Size": "Small"})
    assert "0 to 5 characters" in await why({"Reason": "too long"})
    assert "offers no 'Large'" in await why({"Size": "Large"})
    assert await why({"Colour": "red", "Shape": "round"}) == (
        f"there is no 'Colour' and no 'Shape' on the form {form}; its fields: 'Reason', 'Size'. "
        "Nothing was submitted."
    )
    assert "not the form in front" in str(await slack.submit("engineer", "V1", {}))
    assert len(bot.bodies) == before


async def test_a_form_without_a_submit_button_cannot_be_submitted(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    view = modal(section("Loading"))
    del view["submit"]
    form = await opened(slack, bot, client, view)
    assert "nothing to submit" in (await slack.submit("engineer", form))["undelivered"]


async def test_cancel_tells_the_app_only_if_it_asked(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    form = await opened(slack, bot, client, modal(section()))
    assert "did not ask" in (await slack.close("engineer", form))["undelivered"]
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_update(view_id=form, view=modal(section()))
    form = await opened(slack, bot, client, modal(section(), notify_on_close=True))
    assert (await slack.close("engineer", form))["status"] == 200
    assert (bot.payload["type"], bot.payload["is_cleared"]) == ("view_closed", False)


async def test_triggers_and_stacks_have_their_limits(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    await opened(slack, bot, client, modal(section(), external_id="one"))
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=bot.trigger_id, view=modal(section()))
    for wanted in ("", "", "push_limit_reached"):
        await slack.say("engineer", "/aws-access")
        pushed = client.views_push(trigger_id=bot.trigger_id, view=modal(section()))
        if wanted:
            with pytest.raises(SlackApiError, match=wanted):
                await pushed
        else:
            await pushed
    await slack.say("approver", "/aws-access")
    taken = client.views_open(trigger_id=bot.trigger_id, view=modal(section(), external_id="one"))
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        await taken


async def test_a_bad_view_is_refused_with_the_place(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    await slack.say("engineer", "/aws-access")
    bad = modal(section(), title=plain("x" * 25))
    with pytest.raises(SlackApiError) as raised:
        await client.views_open(trigger_id=bot.trigger_id, view=bad)
    assert raised.value.response["error"] == "invalid_arguments"
    assert raised.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]


async def test_a_button_in_a_modal_is_pressed_by_the_forms_id(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    form = await opened(slack, bot, client, modal(section(), actions(button("More"))))
    await slack.press("engineer", form, "More")
    assert bot.payload["view"]["id"] == form
    assert bot.payload["actions"][0]["action_id"] == "aa:More"


async def test_every_kind_of_field_keeps_what_was_filled_in(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    sizes = [option("s", "Small"), option("l", "Large")]
    grouped = {"option_groups": [{"label": plain("Sizes"), "options": sizes}]}
    fields: dict[str, Json] = {
        "Several": {"type": "multi_static_select", "options": sizes},
        "Grouped": {"type": "static_select", "initial_option": sizes[0], **grouped},
        "Ticked": {"type": "checkboxes", "options": sizes},
        "Person": {"type": "users_select"},
        "Day": {"type": "datepicker"},
        "Left alone": {"type": "radio_buttons", "options": sizes},
    }
    blocks = [
        {
            "type": "input",
            "block_id": label,
            "label": plain(label),
            "optional": True,
            "element": {"action_id": "value", **element},
        }
        for label, element in fields.items()
    ]
    form = await opened(slack, bot, client, modal(*blocks))
    filled = {"Several": ["s", "Large"], "Ticked": "Small", "Person": "U1", "Day": "2030-01-02"}
    assert (await slack.submit("engineer", form, filled))["status"] == 200
    values = {b: v["value"] for b, v in bot.payload["view"]["state"]["values"].items()}
    assert [one["value"] for one in values["Several"]["selected_options"]] == ["s", "l"]
    assert values["Grouped"]["selected_option"]["value"] == "s"
    assert [one["value"] for one in values["Ticked"]["selected_options"]] == ["s"]
    assert values["Person"]["selected_user"] == "U1"
    assert values["Day"]["selected_date"] == "2030-01-02"
    assert values["Left alone"]["selected_option"] is None


async def test_everything_can_be_filled_in_at_once_although_a_field_redraws_the_form(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    form = await opened(slack, bot, client, modal(external()))
    bot.answers = [{"options": [option("prod", "prod-admin")]}]
    inputs = {"REASON": "a fix", "access": "prod-admin", "how long": "1h"}
    submitting = asyncio.create_task(slack.submit("engineer", form, inputs))
    await redraws(
        bot,
        client,
        form,
        modal(external(), text_input("length", "How long"), text_input("reason", "Reason")),
    )
    assert await submitting == {"status": 200, "reply": ""}
    values = bot.payload["view"]["state"]["values"]
    assert values["access"]["pick"]["selected_option"]["value"] == "prod"
    assert (values["length"]["value"]["value"], values["reason"]["value"]["value"]) == (
        "1h",
        "a fix",
    )


async def test_a_form_that_is_still_loading_is_waited_for(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    loading = modal(section("One moment"))
    del loading["submit"]
    form = await opened(slack, bot, client, loading)
    submitting = asyncio.create_task(slack.submit("engineer", form, {"Reason": "a fix"}))
    await asyncio.sleep(0)
    await client.views_update(view_id=form, view=modal(text_input("reason", "Reason")))
    assert (await submitting)["status"] == 200


async def test_what_the_redrawn_form_does_not_have_either_submits_nothing(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    form = await opened(slack, bot, client, modal(external()))
    bot.answers = [{"options": [option("prod", "prod-admin")]}]
    submitting = asyncio.create_task(
        slack.submit("engineer", form, {"Access": "prod", "Why": "a fix"})
    )
    await redraws(bot, client, form, FORM)
    assert "no 'Why' on the form" in (await submitting)["undelivered"]
    assert bot.payload["type"] == "block_actions"
    assert len(slack.forms("engineer")) == 1


async def test_a_redraw_that_never_comes_is_not_waited_for_for_ever(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "REDRAW_SECONDS", 0.05)
    form = await opened(slack, bot, client, modal(external()))
    bot.answers = [{"options": [option("prod", "prod-admin")]}]
    told = await slack.submit("engineer", form, {"Access": "prod", "Reason": "a fix"})
    assert "its fields: 'Access'" in told["undelivered"]


async def test_a_choice_the_app_did_not_take_submits_nothing(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    form = await opened(slack, bot, client, modal(external()))
    bot.answers = [{"options": [option("prod", "prod-admin")]}, 500]
    told = await slack.submit("engineer", form, {"Access": "prod"})
    assert "Access: the app did not take it" in told["undelivered"]
    assert bot.payload["type"] == "block_actions"
