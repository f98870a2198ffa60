"""Sealing: what is in the queue, and in its dead letters, can be read only with a key.

A sealed text is `bm1s.KEYID.` + base64(nonce + AES-256-GCM ciphertext and tag). The first key seals and all open, so
keys rotate; what was sealed with a key that is destroyed is unreadable for ever.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SEALED = "bm1s."
KEY_BYTES = 32
NONCE_BYTES = 12
"""Random: safe for four billion blocks of one key."""
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class SealError(ValueError):
    """It cannot be opened; why, without anything of its content."""


class Keyring:
    """The operator's keys: none, and nothing is sealed."""

    def __init__(self, keys: Sequence[str] = (), is_required: bool = False) -> None:
        """`keys` are `ID:BASE64`, the one that seals first. Raises `ValueError`, which holds no key."""
        self._ciphers: dict[str, AESGCM] = {}
        self.is_required = is_required
        """Whether what is not sealed is refused."""
        for place, key in enumerate(keys):
            key_id, _, encoded = key.partition(":")
            if not KEY_ID.fullmatch(key_id) or key_id in self._ciphers:
                raise ValueError(f"key {place} needs an id of its own, of letters, digits, - and _, before a colon")
            self._ciphers[key_id] = AESGCM(_decoded(encoded, place))
        if is_required and not keys:
            raise ValueError("require_sealed needs at least one key")
        self._sealing = next(iter(self._ciphers), "")

    def __bool__(self) -> bool:
        """Whether it seals."""
        return bool(self._ciphers)

    def seal(self, plain: bytes) -> str:
        """With the first key."""
        head = f"{SEALED}{self._sealing}."
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._sealing].encrypt(nonce, plain, head.encode())
        return head + base64.b64encode(nonce + sealed).decode("ascii")

    def open(self, text: str) -> bytes:
        """What was sealed. Raises `SealError`."""
        key_id, _, encoded = text.removeprefix(SEALED).partition(".")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise SealError("sealed with a key that is not configured")
        try:
            sealed = base64.b64decode(encoded, validate=True)
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], f"{SEALED}{key_id}.".encode())
        except (binascii.Error, InvalidTag, ValueError) as error:
            raise SealError("damaged, or not sealed with this key") from error


def new_key(key_id: str) -> str:
    """`ID:BASE64`, for the configuration."""
    return f"{key_id}:{base64.b64encode(AESGCM.generate_key(KEY_BYTES * 8)).decode('ascii')}"


def _decoded(encoded: str, place: int) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"key {place} must be {KEY_BYTES} bytes in base64 after its id and a colon")
    return key
