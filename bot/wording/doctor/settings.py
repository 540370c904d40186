"""The doctor on settings, the database, the clock and Slack."""

from bot.wording import stolen
from bot.wording.doctor.parts import Words

_KEPT = "TOKEN_KEYS is set: people sign in once, and their tokens are kept encrypted."
SETTINGS = {
    "settings.token_keys": {
        "fine": Words(f"{_KEPT} {{count}} are kept, all under the key {{first}}. {stolen.KEPT}"),
        "sealed_anew": Words(
            f"{_KEPT} {{count}} are kept, all under the first key, {{first}}; none is left under "
            f"{{keys}}, which can be taken out. {stolen.KEPT}"
        ),
        "under_way": Words(
            f"{_KEPT} Still under a former key ({{keys}}): {{count}}. {stolen.KEPT}",
            "Keep those keys in TOKEN_KEYS while the bot runs: it seals them anew under {first} by "
            "itself, and its log says token_key_not_needed.",
        ),
        "lost": Words(
            "Tokens that no key of TOKEN_KEYS opens (kept under {keys}): {count}. Their people have "
            "to sign in once more.",
            "Put the missing key back behind the first one, unless it was lost or stolen.",
        ),
        "none": Words(
            "TOKEN_KEYS is missing: nobody's token is kept, and each activation needs a sign-in. "
            f"{stolen.NOT_KEPT}",
            'Set TOKEN_KEYS="k1:$(openssl rand -base64 32)", and keep it apart from the database.',
        ),
    },
    "settings.public_url": {
        "fine": Words("PUBLIC_URL has the form of an address people reach: {url}."),
        "loopback": Words(
            "DEV_LOOPBACK=1: only this machine reaches {url}.",
            "Unset DEV_LOOPBACK and set PUBLIC_URL to an https address people's browsers reach.",
        ),
        "own": Words(
            "PUBLIC_URL is this machine's own address, which nobody else's browser reaches: {url}.",
            "Set PUBLIC_URL to the https address at which people's browsers reach the bot.",
        ),
        "short": Words(
            "PUBLIC_URL has a host name without a domain, which few browsers find: {url}.",
            "Set PUBLIC_URL to a full host name.",
        ),
    },
    "settings.database": {
        "fine": Words("The database can be written: {where}."),
        "unusable": Words(
            "The database cannot be used: {detail}.",
            "Mend DATABASE_URL, or let the user the bot runs as write there.",
        ),
    },
    "settings.access_file": {
        "fine": Words("{file} offers {count} accesses and names who administers the bot."),
        "none": Words(
            "There is no ACCESS_FILE: every group of the AWS apps is offered, and nobody is admin.",
            "Name accesses and admins in an access file if that is not what you want.",
        ),
        "nobody": Words(
            "{file} offers {count} accesses, and nobody is admin.",
            'Add admins = ["group:<entra group id>"] to it.',
        ),
    },
    "settings.clock": {
        "fine": Words("This machine's clock agrees with Entra's within {seconds} s."),
        "drifts": Words(
            "This machine's clock is {seconds} s {side} Entra's.",
            "Let NTP or chrony keep it; from five minutes on everything is refused.",
        ),
        "wrong": Words(
            "This machine's clock is {seconds} s {side} Entra's: Slack's signatures, AWS's and the "
            "sign-in's tokens are refused.",
            "Set the clock, and let NTP or chrony keep it.",
        ),
    },
    "slack.token": {
        "fine": Words("SLACK_BOT_TOKEN is {bot}'s, in the workspace {workspace} ({team})."),
        "refused_credential": Words(
            "SLACK_BOT_TOKEN was refused: {detail}.",
            "Install the app to the workspace again, and set SLACK_BOT_TOKEN to its xoxb- token.",
        ),
        "org_wide": Words(
            "SLACK_BOT_TOKEN is of an installation to the whole organisation {workspace}: the bot serves "
            "one workspace, and does not start with it.",
            "Install the app to the one workspace, and set SLACK_BOT_TOKEN to its xoxb- token.",
        ),
    },
    "slack.scopes": {
        "fine": Words("The bot token has the scopes it needs and no other: {granted}."),
        "missing": Words(
            "The bot token lacks {missing}: {breaks}.",
            "Add {missing} under OAuth & Permissions → Bot Token Scopes, and install the app again.",
        ),
        "more": Words(
            "The bot token has scopes that nothing here uses: {more}.",
            "Remove {more} under OAuth & Permissions → Bot Token Scopes, and install the app again.",
        ),
    },
    "slack.mode": {
        "socket": Words("Socket Mode: SLACK_APP_TOKEN can open a connection."),
        "http": Words(
            "HTTP: SLACK_SIGNING_SECRET is set. Whether it is the right one shows only when Slack sends "
            "something to {url}/slack/events."
        ),
        "refused_credential": Words(
            "Socket Mode: SLACK_APP_TOKEN was refused: {detail}.",
            "Make an app-level token with connections:write, and set SLACK_APP_TOKEN to it.",
        ),
    },
}
