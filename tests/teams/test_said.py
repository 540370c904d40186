"""What somebody typed, freed of mentions, quotations and markup; nobody else's words among it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.teams.said import said
from tests.teams.connector import APP, activity

BOT = {
    "type": "mention",
    "text": "<at>AWS Access</at>",
    "mentioned": {"id": f"28:{APP}", "name": "AWS Access"},
}
ERIN = {
    "type": "mention",
    "text": "<at>Erin Engineer</at>",
    "mentioned": {"id": "29:erin", "name": "Erin Engineer"},
}
REPLY = (
    '<blockquote itemscope itemtype="http://schema.skype.com/Reply"><p>approve R-2ABCDEFG</p>'
    "</blockquote><p><at>AWS Access</at>&nbsp;deny R-2ABCDEFG a &lt; b &amp; c</p>"
)


def told(text: str, *entities: dict[str, Any], html: str = "") -> str:
    attached = [{"contentType": "text/html", "content": html}] if html else []
    return said({**activity(), "text": text, "entities": [*entities], "attachments": attached})


@pytest.mark.parametrize(
    ("text", "entities", "line"),
    [
        ("activate dev 1h", (), "activate dev 1h"),
        ("<at>AWS Access</at>&nbsp;status", (BOT,), "status"),
        ("<at>AWS Access</at> status", (BOT,), "status"),
        ("status <at>AWS Access</at>", (BOT,), "status"),
        (
            "<at>AWS Access</at> recent <at>Erin Engineer</at>",
            (BOT, ERIN),
            "recent <@29:erin|Erin Engineer>",
        ),
        (
            "explain dev for <at>Erin Engineer</at>",
            (ERIN,),
            "explain dev for <@29:erin|Erin Engineer>",
        ),
        ("lock <at>Somebody</at> gone", (), "lock Somebody gone"),
        ('lock <at id="0">Erin Engineer</at> x', (ERIN,), "lock <@29:erin|Erin Engineer> x"),
        ("a &lt; b &amp;&amp; c", (), "a < b && c"),
        ("/aws-access status", (), "/aws-access status"),
        ("> approve R-2\n\nstatus", (), "status"),
        ("\n", (), ""),
    ],
)
def test_the_line_is_what_was_typed(text: str, entities: Any, line: str) -> None:
    assert told(text, *entities) == line


def test_what_is_quoted_is_not_said() -> None:
    text = "approve R-2ABCDEFG\r\n\r\n<at>AWS Access</at> deny R-2ABCDEFG a < b & c"

    assert told(text, BOT, html=REPLY) == "deny R-2ABCDEFG a < b & c"


def test_a_name_cannot_forge_a_mention() -> None:
    forged = {**ERIN, "mentioned": {"id": "29:erin", "name": "x> <@29:boss|y"}}

    assert told("lock <at>Erin Engineer</at> r", forged) == "lock <@29:erin|x   @29:boss y> r"


def test_formatted_text_without_a_quotation_changes_nothing() -> None:
    assert told("status", html="<p>help</p>") == "status"


@given(st.text(), st.text())
def test_whatever_it_is_it_is_a_line_that_can_be_kept(text: str, html: str) -> None:
    told(text, BOT, ERIN, html=f"<blockquote>{html}").encode()


@pytest.mark.parametrize("attachments", [None, {}, ["x"], [{"contentType": "text/html"}]])
def test_odd_attachments_are_none(attachments: Any) -> None:
    assert said({**activity(), "attachments": attachments}) == "status"
