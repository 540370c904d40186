"""What Slack does with an app's answer: show it, redraw the form, or tell the person it failed.

https://docs.slack.dev/surfaces/modals (response_action)
"""

from playground.kernel.acts import Answer
from playground.kernel.shape import array, record
from playground.slack.elements import OPTION, plain
from playground.slack.payloads import COMMAND
from playground.slack.refusals import Json, Refusal
from playground.slack.response_url import show
from playground.slack.state import Channel, Workspace
from playground.slack.views import View, checked_view

TROUBLE = "We had some trouble connecting. Try again?"
SUGGESTED = 100


def _failure_of(answer: Answer) -> str:
    return answer.failure.partition(":")[0] or "dispatch_failed"


def after_command(workspace: Workspace, channel: Channel, user: str, answer: Answer) -> str:
    """Show the answer to a slash command; answers what Slack itself had to tell, or ""."""
    error = ""
    if not answer.accepted:
        error = _failure_of(answer)
    elif answer.reply:
        body = answer.reply if isinstance(answer.reply, dict) else {"text": str(answer.reply)}
        try:
            show(workspace, channel, user, body)
        except Refusal as refused:
            error = refused.error
    if not error:
        return ""
    said = f'{COMMAND} failed with the error "{error}"'
    workspace.slackbot_says(channel, user, said)
    return said


def after_submission(workspace: Workspace, view: View, answer: Answer) -> str:
    """Do what the answer to view_submission says; answers what Slack itself had to tell, or ""."""
    view.errors = {}
    body = answer.reply or {}
    if not answer.accepted or not isinstance(body, dict):
        return TROUBLE
    try:
        _carry_out(workspace, view, body)
    except Refusal:
        return TROUBLE
    return ""


def _carry_out(workspace: Workspace, view: View, body: Json) -> None:
    views = workspace.views
    match body.get("response_action"):
        case None:
            views.close(view)
        case "clear":
            views.clear(view.user)
        case "errors":
            view.errors = _errors(view, body.get("errors"))
        case "update":
            views.update(view, checked_view(body.get("view"), "modal"))
        case "push":
            views.push(view.user, checked_view(body.get("view"), "modal"))
        case _:
            raise Refusal("invalid_response_action")


def _errors(view: View, errors: object) -> dict[str, str]:
    inputs = {b["block_id"] for b in view.body["blocks"] if b["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise Refusal("invalid_errors")
    return {str(block_id): str(text) for block_id, text in errors.items()}


def suggested(answer: Answer) -> list[Json] | None:
    """The options of an answer to block_suggestion; None when Slack would show none of them."""
    if not answer.accepted or not isinstance(answer.reply, dict):
        return None
    groups = answer.reply.get("option_groups")
    if groups is not None:
        shape = record({"label": plain(75), "options": array(OPTION, SUGGESTED, 0)})
        if any(array(shape, SUGGESTED, 0)(groups, "/option_groups")):
            return None
        return [one for group in groups for one in group["options"]]
    options = answer.reply.get("options")
    if any(array(OPTION, SUGGESTED, 0)(options, "/options")):
        return None
    return list(options or [])
