from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.facade import Slack
from tests.playground.slack.kit import Json, actions, button, mrkdwn, plain, section, text_input


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def rich_section(*pieces: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(pieces)}


async def read(slack: Slack, client: AsyncWebClient, *blocks: Json) -> str:
    await client.chat_postMessage(channel="U0ENGINEER", text="not read", blocks=list(blocks))
    return str(slack.messages("engineer")[-1]["text"])


async def test_everything_a_person_reads_in_reading_order_and_no_button(
    slack: Slack, client: AsyncWebClient
) -> None:
    image = {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a picture"}
    seen = await read(
        slack,
        client,
        {"type": "header", "text": plain("Ready & waiting")},
        section("for <@U0ADMIN000>", fields=[mrkdwn("*Until*"), mrkdwn("14:32")]),
        {"type": "divider"},
        {**image, "title": plain("Drawn")},
        text_input("why", "Reason"),
        {"type": "context", "elements": [image, mrkdwn("<https://aka.ms/pim|portal>")]},
        actions(button("Deactivate")),
    )
    assert seen.splitlines() == [
        "Ready & waiting",
        "for @admin",
        "Until",
        "14:32",
        "Drawn",
        "a picture",
        "Reason",
        "a picture",
        "portal (https://aka.ms/pim)",
    ]


async def test_plain_text_is_read_as_it_stands(slack: Slack, client: AsyncWebClient) -> None:
    words = {"type": "section", "text": plain("*not bold* <@U0ADMIN000>")}
    assert await read(slack, client, words) == "*not bold* <@U0ADMIN000>"


async def test_rich_text_is_read_piece_by_piece(slack: Slack, client: AsyncWebClient) -> None:
    said = {"type": "text", "text": "*as typed* <!channel> "}
    seen = await read(
        slack,
        client,
        rich(
            rich_section(said, {"type": "user", "user_id": "U0ADMIN000"}),
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [
                    rich_section({"type": "link", "url": "https://a.example", "text": "a"}),
                    rich_section({"type": "link", "url": "https://b.example"}),
                    rich_section({"type": "channel", "channel_id": "C0PROD"}),
                ],
            },
            {
                "type": "rich_text_preformatted",
                "elements": [
                    {"type": "emoji", "name": "key"},
                    {"type": "date", "timestamp": 1, "format": "{time}", "fallback": "00:00 UTC"},
                ],
            },
        ),
    )
    assert seen.splitlines() == [
        "*as typed* <!channel> @admin",
        "a (https://a.example)",
        "https://b.example",
        "#prod",
        ":key:00:00 UTC",
    ]
