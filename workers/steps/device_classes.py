"""Which class of device a user agent belongs to, by three tables in this order: what says of itself that it is rare;
the names that makers give to models of Android; and the systems.
"""

from workers.steps.android_models import MODELS
from workers.tables.patterns import PatternSet, compiled

Rows = tuple[tuple[str, str, str], ...]
"""Class, what it is, and a pattern (RE2, case-blind). The first row that matches decides."""

RARE: Rows = (
    ("other", "smart speakers and displays", r"smartspeaker|\bsonos/|\bfuchsia|\b(?:aeo[a-z]{2}|echo show|portalgo)\b"),
    ("console", "consoles", r"playstation|\bps[345]\b|\bpsp\b|nintendo|\bxbox|\bouya\b|steamdeck|dreamcast|\banbernic"),
    ("console", "consoles", r"\bretroid|aplix"),
    (
        "wearable",
        "watches",
        r"(?:apple|galaxy|gear|huawei) ?watch|\bwatch ?os|\bwatch[0-9]+,[0-9]|\bwear ?os|\bsm-r[0-9]",
    ),
    ("wearable", "builds of Wear OS: their branch's second letter", r"\bbuild/[n-v]w[a-z][a-z0-9]?\."),
    ("wearable", "glasses", r"\bglass [0-9]|google glass|hololens|vision ?pro\b|magic leap|\bhtc vive|\bvive focus"),
    ("wearable", "headsets", r"\bquest(?: [2-9]s?| pro)?[;) ]+(?:build|applewebkit)|oculus|like quest|\bvr safari"),
    ("wearable", "headsets", r"\bvr wolvic|\bpico ?(?:neo|g[0-9]|[0-9])"),
    ("car", "cars", r"android automotive|; automotive|car ?browser|\bpolestar\b|mbux"),
    ("car", "Tesla", r"qtcarbrowser|\btesla/|\(x11; gnu/linux\)[^(]*\bchrom"),
    ("car", "built into cars", r"\bcar ?(?:pad|play|radio|stereo|multimedia|audio)|\baftl[a-z]t[0-9]"),
    (
        "tv",
        "words for television",
        r"smart-?tv|hbbtv|ce-html|\bdtv\b|pov_tv|iptv|set-?top|\bstb|stb\b|large ?screen|webtv",
    ),
    ("tv", "words for television", r"\btv safari|safari/[0-9.]+ tv\b|\(tv;|\btv bro/|tizen[^)]*\btv\b|opera tv|\bdlna"),
    (
        "tv",
        "systems",
        r"andr[o0]id ?tv|g[o0]{2}gle ?tv|apple ?tv|fire ?tv|\bweb0s\b|webos[^)]*tv|netcast|\bvidaa|viera",
    ),
    (
        "tv",
        "systems",
        r"\broku|\bcrkey|chromecast|vizio|kreatv|\btivo\b|tivo-|whale(?:os|tv)|youview|freebox|maple ?20",
    ),
    (
        "tv",
        "browsers",
        r"inettvbrowser|sonycebrowser|espial|ekioh|antgalio|netrange|\bzeasn|\bomi/[0-9]|\bkodi/|tivimate",
    ),
    ("tv", "makers", r"\bbravia|sonydtv|philipstv|\bnettv|\bloewe|technisat|\bvestel\b|\bhisense[^;)]*tv|mstar ?tv"),
    ("tv", "makers", r"\bdunehd|google fiber|brightsign|\bmag[0-9]{3}|mi ?box\b|mitv|aquos[- ]?(?:tv|as\b|browser)"),
    ("tv", "Amazon's sticks and televisions", r"\baft[a-z]{1,5}[0-9]{0,4}\b"),
    ("tv", "embedded processors", r"\(linux (?:mips|sh4)|^(?:opera|mozilla)/[0-9.]+ \(linux armv[5-7][a-z]*[;)]"),
    ("tv", "builds of Android TV: their branch's second letter", r"\bbuild/[n-v]t[a-z0-9]{1,3}\.[0-9]{6}"),
    ("tv", "the same, where the maker cut them", r"\bbuild/(?:pi|qt|rt|stt[a-z]|utt[a-z])\b"),
    ("tv", "builds that makers of television chips start from", r"\bbuild/(?:opr5\.170623\.014|ppr2\.180905\.006\.a1)"),
    ("tv", "the same", r"\bbuild/(?:qp1a\.191105\.004|rd2a\.211001\.002|tp1a\.220905\.004\.a2)\b"),
)

