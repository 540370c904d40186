"""What only Slack can send, and still must have no effect: signed, and strange in every field."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from playground.cast import SLACK_OTHER_TEAM, SLACK_TEAM
from tests.process.shots import CANARY, Shot, Signer, clicked, command, payload, raw, sent


def strange(signer: Signer) -> Iterator[Shot]:
    """Signed by Slack, and still nothing that may have an effect."""
    for name, told in [*_who(), *_what()]:
        body = payload(told)
        yield Shot(f"signed: {name}", raw(body, signer.headers(body)), signed=True)
    for name, fields in _commands():
        body = urlencode(fields).encode()
        yield Shot(f"signed: {name}", raw(body, signer.headers(body)), signed=True)


WRONG: tuple[Any, ...] = (None, 7, True, 1.5, [], {}, "", [["x"]], {"id": {}}, CANARY)
"""Something of another type, for every field."""


def _who() -> Iterator[tuple[str, object]]:
    click = clicked('{"do":"activate","access":"dev-poweruser","duration":3600}')
    yield "a stranger", {**click, "user": {"id": "U0STRANGER", "team_id": SLACK_OTHER_TEAM}}
    yield "another team", {**click, "team": {"id": "T0FOREIGN"}}
    grid = {"team": None, "enterprise": {"id": "E1"}, "is_enterprise_install": True}
    yield "Grid, no team", {**click, **grid}
    yield "Grid, no team at all", {**click, **grid, "user": {"id": "W1"}}
    yield "Grid, enterprise of somebody else", {**click, "enterprise": {"id": "E0FOREIGN"}}
    yield "a guest", {**click, "user": {"id": "U0GUEST000", "team_id": SLACK_TEAM}}
    yield "nobody", {k: v for k, v in click.items() if k != "user"}
    form = sent("aa:activate", {"values": {"access": {"x": {"value": "dev-poweruser"}}}})
    view = {**form["view"], "app_installed_team_id": SLACK_TEAM}
    stranger = {"id": "U0STRANGER", "team_id": SLACK_OTHER_TEAM}
    yield "a stranger's form", {**form, "user": stranger, "view": view}
    for field in ("team", "user", "trigger_id", "response_url", "actions", "type"):
        yield f"a click without {field}", {k: v for k, v in click.items() if k != field}
        for wrong in WRONG:
            yield f"a click with {field} = {wrong!r}", {**click, field: wrong}
    for field in ("team", "user", "view", "type"):
        yield f"a form without {field}", {k: v for k, v in form.items() if k != field}
        for wrong in WRONG:
            yield f"a form with {field} = {wrong!r}", {**form, field: wrong}


def _what() -> Iterator[tuple[str, object]]:
    for value in (
        "",
        CANARY,
        "null",
        "[]",
        "{}",
        '{"do":"proceed","request":"R-22222222"}',
        '{"do":"grant"}',
        '{"do":["activate"]}',
        '{"do":"activate","access":7}',
        '{"do":"activate"}',
        '{"do":"recent","since":1e400}',
        '{"do":"activate","access":"a","duration":' + "9" * 1900 + "}",
        "[" * 2000,
        "x" * 2000,
        '{"do":"status","x":"' + "y" * 1900 + '"}',
        *WRONG,
    ):
        yield f"a button worth {str(value)[:30]!r}", clicked(value)
    for action_id in (CANARY, "aa:", "aa:grant:0", "aa:url:0", "aa:field:access", "aa:field:x"):
        yield f"a button called {action_id!r}", clicked(CANARY, action_id)
    for wrong in WRONG:
        yield f"a button called {wrong!r}", clicked("{}", wrong)
    for form in (CANARY, "aa:", "aa:grant", "aa:activate:1", *WRONG):
        yield f"the form {form!r}", sent(form, {"values": {"a": {"b": {"value": CANARY}}}})
    for state in (*WRONG, {"values": CANARY}, {"values": {"access": 7}}, {"values": [1]}):
        yield f"a form that says {str(state)[:30]!r}", sent("aa:activate", state)
    for kind in ("shortcut", "message_action", "view_closed", "workflow_step_edit", CANARY):
        yield f"of type {kind}", {**clicked("{}"), "type": kind, "callback_id": CANARY}
    yield (
        "options for a field not ours",
        {
            **clicked("{}"),
            "type": "block_suggestion",
            "action_id": "aa:field:x",
            "block_id": CANARY,
            "value": CANARY,
        },
    )


def _commands() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "a command of another team", command(team_id="T0FOREIGN")
    yield "a command of nobody", command(user_id=None)
    yield "a command of no team", command(team_id=None)
    yield "another command", command(command=f"/{CANARY}", user_id="", text="")
    yield "a command on Grid", command(team_id="", enterprise_id="E1")
    yield "a long unknown command", command(text=f"{CANARY} " + "x" * 100_000)
    yield "unknown words of all kinds", command(text=f"\x00\u202e<!channel>\ud7ff{CANARY}\x1b[31m")
