"""What an access opens in AWS, and which of the four set-ups it is, as values."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import quote


class Setup(StrEnum):
    """How the Entra group reaches AWS; found out, never configured."""

    MANUAL = "identity-center"
    """(a) Identity Center with users and user assignments made by hand: the group opens the sign-in."""
    SCIM = "identity-center-scim"
    """(b) Identity Center with provisioning: the membership reaches AWS as a group."""
    SINGLE_ACCOUNT = "single-account"
    """(c) the AWS Single-Account Access app."""
    SAML = "saml"
    """(d) any other SAML app."""
    UNKNOWN = "unknown"
    """Entra or AWS could not be read; nothing may be claimed."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One permission set in one account. `session` is how long one role session lasts."""

    account: str
    account_name: str
    permission_set: str
    session: timedelta
    relay_state: str | None = None


@dataclass(frozen=True, slots=True)
class Portal:
    """The AWS access portal of the organisation: its start URL and its home Region."""

    start_url: str
    region: str

    def shortcut(self, opening: Opening) -> str:
        """A link straight to one account and permission set; it grants nothing by itself.

        https://docs.aws.amazon.com/singlesignon/latest/userguide/createshortcutlink.html
        """
        link = (
            f"{self.start_url}/#/console?account_id={quote(opening.account, safe='')}"
            f"&role_name={quote(opening.permission_set, safe='')}"
        )
        if opening.relay_state:
            link += f"&destination={quote(opening.relay_state, safe='')}"
        return link


@dataclass(frozen=True, slots=True)
class Opens:
    """Everything known of what an access opens for a person.

    `my_apps` starts the app from Entra's My Apps; `portal` is set for Identity Center only.
    `complete` is False when AWS or Entra could not be asked: the list may then lack openings.
    """

    setup: Setup
    app: str
    my_apps: str
    portal: Portal | None = None
    openings: tuple[Opening, ...] = ()
    complete: bool = True

    @property
    def longest_session(self) -> timedelta:
        """The longest role session among the openings; an hour, AWS's default, when none is known."""
        return max((o.session for o in self.openings), default=timedelta(hours=1))