SYSTEMS: Rows = (
    ("desktop", "notebooks that run Android's apps", r"chromebook|pixelbook|\bremix"),
    ("tablet", "iPads", r"ipad\b|ipad[0-9]|macintosh.*\b(?:crios|fxios|edgios|gsa)/"),
    ("tablet", "Amazon's", r"kindle|\bsilk/|\bkf[a-z]{3,5}\b"),
    ("tablet", "e-readers", r"e-?reader|\bebook|pocketbook|\bkobo\b|\bnook\b|\btolino|\bboox|sony ?prs"),
    (
        "tablet",
        "words for it",
        r"\(tablet[;)]|; tablet;|opera tablet|tablet browser|playbook|touchpad|puffin/[0-9.]+[ai]t\b",
    ),
    ("tablet", "Windows RT", r"windows nt [^;)]*; arm; trident[^)]*touch"),
    ("phone", "iPhones", r"iphone|ipod|\biph[0-9]{1,2},"),
    ("phone", "words for it", r"\bmobi(?:le)?\b|smartphone|\(phone;|\bwap[ 0-9]|wap-|puffin/[0-9.]+[ai]p\b"),
    (
        "phone",
        "systems",
        r"windows phone|iemobile|wpdesktop|lumia|blackberry|\bbb10\b|symb|series ?[46]0|\bs60\b|kaios",
    ),
    (
        "phone",
        "systems",
        r"\bpalm|windows ce|pocket pc|\bmaemo|\bmeego|webos/[0-9.]+; u|j2me|midp|cldc|\bbrew\b|brew[ /]",
    ),
    ("phone", "systems", r"\brex;|\bmmp/|mtk[ /]|maui[ /]|docomo|kddi|j-phone|_td/1\.|^dalvik|android [12]\."),
    (
        "phone",
        "browsers",
        r"opera m(?:ini|obi)|ucweb|nokiabrowser|up\.browser|openwave|obigo|teleca|netfront|dolfin|jasmine",
    ),
    ("phone", "browsers", r"polaris[ /]|\bmib/|semc-browser|pandora/|whatsapp/|fban/fb4a"),
    ("phone", "makers", r"^nokia|nokia[0-9cenx]|sonyericsson|\b(?:samsung|motorola|lge?|sec|mot)-[a-z0-9-]+/"),
    (
        "phone",
        "makers",
        r"^(?:sie|sagem|zte|alcatel|panasonic|philips|sharp|huawei|vk|sam|qc|spice)[-_ ]?[a-z0-9]+(?:/|$)",
    ),
    ("tablet", "what does not say that it is mobile", r"andr[o0]id|harmonyos"),
    ("desktop", "Windows", r"windows|\bwin(?:10|[378]|32|64|9[58])\b|msie|trident|cygwin|citrixreceiver"),
    ("desktop", "Apple's", r"mac ?(?:intosh|book|mini|pro|[0-9]+,)|mac ?os|mac_powerpc|\bosx\b|os=mac|\bimac[0-9]"),
    ("desktop", "Apple's", r"darwin/[0-9.]+ \((?:x86_64|i386|power)"),
    ("desktop", "Unix", r"\bx11\b|linux|\bcros\b|bsd|sunos|ubuntu|debian|fedora|lynx/|w3m/|konqueror|inferno"),
    ("desktop", "others", r"haiku|\bos/2\b|\bppc\b|amiga|\bbeos|syllable|risc os|\(pc;"),
)

_rare, _models, _systems = (PatternSet([pattern for _, _, pattern in rows]) for rows in (RARE, MODELS, SYSTEMS))
_model = compiled(
    r"(?:andr[o0]id|\badr)[ /-]?[0-9.]*[^;()]{0,20}; ?(?:[a-z]{2}(?:[-_][a-z]{2,4})?; ?)?(?:harmonyos; ?)?"
    r"([^;()]{1,60}?)(?: build/| applewebkit|[;()]|$)"
)


def classify(user_agent: str) -> str:
    """One of `desktop phone tablet tv console wearable car other`."""
    return (
        _first(_rare, RARE, user_agent)
        or _first(_models, MODELS, model_of(user_agent))
        or _first(_systems, SYSTEMS, user_agent)
        or "other"
    )


def model_of(user_agent: str) -> str:
    """What Android calls the device, with spaces for underscores; empty where it says nothing."""
    found = _model.search(user_agent)
    return found[1].replace("_", " ").strip() if found else ""


def _first(patterns: PatternSet, rows: Rows, text: str) -> str:
    place = patterns.first(text) if text else None
    return "" if place is None else rows[place][0]
