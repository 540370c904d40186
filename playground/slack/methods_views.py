"""views.*: opening, stacking and redrawing modals, and the App Home.

https://docs.slack.dev/reference/methods/views.open, …/views.push, …/views.update, …/views.publish
"""

from playground.slack.content import decoded
from playground.slack.refusals import Json, Refusal
from playground.slack.state import Workspace
from playground.slack.views import checked_view


def _body(args: Json, kind: str) -> Json:
    return checked_view(decoded(args, "view", "invalid_arguments"), kind)


def open_view(workspace: Workspace, args: Json) -> Json:
    """Exchange a trigger for a new modal."""
    body = _body(args, "modal")
    user = workspace.triggers.exchange(str(args.get("trigger_id", "")))
    return {"view": workspace.views.open(user, body).shown()}


def push_view(workspace: Workspace, args: Json) -> Json:
    """Exchange a trigger for a modal on top."""
    body = _body(args, "modal")
    user = workspace.triggers.exchange(str(args.get("trigger_id", "")))
    return {"view": workspace.views.push(user, body).shown()}


def update_view(workspace: Workspace, args: Json) -> Json:
    """Redraw an open modal or a Home by view_id or external_id."""
    views = workspace.views
    view = views.find(str(args.get("view_id", "")), str(args.get("external_id", "")))
    body = _body(args, view.body["type"])
    return {"view": views.update(view, body, str(args.get("hash") or "")).shown()}


def publish_view(workspace: Workspace, args: Json) -> Json:
    """Set somebody's App Home."""
    body = _body(args, "home")
    account = workspace.accounts.get(str(args.get("user_id", "")))
    if account is None or workspace.direct(account.id) is None:
        raise Refusal("user_not_found")
    expected_hash = str(args.get("hash") or "")
    return {"view": workspace.views.publish(account.id, body, expected_hash).shown()}


VIEWS = {
    "views.open": open_view,
    "views.push": push_view,
    "views.update": update_view,
    "views.publish": publish_view,
}
