"""Every command in every chat, side by side: `docs/parity.md` is what these scripts find."""

import re
from pathlib import Path

from bot.commands import VERBS
from tests.conversations.acts import links
from tests.conversations.chat import Chat
from tests.conversations.places import ALONE, SLACK
from tests.conversations.stage import Stage

WHERE = ALONE
TABLE = Path(__file__).resolve().parents[2] / "docs" / "parity.md"
SAID = {
    "help": "help",
    "status": "status",
    "activate": "activate prod-readonly 1h",
    "activate (nothing more)": "activate",
    "again": "again",
    "explain": "explain prod-readonly",
    "recent": "recent",
    "pending": "pending",
    "deactivate": "deactivate prod-readonly",
    "withdraw": "withdraw",
    "approve": "approve R-22222222",
    "deny": "deny R-22222222 not now",
    "lock": "lock @outsider lost laptop",
    "unlock": "unlock @outsider",
    "notify": "notify here",
    "link": "link",
    "unlink": "unlink",
}
"""In an order in which each has something to do; all by somebody linked who is no admin."""


async def answers(chat: Chat, world: Stage, command: str) -> str:
    """The titles of what comes of a command, and of the form when one opens."""
    await chat.says("engineer", f"/aws-access {command}")
    await world.settles()
    titles = [one.title for one in await chat.hears_all("engineer") if one.title != "On it"]
    if world.places.where != SLACK and titles == ["Activate AWS access"]:
        titles = ["a button, then"]
        [row] = [r for r in world.places.messages("engineer") if "Open Form" in str(r["buttons"])][
            -1:
        ]
        await world.world.teams.press("engineer", row["id"], "Open Form")
    for form in world.places.forms("engineer"):
        titles.append(f"the form “{form['title']}”")
        _, front = world.places.holding(form["id"])
        await front.close("engineer", form["id"])
    return " · ".join(re.sub(r"R-[2-9A-HJ-NP-Z]{8}", "R-…", one) for one in titles)


async def test_every_command_does_the_same_in_every_chat(chat: Chat, world: Stage) -> None:
    assert {said.partition(" ")[0] for said in SAID} == set(VERBS)
    await links(chat, "engineer")
    found = {}
    for name, command in SAID.items():
        found[name] = await answers(chat, world, command)
        if name in {"activate", "deactivate"}:
            await world.skips("PT6M")
            await chat.hears_all("engineer")

    written = [
        line.strip("|").split("|")
        for line in TABLE.read_text().splitlines()
        if line.startswith("| `")
    ]
    column = 1 if world.places.where == SLACK else 2
    told = {cells[0].strip(" `"): cells[column].strip() for cells in written}
    assert told == found, "\n".join(f"| `{name}` | {cell} |" for name, cell in found.items())
