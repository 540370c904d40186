"""What becomes of the app in Teams: installed, removed, blocked, as somebody there does it."""

from collections.abc import Sequence

from playground.cast import PEOPLE
from playground.control.operations import Argument, Given, Operation
from playground.teams.facade import HELP, Teams


class Apps:
    """What can be done to the app in Teams; for Slack's see the systems."""

    def __init__(self, teams: Teams) -> None:
        self._teams = teams

    def operations(self) -> Sequence[Operation]:
        """The calls."""
        whose = Argument("who", "whose app it is", default="engineer", one_of=tuple(PEOPLE))
        return (
            Operation(
                "POST",
                "/teams",
                "Do what an administrator of Teams, or a person in their client, would do.",
                "{}, or how the bot answered to what it heard of it",
                self._operate,
                (Argument("op", "what to do", one_of=tuple(HELP)), whose),
                {"op": "uninstall", "who": "engineer"},
                ops=HELP,
            ),
        )

    async def _operate(self, given: Given) -> object:
        return await self._teams.operate(given["op"], given["who"])
