"""A sign-in that has begun, as it is kept until its answer: only who brings its state can read it.

It holds the PKCE verifier and the nonce. Of the state the database has no more than a digest, so a
copy of the database is of no use to somebody who catches an answer of Entra's.
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
"""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12
_KEY_BYTES = 32


def sealed(flow: Mapping[str, Any], state: str) -> dict[str, str]:
    """The flow, encrypted under a key that only its state gives; JSON-ready."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    text = json.dumps(flow).encode()
    return {"sealed": base64.b64encode(nonce + _cipher(state).encrypt(nonce, text, None)).decode()}


def opened(kept: Mapping[str, Any], state: str) -> dict[str, Any] | None:
    """The flow; None when the state is another's."""
    try:
        data = base64.b64decode(str(kept.get("sealed", "")), validate=True)
        text = _cipher(state).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], None)
    except (binascii.Error, InvalidTag, ValueError):
        return None
    flow: dict[str, Any] = json.loads(text)
    return flow


def _cipher(state: str) -> AESGCM:
    kdf = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"aws-access sign-in flow")
    return AESGCM(kdf.derive(state.encode("utf-8", "replace")))
