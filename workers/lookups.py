"""Lookups: the read-only tables that steps consult, swapped whole when their files change."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from shared import config
from shared.addresses import AddressSet
from shared.properties import Properties, Property
from shared.watch import Watched
from workers.steps.anonymity import property_key
from workers.steps.sources import Sources
from workers.steps.urls import UrlRules
from workers.tables import machines, networks, places, referrers, spam, user_agents
from workers.tables.machines import Machines
from workers.tables.networks import AnonymousProxies
from workers.tables.places import Places
from workers.tables.spam import SpamHosts
from workers.tables.user_agents import UserAgents

Value = TypeVar("Value")

LISTS = {"search_engines": "organic", "social_networks": "social", "ai_assistants": "ai"}
"""Tables of referrers that an operator can bring, and the media that they make."""


class PropertyRules(msgspec.Struct, frozen=True):
    """A property, compiled."""

    property: Property
    excluded: AddressSet
    url_rules: UrlRules
    anonymity_key: bytes


class Lookups:
    """What the steps see never changes under them but by the replacement of whole tables, each with its own cache.

    `refresh` may run in another thread than the steps.
    """

    def __init__(self, files: config.Lookups, properties: Watched[Properties], secret: bytes) -> None:
        """Raises `ConfigError` with the file and what is wrong with it."""
        self.user_agents: UserAgents = user_agents.packaged()
        self.machines: Machines = machines.packaged()
        self._places = _watch([files.city], lambda: places.read(files.city))
        self._proxies = _watch(files.anonymous, lambda: networks.read_proxies(files.anonymous))
        self._datacenters = _watch(files.datacenters, lambda: networks.read_addresses(files.datacenters))
        self._spam_hosts = _watch([files.referrer_spam], lambda: spam.read(files.referrer_spam))
        listed = {name: path for name in LISTS if (path := getattr(files, name))}
        self._lists = {
            name: _watch([path], partial(referrers.read, path, LISTS[name])) for name, path in listed.items()
        }
        self._properties = properties
        self._secret = secret
        self._compile(properties.value)
        self._join()

    @property
    def places(self) -> Places:
        """Cities and countries of addresses."""
        return self._places.value

    @property
    def proxies(self) -> AnonymousProxies:
        """Addresses that hide whose they are."""
        return self._proxies.value

    @property
    def datacenters(self) -> AddressSet:
        """Addresses where no people live."""
        return self._datacenters.value

    @property
    def spam_hosts(self) -> SpamHosts:
        """Referrers that nobody came from."""
        return self._spam_hosts.value

    @property
    def sources(self) -> Sources:
        """Services that people come from."""
        return self._sources

    def rules(self, property_id: str) -> PropertyRules | None:
        """None for a property that is unknown or disabled.

        A gateway may have seen a new property before we did, and acknowledged its first hits: look before saying no.
        """
        if property_id not in self._rules:
            self._properties.refresh()
            self._compile_if_changed()
        return self._rules.get(property_id)

    def refresh(self) -> bool:
        """Looks at all files again; true when something changed. What is wrong is refused, and the old stays."""
        changed = {name for name, watched in self._watched().items() if watched.refresh()}
        if changed & self._lists.keys():
            self._join()
        return self._compile_if_changed() or bool(changed)

    def ages(self) -> dict[str, float]:
        """Seconds since the oldest file of each table was written; tables without a file are not in it.

        Where a newer file was refused, it is the age of what is in use.
        """
        ages = {name: watched.age_seconds for name, watched in self._watched().items()}
        return {name: age for name, age in ages.items() if age is not None}

    def errors(self) -> list[str]:
        """What is wrong now with files whose last good contents are still in use."""
        return [watched.error for watched in self._watched().values() if watched.error]

    def _watched(self) -> dict[str, Watched[Any]]:
        return {
            "properties": self._properties,
            "city": self._places,
            "anonymous": self._proxies,
            "datacenters": self._datacenters,
            "referrer_spam": self._spam_hosts,
            **self._lists,
        }

    def _join(self) -> None:
        self._sources = Sources({LISTS[name]: watched.value for name, watched in self._lists.items()})

    def _compile_if_changed(self) -> bool:
        """The gateway of this process may have read the properties again before us."""
        if self._properties.value is self._compiled:
            return False
        self._compile(self._properties.value)
        return True

    def _compile(self, properties: Properties) -> None:
        rules = {name: compile_rules(entry, self._secret) for name, entry in properties.items()}
        self._rules: Mapping[str, PropertyRules] = rules
        self._compiled = properties


def open_lookups(configured: config.Config, properties: Watched[Properties], secret: bytes) -> Lookups:
    """The tables that the configuration names. Raises `ConfigError` with the file and what is wrong with it."""
    return Lookups(configured.lookups, properties, secret)


def compile_rules(entry: Property, secret: bytes) -> PropertyRules:
    """What a property says, ready for use."""
    return PropertyRules(
        property=entry,
        excluded=AddressSet(entry.exclude_addresses),
        url_rules=UrlRules(entry.url_rule),
        anonymity_key=property_key(secret, entry.id),
    )


def _watch(files: Sequence[str], read: Callable[[], Value]) -> Watched[Value]:
    return Watched([Path(file) for file in files if file], read)
