"""How many files and connections may be open."""

import resource

from shared import descriptors


def test_the_limit_is_raised_to_what_the_system_lets_us_have() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, hard), hard))
        assert descriptors.limit() == min(512, hard)
        descriptors.raise_limit()
        assert descriptors.limit() == hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
