"""Many regular expressions searched at once, in time linear in the text (RE2)."""

from collections.abc import Sequence

import re2

MEMORY_BYTES = 64 << 20
"""RE2's own default is too small for hundreds of patterns, and beyond it a search silently finds nothing."""


class PatternSet:
    """Immutable. Case does not matter. Raises `re2.error` for a pattern that RE2 does not know."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._set = re2.Set.SearchSet(options())
        for pattern in patterns:
            self._set.Add(pattern)
        self._set.Compile()

    def matches(self, text: str) -> list[int]:
        """Places of the patterns that occur in `text`, in their order."""
        return sorted(self._set.Match(text) or ())

    def first(self, text: str) -> int | None:
        """The place of the earliest pattern that occurs in `text`."""
        return min(self._set.Match(text) or (), default=None)


def options() -> re2.Options:
    """Quiet and blind to case."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.case_sensitive = False
    chosen.max_mem = MEMORY_BYTES
    return chosen


def understood(pattern: str) -> bool:
    """Whether RE2 knows every construct in `pattern`."""
    try:
        re2.compile(pattern, options())
    except re2.error:
        return False
    return True


def compiled(pattern: str) -> re2._Regexp:
    """One pattern, where its groups are needed."""
    return re2.compile(pattern, options())
