"""What a person reads: one message as it stood when it was read, with what can be pressed on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.cast import PEOPLE

TAKEN = "On it."
"""What Teams shows under a card whose button was pressed."""


@dataclass(frozen=True)
class Heard:
    """`notifies`: it was a new post that everybody's phone shows, not an edit and not whispered."""

    id: str
    text: str
    state: str | None
    aws_seen: bool
    private: bool
    """Whether nobody else can read it."""
    notifies: bool
    links: Mapping[str, str | None]
    """Every button's label with the address it opens, if it opens one."""

    @property
    def title(self) -> str:
        return self.text.partition("\n")[0]

    @property
    def buttons(self) -> list[str]:
        return list(self.links)

    def link(self, label: str) -> str:
        url = self.links[label]
        assert url is not None, f"{label} opens nothing"
        return url

    def __contains__(self, words: str) -> bool:
        return words in self.text

    def __str__(self) -> str:
        kind = "posted" if self.notifies else "answered or edited"
        shown = "".join(f" [{label}]" for label in self.links)
        return f"({kind}, {self.state}) {self.text}{shown}"


def calls(row: Mapping[str, Any]) -> bool:
    """Whether a new message calls for somebody, rather than answers what they just said."""
    if row["chat"] == "slack":
        return not row["ephemeral"]
    data = row["raw"].get("channelData") or {}
    return bool(data.get("notification", {}).get("alert"))


def heard(row: Mapping[str, Any]) -> Heard:
    """A row of `/messages` as it is read."""
    return Heard(
        id=row["id"],
        text=row["text"],
        state=row["state"],
        aws_seen=row["aws_seen"],
        private=row["ephemeral"] or (row["chat"] == "teams" and row["to"] in PEOPLE),
        notifies=row["new"] and not row["ephemeral"],
        links={button["label"]: button["url"] for button in row["buttons"]},
    )
