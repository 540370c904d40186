"""The app manifest for Slack, over HTTP and by Socket Mode; the document shows what is printed."""

import re
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from click.testing import CliRunner

from bot.__main__ import main
from bot.commands import VERBS
from bot.doctor.needs import SLACK_SCOPES
from bot.manifests.slack import EVENTS, manifest
from tests.meta.tree import read

URL = "https://bot.example.com"
EVENTS_URL = f"{URL}/slack/events"


def told(url: str = "") -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(manifest(url))
    return found


@pytest.mark.parametrize("url", ["", URL])
def test_it_asks_for_what_the_bot_needs_and_no_more(url: str) -> None:
    found = told(url)

    assert found["oauth_config"]["scopes"] == {"bot": list(SLACK_SCOPES)}
    assert found["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)
    assert found["features"]["slash_commands"][0]["command"] == "/aws-access"
    assert found["features"]["slash_commands"][0]["should_escape"] is True
    assert found["settings"]["interactivity"]["is_enabled"] is True


def test_every_word_of_the_hint_is_a_command() -> None:
    hint = told()["features"]["slash_commands"][0]["usage_hint"].strip("[]")

    assert set(hint.split(" | ")) <= set(VERBS)
    assert len(hint) < 1000


def test_by_socket_mode_slack_needs_no_address() -> None:
    assert told()["settings"]["socket_mode_enabled"] is True
    assert "http" not in manifest()


def test_over_http_everything_comes_to_the_one_door() -> None:
    found = told(URL)

    assert found["settings"]["socket_mode_enabled"] is False
    assert found["settings"]["event_subscriptions"]["request_url"] == EVENTS_URL
    assert found["settings"]["interactivity"]["request_url"] == EVENTS_URL
    assert found["settings"]["interactivity"]["message_menu_options_url"] == EVENTS_URL
    assert found["features"]["slash_commands"][0]["url"] == EVENTS_URL


def test_the_document_shows_what_the_command_prints() -> None:
    [shown] = re.findall(r"(?ms)^ *```yaml\n(.*?)```", read("docs/connect-slack.md"))

    assert yaml.safe_load(shown) == told()


@pytest.mark.parametrize(
    ("arguments", "environment", "mode"),
    [
        (["--socket-mode"], {}, True),
        (["--socket-mode"], {"PUBLIC_URL": URL}, True),
        ([], {"PUBLIC_URL": f"{URL}/"}, False),
        (["--url", URL], {}, False),
    ],
)
def test_the_command_prints_it(
    arguments: list[str], environment: dict[str, str], *, mode: bool
) -> None:
    done = CliRunner().invoke(main, ["manifest", "slack", *arguments], env=environment)

    assert done.exit_code == 0
    assert yaml.safe_load(done.output) == told("" if mode else URL)


def test_without_a_way_to_be_reached_nothing_is_printed() -> None:
    done = CliRunner().invoke(main, ["manifest", "slack"], env={"PUBLIC_URL": ""})

    assert done.exit_code == 2
    assert "PUBLIC_URL" in done.output
