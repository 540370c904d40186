"""How often somebody did something: each click, command, form and sign-in once, however often delivered."""

import json
from collections import Counter
from typing import Any

from playground.cast import PEOPLE
from playground.slack.delivery import Kind
from playground.world import World

_BY_OID = {person.oid: person for person in PEOPLE.values()}


class Deeds:
    """`counted` is by user id of Slack and of Teams, from what the simulators sent and issued."""

    def __init__(self, world: World) -> None:
        self.counted: Counter[str] = Counter()
        delivery, sessions = world.slack._delivery, world.entra.login.issuer.sessions
        send, code_for = delivery.send, sessions.code_for
        in_teams = world.teams.delivery
        send_in_teams = in_teams.send

        async def counted_send(kind: Kind, payload: dict[str, Any], times: int = 1) -> Any:
            self.counted[_who(payload)] += 1
            return await send(kind, payload, times)

        def counted_code(grant: Any) -> str:
            person = _BY_OID[grant.oid]
            for account in filter(None, (person.slack, person.teams)):
                self.counted[account] += 1
            return code_for(grant)

        async def counted_send_in_teams(activity: dict[str, Any], times: int = 1) -> Any:
            self.counted[activity["from"]["id"]] += 1
            return await send_in_teams(activity, times)

        setattr(delivery, "send", counted_send)  # noqa: B010  not ours to subclass
        setattr(in_teams, "send", counted_send_in_teams)  # noqa: B010
        setattr(sessions, "code_for", counted_code)  # noqa: B010


def _who(payload: dict[str, Any]) -> str:
    """The user of a command, of an interaction, or of an event."""
    inside = payload.get("user") or payload.get("event", {}).get("user")
    user = inside["id"] if isinstance(inside, dict) else inside
    return str(payload.get("user_id") or user or json.dumps(payload))
