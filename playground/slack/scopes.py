"""What the app was installed with: scopes, what each method needs of them, and events.

https://docs.slack.dev/reference/scopes
"""

from collections.abc import Collection

from playground.slack.refusals import Refusal

# Those of the manifest in docs/connect-slack.md.
GRANTED = (
    "commands",
    "chat:write",
    "im:write",
    "im:history",
    "users:read",
    "users:read.email",
    "channels:read",
    "groups:read",
)
SUBSCRIBED = ("app_home_opened", "user_change", "team_join")
"""The events of that manifest; of all others the app hears nothing."""
_NEEDED = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "conversations.open": "im:write",
    "users.info": "users:read",
    "users.lookupByEmail": "users:read.email",
    "usergroups.users.list": "usergroups:read",
}
"""Where it depends on the conversation, the method itself asks `require`."""


def require(granted: Collection[str], scope: str) -> None:
    """Raises Refusal as Slack words a scope that is missing."""
    if scope not in granted:
        raise Refusal("missing_scope", more={"needed": scope, "provided": listed(granted)})


def require_for(granted: Collection[str], method: str) -> None:
    """The same for all that a method always needs."""
    if method in _NEEDED:
        require(granted, _NEEDED[method])


def listed(granted: Collection[str]) -> str:
    """As Slack lists scopes in a header and in a refusal."""
    return ",".join(sorted(granted))
