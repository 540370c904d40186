import ast
import json
import re
from collections.abc import Iterator
from contextlib import suppress

import pytest

from bot.commands import VERBS
from bot.doctor import needs
from bot.settings import SettingsError, from_environment
from bot.wording import stolen
from integrations.entra.sign_in import PERMISSIONS
from playground.aws.policy import READS
from playground.cast import BOT_APP_ID
from playground.entra.consent import APP_ROLES
from playground.slack.scopes import GRANTED, SUBSCRIBED
from tests.meta.tree import ROOT, files, first_cells, read, shown

DOCUMENTS = [shown(path) for path in files("*.md")]
PROMISES = [f"P{number}" for number in range(1, 12)]
EXAMINING = "integrations/aws/doctor.py"
CONNECTING = "docs/connect-slack.md"
DOCTOR = "docs/doctor.md"


class Asked(dict[str, str]):
    """An empty environment that notes what was looked up in it."""

    def __init__(self, **given: str) -> None:
        super().__init__(given)
        self.names: set[str] = set()

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        self.names.add(name)
        return super().get(name, default)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_command_in_a_document_exists(document: str) -> None:
    told = {
        command
        for block in re.findall(r"(?ms)^ *```sh\n(.*?)```|`(make [a-z-]+)`", read(document))
        for command in re.findall(r"(?m)(?:^|`|PY=\S+ )\s*make ([a-z-]+)", "\n".join(block))
    }

    assert told <= set(re.findall(r"(?m)^([a-z-]+):", read("Makefile")))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_within_the_repository_leads_somewhere(document: str) -> None:
    folder = (ROOT / document).parent
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)(?:#[^)]*)?\)", read(document))

    assert not [link for link in links if not (folder / link).exists()]


def test_the_readme_lists_every_setting_and_no_other() -> None:
    asked = Asked(DEV_LOOPBACK="1")
    with suppress(SettingsError):
        from_environment(asked)
    section = _section("README.md", "Settings")

    told = {name for cell in first_cells(section) for name in re.findall(r"`([A-Z_]+)`", cell)}

    assert told == asked.names


def test_the_readme_lists_every_command_and_no_other() -> None:
    cells = first_cells(_section("README.md", "What one can say"))

    told = [said.split()[0] for cell in cells for said in re.findall(r"`([a-z][^`]*)`", cell)]

    assert sorted(told) == sorted(VERBS)


def test_the_manifest_asks_for_the_scopes_that_the_playgrounds_slack_grants() -> None:
    [asked] = re.findall(r"bot: \[([^\]]*)\]", read(CONNECTING))
    scopes = [one.strip(' "') for one in asked.split(",")]

    assert sorted(scopes) == sorted(GRANTED)
    section = read(CONNECTING).partition("| Scope | For |")[2]
    told = re.findall(r"`([^`]+)`", " ".join(first_cells(section.partition("\n\n")[0])))
    assert sorted(told) == sorted(scopes)


def test_the_manifest_subscribes_to_the_events_that_the_playgrounds_slack_sends() -> None:
    [asked] = re.findall(r"bot_events: \[([^\]]*)\]", read(CONNECTING))

    assert sorted(asked.split(", ")) == sorted(SUBSCRIBED)
    section = read(CONNECTING).partition("| Event | For |")[2]
    told = re.findall(r"`([^`]+)`", " ".join(first_cells(section.partition("\n\n")[0])))
    assert sorted(told) == sorted(SUBSCRIBED)


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_names_tests_that_exist_or_says_not_yet(promise: str) -> None:
    rows = re.findall(rf"(?m)^\| *{promise} *\|(.*)$", read("SECURITY.md"))

    assert len(rows) == 1
    named = re.findall(r"`(tests/[^`]+)`", rows[0])
    assert named or "Not yet" in rows[0]
    assert not [name for name in named if not _is_test(name)]


def test_every_test_that_the_promises_and_threats_name_exists() -> None:
    named = re.findall(r"`(tests/[^`]+)`", read("SECURITY.md"))

    assert not [name for name in named if not _is_test(name)]


def test_the_aws_policy_allows_what_the_adapter_calls_and_nothing_else() -> None:
    policy = json.loads(_fenced(CONNECTING, "json"))
    allowed = {action for one in policy["Statement"] for action in one["Action"]}

    assert {action.split(":")[1] for action in allowed} == set(_aws_operations())
    assert {_as_the_playground_says(action) for action in allowed} <= READS


def test_what_only_the_doctor_may_call_is_what_its_adapter_calls_beyond_that() -> None:
    policy = json.loads(_fenced(DOCTOR, "json"))
    allowed = {action for one in policy["Statement"] for action in one["Action"]}
    called = set(_operations_in(read(EXAMINING))) - {"GetCallerIdentity"}
    needed = {action.split(":")[1] for action in needs.AWS_ACTIONS}

    assert {action.split(":")[1] for action in allowed} == called - needed
    assert {_as_the_playground_says(action) for action in allowed} <= READS


def test_the_doctor_needs_what_the_documents_tell_people_to_grant() -> None:
    policy = json.loads(_fenced(CONNECTING, "json"))
    actions = {action for one in policy["Statement"] for action in one["Action"]}
    section = _section(CONNECTING, "2. The Entra app registration")
    told = set(_permissions(section.split("| Delegated permission |")[0]))
    [scopes] = re.findall(r"bot: \[(.*)\]", read(CONNECTING))

    assert set(needs.AWS_ACTIONS) == actions
    assert {*needs.GRAPH_ROLES, needs.EVERYTHING} == told
    assert all(f"`{role}`" in section for role in needs.INSTEAD)
    assert set(needs.SLACK_SCOPES) == {one.strip(' "') for one in scopes.split(",")}
    assert set(_permissions(_section(DOCTOR, "What only the doctor reads"))) == (
        needs.OPTIONAL_ROLES - needs.INSTEAD.keys() - {"LicenseAssignment.Read.All"}
    )


@pytest.mark.parametrize("words", [stolen.PROCESS, stolen.WHAT, stolen.WITHOUT_KEYS, stolen.ANYONE])
def test_what_a_stolen_credential_can_do_is_said_alike(words: str) -> None:
    assert words in re.sub(r"\s+", " ", read("SECURITY.md"))


def test_what_the_bots_own_credential_can_do_is_said_alike() -> None:
    assert stolen.CREDENTIAL in read("SECURITY.md").replace("**", "")


def test_the_graph_permissions_are_those_the_playground_grants_and_the_bot_asks_for() -> None:
    section = _section(CONNECTING, "2. The Entra app registration")
    applied, delegated = section.split("| Delegated permission |")

    assert set(_permissions(applied)) == set(APP_ROLES[BOT_APP_ID])
    assert set(_permissions(delegated)) == set(PERMISSIONS)
    assert not [name for name in _permissions(applied) if "Write" in name]


def _section(document: str, title: str) -> str:
    found = re.search(rf"(?ms)^## {re.escape(title)}$(.*?)(?=^## |\Z)", read(document))
    assert found, f"{document} has no section {title}"
    return found[1]


def _fenced(document: str, language: str) -> str:
    found = re.search(rf"(?ms)^ *```{language}\n(.*?)```", read(document))
    assert found, f"{document} has no {language}"
    return found[1]


def _is_test(name: str) -> bool:
    file, *inside = name.split("::")
    if not inside or not (ROOT / file).is_file():
        return False
    body: list[ast.stmt] = ast.parse(read(file)).body
    for step in inside:
        found = next((node for node in body if getattr(node, "name", "") == step), None)
        if not isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return False
        body = found.body
    return isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) and step.startswith("test_")


def _aws_operations() -> Iterator[str]:
    """Every operation the adapter names, as IAM spells it."""
    for path in set(files("integrations/aws/*.py")) - set(files(EXAMINING)):
        yield from _operations_in(path.read_text())


def _operations_in(text: str) -> Iterator[str]:
    named = re.findall(r"(?:rows|found)\(\s*\w+,\s*\"(\w+)\"", text)
    called = re.findall(r"\b(?:client|sso|store)\.((?:describe|list|get|is)_\w+)\(", text)
    for operation in {*named, *called} - {"get_paginator"}:
        yield "".join(map(_capitalized, operation.split("_")))


def _capitalized(word: str) -> str:
    return word.upper() if word == "aws" else word.capitalize()


def _as_the_playground_says(action: str) -> str:
    service, operation = action.split(":")
    return f"{'sso-admin' if service == 'sso' else service}/{operation}"


def _permissions(text: str) -> list[str]:
    return [name for cell in first_cells(text) for name in re.findall(r"`(\w+(?:\.\w+)+)`", cell)]
