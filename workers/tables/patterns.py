"""Many regular expressions searched at once, in time linear in the text (RE2)."""

from collections.abc import Sequence

import re2

MEMORY_BYTES = 64 << 20
"""RE2's own default is too small for hundreds of patterns, and beyond it a search silently finds nothing."""


class PatternSet:
    """Immutable. Raises `re2.error` for a pattern that RE2 does not know."""

    def __init__(self, patterns: Sequence[str], *, case_sensitive: bool = False) -> None:
        self._set = re2.Set.SearchSet(options(case_sensitive=case_sensitive))
        for pattern in patterns:
            self._set.Add(pattern)
        self._set.Compile()

    def matches(self, text: str) -> list[int]:
        """Places of the patterns that occur in `text`, in their order."""
        return sorted(self._set.Match(text) or ())

    def first(self, text: str) -> int | None:
        """The place of the earliest pattern that occurs in `text`."""
        return min(self._set.Match(text) or (), default=None)


def options(*, case_sensitive: bool = False) -> re2.Options:
    """Quiet, and with memory enough."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.case_sensitive = case_sensitive
    chosen.max_mem = MEMORY_BYTES
    return chosen


def understood(pattern: str) -> bool:
    """Whether RE2 knows every construct in `pattern`."""
    try:
        re2.compile(pattern, options())
    except re2.error:
        return False
    return True


def compiled(pattern: str, *, case_sensitive: bool = False) -> re2._Regexp:
    """One pattern, where its groups are needed. Raises `re2.error`."""
    return re2.compile(pattern, options(case_sensitive=case_sensitive))
