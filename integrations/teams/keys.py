"""The keys that Bot Connector signs with: fetched off the request's path wherever that is possible.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from aiohttp import ClientError, ClientSession

LASTS = 24 * 3600.0
"""Seconds after which the list is fetched anew though every key in it is known."""
PAUSE = 60.0
"""Seconds between two fetches, failed ones included: forged key ids must not make us a hammer."""
LARGEST = 512 * 1024


class KeysUnavailableError(Exception):
    """The list could not be had just now, so that nothing can be said of any signature."""


@dataclass(frozen=True, slots=True)
class Key:
    """One signing key, and the channels whose activities it may sign."""

    key: jwt.PyJWK
    endorsements: frozenset[str]


class Keys:
    """Keys by id. One fetch at a time, however many ask; a failed one counts like any other."""

    def __init__(
        self, session: ClientSession, metadata_url: str, seconds: Callable[[], float]
    ) -> None:
        self._session = session
        self._metadata_url = metadata_url
        self._seconds = seconds
        self._keys: Mapping[str, Key] = {}
        self._tried: float | None = None
        self._fetched: float | None = None
        self._fetching = asyncio.Lock()

    async def find(self, kid: str) -> Key | None:
        """The key of that id; None when the list, as new as it may be, has none such.

        Raises KeysUnavailableError while there is no list at all.
        """
        if kid in self._keys and not self._old:
            return self._keys[kid]
        async with self._fetching:
            if (kid not in self._keys or self._old) and self._may_try:
                await self._fetch()
        if not self._keys:
            raise KeysUnavailableError
        return self._keys.get(kid)

    async def endorsed(self, channel: str) -> int:
        """How many may sign for a channel, by a list that was just fetched.

        Raises KeysUnavailableError.
        """
        await self.find("")
        return sum(channel in key.endorsements for key in self._keys.values())

    @property
    def _old(self) -> bool:
        return self._fetched is None or self._seconds() - self._fetched > LASTS

    @property
    def _may_try(self) -> bool:
        return self._tried is None or self._seconds() - self._tried >= PAUSE

    async def _fetch(self) -> None:
        """Replace the list; one that cannot be read leaves the former in force."""
        self._tried = self._seconds()
        try:
            metadata = await self._read(self._metadata_url)
            listed = await self._read(str(metadata["jwks_uri"]))
            self._keys = {kid: key for found in listed["keys"] for kid, key in _usable(found)}
            self._fetched = self._seconds()
        except (ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError):
            return

    async def _read(self, url: str) -> dict[str, Any]:
        async with self._session.get(url, allow_redirects=False) as answer:
            answer.raise_for_status()
            raw = await answer.content.read(LARGEST)
        found = json.loads(raw)
        if not isinstance(found, dict):
            raise TypeError("not a JSON object")
        return found


def _usable(found: Mapping[str, Any]) -> list[tuple[str, Key]]:
    """A listed key as one of ours; of another kind than RSA it is left out."""
    if found.get("kty") != "RSA" or not isinstance(found.get("kid"), str):
        return []
    try:
        key = jwt.PyJWK(dict(found), algorithm="RS256")
    except jwt.PyJWTError:
        return []
    endorsed = found.get("endorsements")
    names = frozenset(map(str, endorsed)) if isinstance(endorsed, list) else frozenset()
    return [(found["kid"], Key(key, names))]
