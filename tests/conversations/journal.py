"""What happens in a chat, in order: every post and every edit, and whoever wants to see each."""

import itertools
from collections.abc import Callable
from typing import Any

from playground.slack.facade import Slack
from playground.slack.reading import Reader
from playground.teams.facade import Teams
from playground.teams.reading import message as read_in_teams
from tests.conversations.heard import calls

Row = dict[str, Any]
Watcher = Callable[[Row], None]


class Journal:
    """Numbers what is posted and edited, and shows it to `watchers` at that very moment."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._last: dict[str, int] = {}
        self.posted: list[Row] = []
        """Every message that notified somebody, as it was first read."""
        self.watchers: list[Watcher] = []

    def order(self, message: str) -> int:
        """When a message was last posted or edited, as a growing number."""
        return self._last.get(message, 0)

    def note(self, row: Row) -> None:
        """Something was posted or edited."""
        first = row["id"] not in self._last
        self._last[row["id"]] = next(self._numbers)
        if first and calls(row):
            self.posted.append(row)
        for watcher in self.watchers:
            watcher(row)


def listen_to_slack(slack: Slack, journal: Journal) -> None:
    """Every message of the workspace goes through these two."""
    workspace, reader = slack.workspace, Reader(slack.workspace)
    post, edit = workspace.post, workspace.edit

    def noted_post(*args: Any, **more: Any) -> Any:
        message = post(*args, **more)
        journal.note(reader.message(message))
        return message

    def noted_edit(message: Any, content: Any) -> None:
        edit(message, content)
        journal.note(reader.message(message))

    setattr(workspace, "post", noted_post)  # noqa: B010  not ours to subclass
    setattr(workspace, "edit", noted_edit)  # noqa: B010


def listen_to_teams(teams: Teams, journal: Journal) -> None:
    """The same for Teams; what is in a channel is read with the eyes of one who is in it."""
    tenant = teams.tenant
    post, edit = tenant.post, tenant.edit
    anybody = tenant.accounts["admin"]

    def noted_post(*args: Any, **more: Any) -> Any:
        message = post(*args, **more)
        journal.note(read_in_teams(message, message.conversation.person or anybody))
        return message

    def noted_edit(message: Any, activity: Any) -> None:
        edit(message, activity)
        journal.note(read_in_teams(message, message.conversation.person or anybody))

    setattr(tenant, "post", noted_post)  # noqa: B010  not ours to subclass
    setattr(tenant, "edit", noted_edit)  # noqa: B010
