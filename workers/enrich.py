"""Enrichment: a measurement becomes a record or a drop."""

import msgspec

from shared.beacon import Channel
from shared.record import SCHEMA_VERSION, BMRecord, FinishedRecord, Meta
from workers.drop import Drop, DropReason
from workers.lookups import Lookups
from workers.measurement import Measurement
from workers.steps import acquisition as acquisitions
from workers.steps import anonymity, clock, performance, traffic
from workers.steps import device as devices
from workers.steps import locale as locales
from workers.steps import page as pages

PROPERTY_TYPES = {Channel.AMP: "amp", Channel.SERVER: "server"}
VITALS = frozenset({"LCP", "CLS", "INP", "FCP", "TTFB", "FID"})
VITAL_LIMIT = 600_000
"""Milliseconds (CLS has no unit): more is no measurement."""

_encode = msgspec.json.Encoder().encode


def enrich(m: Measurement, lookups: Lookups) -> BMRecord | Drop:
    """Total and without effects: every measurement ends in one or the other."""
    rules = lookups.rules(m.property)
    if rules is None:
        return Drop(DropReason.UNKNOWN_PROPERTY)
    if drop := traffic.screen(m, rules, lookups):
        return drop
    device = devices.describe(m, lookups.user_agents)
    locale = locales.describe(m, rules, lookups)  # the last step that sees the address
    page = pages.describe(m, rules.url_rules)
    return BMRecord(
        anonymity_set_id=anonymity.identify(rules.anonymity_key, device, locale),
        property_type=PROPERTY_TYPES.get(m.channel, "web"),
        datetime=clock.tell(m.at_ms, locale.time_zone),
        page=page,
        device=device,
        locale=locale,
        acquisition=acquisitions.attribute(m, page.url_host, rules, lookups.sources),
        performance=performance.measure(m),
        meta=_meta(m) if rules.property.meta else msgspec.UNSET,
    )


def finish(record: BMRecord, m: Measurement) -> FinishedRecord:
    """The record encoded, once and for all retries."""
    return FinishedRecord(m.id.hex(), m.at_ms, m.received_at_ms, _encode(record))


def _meta(m: Measurement) -> Meta:
    return Meta(
        record_id=m.id.hex(),
        schema_version=SCHEMA_VERSION,
        channel=m.channel.value,
        web_vitals={name: value for name, value in m.vitals.items() if name in VITALS and 0 <= value < VITAL_LIMIT},
    )
