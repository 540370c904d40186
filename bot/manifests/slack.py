"""The app manifest for Slack, over HTTP or by Socket Mode.

https://docs.slack.dev/reference/app-manifest
"""

import json

from bot.doctor.needs import SLACK_SCOPES
from bot.manifests.teams import COMMANDS

EVENTS = ("app_home_opened", "user_change", "team_join")
_ADMINS = ("unlink", "lock", "unlock")


def manifest(public_url: str = "") -> str:
    """As YAML. Without an address Slack is reached by Socket Mode."""
    said = [title for title, _ in COMMANDS]
    hint = " | ".join([*said[:-1], *_ADMINS, said[-1]])
    address = f"{public_url}/slack/events" if public_url else ""
    lines = [
        "_metadata:",
        "  major_version: 1",
        "  minor_version: 1",
        "display_information:",
        "  name: AWS Access",
        "  description: Just-in-time AWS access",
        '  background_color: "#1a1d21"',
        "features:",
        "  app_home:",
        "    home_tab_enabled: true",
        "    messages_tab_enabled: true",
        "    messages_tab_read_only_enabled: true",
        "  bot_user:",
        "    display_name: aws-access",
        "    always_online: true",
        "  slash_commands:",
        "    - command: /aws-access",
        "      description: Activate, end and look up temporary AWS access",
        f'      usage_hint: "[{hint}]"',
        "      should_escape: true",
        *_at("      url", address),
        "oauth_config:",
        "  scopes:",
        f"    bot: [{', '.join(map(json.dumps, SLACK_SCOPES))}]",
        "settings:",
        "  event_subscriptions:",
        *_at("    request_url", address),
        f"    bot_events: [{', '.join(EVENTS)}]",
        "  interactivity:",
        "    is_enabled: true",
        *_at("    request_url", address),
        *_at("    message_menu_options_url", address),
        "  org_deploy_enabled: false",
        f"  socket_mode_enabled: {json.dumps(not public_url)}",
        "  token_rotation_enabled: false",
    ]
    return "\n".join(lines) + "\n"


def _at(key: str, address: str) -> list[str]:
    return [f"{key}: {json.dumps(address)}"] if address else []
