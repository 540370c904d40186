"""A member of a conversation as the product's profile; what is missing speaks against the account.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context
"""

from collections.abc import Mapping
from typing import Any

from bot.domain.ids import ChatAccount
from bot.domain.text import visible
from bot.messaging import ChatProfile
from bot.store import Place
from integrations.teams.activities import text

GUEST, STRANGER, BOT, UNKNOWN = "guest", "stranger", "bot", "unknown"
_BOT = "28:"
_EXTERNAL = "#EXT#"


def profile(account: ChatAccount, place: Place, told: Mapping[str, Any]) -> ChatProfile:
    """The profile of `account`, of whom Teams says `told`."""
    user_name = _shown(told, "userPrincipalName")
    return ChatProfile(
        account=account,
        name=_shown(told, "name") or user_name or account.user,
        mail=_shown(told, "email") or user_name,
        stands=_stands(account, place, told),
        zone=place.zone,
        oid=_oid(told),
    )


def nobody(account: ChatAccount, stands: str = UNKNOWN) -> ChatProfile:
    """An account of which nothing is known that would let it act."""
    return ChatProfile(account, account.user, mail="", stands=stands)


def is_bot(account: ChatAccount) -> bool:
    """Whether it is an app's, ours among them."""
    return account.user.startswith(_BOT)


def _stands(account: ChatAccount, place: Place, told: Mapping[str, Any]) -> str:
    """Why the account may not act; empty for a full member of the tenant.

    Whom Entra calls a guest Teams may not: the directory is asked as well before anybody acts.
    """
    tenant, role = text(told, "tenantId").lower(), text(told, "userRole").lower()
    if tenant and tenant != account.team:
        return STRANGER
    if text(told, "id") != account.user or _oid(told) != place.oid or not place.oid or not tenant:
        return UNKNOWN
    external = _EXTERNAL in text(told, "userPrincipalName").upper()
    if external or role not in {"", "user", "owner"}:
        return GUEST
    return "" if text(told, "userPrincipalName") else UNKNOWN


def _oid(told: Mapping[str, Any]) -> str:
    """Teams gives it under either name."""
    return (text(told, "aadObjectId") or text(told, "objectId")).lower()


def _shown(told: Mapping[str, Any], key: str) -> str:
    return visible(text(told, key)).strip()
