"""Beacons as the tag sends them: small ones, and as large as they may be."""

from collections.abc import Iterator
from itertools import count

USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
ID = "%032x"
"""Stands in a body where its number comes."""
BODY = (
    '{"property":"demo","id":"%032x","url":"https://shop.example.com/products/shoes?utm_source=news",'
    '"canonical":"https://shop.example.com/products/shoes","title":"Shoes","referrer":"https://www.google.com/",'
    '"screen":[1920,1080],"time_zone":"Europe/Dublin","webdriver":false,'
    '"timings":{"fetchStart":1.2,"domainLookupStart":1.2,"domainLookupEnd":5.1,"connectStart":5.1,"connectEnd":20.4,'
    '"requestStart":20.5,"responseStart":99.1,"responseEnd":120,"domInteractive":300,"domContentLoadedEventStart":301,'
    '"domContentLoadedEventEnd":305,"domComplete":600,"loadEventStart":600,"loadEventEnd":604}}'
)
HEAD = (
    "POST /v1/beacon HTTP/1.1\r\nHost: localhost\r\nUser-Agent: " + USER_AGENT + "\r\nAccept: */*\r\n"
    "Accept-Language: en-GB,en;q=0.9,de;q=0.7\r\nAccept-Encoding: gzip, deflate, br\r\nOrigin: https://shop.example.com\r\n"
    "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: %d\r\n\r\n"
)


def grown(size_bytes: int) -> str:
    """`BODY` with marks of its own among the timings, as pages make that measure themselves, and a title to match."""
    body = BODY.replace('"title":"Shoes"', f'"title":"{"Shoes for every weather. " * 20}"')
    marks = ""
    for number in count():
        if len(body % 0) + len(marks) >= size_bytes:
            break
        marks += f',"mark.component-{number:04}":{700 + number * 7.3:.1f}'
    return body.replace('"loadEventEnd":604', '"loadEventEnd":604' + marks)


def template(body: str = BODY) -> str:
    """The whole request, with `ID` where its number comes."""
    return HEAD % len(body % 0) + body


def requests(first: int = 0, body: str = BODY) -> Iterator[bytes]:
    """Endless, each with an id of its own: the numbers from `first` on, in 32 hex digits."""
    before, _, after = template(body).encode().partition(ID.encode())
    for number in count(first):
        yield before + b"%032x" % number + after
