"""The browser and what it runs on: ua-parser's words, our own rules for the class, client hints where truer."""

from bisect import bisect_right
from functools import lru_cache

import msgspec

from shared.record import DeviceProperties
from workers.measurement import Measurement
from workers.steps import apps, client_hints
from workers.steps.client_hints import Hints
from workers.steps.device_classes import classify
from workers.steps.device_names import SIZES
from workers.tables.user_agents import LONGEST, Agent, UserAgents

CACHED = 16_384

SCREEN_LIMIT = 32_768
IPHONE_WIDTH = 500
"""CSS pixels; every iPhone is narrower, every iPad wider."""
IPAD_SHAPE = 0.64
"""Width to height of the slimmest iPad, at any zoom. A Macintosh's display turned upright is slimmer (10:16)."""


class _Told(msgspec.Struct, frozen=True, gc=False):
    """All of a device that its user agent and hints tell, whatever its screen."""

    agent: Agent
    device_class: str


def describe(m: Measurement, user_agents: UserAgents) -> DeviceProperties:
    """Total: what is not known is empty."""
    told = _of_macintosh_or_mobile(_told(m, user_agents), m.screen)
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
    return _read(user_agents, m.headers.user_agent[:LONGEST], client_hints.sent(m.headers))


@lru_cache(CACHED)
def _read(user_agents: UserAgents, user_agent: str, hints: Hints) -> _Told:
    text = client_hints.thaw(user_agent, hints)
    return _Told(
        agent=client_hints.correct(user_agents.parse(text), user_agent, hints),
        device_class=_class(classify(text), hints),
    )


def _class(found: str, hints: Hints) -> str:
    """What says of itself that it is something rare is that; else the form factors know best."""
    if found in ("tv", "console", "wearable", "car"):
        return found
    if not hints.device_class and found == "desktop" and hints.mobile == "?1":
        return "phone"
    return hints.device_class or found


def _of_macintosh_or_mobile(told: _Told, screen: tuple[float, float]) -> _Told:
    """iPadOS, and a desktop site on iOS, call themselves a Macintosh. Their screens are told upright whatever way they
    are held, and no Macintosh has an upright screen of these shapes.
    """
    width, height = screen
    if told.agent.device != "Mac" or not 0 < width < height:
        return told
    if width < IPHONE_WIDTH:
        return _of_apple(told, "iPhone", "phone")
    return _of_apple(told, "iPad", "tablet") if width / height > IPAD_SHAPE else told


def _of_apple(told: _Told, device: str, device_class: str) -> _Told:
    agent = told.agent
    is_safari = agent.family == "Safari"
    return _Told(
        Agent(
            "Mobile Safari" if is_safari else agent.family, agent.major, "iOS", agent.major if is_safari else "", device
        ),
        device_class,
    )
