"""`python -m tests.realclient.cards`: every card and dialog, read by Microsoft's reader of Adaptive Cards.

https://github.com/microsoft/AdaptiveCards
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from integrations.teams.cards import adaptive
from integrations.teams.forms import dialog
from tests.wording import everything

RENDERER = Path("build/realclient/node_modules/adaptivecards/dist/adaptivecards.min.js")
INSTALL = "npm install --prefix build/realclient adaptivecards@3.0.6\n"
BROKEN: dict[str, Any] = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "Nothing"}]}
Json = dict[str, Any]


def shown() -> list[Json]:
    """Everything that the bot shows in Teams, in each of its forms."""
    cards = [*everything.cards(), *everything.private_answers()]
    dialogs = (dialog(form, {}) for form in everything.all_forms())
    return [*map(adaptive, cards), *(one["task"]["value"]["card"]["content"] for one in dialogs)]


def main() -> int:
    """0 when nothing is wrong, and what is broken on purpose is seen."""
    if not RENDERER.is_file():
        sys.stderr.write(INSTALL)
        return 2
    script = Path(__file__).with_suffix(".js")
    told = subprocess.run(
        ["node", str(script), str(RENDERER.resolve())],  # noqa: S607
        input=json.dumps([BROKEN, *shown()]),
        capture_output=True,
        check=True,
        text=True,
    )
    broken, *found = json.loads(told.stdout)
    wrong = Counter(problem for problems in found for problem in problems)
    sys.stdout.writelines(f"✗ {problem} ({times} times)\n" for problem, times in wrong.items())
    sys.stdout.write(f"{len(found)} cards read, {sum(map(bool, found))} with problems\n")
    return 0 if broken and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
