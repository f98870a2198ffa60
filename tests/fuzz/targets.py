"""Everything that is fuzzed, by name."""

from tests.fuzz import edge, operators, stored, visits

TARGETS = {**edge.TARGETS, **stored.TARGETS, **operators.TARGETS, **visits.TARGETS}
