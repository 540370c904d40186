"""Refresh tokens at rest: AES-256-GCM under a ring of keys, each bound to its person's row."""

import base64
import binascii
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.domain.ids import PersonId
from bot.ports import KeptToken, Vault

_KEY_BYTES = 32
_NONCE_BYTES = 12
_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}\Z")


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the ring. `id` is kept beside what it sealed; the key itself nowhere."""

    id: str
    secret: bytes = field(repr=False)


def parse_keys(text: str) -> tuple[Key, ...]:
    """`TOKEN_KEYS`: `id:base64,id2:base64`; the first seals, the others only open.

    ValueError says which key is wrong and how, by its place: what stands before the colon could
    be the key itself. https://datatracker.ietf.org/doc/html/rfc4648#section-4
    """
    keys = tuple(_parse(place, part) for place, part in enumerate(text.split(","), 1) if text)
    if len({key.id for key in keys}) < len(keys):
        msg = "two keys have the same id"
        raise ValueError(msg)
    return keys


def _parse(place: int, text: str) -> Key:
    key_id, colon, encoded = text.strip().partition(":")
    if not colon or not _ID.match(key_id):
        msg = f"key {place} does not start with an id of up to 32 letters or digits and a colon"
        raise ValueError(msg)
    try:
        secret = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        msg = f"key {place} is not base64"
        raise ValueError(msg) from None
    if len(secret) != _KEY_BYTES:
        msg = f"key {place} has {len(secret)} bytes; it needs {_KEY_BYTES}"
        raise ValueError(msg)
    return Key(key_id, secret)


def open_vault(keys: Sequence[Key]) -> Vault:
    """A vault with these keys; one that keeps nothing when there are none."""
    return KeyRing(keys) if keys else NoVault()


class KeyRing:
    """A vault whose first key seals: :class:`bot.ports.Vault`."""

    keeps = True

    def __init__(self, keys: Sequence[Key]) -> None:
        self._first = keys[0]
        self.former = tuple(key.id for key in keys[1:])
        self._ciphers = {key.id: AESGCM(key.secret) for key in keys}

    def seal(self, person: PersonId, refresh_token: str) -> KeptToken:
        """A fresh nonce each time: the same token never seals to the same bytes."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        key_id = self._first.id
        cipher = self._ciphers[key_id]
        sealed = cipher.encrypt(nonce, refresh_token.encode(), _place(person, key_id))
        return KeptToken(person, key_id, nonce + sealed)

    def open(self, kept: KeptToken) -> str | None:
        """None also for a row that was moved to another person, or changed in any bit."""
        cipher = self._ciphers.get(kept.key_id)
        if cipher is None or len(kept.sealed) <= _NONCE_BYTES:
            return None
        nonce, sealed = kept.sealed[:_NONCE_BYTES], kept.sealed[_NONCE_BYTES:]
        try:
            return cipher.decrypt(nonce, sealed, _place(kept.person, kept.key_id)).decode()
        except InvalidTag:
            return None


class NoVault:
    """A vault without keys: :class:`bot.ports.Vault` that keeps nothing."""

    keeps = False
    former = ()

    def seal(self, person: PersonId, refresh_token: str) -> KeptToken:
        """Raises RuntimeError: ask `keeps` first."""
        del person, refresh_token
        msg = "there is no key to seal with"
        raise RuntimeError(msg)

    def open(self, kept: KeptToken) -> str | None:
        """Nothing can be opened without a key."""
        del kept
        return None


def _place(person: PersonId, key_id: str) -> bytes:
    """What a sealed token is bound to; JSON, so that no two places read the same."""
    return json.dumps(["kept_token", person.tenant, person.oid, key_id]).encode()
