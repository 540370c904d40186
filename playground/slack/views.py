"""Open modals (a stack per person) and App Homes, with their hashes and what is filled in.

https://docs.slack.dev/surfaces/modals and https://docs.slack.dev/reference/methods/views.update
"""

import itertools
import secrets
from dataclasses import dataclass, field

from playground.cast import SLACK_APP_ID, SLACK_TEAM
from playground.kernel.clock import WorldClock
from playground.slack.accounts import SLACK_BOT_ID
from playground.slack.blocks import view_problems, with_ids
from playground.slack.fields import Values, initial_values
from playground.slack.refusals import Json, Refusal

STACK = 3


@dataclass
class View:
    """One modal or App Home as its person sees it."""

    id: str
    user: str
    body: Json
    root: str
    previous: str | None
    hash: str
    values: Values
    errors: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[Json]] = field(default_factory=dict)
    """The options an external select has shown this person, by element path."""
    told: str = ""
    """The hash at which the app was last told of something on it; while it stands, it may redraw."""

    def shown(self) -> Json:
        """The view object, https://docs.slack.dev/reference/views."""
        blanks = {"callback_id": "", "private_metadata": "", "external_id": ""}
        switches = {"clear_on_close": False, "notify_on_close": False}
        return {
            "title": None,
            "submit": None,
            "close": None,
            **blanks,
            **switches,
            **self.body,
            "id": self.id,
            "team_id": SLACK_TEAM,
            "app_id": SLACK_APP_ID,
            "app_installed_team_id": SLACK_TEAM,
            "bot_id": SLACK_BOT_ID,
            "root_view_id": self.root,
            "previous_view_id": self.previous,
            "hash": self.hash,
            "state": {"values": self.values},
        }


def checked_view(view: object, kind: str) -> Json:
    """A view that Slack would take, with every id filled in. Raises Refusal invalid_arguments."""
    problems = view_problems(view)
    if problems or not isinstance(view, dict) or view["type"] != kind:
        error = "invalid_arguments"
        raise Refusal(
            error, problems or (f"[ERROR] view must be a {kind} [json-pointer:/view/type]",)
        )
    return {**view, "blocks": with_ids(view["blocks"])}


class Views:
    """Everything that is open, and every Home."""

    def __init__(self, clock: WorldClock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def _hash(self) -> str:
        return f"{int(self._clock.now().timestamp())}.{secrets.token_hex(4)}"

    def _new(self, user: str, body: Json, below: View | None = None) -> View:
        self._refuse_taken(body.get("external_id", ""), None)
        view_id = f"V{next(self._numbers):010}"
        root, previous = (below.root, below.id) if below else (view_id, None)
        return View(
            view_id, user, body, root, previous, self._hash(), initial_values(body["blocks"])
        )

    def _refuse_taken(self, external_id: str, view: View | None) -> None:
        taken = any(v.body.get("external_id") == external_id and v is not view for v in self.all())
        if external_id and taken:
            raise Refusal("duplicate_external_id")

    def all(self) -> list[View]:
        """Every open modal and every Home."""
        return [*(v for stack in self.stacks.values() for v in stack), *self.homes.values()]

    def top(self, user: str) -> View | None:
        """The modal a person has in front of them."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def open(self, user: str, body: Json) -> View:
        """Open a modal in place of whatever is open."""
        view = self._new(user, body)
        self.stacks[user] = [view]
        return view

    def push(self, user: str, body: Json) -> View:
        """Put a modal on top. Raises Refusal not_found or push_limit_reached."""
        stack = self.stacks.get(user)
        if not stack:
            raise Refusal("not_found")
        if len(stack) >= STACK:
            raise Refusal("push_limit_reached")
        view = self._new(user, body, stack[-1])
        stack.append(view)
        return view

    def find(self, view_id: str, external_id: str = "") -> View:
        """An open view by either id. Raises Refusal not_found."""
        for view in self.all():
            named = external_id and view.body.get("external_id") == external_id
            if view.id == view_id or named:
                return view
        raise Refusal("not_found")

    def update(self, view: View, body: Json, expected_hash: str = "") -> View:
        """Redraw a view; inputs under unchanged ids keep what is filled in. Raises Refusal."""
        if expected_hash and expected_hash != view.hash:
            raise Refusal("hash_conflict")
        self._refuse_taken(body.get("external_id", ""), view)
        view.values = initial_values(body["blocks"], view.values)
        view.body, view.hash, view.errors, view.offered = body, self._hash(), {}, {}
        return view

    def publish(self, user: str, body: Json, expected_hash: str = "") -> View:
        """Set a person's App Home. Raises Refusal hash_conflict."""
        home = self.homes.get(user)
        if home is not None:
            return self.update(home, body, expected_hash)
        self.homes[user] = self._new(user, body)
        return self.homes[user]

    def close(self, view: View) -> None:
        """Take one modal away, as an accepted submission does; the one below shows again."""
        self.stacks[view.user] = [v for v in self.stacks.get(view.user, []) if v is not view]

    def cancel(self, view: View) -> None:
        """What the close button does: the modal goes, and the whole stack with clear_on_close."""
        if view.body.get("clear_on_close"):
            self.clear(view.user)
        else:
            self.close(view)

    def clear(self, user: str) -> None:
        """Close every modal of a person."""
        self.stacks.pop(user, None)
