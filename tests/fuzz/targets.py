"""Everything that is fuzzed, by name."""

from tests.fuzz import channels, connections, edge, operators, stored, visits

TARGETS = {
    **edge.TARGETS,
    **channels.TARGETS,
    **connections.TARGETS,
    **stored.TARGETS,
    **operators.TARGETS,
    **visits.TARGETS,
}
