"""Entra's SCIM provisioning into AWS: what arrives in minutes, and what waits for the cycle."""

import re
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from playground.kernel.clock import WorldClock

CYCLE = timedelta(minutes=40)
"""The regular incremental cycle.

https://learn.microsoft.com/en-us/entra/identity/saas-apps/aws-single-sign-on-provisioning-tutorial
"""

BURST = 5
BURST_WINDOW = timedelta(seconds=10)
"""PIM activations beyond 5 in 10 s for one enterprise application wait for the cycle.

https://learn.microsoft.com/en-us/entra/id-governance/privileged-identity-management/concept-pim-for-groups
"""

USUAL_DELAY = timedelta(minutes=4)
"""Inside the documented 2 to 10 minutes of a PIM activation."""

DURATION = re.compile(r"PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")


class Provision(Protocol):
    """What writes a membership to AWS."""

    def __call__(self, group: str, oid: str, *, present: bool) -> None:
        """Make it so that the Entra user is, or is not, a member of the Entra group."""


class Scim:
    """The provisioning job of the one enterprise application that reaches AWS."""

    def __init__(self, clock: WorldClock, provision: Provision, groups: frozenset[str]) -> None:
        self._clock = clock
        self._provision = provision
        self._groups = groups
        self._started = clock.now()
        self._wanted: dict[tuple[str, str], bool] = {}
        self._burst: deque[datetime] = deque()
        self._cycle_at: datetime | None = None
        self._delay = USUAL_DELAY
        self._is_down = False

    def membership(self, group_id: str, oid: str, *, present: bool, pim: bool) -> None:
        """Entra's group changed: a PIM activation lands soon, anything else with the cycle.

        Groups that are not assigned to the application are out of scope and ignored.
        """
        if group_id not in self._groups:
            return
        key = (group_id, oid)
        self._wanted[key] = present
        if present and pim and self._fits_the_burst():
            self._clock.at(self._clock.now() + self._delay, partial(self._land, key))
        else:
            self._promise_cycle()

    def operate(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Steer the job: {"delay": "PT4M"}, {"down": true or false}, {"run": true}.

        Answers the job's state; raises ValueError for anything else.
        """
        commands: dict[str, Callable[[Any], None]] = {
            "delay": self._set_delay,
            "down": self._set_down,
            "run": self._run,
        }
        known = {key: value for key, value in args.items() if key in commands}
        if not known:
            message = f"scim takes one of {', '.join(commands)}"
            raise ValueError(message)
        for key, value in known.items():
            commands[key](value)
        return self.state()

    def state(self) -> dict[str, Any]:
        """How the job is: {"delay_seconds", "down", "waiting": how many changes}."""
        return {
            "delay_seconds": self._delay.total_seconds(),
            "down": self._is_down,
            "waiting": len(self._wanted),
        }

    def _set_delay(self, value: object) -> None:
        found = DURATION.fullmatch(str(value))
        if found is None:
            message = f"not a duration such as PT4M: {value}"
            raise ValueError(message)
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        self._delay = timedelta(hours=hours, minutes=minutes, seconds=seconds)

    def _set_down(self, value: object) -> None:
        self._is_down = bool(value)
        if self._wanted and not self._is_down:
            self._promise_cycle()

    def _run(self, value: object) -> None:
        if value:
            self._settle_all()

    def _fits_the_burst(self) -> bool:
        now = self._clock.now()
        while self._burst and self._burst[0] <= now - BURST_WINDOW:
            self._burst.popleft()
        fits = len(self._burst) < BURST
        if fits:
            self._burst.append(now)
        return fits

    def _land(self, key: tuple[str, str]) -> None:
        if self._is_down:
            return
        # An activation that ended before it landed leaves nothing to add; its removal waits
        # for the cycle like any other.
        if self._wanted.get(key):
            self._settle(key)

    def _promise_cycle(self) -> None:
        if self._cycle_at is None:
            passed = (self._clock.now() - self._started) // CYCLE
            self._cycle_at = self._started + (passed + 1) * CYCLE
            self._clock.at(self._cycle_at, self._cycle)

    def _cycle(self) -> None:
        self._cycle_at = None
        self._settle_all()

    def _settle_all(self) -> None:
        if not self._is_down:
            for key in tuple(self._wanted):
                self._settle(key)

    def _settle(self, key: tuple[str, str]) -> None:
        group, oid = key
        self._provision(group, oid, present=self._wanted.pop(key))
