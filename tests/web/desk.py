"""A sign-in desk that does as it is told and remembers what it was handed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.cards import Page
from bot.domain.ids import ChatAccount


@dataclass
class ScriptedSignIn:
    page: Page = field(default_factory=lambda: Page("Sign in", confirm="Continue"))
    goes: str | Page = "https://login.example/authorize?state=1"
    looked: list[str] = field(default_factory=list)
    confirmed: list[tuple[str, str]] = field(default_factory=list)
    key: str = ""
    takes: bool = False
    handed: list[tuple[ChatAccount, str, str]] = field(default_factory=list)
    finished: list[tuple[Mapping[str, str], str]] = field(default_factory=list)

    async def look(self, secret: str) -> Page:
        self.looked.append(secret)
        return self.page

    async def confirm(self, secret: str, browser: str) -> str | Page:
        self.confirmed.append((secret, browser))
        return self.goes

    async def offered(self, secret: str) -> str:
        return self.key

    async def exchanged(self, account: ChatAccount, key: str, token: str) -> bool:
        self.handed.append((account, key, token))
        return self.takes

    async def finish(self, query: Mapping[str, str], browser: str) -> Page:
        self.finished.append((query, browser))
        return self.page
