"""Payloads that nobody's tag makes, with the reason that each is refused for; without one, it is taken."""

import gzip
import zlib
from collections.abc import Mapping

from tests.integration.stranger import CANARY

LIMIT = 65_536
URL = f'"url":"https://{CANARY}.example/"'
MOST = b'{"property":"demo","url":"https://k4n4ry.example/","title":"%s"}'
BOMB_BYTES = 200 << 20


def with_names(text: str) -> bytes:
    """A good payload that says this too."""
    return f'{{"property":"demo",{URL},{text}}}'.encode()


def as_many_keys_as_fit() -> bytes:
    names = ",".join(f'"{number:x}":0' for number in range(6_500))
    return with_names(names)


GOOD = with_names('"title":"Shoes"')
BODIES: Mapping[str, tuple[bytes, str]] = {
    "nested 10,000 deep in an unknown name": (with_names('"x":' + "[" * 10_000 + "]" * 10_000), "bad_json"),
    "nested 9,000 deep in the timings": (with_names('"timings":' + '{"a":' * 9_000 + "1" + "}" * 9_000), "bad_json"),
    "nested 10,000 deep and open": (b"[" * 10_000, "bad_json"),
    "objects 10,000 deep and open": (b'{"a":' * 10_000, "bad_json"),
    "nested 100 deep in an unknown name": (with_names('"x":' + "[" * 100 + "]" * 100), ""),
    "as many keys as fit": (as_many_keys_as_fit(), ""),
    "as many timings as fit": (with_names('"timings":{' + ",".join(f'"{n:x}":{n}' for n in range(5_000)) + "}"), ""),
    "the same key twice": (with_names('"title":"a","title":"b"'), ""),
    "the same key twice, once of another type": (with_names('"title":"a","title":1'), "bad_field"),
    "the property twice": (with_names('"property":"nobodys"'), "unknown_property"),
    "1e400": (with_names('"screen":[1e400,1]'), "bad_field"),
    "1e400 in the timings": (with_names('"timings":{"fetchStart":1e400}'), ""),
    "1e400 in an unknown name": (with_names('"x":1e400'), ""),
    "-0": (with_names('"screen":[-0,-0.0],"timings":{"fetchStart":-0}'), ""),
    "a number of 10,000 digits": (with_names(f'"screen":[{"9" * 10_000},1]'), "bad_field"),
    "a number of 10,000 digits in the timings": (with_names(f'"timings":{{"fetchStart":{"9" * 10_000}}}'), ""),
    "a number of 10,000 digits in an unknown name": (with_names(f'"x":{"9" * 10_000}'), ""),
    "2^64": (with_names('"screen":[18446744073709551616,-9223372036854775809]'), ""),
    "NaN": (with_names('"screen":[NaN,1]'), "bad_json"),
    "Infinity": (with_names('"screen":[Infinity,1]'), "bad_json"),
    "a lone surrogate, escaped": (with_names(r'"title":"\ud83d"'), ""),
    "surrogates in the wrong order": (with_names(r'"title":"\ude00\ud83d"'), ""),
    "a lone surrogate, raw": (with_names('"title":"x"').replace(b'"x"', b'"\xed\xa0\x80"'), "bad_encoding"),
    "a lone surrogate in the id": (with_names(r'"id":"\ud83d"'), ""),
    "a lone surrogate in the URL": (rb'{"property":"demo","url":"https://k4n4ry.example/\ud83d"}', ""),
    "a lone surrogate in the property": (rb'{"property":"\ud83d","url":"https://k4n4ry.example/"}', "bad_property"),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD, "bad_json"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "bad_encoding"),
    "UTF-16, no mark": (GOOD.decode().encode("utf-16-le"), "bad_json"),
    "UTF-32": (GOOD.decode().encode("utf-32"), "bad_encoding"),
    "Latin-1": (with_names('"title":"Grüße"').decode().encode("latin-1"), "bad_encoding"),
    "an overlong slash": (with_names('"title":"x"').replace(b'"x"', b'"\xc0\xaf"'), "bad_encoding"),
    "an overlong NUL": (with_names('"title":"x"').replace(b'"x"', b'"\xc0\x80"'), "bad_encoding"),
    "beyond Unicode": (with_names('"title":"x"').replace(b'"x"', b'"\xf4\x90\x80\x80"'), "bad_encoding"),
    "NUL, escaped": (with_names(r'"title":"a\u0000b"'), ""),
    "NUL, escaped, in the URL": (rb'{"property":"demo","url":"https://k4n4ry.example/\u0000"}', ""),
    "NUL, raw": (with_names('"title":"a\0b"'), "bad_json"),
    "nothing but NUL": (b"\0" * 1_000, "bad_json"),
    "NUL after it": (GOOD + b"\0", "bad_json"),
    "nothing": (b"", "bad_json"),
    "nothing but spaces": (b" " * LIMIT, "bad_json"),
    "null": (b"null", "bad_json"),
    "an array": (b"[" + GOOD + b"]", "bad_json"),
    "a number": (b"42", "bad_json"),
    "a string": (b'"property"', "bad_json"),
    "true": (b"true", "bad_json"),
    "an empty object": (b"{}", "bad_property"),
    "two objects": (GOOD * 2, "bad_json"),
    "half an object": (GOOD[:-1], "bad_json"),
    "a comma too many": (GOOD[:-1] + b",}", "bad_json"),
    "single quotes": (GOOD.replace(b'"', b"'"), "bad_json"),
    "a form": (b"property=demo&url=https://k4n4ry.example/", "bad_json"),
    "the most": (MOST % (b"x" * (LIMIT - len(MOST) + 2)), ""),
    "one byte more": (MOST % (b"x" * (LIMIT - len(MOST) + 3)), "too_large"),
    "a property of 60,000 signs": (b'{"property":"%s"}' % (b"a" * 60_000), "bad_property"),
    "a property that is an object": (b'{"property":{}}', "bad_property"),
    "a URL that is a number": (b'{"property":"demo","url":1}', "bad_url"),
    "a script as URL": (b'{"property":"demo","url":"javascript:alert(1)"}', "bad_url"),
    "a title in 10,000 colours": (with_names(f'"title":"{"🌈" * 10_000}"'), ""),
    "quotes without end": (with_names(r'"title":"' + r"\"" * 30_000 + '"'), ""),
}
MEMBER = gzip.compress(GOOD)
GZIPPED: Mapping[str, tuple[bytes, str]] = {
    "gzip": (MEMBER, ""),
    "gzip in two members": (gzip.compress(GOOD[:20]) + gzip.compress(GOOD[20:]), ""),
    "gzip in 50,000 empty members": (gzip.compress(b"") * 50_000, "bad_encoding"),
    "gzip of gzip": (gzip.compress(MEMBER), "bad_encoding"),
    "a bomb": (gzip.compress(b" " * BOMB_BYTES, 1)[: 1 << 20], "too_large"),
    "half of it": (MEMBER[: len(MEMBER) // 2], "bad_encoding"),
    "without its checksum": (MEMBER[:-8], "bad_encoding"),
    "with another checksum": (MEMBER[:-8] + b"\0" * 8, "bad_encoding"),
    "with something after it": (MEMBER + b"more", "bad_encoding"),
    "only its head": (MEMBER[:10], "bad_encoding"),
    "zlib": (zlib.compress(GOOD), "bad_encoding"),
    "not compressed": (GOOD, "bad_encoding"),
    "nothing, and that compressed": (gzip.compress(b""), "bad_json"),
}
