"""The app package for Teams: its manifest and its icons, as one zip.

https://learn.microsoft.com/microsoftteams/platform/resources/schema/manifest-schema
"""

import io
import json
import re
import zipfile
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.manifests import icons

VERSION = "1.25"
"""Not the newest, which a tenant may not take yet: what is said here is valid from 1.16 to 1.30."""
SCHEMA = f"https://developer.microsoft.com/json-schemas/teams/v{VERSION}/MicrosoftTeams.schema.json"
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SAME_TIME = (1980, 1, 1, 0, 0, 0)
"""The same package is the same bytes, whenever it is made."""
COMMANDS = (
    ("activate", "A form with everything you may activate"),
    ("again", "Ask once more for the last one"),
    ("status", "What you have, and what you are waiting for"),
    ("deactivate", "End it early"),
    ("withdraw", "Take back what is not granted yet"),
    ("pending", "What waits for your decision"),
    ("recent", "The latest decisions"),
    ("explain", "explain ACCESS: why you can have it or not"),
    ("link", "Connect this account to Entra"),
    ("help", "Everything you can say"),
)


@dataclass(frozen=True, slots=True)
class App:
    """What the package says of an installation. `resource` is single sign-on's, if it is set up.

    `client` is the app registration that people sign in to; `website` is what Teams shows for more.
    """

    bot: str
    client: str
    public_url: str
    website: str
    version: str
    resource: str = ""


def problems(app: App) -> list[str]:
    """What a package of this could not be used for."""
    found = []
    if not GUID.fullmatch(app.bot):
        found.append("TEAMS_APP_ID (or --app-id) is not a GUID.")
    for name, url in (("PUBLIC_URL (or --url)", app.public_url), ("--website", app.website)):
        if urlsplit(url).scheme != "https" or not urlsplit(url).netloc:
            found.append(f"{name} is not an https address.")
    if app.resource and not GUID.fullmatch(app.client):
        found.append("AZURE_CLIENT_ID (or --client-id) is needed with single sign-on.")
    if not re.fullmatch(r"\d+\.\d+\.\d+", app.version):
        found.append("--version is not of the form 1.0.0.")
    return found


def package(app: App) -> bytes:
    """The zip to upload."""
    files = {
        "manifest.json": json.dumps(manifest(app), indent=2, ensure_ascii=False).encode(),
        "color.png": icons.colour(),
        "outline.png": icons.outline(),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _SAME_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(entry, content)
    return made.getvalue()


def manifest(app: App) -> dict[str, Any]:
    """Its manifest. Shared channels are left out on purpose: others read there."""
    scopes = ["personal", "team", "groupChat"]
    commands = [{"title": title, "description": text} for title, text in COMMANDS]
    signing_in = {"webApplicationInfo": {"id": app.client, "resource": app.resource}}
    return {
        "$schema": SCHEMA,
        "manifestVersion": VERSION,
        "version": app.version,
        "id": app.bot,
        "developer": {
            "name": "AWS Access",
            "websiteUrl": app.website,
            "privacyUrl": app.website,
            "termsOfUseUrl": app.website,
        },
        "name": {"short": "AWS Access", "full": "AWS Access, just in time"},
        "description": {
            "short": "Just-in-time AWS access through Entra PIM for Groups",
            "full": (
                "Activate your Entra PIM-for-Groups eligibilities where you already talk, get them "
                "approved, and see what AWS really knows, with the links to it. Say help to begin."
            ),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#0B6B62",
        "bots": [
            {
                "botId": app.bot,
                "scopes": scopes,
                "isNotificationOnly": False,
                "supportsFiles": False,
                "commandLists": [{"scopes": scopes, "commands": commands}],
            }
        ],
        "defaultInstallScope": "personal",
        "validDomains": [urlsplit(app.public_url).netloc],
        **(signing_in if app.resource else {}),
    }
