"""Whether machines are dropped and people are not, by the user agent alone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from time import process_time

from tests.accuracy.figure import Case, Figure, at_least, at_most
from tests.corpora.handmade import rows
from tests.corpora.packaged import crawlers, directory, fixtures, weighted_people
from workers.tables import machines, user_agents
from workers.tables.machines import Machines

ZOO = [
    "tv-1",
    "console",
    "car_browser",
    "wearable",
    "smart_display",
    "peripheral",
    "camera",
    "portable_media_player",
    "tablet-1",
    "smartphone-1",
    "feature_phone",
    "phablet",
    "desktop",
]
"""Matomo's kinds of devices; of the kinds with many files, one."""
EVERY = 9
"""Of the directory's lines one in so many is looked at: all of them take half a minute."""
SOME = 2000
WATCHERS = ("bot -> site-monitor", "bot -> analyser", "bot -> security-analyser")
MISLABELLED = ("YJApp-", "SogouM", "Sogousearch/", "utterfly ")
"""Apps of Yahoo Japan, Sogou's browser and HTC's telephones, a fifth of what the directory calls crawlers."""
BROWSERS = ("browser -> web-browser", "browser -> in-app-browser")


def measure() -> list[Figure]:
    known = machines.packaged()
    return [*_machines(known), *_people(known)]


def time_machines() -> float:
    """Microseconds of a core a call, on user agents never seen before: of people, and one in three of machines.

    Others have been looked at first, as in a worker that has run for some seconds: RE2 builds its automata as it goes.
    """
    fresh, texts = Machines(), [*islice(_crawlers(), SOME), *islice(chain.from_iterable(_zoo().values()), 2 * SOME)]
    for text in texts[::2]:
        fresh.decide(text)
    started = process_time()
    for text in texts[1::2]:
        fresh.decide(text)
    return (process_time() - started) / len(texts[1::2]) * 1e6


def _machines(known: Machines) -> Iterator[Figure]:
    labelled = _directory()
    yield at_least(0.98, "machines found", "crawler-user-agents", _cases(known, _crawlers()))
    yield at_least(0.98, "machines found", "device-detector's bots", _cases(known, _agents("bots")))
    watchers = (agent for label in WATCHERS for agent in labelled[label])
    yield at_least(0.98, "monitors and analysers found", "random-user-agent", _cases(known, watchers))
    crawling = (agent for agent in labelled["bot -> crawler"] if not any(word in agent for word in MISLABELLED))
    yield at_least(0.95, "crawlers found", "random-user-agent", _cases(known, crawling))
    libraries = (agent for agent in labelled["application -> software-library"] if _is_bare(agent))
    yield at_least(0.98, "libraries without a browser found", "random-user-agent", _cases(known, libraries))
    parse = user_agents.packaged().parse
    spiders = (agent for agent in chain(_crawlers(), _agents("bots")) if parse(agent).device == "Spider")
    yield at_least(0.99, "ua-parser's spiders found", "both lists of bots", _cases(known, spiders))
    yield at_least(0.98, "machines found", "machines.tsv", _cases(known, _handmade("machines")))


def _people(known: Machines) -> Iterator[Figure]:
    yield at_most(0.01, "people dropped, kinds weigh the same", "device-detector's zoo", _kinds(known, _zoo()))
    yield at_most(0.01, "people dropped", "device-detector's zoo", _cases(known, chain.from_iterable(_zoo().values())))
    yield at_most(0.01, "people dropped, kinds weigh the same", "random-user-agent", _kinds(known, _by_hardware()))
    visits = ((line["useragent"], line["percent"]) for line in weighted_people())
    shares = [Case(known.decide(agent) is not None, agent, percent) for agent, percent in visits]
    yield at_most(0.0005, "people dropped, by visits", "fake-useragent", shares)
    yield at_most(0.01, "people dropped", "people.tsv", _cases(known, _handmade("people")))


def _cases(known: Machines, agents: Iterable[str]) -> list[Case]:
    return [Case(known.decide(agent) is not None, agent) for agent in dict.fromkeys(agents)]


def _kinds(known: Machines, kinds: dict[str, list[str]]) -> Iterator[Case]:
    for kind, agents in kinds.items():
        for case in _cases(known, agents):
            yield Case(case.is_counted, f"{kind}: {case.label}", 1 / len(agents))


def _crawlers() -> Iterator[str]:
    return (agent for crawler in crawlers() for agent in crawler["instances"])


def _agents(name: str) -> list[str]:
    return [entry["user_agent"] for entry in fixtures(name)]


def _handmade(name: str) -> Iterator[str]:
    return (row["user_agent"] for row in rows(name))


def _zoo() -> dict[str, list[str]]:
    return {kind: list(dict.fromkeys(_agents(kind))) for kind in ZOO}


def _directory() -> dict[str, list[str]]:
    """User agents by the type of software."""
    found = defaultdict(list)
    for line in directory():
        if line["software_type"] not in BROWSERS:
            found[line["software_type"]].append(line["user_agent"])
    return found


def _by_hardware() -> dict[str, list[str]]:
    """User agents of browsers, where the directory knows what they run on; kinds of fewer than 20 say nothing."""
    found = defaultdict(list)
    for place, line in enumerate(directory()):
        if line["software_type"] in BROWSERS and (place % EVERY == 0 or "computer" not in line["hardware_type"]):
            found[line["hardware_type"]].append(line["user_agent"])
    return {kind: list(dict.fromkeys(agents))[:SOME] for kind, agents in found.items() if _says_something(kind, agents)}


def _says_something(kind: str, agents: list[str]) -> bool:
    return kind not in ("---", "server") and len(agents) >= 20


def _is_bare(agent: str) -> bool:
    """No browser for people is built on it, as on JavaFX, AIR and Awesomium, and it is no phone with Java."""
    return not agent.startswith(("Mozilla", "Opera")) and "MIDP" not in agent
