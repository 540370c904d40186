"""What an access opens in AWS, and which of the four set-ups it is, as values."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import quote, urlsplit


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


class Gap(StrEnum):
    """Why there are no openings to name, or why some may be missing."""

    NO_APP = "no app"
    """Entra has the group assigned to no enterprise app."""
    NOT_CONFIGURED = "not configured"
    """AWS is never asked."""
    AWAY = "away"
    """AWS did not answer."""
    DENIED = "denied"
    """AWS refused the bot: a permission or a credential is missing."""
    NO_CENTER = "no identity center"
    """The organisation has no active Identity Center that the bot can see."""
    NO_LINK = "no link"
    """Who the person is in AWS is not known: no chat account was ever linked."""
    NO_GROUP = "no group"
    """The app is provisioned, but AWS does not have the group yet."""
    NO_USER = "no user"
    """AWS has no user of the person's name."""
    ROLES = "roles"
    """The organisation has no permission sets: account access manager gives IAM roles instead.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/account-access-manager.html
    """


_UNSEEN = frozenset(
    {Gap.NO_APP, Gap.NOT_CONFIGURED, Gap.AWAY, Gap.DENIED, Gap.NO_CENTER, Gap.NO_LINK}
)
LONGEST_SESSION = timedelta(hours=12)
"""The longest role session of a permission set, and of a SAML sign-in to a single account.

https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html
"""
CONSOLES = ("console.aws.amazon.com", "console.amazonaws.cn", "console.amazonaws-us-gov.com")


@dataclass(frozen=True, slots=True)
class Opening:
    """One permission set in one account. `session` is how long one role session lasts."""

    account: str
    account_name: str
    permission_set: str
    session: timedelta
    relay_state: str | None = None

    @property
    def destination(self) -> str | None:
        """The relay state when it is a page of the AWS console; nothing else may be a link."""
        try:
            url = urlsplit(self.relay_state or "")
            host = url.hostname or ""
            plain = url.port is None and url.username is None
        except ValueError:
            return None
        is_console = any(host == own or host.endswith(f".{own}") for own in CONSOLES)
        return self.relay_state if url.scheme == "https" and is_console and plain else None

    def same_as(self, other: "Opening") -> bool:
        """Whether it is the same permission set in the same account."""
        mine = (self.account, self.permission_set)
        return mine == (other.account, other.permission_set)


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
        if opening.destination:
            link += f"&destination={quote(opening.destination, safe='')}"
        return link


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at every step of the way found: yes, no, or None where it could not be looked at."""

    entra: bool | None = None
    """Whether Entra has the activation in force."""
    user: bool | None = None
    """Whether AWS has a user of the person's name."""
    group: bool | None = None
    """Whether AWS knows the group."""
    member: bool | None = None
    """Whether AWS has the one in the other."""


@dataclass(frozen=True, slots=True)
class Opens:
    """Everything known of what an access opens for a person.

    `my_apps` starts the app from Entra's My Apps; `portal` is set for Identity Center only.
    `openings` come with the activation; `own` are assigned to the person, who has them without it.
    `gap` says why openings may be missing; `lacks` names the permission AWS refused for, as AWS
    writes it.
    """

    setup: Setup
    app: str
    my_apps: str
    portal: Portal | None = None
    openings: tuple[Opening, ...] = ()
    own: tuple[Opening, ...] = ()
    gap: Gap | None = None
    lacks: str = ""

    @property
    def complete(self) -> bool:
        """Whether AWS was asked and answered; else the list may lack openings."""
        return self.gap not in _UNSEEN

    @property
    def standing(self) -> tuple[Opening, ...]:
        """What the activation would open and the person has without it."""
        return tuple(o for o in self.openings if any(o.same_as(one) for one in self.own))

    @property
    def longest_session(self) -> timedelta:
        """The longest role session among the openings; AWS's longest when none is known."""
        return max((o.session for o in self.openings), default=LONGEST_SESSION)


@dataclass(frozen=True, slots=True)
class Already:
    """What makes an activation pointless: what the person has without it.

    `member`: Entra has them in the group by an assignment, not an activation. `openings`: what the
    group opens and AWS has assigned to them directly too.
    """

    member: bool = False
    openings: tuple[Opening, ...] = ()


NOTHING = Already()
