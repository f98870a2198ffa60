r"""What machines call themselves, from their makers' own documentation.

A row is a name that a person understands, and RE2 patterns, case-blind, with white space between them; a space within
one is `\s` or `.`. Most machines need no row of their own: they call themselves bots, link to a description, or name no
browser and no device.
"""

HEADLESS = {
    "headless browser": "headless",
    "phantomjs": "phantomjs slimerjs casperjs",
    "htmlunit": r"htmlunit jsdom/ zombie\.js happydom",
    "automation": "puppeteer playwright selenium webdriver cypress/ nightmare/ nightwatch testcafe novaact",
    "page renderer": r"\bsplash\sversion wkhtmlto webkit2png cutycapt prerender rendertron browserless browsershot",
}

LIBRARIES = {
    "curl": r"^(?:lib|py)?curl \blibcurl/",
    "wget": r"^wget ^aria2 ^axel[\s/] ^git/",
    "python": r"^python ^aiohttp ^httpx ^urllib ^requests/ \bpython[-/](?:requests|urllib|httpx|\d)",
    "go": r"^go-http ^go\s\d ^fasthttp ^go-resty ^colly ^grequests \bgolang",
    "java": r"""
        ^java/ \bjava/1\.[4-9] ^p2/ ^jakarta ^apache-http ^okhttp ^async-?http ^reactor ^jersey ^unirest
        \bhttp-?client\b""",
    "javascript": r"^node ^axios ^undici ^got\s?[(/] ^superagent ^bun/ ^deno/ node-fetch ^electron-fetch",
    "perl": "^libwww-perl ^lwp ^www-mechanize ^http-tiny ^perl ^mojolicious",
    "ruby": r"^ruby ^faraday ^rest-client ^typhoeus ^httparty ^http\.rb ^mechanize ^excon",
    "php": r"^php ^http_request ^guzzle ^symfony ^zend ^laravel \bphp/\d",
    ".net": r"^restsharp ^\.net ^system\.net ^microsoft.http ^dotnet ^flurl",
    "rust": "^reqwest ^hyper/ ^ureq ^rust",
    "elixir": "^hackney ^mint/ ^req/ ^finch",
    "dart": "^dart/ ^dio/",
    "powershell": r"powershell/\d ^powershell",
    "windows": "^winhttp ^wininet ^microsoft-(?:crypto|winrm) winhttprequest",
    "tool": r"^httpie ^fetch\slibfetch ^postman ^insomnia ^paw/ ^k6/ ^apachebench ^wrk ^siege ^hey/ ^vegeta ^jmeter",
}
"""Names of languages and tools. A browser that mentions one behind its own name is no library."""

CRAWLERS = {
    "calls itself a bot": r"bots?(?:\b|_|\d) robot \bbotify",
    "calls itself a crawler": r"crawl spider scrap(?:er|y|ing)\b slurp harvest \bindexer fetcher nutch heritrix larbin",
    "only compatible with a browser": r"compatible[;,] ^mozilla/\d\.\d\scompatible\b",
}
"""`(compatible; NAME)` is how machines sign; the browsers that do are taken out before (`people_names`)."""

SIGNATURES = {
    "google": r"""
        [\s(;,]google-[a-z]{3} [a-z]-google(?:[/;]|$) googleother adsbot adsense
        google[\s_](?:search|partner|page.?speed|web.?preview|web.?snippet|favicon|wireless|structured|read)""",
    "link preview": r"""
        externalhit facebookcatalog ^whatsapp/[\d.]+(?:\s[ain])?$ bingpreview uripreview slack-img vkshare
        embedly iframely flipboard(?:browser)?proxy kakaotalk-scrap link.?preview url.?preview unfurl opengraph
        \bog-?scr""",
    "monitor": r"""
        pingdom statuscake site24x7 gomez catchpoint dynatrace ruxit synthetic new.?relic datadog appinsights
        dmbrowser dotcom-?monitor \brigor sitespeed webpagetest \bptst gtmetrix yottaa speedcurve dareboost page.?speed
        lighthouse yslow alertsite dejaclick websitepulse monitis freshping hetrix nagios zabbix check_http blackbox
        checkly apica ip-?label newtest neustar silktide observepoint ghost\sinspector taginspect
        thousandeyes siteimprove 360jk""",
    "advertising": r"""
        brandverity adbeat evaliant adauth doubleverify ips-agent admantx proximic grapeshot confiant geoedge mediatrust
        scope3 adsafe whatruns adthena \biaspub pixalate trademob""",
    "search engine optimisation": r"""
        semrush ahrefs screaming.frog sitebulb deepcrawl lumar seobility serpstat \bseo\b linkdex majestic-?(?:12|seo)
        backlink sistrix contentking""",
    "security": r"""
        burpcollab nessus nikto sqlmap \bnmap masscan zgrab acunetix netsparker qualys detectify openvas wpscan urlscan
        virustotal phishtank netcraft barracuda proofpoint mimecast zscaler bluecoat forcepoint fortiguard paloalto
        expanse censys shodan sucuri whatweb wappalyzer builtwith hackertarget watchtowr vulnerab""",
    "links to its own description": r"""
        \+\s?https?:
        ^mozilla/\d\.\d\s\((?:windows|macintosh|x11|linux\sx86).*(?:\bhttps?:|[a-z0-9]\.(?:com|net|org|io|ai)\b)""",
    "leaves an e-mail address": r"@[a-z][\w.-]*\.[a-z]{2,} \bat\s[a-z]+\sdot\scom\b",
    "calls itself an agent": r"[\s-]agent(?:[/)]|$)",
    "fetches for a user": r"-(?:user|extended|inspectiontool|cloudvertexbot|fetch|agent|preview|proxy)/\d",
}
"""How machines sign, and names that nothing else has."""

OTHERS = {
    "assistant": r"""
        externalagent externalfetcher claude- anthropic chatgpt \bopenai\b perplexity mistralai cohere-ai gemini-
        notebooklm duckassist \bmanus-user \bdevin/""",
    "watches or scans": r"uptime keynote monitor\b \bprobe measurement snippet (?:^|[^m])scan(?:ner|\b)",
    "archive": "archive wayback httrack webcopier teleport offline.explorer webzip sitesucker wpull webreaper",
    "feed": r"""
        feedfetch feedly feeder\.co inoreader newsblur feedbin theoldreader feedburner superfeedr miniflux freshrss
        newsgator netvibes bloglines feedparser feedvalid simplepie magpierss""",
    "screenshots": "screenshot thumbnail thumbshot webthumb pagepeeker snapshot sitecapture browsershots",
    "checks links": "(?:link|site|url|https?|web|exchange|health).?check linkwalker xenu w3c_",
    "serves other machines": r"""
        cloudflare- ssl-?detector yahoocache wordpress drupal print.?friendly instapaper readability pocketparser
        (?:image|mail|media).?proxy""",
}
"""What machines do. Apps on phones are called so too: scanners, monitors, readers (`people_names.IN_APP`)."""
