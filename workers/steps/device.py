"""The browser and what it runs on: ua-parser's words, our own rules for class and app, client hints where truer."""

import re
from bisect import bisect_right
from functools import lru_cache

import msgspec

from shared.record import DeviceProperties
from workers.measurement import Measurement
from workers.steps import apps
from workers.steps.device_names import BRANDS, CLASSES, IPAD_SCREENS, PLATFORMS, SIZES
from workers.tables.patterns import PatternSet
from workers.tables.user_agents import LONGEST, Agent, UserAgents, printable

CACHED = 16_384
LONGEST_HINT = 256

SCREEN_LIMIT = 32_768

_classes = PatternSet([pattern for _, pattern in CLASSES])
_brand = re.compile(r'"([^"\\]{1,40})"; ?v="(\d{1,4})')


class _Told(msgspec.Struct, frozen=True, gc=False):
    """All of a device that its user agent and hints tell, whatever its screen."""

    agent: Agent
    device_class: str


def describe(m: Measurement, user_agents: UserAgents) -> DeviceProperties:
    """Total: what is not known is empty."""
    told = _of_macintosh_or_ipad(_told(m, user_agents), m.screen)
    app = apps.describe(m)
    width, height = m.screen
    return DeviceProperties(
        ua_family=told.agent.family,
        ua_major=told.agent.major,
        os=told.agent.os,
        os_major=told.agent.os_major,
        device_family=told.agent.device,
        device_class=told.device_class,
        screen_width=snap(width),
        screen_height=snap(height),
        js_enabled=m.scripted,
        is_google_weblight=apps.is_weblight(m),
        is_in_app_browser=app.is_app,
        host_app=app.name,
    )


def snap(pixels: float) -> int:
    """The largest common size that is not larger; 0 for what is no screen."""
    if not 0 < pixels < SCREEN_LIMIT:
        return 0
    place = bisect_right(SIZES, pixels)
    return SIZES[place - 1] if place else 0


def _told(m: Measurement, user_agents: UserAgents) -> _Told:
    """Cut before they are remembered: the memory that strangers' headers can take is bounded."""
    sent = m.headers
    return _read(
        user_agents,
        sent.user_agent[:LONGEST],
        sent.ch_ua[:LONGEST_HINT],
        sent.ch_ua_mobile[:LONGEST_HINT],
        sent.ch_ua_platform[:LONGEST_HINT],
    )


@lru_cache(CACHED)
def _read(user_agents: UserAgents, user_agent: str, brands: str, mobile: str, platform: str) -> _Told:
    text = printable(user_agent)
    hinted_os = PLATFORMS.get(platform.strip('" '), "")
    agent = _with_brand(user_agents.parse(user_agent), brands)
    return _Told(
        agent=_with_platform(agent, hinted_os),
        device_class=_classify(text, hinted_os == "Android", mobile == "?1"),
    )


def _with_brand(agent: Agent, brands: str) -> Agent:
    if agent.family not in ("Chrome", "Chrome Mobile"):
        return agent
    for brand, major in _brand.findall(brands):
        if brand in BRANDS:
            return msgspec.structs.replace(agent, family=BRANDS[brand], major=major)
    return agent


def _with_platform(agent: Agent, platform: str) -> Agent:
    """An extension that changes the user agent leaves the hint alone; a rare system says more than the hint."""
    if not platform or platform == agent.os or agent.os not in ("", "Linux", *PLATFORMS.values()):
        return agent
    return msgspec.structs.replace(agent, os=platform, os_major="")


def _classify(user_agent: str, is_android: bool, is_mobile: bool) -> str:
    """`Desktop site` on a phone says X11; the hints still say what it is."""
    place = _classes.first(user_agent)
    found = "other" if place is None else CLASSES[place][0]
    if found == "desktop" and (is_android or is_mobile):
        return "phone" if is_mobile else "tablet"
    return found


def _of_macintosh_or_ipad(told: _Told, screen: tuple[float, float]) -> _Told:
    if told.agent.os != "Mac OS X" or told.agent.family != "Safari" or screen not in IPAD_SCREENS:
        return told
    agent = msgspec.structs.replace(told.agent, os="iOS", os_major=told.agent.major, device="iPad")
    return msgspec.structs.replace(told, agent=agent, device_class="tablet")
