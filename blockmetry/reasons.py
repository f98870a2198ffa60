"""Every reason of a drop or a reject, in a sentence that tells an integrator what to do about it."""

from gateway.reject import RejectReason
from workers.drop import DropReason

DROPS: dict[DropReason, str] = {
    DropReason.BAD_MEASUREMENT: "The measurement could not be read: a field is missing or makes no sense.",
    DropReason.UNKNOWN_PROPERTY: "No enabled property has this id. Add it to properties.toml.",
    DropReason.WRONG_HOST: "The page's host is not among the property's hosts. Add it there if the page is yours.",
    DropReason.BOT: "The user agent is that of a known bot.",
    DropReason.SPIDER: "The user agent is that of a crawler or a preview fetcher.",
    DropReason.HEADLESS: "The browser runs without a screen, so nobody is looking.",
    DropReason.WEBDRIVER: "The browser is driven by a program, such as an automated test.",
    DropReason.HTTP_LIBRARY: "The request comes from an HTTP library or a command line, not from a browser.",
    DropReason.NO_USER_AGENT: "The request names no user agent; every browser does.",
    DropReason.PREFETCH: "The browser fetched the page ahead of time; nobody has seen it yet.",
    DropReason.DATACENTER: "The address belongs to a data centre, where no visitors live.",
    DropReason.REFERRER_SPAM: "The referrer is a known spammer, advertising itself in other people's reports.",
    DropReason.EXCLUDED_ADDRESS: "The property excludes this address, such as the office's own.",
    DropReason.PRIVACY_SIGNAL: "The visitor asks not to be tracked, and the property makes no record then.",
}

REJECTS: dict[RejectReason, str] = {
    RejectReason.BAD_REQUEST: "The bytes are no HTTP/1 request: a scanner, or a client of another protocol.",
    RejectReason.BAD_JSON: "The body is no JSON object.",
    RejectReason.BAD_PROPERTY: "The property is missing or is no property id. Check data-property in the tag.",
    RejectReason.BAD_URL: "The page's URL is missing or is not http(s).",
    RejectReason.BAD_FIELD: "A field has the wrong type, or a value that makes no sense.",
    RejectReason.BAD_ENCODING: "The text is not UTF-8, or the body is not the gzip that it says.",
    RejectReason.BAD_KEY: "No enabled property has this API key, or none was sent.",
    RejectReason.WRONG_PROPERTY: "The API key may not send for this property.",
    RejectReason.UNKNOWN_PROPERTY: "No enabled property has this id. Check data-property in the tag.",
    RejectReason.UNKNOWN_PATH: "Nothing is served at this path. Check the tag's address and the path prefix.",
    RejectReason.METHOD: "This path wants another HTTP method.",
    RejectReason.SLOW_BODY: "The body did not arrive in time.",
    RejectReason.TOO_LARGE: "The body is over 64 KiB (1 MiB from a server), or holds more than 500 measurements.",
    RejectReason.ENCODING: "The body is compressed in a way that this channel does not take.",
    RejectReason.RATE_LIMITED: "More than the property's rate_limit_per_second. Senders try again.",
    RejectReason.JOURNAL_FULL: "The journal is full: the queue has not been taking blocks. Senders try again.",
    RejectReason.JOURNAL_FAILED: "The journal cannot be written: look at the disk. Senders try again.",
    RejectReason.QUEUE_UNAVAILABLE: "The queue did not confirm in time. Senders try again; the hit may still arrive.",
    RejectReason.SHUTTING_DOWN: "The gateway is leaving. Senders try again.",
}
