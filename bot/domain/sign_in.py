"""What a sign-in has to prove, and which of Entra's refusals somebody else has to mend first."""

import json
from datetime import datetime, timedelta
from typing import Any

MFA_CLAIMS = '{"access_token":{"amr":{"values":["mfa"]}}}'
"""What a sign-in must ask for where multi-factor authentication is demanded."""
CONSENT_REQUIRED = "consent_required"
"""One word for all the numbers by which Entra says that nobody has consented to the app."""
NOT_ASSIGNED = "AADSTS50105"
NEEDS_ADMIN = frozenset({CONSENT_REQUIRED, NOT_ASSIGNED})
"""Refusals that an administrator has to mend before the same sign-in can work."""
ADMIN_WAIT = timedelta(hours=24)
"""How long what was asked waits then, counted from when it was asked."""
NO_TOKEN = "no_token"  # noqa: S105  a word
"""Why a sign-in is needed: none is held (none kept, the key is gone, or it was for another thing)."""

FRESH = timedelta(minutes=5)
"""How long ago, in real time, a sign-in may be that confirms what is asked or decided."""
NOT_FRESH = "not_fresh"
"""Why a sign-in is needed: the last one was longer ago than that."""
NO_AUTH_TIME = "no_auth_time"
"""Why a sign-in does not do: Entra does not say when it was."""
MOST_CHALLENGES = 3
"""How often PIM may ask for more proof of one thing before that is given up."""
_SKEW = timedelta(minutes=1)

UNSEEN = "unseen"
"""Why a sign-in is needed: with the last one PIM does not even show what became of the request."""
STRONGER = "stronger"
"""Why a sign-in is needed: Entra did not take the last one for this."""


def is_fresh(proved_at: datetime | None, real_now: datetime) -> bool:
    """Whether somebody proved who they are so lately that it confirms what they do (real time)."""
    return proved_at is not None and -_SKEW <= real_now - proved_at <= FRESH


def context_claims(context: str) -> str:
    """The claims that ask for a Conditional Access authentication context such as `c1`.

    https://learn.microsoft.com/entra/identity-platform/developer-guide-conditional-access-authentication-context
    """
    wanted = {"access_token": {"acrs": {"essential": True, "value": context}}}
    return json.dumps(wanted, separators=(",", ":"))


def merged(*claims: str) -> str:
    """What answers all of these claims (JSON texts, or nothing) at once; the later ones win."""
    found: dict[str, Any] = {}
    for asked in map(_mapping, filter(None, claims)):
        for place, wanted in asked.items():
            found[place] = {**found.get(place, {}), **wanted}
    return json.dumps(found, separators=(",", ":")) if found else ""


def _mapping(claims: str) -> dict[str, dict[str, Any]]:
    asked = json.loads(claims)
    return {place: wanted for place, wanted in asked.items() if isinstance(wanted, dict)}
