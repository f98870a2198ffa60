"""BMRecord: the published contract. The JSON keys are spelled exactly as consumers know them.

Every key is always present; what is unknown is `""`, `0`, `false` or `{}`.
Only `Meta` can be absent: a property can turn it off.
"""

import msgspec
from msgspec import UNSET, UnsetType, field

SCHEMA_VERSION = "1"


_WORDS = {word.lower(): word for word in ("EN", "GeoName", "ID", "ISO", "JS", "OS", "UA", "URL", "UTC")}


def _key(attribute: str) -> str:
    """`iso_week_utc` -> `ISOWeekUTC`"""
    return "".join(_WORDS.get(word, word.capitalize()) for word in attribute.split("_"))


class Group(msgspec.Struct, frozen=True, kw_only=True, rename=_key):
    """Attributes are snake_case here and PascalCase in JSON, but where a field names its key itself."""


class Datetime(Group, frozen=True):
    """When it happened, to the minute on purpose. Local is the record's `TimeZone`, or UTC where that is unknown."""

    datetime_utc: str
    """YYYY-MM-DD HH:MM"""
    date_utc: str
    time_utc: str
    hour_utc: int
    """0 to 23"""
    month_utc: int
    """1 to 12"""
    weekday_utc: int
    """1 (Monday) to 7"""
    iso_week_utc: str
    """2026-W48"""
    datetime_local: str
    date_local: str
    time_local: str
    hour_local: int
    month_local: int
    weekday_local: int
    iso_week_local: str


class PageProperties(Group, frozen=True):
    """The page, after URL anonymisation."""

    title: str
    url_host: str
    """Lower case, internationalised names in ASCII (IDNA)."""
    document_url: str
    canonical_url: str
    url_scheme: str
    url_path: str
    path_segment1: str
    path_segment2: str
    path_segment3: str


class DeviceProperties(Group, frozen=True):
    """The browser and what it runs on."""

    ua_family: str
    ua_major: str
    os: str
    os_major: str
    device_family: str
    device_class: str
    """desktop, phone, tablet, tv, console, wearable, car or other"""
    screen_width: int
    """CSS pixels, snapped down to a common size."""
    screen_height: int = field(name="ScreenHeigh")
    js_enabled: bool
    is_google_weblight: bool
    is_in_app_browser: bool
    host_app: str


class Locale(Group, frozen=True):
    """Where, and in which languages."""

    country: str
    """ISO 3166-1 alpha-2"""
    city_geoname_id: int
    city_name_en: str
    languages: dict[str, float]
    """Language tag to quality (0 to 1), best first, at most five."""
    time_zone: str
    """IANA name"""


class Acquisition(Group, frozen=True):
    """How the visitor came to the page."""

    referrer: str
    referrer_host: str
    source: str = field(name="AcquistionSource")
    medium: str = field(name="AcquisitionMedium")
    campaign: str = field(name="AcquisitionCampaign")
    term: str = field(name="AcquisitionTerm")
    content: str = field(name="AcquisitionContent")
    campaign_id: str = field(name="AcquisitionCampaignID")


class PerfMetrics(Group, frozen=True):
    """Navigation timing: names to milliseconds."""

    nav_timings_raw: dict[str, float]
    nav_timings_computed: dict[str, float]


class Meta(Group, frozen=True):
    """About the record itself."""

    record_id: str
    """32 hex digits, random per hit: tells doubles in a stream, and identifies no visitor."""
    schema_version: str
    channel: str
    web_vitals: dict[str, float]


class BMRecord(Group, frozen=True):
    """One hit, anonymised."""

    anonymity_set_id: str
    """16 hex digits"""
    property_type: str
    """web, amp or server"""
    datetime: Datetime
    page: PageProperties = field(name="PageProperties")
    device: DeviceProperties = field(name="DeviceProperties")
    locale: Locale
    acquisition: Acquisition
    performance: PerfMetrics = field(name="PerfMetrics")
    meta: Meta | UnsetType = UNSET


class FinishedRecord(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A BMRecord as it is written: encoded once, so that every retry writes the same bytes. It holds no address."""

    id: str
    """RecordID, also where the property leaves `Meta` out."""
    at_ms: int
    """When it happened (the sender's `occurred_at`, else `received_at_ms`): stable across redelivery."""
    received_at_ms: int
    body: bytes
    """The BMRecord in JSON, without a newline."""
