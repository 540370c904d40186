"""What must be so when a story of kills and faults is over."""

from tests.conversations.invariants import broken
from tests.process.remote import Remote
from tests.process.watcher import Watcher


async def judged(world: Remote, watcher: Watcher, held: set[str]) -> None:
    """Exactly these are active, and every invariant holds."""
    evidence = await world.evidence(watcher.posted)
    names = {group: one["name"] for group, one in evidence.entra["groups"].items()}
    assert sorted(names[a["group"]] for a in evidence.entra["activations"]) == sorted(held)
    assert watcher.looks > 3
    assert watcher.problems == []
    assert (found := broken(evidence)) == [], found
