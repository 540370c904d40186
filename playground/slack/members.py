"""What an administrator of the workspace does to somebody's account; the app hears of it."""

from dataclasses import dataclass

from playground.slack.acting import Acting
from playground.slack.payloads import user_changed
from playground.slack.refusals import Json


@dataclass(frozen=True)
class Changes:
    """How an account shall be; what is None stays."""

    deactivated: bool | None = None
    guest: bool | None = None
    email: str | None = None
    teams: tuple[str, ...] | None = None
    """The workspaces of an Enterprise Grid account."""


async def change(acting: Acting, who: str, changes: Changes) -> Json:
    """Change an account. Raises LookupError for who has none."""
    account = acting.workspace.account(who)
    if account is None:
        raise LookupError(f"{who!r} has no Slack account")
    if changes.deactivated is not None:
        account.deleted = changes.deactivated
    if changes.guest is not None:
        account.guest = changes.guest
    if changes.email is not None:
        account.email = changes.email
    if changes.teams is not None:
        account.teams = [*changes.teams]
    return await acting.happens(user_changed(account))
