"""What machines call themselves, and what people's browsers are called that sounds like one. RE2, case-blind."""

HEADLESS = {
    "headless browser": "headless",
    "phantomjs": "phantomjs|slimerjs",
    "htmlunit": "htmlunit",
    "automation": r"puppeteer|playwright|selenium|cypress/|nightmare/|webdriver",
}

LIBRARIES = {
    "curl": "^(?:lib|py)?curl",
    "wget": "^wget",
    "python": r"^python|^aiohttp|^httpx|^urllib|^[^(]*python-(?:requests|urllib|httpx)",
    "go": r"^go-http|^go \d|^fasthttp|^go-resty",
    "java": r"^java/|^jakarta|^apache-http|^okhttp|^[a-z0-9._-]+/[^ ]* okhttp|^async-?http|^reactor|^jersey|^unirest",
    "javascript": r"^node|^axios|^undici|^got[ (/]|^superagent|^bun/|^deno/|node-fetch|^electron-fetch",
    "perl": "^libwww|^lwp|^www-mechanize|^http-tiny|^perl",
    "ruby": r"^ruby|^faraday|^rest-client|^typhoeus|^httparty|^http\.rb|^mechanize",
    "php": "^php|^http_request|^guzzle|^symfony|^zend|^laravel",
    ".net": r"^restsharp|^\.net|^system\.net|^microsoft http|^dotnet",
    "rust": "^reqwest|^hyper/|^ureq|^rust",
    "elixir": "^hackney|^mint/|^req/",
    "dart": "^dart/|^dio/",
    "powershell": "windowspowershell/|^powershell",
    "windows": "^winhttp|^wininet|^microsoft-(?:crypto|winrm)",
    "cfnetwork": "^[^(]*cfnetwork/",
    "tool": "^httpie|^fetch libfetch|^postman|^insomnia|^paw/|^k6/|^apachebench|^wrk|^siege|^hey/|^vegeta|^jmeter",
}
"""Names of languages and tools; a browser that mentions one behind its own name is no library."""

SELF_DESCRIBED = {
    "links to its own description": r"\+\s?https?:|compatible;[^)]*(?:https?:|www\.|@)"
    r"|^[^(]*\((?:windows|macintosh|x11)[^)]*\).*https?:",
    "named crawler": r"externalagent|externalfetcher|-(?:user|extended|inspectiontool|cloudvertexbot)/\d"
    r"|google-?other|read-aloud|claude-|perplexity|chatgpt|ips-agent|^scrapy|^colly",
}

PEOPLE = [
    "googleweblight",
    "google[ /_-]?(?:tv|nexus|pixel|chromecast|home|nest)",
    "(?:build/|; ?)cubot",
    r"fb_?(?:an|av|bv|dv|md|sn|sv|ss|cr|id|lc|op|rv|_iab|_fw_version|_fw)/[^;\]]*",
    r"\blibrary-?version",
]
"""Names that people's devices and apps carry, and that patterns for machines would hit: taken out before the search."""

PERSONAL_BROWSER = (
    r"^(?:mozilla/[45]\.0|opera/\d+\.\d+) \([^)]*(?:windows|macintosh|mac os|linux|x11|android|iphone|ipad|ipod|cros|"
    r"web0s|webos|tizen|smart-?tv|playstation|nintendo|xbox|blackberry|bb10|symb|series|kaios|j2me|midp|hbbtv|mobile|"
    r"roku|viera|netcast|directfb)"
)
"""The form of a browser on somebody's device."""

COMMON_WORDS = frozenset(
    {
        r"(?:^|[^g])news(?!sapphire)", r"(?<!lib)http", r"java(?!;)", r";\s\w+;$", r"\(\)", r"\.com\b", r"\|",
        r"mail\.ru/", "advisor", "browsex", "capture", "catch", "chromeframe", "cursor/", "detect", "discovery",
        "dmbrowser", "download", "feed", "grab", "insight", "library", "manager", "measure", "radar", "server", "sogou",
        "splash", "tools", "torrent", "upday/", "url",
    }
)  # fmt: skip
"""is-bot's patterns that are ordinary words: a personal browser may have them in a device's or an app's name."""
