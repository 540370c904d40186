"""Looks at the very moment: what is committed when PIM is asked, what is so when it is said."""

from collections.abc import Mapping
from typing import Any

from playground.cast import BOT_APP_ID, GRANTOR_APP_ID, PEOPLE
from playground.world import World
from tests.conversations.claims import false_claims, reference, standing_claims, truth
from tests.conversations.evidence import events_of, tables_of
from tests.conversations.places import Places

OURS = {(BOT_APP_ID, "selfActivate"), (GRANTOR_APP_ID, "adminAssign")}
"""Which of our apps grants in which way."""


class Witness:
    """`problems` has a sentence for everything that was not as it must be when it happened."""

    def __init__(self, world: World, url: str, places: Places) -> None:
        self.problems: list[str] = []
        self._world = world
        self._url = url
        self._places = places
        submit = world.entra.pim.submit

        def watched(order: Any, actor: Any) -> Any:
            ours = (actor.app, order.action) in OURS
            if ours:
                self._must_be_decided(order)
            accepted = submit(order, actor)
            if ours:
                self._must_still_be_so()
            return accepted

        setattr(world.entra.pim, "submit", watched)  # noqa: B010  not ours to subclass

    def read(self, row: Mapping[str, Any]) -> None:
        """Somebody is shown this now."""
        now = truth(self._world.entra.shown(), self._world.aws.shown())
        self.problems += false_claims(row, now)

    def _must_still_be_so(self) -> None:
        """What people go on reading while Entra has it and the bot does not know yet."""
        now = truth(self._world.entra.shown(), self._world.aws.shown())
        for who in PEOPLE:
            for row in self._places.messages(who):
                self.problems += standing_claims(row, now)

    def _must_be_decided(self, order: Any) -> None:
        """Seen with the eyes of another connection, so only what is committed (P1)."""
        ref = reference({"justification": order.justification})
        rows = [r for r in tables_of(self._url)["request"] if r["id"] == ref]
        events = [e["what"] for e in events_of(self._url) if e["request_id"] == ref]
        if not rows or rows[0]["tried_at"] is None or "decided" not in events:
            self.problems.append(f"PIM was asked for {ref} before its decision was committed")
