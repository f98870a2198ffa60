r"""What people's browsers and devices are called: what names none of them is a machine.

RE2, case-blind, between white space; a space in a pattern is `\s` or `.`.
"""

_SYSTEM = (
    r"(?:windows|win(?:[39]|nt|10|32|64)|mac(?:intosh|book|[\s_]?os|_powerpc)|os.?x|imac|linux|x11|bsd|sunos|irix|hp-ux"
    r"|beos|haiku|amiga|risc.?os|os/2|warp|cros|fuchsia|inferno|qnx|dos\b|msie|konqueror|mobile|tablet|nav\))"
)

PEOPLE = {
    "browser": rf"^\W*(?:mozilla|opera)[/\s]\d.*{_SYSTEM} \bmozilla/\d.*linux \bgecko/\d+\sfirefox/\d",
    "desktop": r"windows[\s/] \bwin(?:10|32|64)\b macintosh macbook \bimac mac.?os \bosx\b",
    "text or old browser": r"""
        ^(?:lynx|e?links|(?:emacs-)?w3m|dillo|netsurf|ncsa.mosaic|amaya|ibrowse|icab|konqueror|hotjava|midori)\b
        amigaos""",
    "phone or tablet": r"""
        android iphone ipad ipod \bios[\s/\d] dalvik symbian symbos series.?[3468]0 midp cldc j2me \bwap \bbrew
        up\.(?:browser|link) maui obigo netfront teleca openwave jig.browser avantgo ucweb uc.?browser ucmini mqqbrowser
        opera.?mini/ puffin blackberry bb10 kaios openharmony docomo kddi vodafone softbank j-phone palm hiptop tianyu
        screen-\d mmp/\d portalmmm nokia samsung sonyericsson \bmot- \blge?- \bsec- \bsie- \bhtc[\s_]""",
    "e-reader": r"kindle \bsilk/ \bnook\b kobo pocketbook \bprs- tolino",
    "television": r"""
        hbbtv smart-?tv apple.?tv tvos \b[a-z]{0,4}tv[/;)] aquos crkey web0s webos tizen netcast viera bravia roku
        hybridcast youview ce-html dlna \baft[a-z0-9] \bstb\b set-?top vizio vidaa brightsign sagemcom humax philips""",
    "console, watch, car, speaker": r"""
        playstation nintendo xbox sega dreamcast aplix watch.?os watch\d+,\d garmin tesla qtcar carplay sonos alexa""",
    "app on a person's device": r"darwin/\d \[fban applecoremedia exoplayer",
}
"""Where one of these occurs, and no machine's name, a person may be behind."""

SOUND_LIKE_MACHINES = {
    "browsers that are compatible with Mozilla": r"""
        compatible[;,]?\s*(?:msie|konqueror|mozilla|windows|linux|x11|mac|googletoolbar|opera|chrome|firefox|safari)
        compatible[;,]?\s*(?:netscape|icab|omniweb|aol|u;|rv|haiku|like|khtml|applewebkit|gecko|trident|version|origyn)
        compatible[;,]?\s*(?:symbian|blackberry|iphone|android|nokia|antgalio|netpositive|offbyone|polaris|risc\sos|acorn)
        compatible[;,]?\s*(?:up\.browser|wow64|ie\s|oss/|[^;)/]*;\s*msie)""",
    "models of phones": r"android\s[\d.]+;(?:\s?[a-z]{2}[-_][a-z]{2};)?\s?[^;()/]+(?:build/|\)) cubot",
    "google's devices": r"google[\s/_-]?(?:tv|nexus|pixel|chromecast|home|nest) googleweblight",
    "facebook's apps": r"fb_?(?:an|av|bv|dv|md|sn|sv|ss|cr|id|lc|op|rv|_iab|_fw_version|_fw)/[^;\]]*",
    "translators between a person and the page": r"\(via\s[a-z]+\.[a-z./]+\)",
    "browsers that name their site": r"\bant\.com www\.qtweb\.net",
}
"""Taken out before machines' names are looked for."""

IN_APP = r";\swv\) version/4\.0\schrome/ like\sgecko\)\smobile/\w \selectron/\d"
"""What shows a page within an app: it is named after what it does for its owner."""

ORDINARY = frozenset(
    {
        r"\.com\b", r"\b\w+\.ai", r";\s\w+;$", r"\(\)", r"\|", r"@[a-z][\w-]+\.", "24x7", r"agent\b", "advisor",
        "browsex", "capture", "catch", r"check\b", "chromeframe", "cursor/", "detect", "discovery", "download", "feed",
        "firephp", "grab", "insight", "library", r"mail\.ru/", "manager", "measure", r"node\b", "offbyone", "optimize",
        "parser", "proxy", "radar", r"rss\b", "server", "sogou", "splash", "synapse", "tools", "torrent", "upday/",
        "url",
    }
)  # fmt: skip
"""is-bot's patterns that are ordinary words: people's devices and apps have them in their names."""
