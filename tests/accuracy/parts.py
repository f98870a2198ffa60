"""The parts of the table, in the order of the record's making."""

from collections.abc import Callable

from tests.accuracy import acquisition, anonymity, apps, clock, devices, locale, machines, performance, urls
from tests.accuracy.figure import Figure

PARTS: dict[str, Callable[[], list[Figure]]] = {
    "machines": machines.measure,
    "devices": devices.measure,
    "apps": apps.measure,
    "urls": urls.measure,
    "clock": clock.measure,
    "acquisition": acquisition.measure,
    "locale": locale.measure,
    "performance": performance.measure,
    "anonymity": anonymity.measure,
}
"""Name to what measures it."""
