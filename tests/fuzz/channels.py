"""Targets of the channels whose bodies take more than one step: AMP's, and those of customers' servers."""

import gzip

import msgspec

from gateway.amp import capture_amp
from gateway.batch import MEASUREMENTS_LIMIT, capture_reported, split, told
from gateway.gunzip import gunzip
from gateway.keys import Keys, hash_of
from gateway.reject import Reject
from shared.beacon import Beacon
from shared.properties import Property
from shared.watch import Watched
from tests.fuzz.edge import GOOD, LONG, PROPERTIES, REQUEST, check, new_id
from tests.fuzz.target import Target, parts, text

UNPACKED_LIMIT_BYTES = 1 << 20
KEY = "bm_fuzz"
KEYS = Keys(Watched([], lambda: {"demo": Property(id="demo", api_keys=[hash_of(KEY)])}))


def amp(sent: bytes) -> None:
    """A query string and a body."""
    query, body = parts(sent, 2)
    check(capture_amp(text(query), body, REQUEST, PROPERTIES, new_id))


def reported(sent: bytes) -> None:
    """A body of a customer's server: each measurement is taken or refused by itself, and either can be told."""
    batch = split(sent)
    if isinstance(batch, Reject):
        check(batch)
        return
    assert 1 <= len(batch.measurements) <= MEASUREMENTS_LIMIT
    for measurement in batch.measurements:
        found = capture_reported(measurement, {"demo"}, 1_764_000_000_000, PROPERTIES, new_id)
        check(found)
        msgspec.json.encode(told(found.id if isinstance(found, Beacon) else found))


def compressed(sent: bytes) -> None:
    """A body that says it is gzip: what is taken is what anybody else unpacks from it."""
    found = gunzip(sent, UNPACKED_LIMIT_BYTES)
    if isinstance(found, Reject):
        check(found)
    else:
        assert len(found) <= UNPACKED_LIMIT_BYTES
        assert found == gzip.decompress(sent)


def authorization(sent: bytes) -> None:
    """The header with the key."""
    found = KEYS.holder_of(text(sent))
    assert isinstance(found, Reject) or (found.properties == {"demo"} and KEY.encode() in sent)


_report = b"{" + GOOD + b',"client_ip":"::1","occurred_at":"2025-11-24T15:00:00Z","headers":{"DNT":["1"],"x":"y"}}'
TARGETS = {
    "amp": Target(
        amp,
        [
            b"property=demo&url=https%3A%2F%2Fshop.example.com%2F&screen=1280x720&title=${title}\0",
            b"property=demo&vitals.LCP=x\0{" + GOOD + b',"timings.a":"1","vitals":{"LCP":"2"},"screen":[1,2],"id":7}',
            b"\0" + b'{"timings":' + b'{"a":' * 5_000,
            b"\0{" + GOOD + b',"title":' + b"9" * LONG + b"}",
        ],
    ),
    "reported": Target(
        reported,
        [
            _report,
            b"[" + _report + b", {}, null, " + _report + b"]",
            b" [" + b"1," * 600 + b"1]",
            b"[" * LONG,
            b"[" + _report.replace(b"demo", b"\\ud800") + b"]",
        ],
    ),
    "compressed": Target(
        compressed,
        [
            gzip.compress(_report),
            gzip.compress(b"[") + gzip.compress(b"]"),
            gzip.compress(_report)[:-1],
            gzip.compress(bytes(2 * UNPACKED_LIMIT_BYTES)),
            gzip.compress(b"", 0) * 1_200,
        ],
    ),
    "authorization": Target(authorization, [b"Bearer bm_fuzz", b"bearer  bm_fuzz ", b"Basic Og==", b"Bearer \xff"]),
}
