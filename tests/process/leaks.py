"""Secrets of a world that runs as a process: in no log of it and in no database of its bots."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

SETTINGS = frozenset(
    {
        *("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN", "TEAMS_APP_SECRET"),
        *("AZURE_CLIENT_SECRET", "GRANTOR_CLIENT_SECRET", "AWS_SECRET_ACCESS_KEY", "TOKEN_KEYS"),
    }
)
SHORTEST = 16
"""What is shorter might stand there by chance."""
_TOKEN = re.compile(rb"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}")
_LINK = re.compile(r"/sign-in/([\w-]{20,})")


@dataclass
class Leaks:
    """Collects the secrets as they come by; tokens are known by their shape."""

    _named: set[tuple[str, bytes]] = field(default_factory=set)
    _links: set[bytes] = field(default_factory=set)

    def given(self, settings: Mapping[str, str]) -> None:
        """A replica was started with these settings."""
        for name in SETTINGS & settings.keys():
            for value in settings[name].split(","):
                secret = value.partition(":")[2] if name == "TOKEN_KEYS" else value
                if len(secret) >= SHORTEST:
                    self._named.add((name, secret.encode()))

    def told(self, told: object) -> None:
        """Somebody was told this; its sign-in links are for their eyes only."""
        self._links |= {link.encode() for link in _LINK.findall(str(told))}

    def found_in(self, what: bytes, where: str) -> list[str]:
        """Which secrets stand in what was written there."""
        found = [name for name, secret in sorted(self._named) if secret in what]
        found += ["a sign-in link" for link in self._links if link in what]
        found += ["a token" for _ in _TOKEN.findall(what)[:1]]
        return [f"{one} is in {where}" for one in found]
