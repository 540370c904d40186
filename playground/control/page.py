"""A web page as somebody sees it: the words on it, and the forms that can be sent."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

UNSEEN = frozenset({"script", "style", "title", "template", "noscript"})
INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "code", "em", "i", "kbd", "label", "mark", "small", "span", "strong"}
    | {"time", "wbr"}
)


@dataclass
class WebForm:
    """A form, what is filled in, and how many buttons send it (none: a script does)."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: int = 0


@dataclass(frozen=True)
class WebPage:
    """What one request of a browser ended at."""

    url: str
    status: int
    text: str
    forms: tuple[WebForm, ...] = ()


def read_page(url: str, status: int, html: str) -> WebPage:
    """The page in `html`; text that is not HTML is its own words."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return WebPage(url, status, reader.text, tuple(reader.forms))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[WebForm] = []
        self._pieces: list[str] = []
        self._unseen = 0
        self._form: WebForm | None = None

    @property
    def text(self) -> str:
        lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(self._pieces).split("\0"))
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in UNSEEN:
            self._unseen += 1
        if tag not in INLINE:
            self._pieces.append("\0")
        if tag == "form":
            self._form = WebForm(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "input":
            self._input(given)
        elif tag == "button" and given.get("type", "submit").lower() == "submit":
            self._button(given)

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag not in INLINE:
            self._pieces.append("\0")
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._pieces.append(data)

    def _input(self, given: dict[str, str]) -> None:
        if given.get("type", "text").lower() == "submit":
            self._pieces.append(given.get("value", ""))
            self._button(given)
        else:
            self._fill(given)

    def _button(self, given: dict[str, str]) -> None:
        if self._form is not None:
            self._form.buttons += 1
        self._fill(given)

    def _fill(self, given: dict[str, str]) -> None:
        if self._form is not None and given.get("name"):
            self._form.fields.setdefault(given["name"], given.get("value", ""))
