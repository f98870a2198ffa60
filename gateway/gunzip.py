"""Gunzip: a compressed body, in time and memory that are bounded by its size and our limit. Pure."""

import zlib

from gateway.reject import Reject, RejectReason

GZIP = 16 + zlib.MAX_WBITS
MEMBERS_LIMIT = 1000
"""Twice as many as a body has measurements: some clients compress each by itself."""
PIECE_BYTES = 4096
"""What follows a member is copied when it ends: the rest of a piece, where that of the body would cost its square."""

CORRUPT = Reject(RejectReason.BAD_ENCODING, "the body is no sound gzip")
CUT_SHORT = Reject(RejectReason.BAD_ENCODING, "the gzip body ends too early")
TOO_MANY_MEMBERS = Reject(RejectReason.BAD_ENCODING, f"more than {MEMBERS_LIMIT} members in the gzip body")


def gunzip(body: bytes, limit_bytes: int) -> bytes | Reject:
    """What was compressed, in one member or several. No more than one byte beyond the limit is ever unpacked."""
    unpacked = bytearray()
    member = zlib.decompressobj(GZIP)
    members = 1
    try:
        for start in range(0, len(body), PIECE_BYTES):
            rest = body[start : start + PIECE_BYTES]
            while rest:
                if member.eof:
                    member = zlib.decompressobj(GZIP)
                    members += 1
                unpacked += member.decompress(rest, limit_bytes + 1 - len(unpacked))
                if len(unpacked) > limit_bytes:
                    return Reject(RejectReason.TOO_LARGE, f"at most {limit_bytes} bytes, unpacked")
                if members > MEMBERS_LIMIT:
                    return TOO_MANY_MEMBERS
                rest = member.unused_data
    except zlib.error:
        return CORRUPT
    return bytes(unpacked) if member.eof else CUT_SHORT
