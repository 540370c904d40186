"""What must be so when a story of kills and faults is over."""

from dataclasses import replace

from tests.conversations.evidence import Evidence
from tests.conversations.invariants import broken
from tests.onlooker import Row
from tests.process.remote import Remote
from tests.process.watcher import Watcher


async def judged(world: Remote, watcher: Watcher, held: set[str]) -> None:
    """Exactly these are active, and every invariant holds."""
    evidence = await world.evidence(watcher.posted)
    names = {group: one["name"] for group, one in evidence.entra["groups"].items()}
    assert sorted(names[a["group"]] for a in evidence.entra["activations"]) == sorted(held)
    assert watcher.looks > 3
    assert watcher.problems == []
    assert (found := broken(without_notices_told_twice(evidence))) == [], found


def without_notices_told_twice(evidence: Evidence) -> Evidence:
    """In a channel the bot may not look for what it posted just before it died: connect-slack.md."""
    followed = {row["message"] for row in evidence.tables["posting"]}

    def counts(row: Row) -> bool:
        raw = row["raw"]
        return raw["channel"].startswith("D") or raw["ts"] in followed

    return replace(evidence, shown=[row for row in evidence.shown if counts(row)])
