import base64
import hashlib
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import Anchor, Bold, Code, Fact, Moment, Page, Said
from integrations.web.html import STYLE_HASH, document

AT = datetime(2025, 11, 23, 14, 32, tzinfo=UTC)
FULL = Page(
    "Sign in to activate dev-poweruser",
    (("You asked for ", Code("dev-poweruser"), " in ", Bold("Slack"), "."),),
    facts=(Fact("Asked by", (Said("Erin <b>"),)), Fact("Until", (Moment(AT, date=True),))),
    confirm="Continue to Microsoft",
)


class Elements(HTMLParser):
    """Which elements a document has, and what it says outside its style."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._style = False
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._style = tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._style and data.strip():
            self.words.append(data)
        self._style = False


HOSTILE = st.one_of(
    st.sampled_from(
        ["<script>x</script>", '"><img src=x>', "'onload=", "&lt;", "</style>", "\u202e"]
    ),
    st.text(max_size=30),
)
SPANS = st.one_of(
    HOSTILE,
    HOSTILE.map(Said),
    HOSTILE.map(Bold),
    HOSTILE.map(Code),
    st.builds(Anchor, HOSTILE, HOSTILE),
)
LINES = st.lists(SPANS, max_size=4).map(tuple)
OURS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "main",
    "p",
    "h1",
    "dl",
    "div",
    "dt",
    "dd",
}
OURS |= {"bdi", "strong", "code", "a", "form", "button"}


@given(
    st.builds(
        Page,
        HOSTILE,
        st.lists(LINES, max_size=3).map(tuple),
        st.lists(st.builds(Fact, HOSTILE, LINES), max_size=2).map(tuple),
        HOSTILE,
        st.booleans(),
    )
)
def test_nobodys_words_become_markup(page: Page) -> None:
    shown = document(page)
    for tag, attributes in Elements(shown).tags:
        assert tag in OURS
        assert set(attributes) <= {
            "lang",
            "charset",
            "name",
            "content",
            "class",
            "method",
            "type",
            "href",
            "rel",
        }
        assert (attributes.get("href") or "https://").startswith(("https://", "http://"))
    assert "\u202e" not in shown
    shown.encode()


def test_a_page_reads_as_it_was_written() -> None:
    words = "".join(Elements(document(FULL)).words)
    assert "Sign in to activate dev-poweruser" in words
    assert "You asked for dev-poweruser in Slack." in words
    assert "Asked byErin <b>" in words
    assert "Until23 Nov 2025, 14:32 UTC" in words


def test_confirm_posts_to_the_same_address_and_is_there_only_when_wanted() -> None:
    forms = [a for tag, a in Elements(document(FULL)).tags if tag == "form"]
    assert forms == [{"method": "post"}]
    assert "<form" not in document(Page("Done"))


def test_bad_news_look_different() -> None:
    assert '<main class="bad">' in document(Page("Refused", fine=False))
    assert "<main>" in document(FULL)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil", "https://a b"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    shown = document(Page("x", ((Anchor(url, "here"),),)))
    assert "<a " not in shown
    assert "here" in shown


def test_a_link_leads_where_it_says() -> None:
    shown = document(Page("x", ((Anchor("https://a.example/?b=1&c=2", "there"),),)))
    assert '<a href="https://a.example/?b=1&amp;c=2" rel="noreferrer">there</a>' in shown


def test_times_can_be_read_by_programs() -> None:
    shown = document(Page("x", ((Moment(AT),),)))
    assert '<time datetime="2025-11-23T14:32:00Z">14:32 UTC</time>' in shown


def test_the_policy_allows_exactly_the_style_there_is() -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", document(FULL), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"sha256-{digest}" == STYLE_HASH


def test_there_is_no_script_and_nothing_is_loaded() -> None:
    shown = document(FULL)
    assert not re.search(r"<script|<link|<img|@import|url\(|\son\w+=", shown)
