"""The app package for Teams: what its published schema demands of what is in it, and no more in it."""

import io
import json
import struct
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.commands import VERBS, Misunderstood, parse
from bot.manifests import icons
from bot.manifests.teams import COMMANDS, SCHEMA, VERSION, App, manifest, package, problems

APP = App(
    bot="11111111-2222-4333-8444-555555555555",
    client="66666666-7777-4888-8999-aaaaaaaaaaaa",
    public_url="https://bot.example.com",
    website="https://example.com/aws",
    version="1.2.3",
    resource="api://botid-11111111-2222-4333-8444-555555555555",
)
GIVEN = {"TEAMS_APP_ID": APP.bot.upper(), "PUBLIC_URL": f"{APP.public_url}/"}


def unzipped(zipped: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(zipped)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_the_package_is_flat_and_always_the_same() -> None:
    assert list(unzipped(package(APP))) == ["manifest.json", "color.png", "outline.png"]
    assert package(APP) == package(APP)


def test_the_manifest_has_what_the_schema_demands_within_its_limits() -> None:
    told: dict[str, Any] = json.loads(unzipped(package(APP))["manifest.json"])

    assert told["$schema"] == SCHEMA
    assert told["manifestVersion"] == VERSION
    assert told["version"] == "1.2.3"
    assert told["id"] == APP.bot
    developer = told["developer"]
    assert len(developer["name"]) <= 32
    urls = (developer[name] for name in ("websiteUrl", "privacyUrl", "termsOfUseUrl"))
    assert all(url.startswith("https://") for url in urls)
    assert len(told["name"]["short"]) <= 30
    assert len(told["description"]["short"]) <= 80
    assert len(told["description"]["full"]) <= 4000
    [bot] = told["bots"]
    assert bot["botId"] == APP.bot
    assert set(bot["scopes"]) <= {"personal", "team", "groupChat"}
    assert told["validDomains"] == ["bot.example.com"]
    assert set(told["icons"].values()) <= unzipped(package(APP)).keys()


def test_the_command_list_is_one_that_every_version_takes_and_the_bot_understands() -> None:
    [listed] = manifest(APP)["bots"][0]["commandLists"]

    assert len(listed["commands"]) <= 10
    assert all(len(one["title"]) <= 32 for one in listed["commands"])
    assert all(len(one["description"]) <= 128 for one in listed["commands"])
    assert {title for title, _ in COMMANDS} <= set(VERBS)
    bare = [parse(title) for title, _ in COMMANDS if title != "explain"]
    assert not [found for found in bare if isinstance(found, Misunderstood)]


def test_single_sign_on_is_in_it_only_when_it_is_set_up() -> None:
    assert manifest(APP)["webApplicationInfo"] == {"id": APP.client, "resource": APP.resource}
    assert "webApplicationInfo" not in manifest(replace(APP, resource=""))


def test_no_channel_is_asked_for_in_which_others_read() -> None:
    assert "supportedChannelTypes" not in manifest(APP)


@pytest.mark.parametrize(
    ("drawn", "size"), [(icons.colour(), 192), (icons.outline(), 32)], ids=["colour", "outline"]
)
def test_the_icons_are_pngs_of_the_right_size(drawn: bytes, size: int) -> None:
    assert drawn.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", drawn[16:24]) == (size, size)
    assert len(drawn) < 8 * 1024


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"bot": "the bot"}, "TEAMS_APP_ID"),
        ({"public_url": "http://bot.example.com"}, "PUBLIC_URL"),
        ({"website": "example.com"}, "--website"),
        ({"client": ""}, "AZURE_CLIENT_ID"),
        ({"version": "1"}, "--version"),
    ],
)
def test_what_would_be_refused_is_not_written(change: dict[str, str], named: str) -> None:
    [problem] = problems(replace(APP, **change))

    assert problem.startswith(named)
    assert problems(APP) == []


def test_the_command_writes_it(tmp_path: Path) -> None:
    output = tmp_path / "app.zip"
    done = CliRunner().invoke(main, ["manifest", "teams", "--output", str(output)], env=GIVEN)

    assert (done.exit_code, done.exception) == (0, None)
    told = json.loads(unzipped(output.read_bytes())["manifest.json"])
    assert (told["id"], told["validDomains"]) == (APP.bot, ["bot.example.com"])


def test_the_command_writes_nothing_that_is_wrong(tmp_path: Path) -> None:
    output = tmp_path / "app.zip"
    given = {**GIVEN, "TEAMS_APP_ID": "x"}
    done = CliRunner().invoke(main, ["manifest", "teams", "--output", str(output)], env=given)

    assert done.exit_code == 2
    assert "TEAMS_APP_ID" in done.output
    assert not output.exists()
