"""Rules every file of the page keeps, and finding the browser to look at it with."""

import re
from pathlib import Path

import pytest

from playground.control.server import PAGE
from tests.browser.chromium import NoChromiumError, chromium

SOURCES = sorted(PAGE.iterdir())
SCRIPTS = [one for one in SOURCES if one.suffix == ".js"]
MARKUP_OUT_OF_TEXT = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\("
COMMENT = re.compile(r"^\s*(//|\*|/\*).*$", re.MULTILINE)
OUR_OWN_WORDS = ("http://www.w3.org/2000/svg",)


@pytest.mark.parametrize("path", SOURCES, ids=lambda one: one.name)
def test_a_file_is_short_and_asks_no_other_host(path: Path) -> None:
    text = COMMENT.sub("", path.read_text())
    for known in OUR_OWN_WORDS:
        text = text.replace(known, "")

    assert len(text.splitlines()) <= 400
    assert not re.search(r"https?://|url\(|@import", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda one: one.name)
def test_a_script_says_what_it_is_for_and_makes_no_markup_out_of_text(path: Path) -> None:
    text = path.read_text()

    assert text.startswith("// ")
    assert not re.search(MARKUP_OUT_OF_TEXT, text)


def test_a_browser_that_was_named_but_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoChromiumError, match="CHROMIUM names no file"):
        chromium({"CHROMIUM": str(tmp_path / "none")})


def test_the_browser_that_was_named_is_taken(tmp_path: Path) -> None:
    named = tmp_path / "chromium"
    named.touch()

    assert chromium({"CHROMIUM": str(named)}) == str(named)


def test_without_any_browser_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.browser.chromium.WELL_KNOWN", ())

    with pytest.raises(NoChromiumError, match="apt-get install chromium"):
        chromium({"PATH": str(tmp_path)})
