"""Teams' activities as what was done, by whom and where; read from the JSON that was verified.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference#activity-object
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.ids import Chat, ChatAccount
from handlers.arrivals import Arrival
from integrations.teams.connector import Where
from integrations.text import storable

Json = dict[str, Any]
PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody in a conversation. `oid` is their object id in Entra, vouched for by Teams."""

    account: ChatAccount
    oid: str
    where: Where
    personal: bool
    zone: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What an invoke is answered with; `status` is the HTTP answer's."""

    body: Json
    status: int = 200


def seen(activity: Mapping[str, Any], tenant: str) -> Seen | None:
    """Who did it, and where; None for an activity by nobody."""
    who, conversation = at(activity, "from"), at(activity, "conversation")
    user, oid = text(who, "id"), text(who, "aadObjectId")
    if not user or not oid or not text(conversation, "id"):
        return None
    return Seen(
        account=ChatAccount(Chat.TEAMS, tenant, user),
        oid=oid.lower(),
        where=Where(text(activity, "serviceUrl"), text(conversation, "id")),
        personal=text(conversation, "conversationType") == PERSONAL,
        zone=_zone(activity),
    )


def arrival(activity: Mapping[str, Any], who: Seen, trigger: str = "", shown: str = "") -> Arrival:
    """The arrival that a message or a click is."""
    return Arrival(
        account=who.account,
        delivery=f"teams:{who.account.team}:{who.where.conversation}:{_one_act(activity)}",
        trigger=trigger,
        shown=shown,
    )


def at(data: object, *keys: str) -> object:
    """What stands under the keys, one within another; None where there is no such thing."""
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def text(data: object, *keys: str) -> str:
    """The same for a text; empty for anything else."""
    found = at(data, *keys)
    return storable(found) if isinstance(found, str) else ""


def entities(activity: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    """What the activity says besides its text."""
    listed = activity.get("entities")
    found = listed if isinstance(listed, list) else []
    return [one for one in found if isinstance(one, Mapping) and one.get("type") == kind]


def _one_act(activity: Mapping[str, Any]) -> str:
    """What all deliveries of one act have in common: Teams delivers again what it got no answer to."""
    found = text(activity, "id")
    if found:
        return found
    return hashlib.sha256(json.dumps(activity, sort_keys=True).encode()).hexdigest()


def _zone(activity: Mapping[str, Any]) -> str:
    """Where the client says its clock is; empty where it does not say."""
    told = (text(one, "timezone") for one in entities(activity, "clientInfo"))
    return next(filter(None, told), "")
