"""Descriptors: how many files and connections this process may have open at once."""

import sys

if sys.platform != "win32":
    import resource

ENDLESS = 1 << 20


def raise_limit() -> None:
    """To what the system lets us have: shells often start processes with a tenth of it."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != hard:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def limit() -> int:
    """As it is now."""
    if sys.platform == "win32":
        return ENDLESS
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return ENDLESS if soft == resource.RLIM_INFINITY else soft
