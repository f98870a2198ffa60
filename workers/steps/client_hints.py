"""Client hints: what a browser tells beside a user agent that it has frozen.

Chromium's user agent always says `Android 10; K`, `Intel Mac OS X 10_15_7`, `Windows NT 10.0` and Chrome. The hints
that come are put back where they used to stand, so that the same rules read old user agents and new ones.
"""

import re

import msgspec

from shared.beacon import Headers
from workers.steps.device_names import BRANDS, FORM_FACTORS, PLATFORMS
from workers.tables.user_agents import Agent, printable

LONGEST = 256


class Hints(msgspec.Struct, frozen=True, gc=False):
    """As sent, cut; each may be empty or nonsense."""

    brands: str = ""
    mobile: str = ""
    platform: str = ""
    platform_version: str = ""
    model: str = ""
    form_factors: str = ""

    @property
    def os(self) -> str:
        """In ua-parser's words; empty where the user agent knows better."""
        return PLATFORMS.get(self.platform.strip('" '), "")

    @property
    def version(self) -> str:
        """Dotted numbers; empty where unknown."""
        found = _VERSION.fullmatch(self.platform_version)
        return found[1] if found else ""

    @property
    def device_class(self) -> str:
        """The most telling of the form factors; empty where none came."""
        return next((kind for name, kind in FORM_FACTORS if f'"{name}"' in self.form_factors), "")


def sent(headers: Headers) -> Hints:
    """Cut before they are remembered: the memory that strangers' headers can take is bounded."""
    return Hints(
        headers.ch_ua[:LONGEST],
        headers.ch_ua_mobile[:LONGEST],
        headers.ch_ua_platform[:LONGEST],
        headers.ch_ua_platform_version[:LONGEST],
        headers.ch_ua_model[:LONGEST],
        headers.ch_ua_form_factors[:LONGEST],
    )


def thaw(user_agent: str, hints: Hints) -> str:
    """The user agent with version and model where they used to stand; a phone's desktop site says Android again."""
    text = printable(user_agent)
    if hints.os == "Android" and "Android" not in text:
        text = _desktop_site(text, hints)
    if _FROZEN_ANDROID.search(text):
        return _FROZEN_ANDROID.sub(_android(hints, "; wv)" in text), text, count=1)
    if not hints.version or hints.os not in _FROZEN:
        return text
    return _FROZEN[hints.os].sub(lambda found: found[1] + hints.version, text, count=1)


def correct(agent: Agent, user_agent: str, hints: Hints) -> Agent:
    """What the user agent could not say of browser and system, and what it said of them that nobody knows."""
    return _with_platform(_with_version(_with_brand(agent, hints.brands), user_agent, hints), hints.os)


def _desktop_site(text: str, hints: Hints) -> str:
    text = text.replace("X11; Linux x86_64", "Linux; Android 10; K", 1)
    return text.replace(" Safari/", " Mobile Safari/", 1) if hints.mobile == "?1" else text


def _android(hints: Hints, is_webview: bool) -> str:
    """A WebView used to tell its build too: without one, ua-parser finds no model before `; wv`."""
    model = _model(hints)
    build = " Build/" if model and is_webview else ""
    return f"Android {hints.version or '10'}; {model or 'K'}{build}"


def _model(hints: Hints) -> str:
    model = hints.model.strip('" ')
    return model if _MODEL.fullmatch(model) else ""


def _with_brand(agent: Agent, brands: str) -> Agent:
    """Brands that are not in the table change nothing: anybody can write them."""
    if agent.family not in ("Chrome", "Chrome Mobile", "Chrome Mobile WebView"):
        return agent
    for brand, major in _BRAND.findall(brands):
        if brand in BRANDS:
            desktop, mobile = BRANDS[brand]
            return msgspec.structs.replace(agent, family=mobile if agent.os == "Android" else desktop, major=major)
    return agent


def _with_version(agent: Agent, user_agent: str, hints: Hints) -> Agent:
    """Every Android that has frozen its version says 10, older ones too; every Windows from 10 on says 10."""
    if agent.os == "Android" and not hints.version and _hides_version(user_agent, hints):
        return msgspec.structs.replace(agent, os_major="")
    if agent.os == hints.os == "Windows" and agent.os_major == "10" and hints.version:
        return msgspec.structs.replace(agent, os_major=_windows(hints.version))
    return agent


def _hides_version(user_agent: str, hints: Hints) -> bool:
    return _FROZEN_ANDROID.search(user_agent) is not None or (hints.os == "Android" and "Android" not in user_agent)


def _windows(version: str) -> str:
    major, _, rest = version.partition(".")
    if int(major):
        return "11" if int(major) >= 13 else "10"
    return {"1": "7", "2": "8", "3": "8"}.get(rest[:1], "")


def _with_platform(agent: Agent, platform: str) -> Agent:
    """An extension that changes the user agent leaves the hint alone; a rare system says more than the hint."""
    if not platform or platform == agent.os or agent.os not in ("", "Linux", *PLATFORMS.values()):
        return agent
    return msgspec.structs.replace(agent, os=platform, os_major="")


_FROZEN_ANDROID = re.compile(r"Android 10; K(?=[;)])")
_FROZEN = {
    "Mac OS X": re.compile(r"(Mac OS X )10[_.]15(?:[_.]7)?"),
    "Chrome OS": re.compile(r"(CrOS \w{1,20} )[0-9.]+"),
}
_BRAND = re.compile(r'"([^"\\]{1,40})"; ?v="(\d{1,4})')
_VERSION = re.compile(r'"?([0-9]{1,5}(?:\.[0-9]{1,5}){0,3})"?')
_MODEL = re.compile(r"[\w .+/&'-]{1,48}", re.ASCII)
