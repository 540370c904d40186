"""Every secret of a run, and where none of them may ever be found (invariant I9)."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playground.aws.names import SECRET
from playground.world import World

COOKIE = "aws-access"
LINK = re.compile(r"/sign-in/([\w-]{20,})")


class Canaries:
    """Collects the secrets of a world and its bot while they come into being."""

    def __init__(self, world: World, settings: Mapping[str, str]) -> None:
        entra, slack = world.entra, world.slack
        self._named = {
            "the bot's Slack token": slack.bot_token,
            "the app's Slack token": slack.app_token,
            "the signing secret": slack.signing_secret,
            "the client secret": entra.client_secret,
            "the grantor's secret": entra.grantor_secret,
            "the Teams app's secret": entra.teams_secret,
            "the AWS secret": SECRET,
        }
        self.given(settings)
        self._links: set[str] = set()
        self._tokens: set[str] = set()
        issuer = entra.login.issuer
        for name in ("for_person", "for_app"):
            setattr(issuer, name, self._kept(getattr(issuer, name)))
        code_for, redeem = issuer.sessions.code_for, issuer.sessions.redeem_code
        self._flows: set[str] = set()

        def kept_code(grant: Any) -> str:
            code = code_for(grant)
            self._tokens.add(code)
            self._flows.add(grant.nonce)
            return code

        def kept_verifier(code: str, client: str, back: str, verifier: str) -> Any:
            self._flows.add(verifier)
            return redeem(code, client, back, verifier)

        setattr(issuer.sessions, "code_for", kept_code)  # noqa: B010  not ours to subclass
        setattr(issuer.sessions, "redeem_code", kept_verifier)  # noqa: B010

    def given(self, settings: Mapping[str, str]) -> None:
        """The bot is started with these settings."""
        for one in filter(None, settings["TOKEN_KEYS"].split(",")):
            name, _, key = one.partition(":")
            self._named[f"the token key {name}"] = key

    def _kept(self, issue: Any) -> Any:
        def issued(*args: Any) -> Any:
            answer = issue(*args)
            self._tokens |= {v for k, v in answer.items() if k.endswith("_token")}
            return answer

        return issued

    def read(self, row: Mapping[str, Any]) -> None:
        """A message was shown: its sign-in links are for the person's eyes only."""
        for button in row["buttons"]:
            self._links |= {*LINK.findall(button["url"] or "")}

    def visited(self, url: str, cookies: Mapping[str, str]) -> None:
        """A browser was at an address, with these cookies: states and codes, and our own marks."""
        query = parse_qs(urlsplit(url).query)
        self._flows |= {*query.get("state", ()), *query.get("nonce", ())}
        self._flows |= {value for name, value in cookies.items() if name.endswith(COOKIE)}

    @property
    def kinds(self) -> dict[str, int]:
        """How many of each kind were seen: a kind of which there were none was not looked for."""
        return {
            "named": len(self._named),
            "links": len(self._links),
            "tokens": len(self._tokens),
            "flows": len(self._flows),
        }

    def found_in(self, what: str | bytes, *, where: str) -> list[str]:
        """Which secrets are in something that must hold none."""
        text = what if isinstance(what, bytes) else what.encode()
        secrets = [
            *self._named.items(),
            *(("a token or code", one) for one in self._tokens),
            *(("a sign-in link", one) for one in self._links),
            *(("a state, nonce, verifier or cookie", one) for one in self._flows if one),
        ]
        return [f"{name} is in {where}" for name, one in secrets if one.encode() in text]

    def found_in_files(self, files: Iterable[Path]) -> list[str]:
        """As `found_in`, of whole files."""
        return [f for file in files for f in self.found_in(file.read_bytes(), where=file.name)]

    def found_in_told(self, told: object, *, where: str) -> list[str]:
        """As `found_in`; what is told to somebody may carry their own sign-in link."""
        found = self.found_in(str(told), where=where)
        return [one for one in found if not one.startswith("a sign-in link")]
