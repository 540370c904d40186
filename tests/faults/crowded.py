"""The playground with a crowd in it: `python -m tests.faults.crowded COUNT …` takes its options too.

Everybody of the crowd may activate what needs no approval.
"""

import sys
from dataclasses import replace

from playground import cast

FREE = ("dev-poweruser", "prod-readonly", "seed-admin", "legacy-single", "payroll-app")
"""What is activated without anybody's approval."""


def joins(count: int) -> tuple[str, ...]:
    """So many people more, before anything else looks at who there is."""
    keys = tuple(f"crowd-{number:03}" for number in range(count))
    for number, key in enumerate(keys):
        cast.PEOPLE[key] = cast.Person(key, f"Kim {number:03}", "Engineer", f"U0CROWD{number:03}")
    for name in FREE:
        access = cast.ACCESS[name]
        cast.ACCESS[name] = replace(access, eligible=(*access.eligible, *keys))
    return keys


if __name__ == "__main__":
    joins(int(sys.argv.pop(1)))
    from playground.__main__ import main

    main()
