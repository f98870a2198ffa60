"""Everything that is fuzzed, by name."""

from tests.fuzz import channels, edge, operators, stored, visits

TARGETS = {**edge.TARGETS, **channels.TARGETS, **stored.TARGETS, **operators.TARGETS, **visits.TARGETS}
