"""A parser with a fault, which blind chance would not find: the fuzzer that does not find it is broken."""

from tests.fuzz.target import Target

SECONDS = 30
"""Long enough on any machine; it is found in less than one."""


def parse(sent: bytes) -> None:
    """One byte leads to the next."""
    if len(sent) > 3 and sent[0] == 0xFA and sent[1] == 0x17 and sent[2] == 0x66:
        raise RecursionError("planted")


PLANTED = Target(parse, [b"seed"])
