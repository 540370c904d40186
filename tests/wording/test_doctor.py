"""The doctor has words for everything it can find, and says how to mend whatever is not fine."""

import json

import pytest

from bot.doctor.findings import Finding, Verdict, fail, ok, unknown, warn
from bot.wording.doctor import CATALOGUE, EVERYWHERE, mend, report, said
from tests.doctor import everything

FOUND = everything.findings()


@pytest.mark.parametrize("found", FOUND, ids=lambda one: f"{one.check}-{one.what}")
def test_every_finding_is_a_sentence_with_how_to_mend_it(found: Finding) -> None:
    words, todo = said(found), mend(found)

    assert words.endswith((".", "?"))
    assert not {"{", "}"} & set(words)
    assert bool(todo) == (found.verdict is not Verdict.OK)
    assert "None" not in words + todo


def test_there_are_no_words_for_what_is_never_found() -> None:
    found = {(one.check, one.what) for one in FOUND}
    generic = {what for check, what in found if what not in CATALOGUE[check]}

    assert {(check, what) for check, words in CATALOGUE.items() for what in words} <= found
    assert generic == EVERYWHERE.keys()


def test_a_line_is_one_line_and_one_for_the_mend() -> None:
    found = fail("app.enabled", "off", "Evil\n\x1b[2JFAKE")

    lines = report.line(found).split("\n")

    assert len(lines) == 2
    assert lines[0].startswith("FAIL     app.enabled [Evil  [2JFAKE]: ")
    assert lines[1].startswith("         → ")
    assert report.line(ok("app.enabled")) == "OK       app.enabled: Sign-in is enabled."


def test_the_summary_counts_and_says_what_that_comes_to() -> None:
    off, late = fail("app.enabled", "off"), warn("scim.job", "none")
    blind = unknown("scim.job", "blocked", by="entra.token")

    assert report.summary([off, late, late, blind]).startswith("0 OK, 2 WARN, 1 FAIL, 1 UNKNOWN. ")
    closings = {report.summary(some).partition(". ")[2] for some in ([off], [late], [blind], [])}
    assert len(closings) == 4


def test_the_object_has_stable_names_beside_the_words() -> None:
    told = json.loads(json.dumps(report.as_object([fail("app.enabled", "off", "AWS")])))

    assert told["verdict"] == "FAIL"
    assert told["findings"] == [
        {
            "check": "app.enabled",
            "subject": "AWS",
            "verdict": "FAIL",
            "what": "off",
            "facts": {},
            "said": "Sign-in is disabled: nobody reaches AWS through it.",
            "mend": "Set Properties → Enabled for users to sign-in? to Yes.",
        }
    ]
