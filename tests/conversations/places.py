"""Where everybody talks to the bot: each person in one chat, who is written to in any."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from playground.cast import PEOPLE
from playground.world import World

Json = dict[str, Any]
ChatName = Literal["slack", "teams"]
COMMAND = "/aws-access"
SLACK = "slack"
TEAMS = "teams"
MIXED = "mixed"
"""Who asks is in Slack, everybody else in Teams where they have it."""
SLACK_OVER_SOCKETS = "slack over sockets"
ALONE = (SLACK, TEAMS)
"""For scripts with one person in them, which would be played in one chat twice."""
ASKERS = frozenset({"engineer"})


class Front(Protocol):
    """A simulated chat as people use it; the playground's facades are such."""

    async def say(self, who: str, text: str, times: int = 1) -> Json: ...

    async def press(
        self,
        who: str,
        message: str,
        action: str,
        inputs: Json | None = None,
        *,
        force: bool = False,
        times: int = 1,
    ) -> Json: ...

    async def submit(self, who: str, form: str, inputs: Json | None = None) -> Json: ...

    async def choose(self, who: str, form: str, field: str, value: Any) -> Json: ...

    async def options(self, who: str, form: str, field: str, typed: str = "") -> Json: ...

    async def close(self, who: str, form: str) -> Json: ...

    def messages(self, who: str) -> list[Json]: ...

    def forms(self, who: str) -> list[Json]: ...

    async def open_home(self, who: str) -> Json: ...

    def home(self, who: str) -> Json | None: ...


class Places:
    """Whose chat is which in a script, and what somebody reads in all of them."""

    def __init__(self, world: World, where: str) -> None:
        self.where = where
        self._fronts: Mapping[ChatName, Front] = {"slack": world.slack, "teams": world.teams}

    @property
    def has_teams(self) -> bool:
        """Whether the bot is in Teams too."""
        return self.where in {TEAMS, MIXED}

    def chat_of(self, who: str) -> ChatName:
        """Where somebody talks to the bot."""
        person = PEOPLE[who]
        prefers_slack = not self.has_teams or (self.where == MIXED and who in ASKERS)
        return "slack" if person.slack and (prefers_slack or not person.teams) else "teams"

    def front_of(self, who: str) -> Front:
        """The chat in which somebody talks to the bot."""
        return self._fronts[self.chat_of(who)]

    def holding(self, message: str) -> tuple[ChatName, Front]:
        """The chat in which a message or a form is."""
        teams = message.startswith(("a:", "19:", "T0"))
        return ("teams" if teams else "slack", self._fronts["teams" if teams else "slack"])

    def typed(self, who: str, command: str) -> str:
        """A command as it is typed there; in Teams one just tells the bot."""
        if self.chat_of(who) == "slack":
            return command
        return command.removeprefix(COMMAND).strip() or "activate"

    def messages(self, who: str) -> list[Json]:
        """What somebody reads, in whichever chat."""
        return [row for front in self._fronts.values() for row in front.messages(who)]

    def forms(self, who: str) -> list[Json]:
        """The forms in front of somebody."""
        return [row for front in self._fronts.values() for row in front.forms(who)]
