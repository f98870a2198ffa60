"""Keys: which properties a customer's server may send for. Only hashes of keys are known here."""

from collections import defaultdict
from hashlib import sha256

import msgspec

from gateway.reject import Reject, RejectReason
from shared.properties import Properties
from shared.watch import Watched

NO_KEY = Reject(RejectReason.BAD_KEY, "send `Authorization: Bearer KEY`")
UNKNOWN_KEY = Reject(RejectReason.BAD_KEY, "no property has this key")


class Holder(msgspec.Struct):
    """Of a key."""

    properties: set[str]
    """The ids of those that it may send for."""
    large_requests: int = 0
    """So many are being read now."""


class Keys:
    """What the properties say of keys, found by the key."""

    def __init__(self, properties: Watched[Properties]) -> None:
        self._properties = properties
        self._read: Properties = {}
        self._holders: dict[str, Holder] = {}

    def holder_of(self, authorization: str) -> Holder | Reject:
        """Of the key in an `Authorization` header, as the properties are now."""
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            return NO_KEY
        if self._properties.value is not self._read:
            self._reload(self._properties.value)
        return self._holders.get(hash_of(key.strip())) or UNKNOWN_KEY

    def _reload(self, properties: Properties) -> None:
        allowed = defaultdict(set)
        for entry in properties.values():
            for hashed in entry.api_keys:
                allowed[hashed].add(entry.id)
        self._holders = {hashed: Holder(ids) for hashed, ids in allowed.items()}
        self._read = properties


def hash_of(key: str) -> str:
    """What `properties.toml` has of a key. A key is random and long: a hash without salt tells nothing of it."""
    return "sha256:" + sha256(key.encode(errors="surrogateescape")).hexdigest()
