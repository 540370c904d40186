"""What a person reads: one message as it stood when it was read, with what can be pressed on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Heard:
    """`notifies`: it was a new post that everybody's phone shows, not an edit and not whispered."""

    id: str
    text: str
    state: str | None
    aws_seen: bool
    ephemeral: bool
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
        kind = "whispered" if self.ephemeral else "posted" if self.notifies else "edited"
        shown = "".join(f" [{label}]" for label in self.links)
        return f"({kind}, {self.state}) {self.text}{shown}"


def heard(row: Mapping[str, Any]) -> Heard:
    """A row of `/messages` as it is read."""
    return Heard(
        id=row["id"],
        text=row["text"],
        state=row["state"],
        aws_seen=row["aws_seen"],
        ephemeral=row["ephemeral"],
        notifies=row["new"] and not row["ephemeral"],
        links={button["label"]: button["url"] for button in row["buttons"]},
    )
