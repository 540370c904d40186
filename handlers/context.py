"""What every handler is given: the ports, and the little that lives in memory only."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from bot.aws import Aws
from bot.domain.access import Access, Catalog
from bot.domain.ids import Chat, ChatAccount, GroupId, PersonId
from bot.intents import Deactivate, Decide, Intent, Proceed, Withdraw, encode, name_of
from bot.messaging import Messenger, UnreachableError
from bot.ports import Clock, Directory, Grantor, PersonToken, Pim, SignIn, Vault
from bot.store import Store
from handlers.policy import Policy

_Value = TypeVar("_Value")
NAMES_LAST = timedelta(minutes=5)
"""How long names, apps and what they open are believed."""
TOKEN_MARGIN = timedelta(minutes=2)
MOST_KEPT = 10_000


class Memory:
    """Answers worth believing for a while, by key. Never used for a decision about a person."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[object, tuple[datetime, object]] = {}

    async def of(self, key: object, age: timedelta, ask: Callable[[], Awaitable[_Value]]) -> _Value:
        """The remembered answer when it is younger than `age`, else a new one."""
        kept = self._kept.get(key)
        if kept is not None and timedelta(0) <= self._clock.now() - kept[0] < age:
            return kept[1]  # type: ignore[return-value]
        value = await ask()
        self._kept.pop(key, None)
        if len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (self._clock.now(), value)
        return value

    def forget(self, key: object) -> None:
        """Ask anew next time."""
        self._kept.pop(key, None)


class LiveTokens:
    """Access tokens in memory. Without a vault, each serves only what it was fetched for."""

    def __init__(self) -> None:
        self._tokens: dict[tuple[PersonId, str], PersonToken] = {}

    def put(self, token: PersonToken, purpose: Intent | None) -> None:
        """Hold a token; with a purpose it is good for that alone."""
        if purpose is None:
            self._tokens[token.person, ""] = token
        elif isinstance(purpose, Proceed | Deactivate | Withdraw | Decide):
            self._tokens[token.person, _key(purpose)] = token

    def get(
        self, person: PersonId, purpose: Intent, real_now: datetime, *, own: bool = False
    ) -> PersonToken | None:
        """A token for this purpose that is good for a while yet (token times are real time).

        `own`: only one that was fetched for exactly this; such a one comes first in any case.
        """
        keys = [(person, _key(purpose))] if own else [(person, _key(purpose)), (person, "")]
        for key in keys:
            token = self._tokens.get(key)
            if token is not None and token.expires_at - TOKEN_MARGIN > real_now:
                return token
            self._tokens.pop(key, None)
        return None

    def has_own(self, person: PersonId, purpose: Intent) -> bool:
        """Whether the person has signed in for exactly this purpose."""
        return (person, _key(purpose)) in self._tokens

    def spent(self, person: PersonId, purpose: Intent) -> None:
        """What the token was fetched for is done: drop it."""
        self._tokens.pop((person, _key(purpose)), None)

    def forget(self, person: PersonId) -> None:
        """Drop everything held for a person."""
        for key in [k for k in self._tokens if k[0] == person]:
            del self._tokens[key]


def _key(purpose: Intent) -> str:
    """A grant and a decision are one request's; ending and withdrawing are the same for all."""
    match purpose:
        case Proceed():
            return encode(purpose)
        case Decide(request=request):
            return f"{name_of(purpose)}:{request}"
        case _:
            return name_of(purpose)


@dataclass(frozen=True, slots=True)
class World:
    """The ports, and where people's browsers find us.

    `policy` holds the access file, or nothing to offer what Entra says. `real_now` is real time,
    for token life times only; everything else asks `clock`. Without a `grantor` no access has
    authority `application`.
    """

    clock: Clock
    store: Store
    directory: Directory
    pim: Pim
    sign_in: SignIn
    vault: Vault
    aws: Aws
    messengers: Mapping[Chat, Messenger]
    tenant: str
    public_url: str
    my_apps_url: str
    policy: Policy
    real_now: Callable[[], datetime]
    memory: Memory
    tokens: LiveTokens = field(default_factory=LiveTokens)
    grantor: Grantor | None = None

    def chat(self, chat: Chat) -> Messenger:
        """The chat. Raises UnreachableError for one that the settings have no longer."""
        found = self.messengers.get(chat)
        if found is None:
            raise UnreachableError(chat.capitalize(), "this chat is not configured any more")
        return found

    async def within_reach(self, account: ChatAccount, person: PersonId | None) -> ChatAccount:
        """Where somebody is written to: their other chat, where this one is not configured any more.

        The account itself, where there is no other.
        """
        if account.chat in self.messengers or person is None:
            return account
        async with self.store.begin() as tx:
            linked = await tx.accounts(person)
        return next((one for one in linked if one.chat in self.messengers), account)


async def catalog(world: World) -> Catalog:
    """What can be asked for: the access file's, or every group assigned to an AWS app."""
    if (ours := world.policy.catalog) is not None:
        return ours
    return await world.memory.of("catalog", NAMES_LAST, lambda: _from_directory(world))


async def access_of(world: World, group: GroupId, name: str) -> Access:
    """What was asked for by that name; one that is offered no longer opens what it always did."""
    return (await catalog(world)).of_group(group) or Access(name, group)


async def _from_directory(world: World) -> Catalog:
    groups = await world.directory.groups_of_aws_apps()
    return Catalog(tuple(Access(g.name, g.id) for g in sorted(groups, key=lambda g: g.name)))
