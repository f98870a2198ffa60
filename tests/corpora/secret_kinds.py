"""Secrets, made from the grammars of their kinds.

Every form is public knowledge: the RFCs of e-mail, UUIDs and JSON web tokens, the ITU's E.164 with each country's way
to group its digits, ISO 13616 (IBAN), ISO 7812 (cards), and the forms in which services document their keys.
"""

import base64
import json
import random
import re
import string
import uuid
from collections.abc import Callable

Draw = Callable[[random.Random], str]

DIGITS = string.digits
LOWER = string.ascii_lowercase + DIGITS
ALNUM = string.ascii_letters + DIGITS
URL_SAFE = ALNUM + "-_"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BASE58 = "".join(letter for letter in ALNUM if letter not in "0OIl")

FIRST = ("mary", "john", "anna.maria", "jürgen", "o'neil", "li", "zoë", "ivan", "s", "nguyen-van", "max_m", "kim88")
LAST = (
    "smith",
    "garcía",
    "müller",
    "kowalski",
    "rossi",
    "tanaka",
    "d'angelo",
    "1984",
    "dupont",
    "van.dijk",
    "johnson42",
)
DOMAINS = (
    "example.com",
    "example.co.uk",
    "mail.example.org",
    "münchen.example.de",
    "xn--mnchen-3ya.example.de",
    "例え.example.jp",
    "sub-domain.example.travel",
    "EXAMPLE.COM",
    "a.io",
    "example.museum",
)

NATIONAL_PHONES = """
    (415) 555-0###|415-555-0###|415.555.0###|415 555 0###|1-415-555-0###|(415)555-0###|4155550###|14155550###
    020 7946 0###|(020) 7946 0###|0161 496 0###|07700 900###|07700900###|0171 1234###|0171/1234###|0171-1234###
    030 / 1234###|(030) 1234###|030 12 34 5##|089-1234###|06 12 34 5# ##|06.12.34.5#.##|06-12-34-5#-##|0612345###
    02 9374 4###|(02) 9374 4###|0412 345 ###|03-1234-5###|090-1234-5###|010-1234-5###|02-123-4###|0812-3456-7###
    612 34 5# ##|612 345 ###|91 123 45 ##|22 123 45 ##|601 123 ###|11 98765-4###|(11) 98765-4###|8 (495) 123-4#-##
    8 495 123-4#-##|98765 43###|138 0013 8###|138-0013-8###|13800138###|0912 345 ###|055-123-4###|050 123 4###
    00491711234###|0044 20 7946 0###|011 44 20 7946 0###|49 171 1234###|44 20 7946 0###
"""
INTERNATIONAL_PHONES = """
    +14155550###|+1 (415) 555-0###|+1-415-555-0###|+1.415.555.0###|+442079460###|+44 20 7946 0###|+44 (0)20 7946 0###
    +491711234###|+49 171 1234###|+49 (0) 171 / 1234###|+49-171-1234###|+33612345###|+33 6 12 34 5# ##|+34612345###
    +34 612 34 5# ##|+39 06 1234 5###|+48 601 123 ###|+351 912 345 ###|+7 (495) 123-4#-##|+74951234###|+81-3-1234-5###
    +81 90 1234 5###|+8613800138###|+86 138 0013 8###|+91 98765 43###|+919876543###|+5511987654###|+55 (11) 98765-4###
    +61 2 9374 4###|+61412345###|+27 82 123 4###|+972-50-123-4###|+90 532 123 4# ##|+4512345###|+45 12 34 5# ##
    +47 123 45 ###|+65 6123 4###|+6561234###|+852 2123 4###|+353 1 234 5###|+41 44 123 4# ##|+41441234###
    +32 470 12 3# ##
"""
IBANS = """
    AD1200012030200359100100 AT611904300234573201 BE68539007547034 CH9300762011623852957 CZ6508000000192000145399
    DE89370400440532013000 DK5000400440116243 ES9121000418450200051332 FI2112345600000785 FR1420041010050500013M02606
    GB29NWBK60161331926819 GR1601101250000000012300695 IE29AIBK93115212345678 IT60X0542811101000000123456
    LU280019400644750000 NL91ABNA0417164300 NO9386011117947 PL61109010140000071219812874 PT50000201231234567890154
    RO49AAAA1B31007593840000 SE4550000000058398257466 TR330006100519786457841326 AE070331234567890123456
"""
"""The examples of the IBAN registry."""


def drawn(alphabet: str, least: int, most: int | None = None) -> Draw:
    return lambda c: "".join(c.choices(alphabet, k=c.randint(least, most or least)))


def after(prefix: str, draw: Draw) -> Draw:
    return lambda c: prefix + draw(c)


def one_of(words: str, separator: str | None = None) -> Draw:
    """With a random digit for each `#`."""
    known = [word.strip() for word in words.strip().replace("\n", separator or "\n").split(separator) if word.strip()]
    return lambda c: re.sub("#", lambda _: c.choice(DIGITS), c.choice(known))


def email(c: random.Random) -> str:
    return f"{c.choice(FIRST)}{c.choice(['.', '', '+news', '_'])}{c.choice(LAST)}@{c.choice(DOMAINS)}"


def respelled(at: str, dot: str = ".") -> Draw:
    return lambda c: f"{c.choice(FIRST[:3])}.smith{at}example{dot}com"


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def jwt(c: random.Random) -> str:
    header = {"alg": c.choice(["HS256", "RS256", "ES256", "none"]), "typ": "JWT"}
    body = {"sub": str(c.randint(1, 10**9)), "iat": 1764000000 + c.randint(0, 10**6)}
    signature = base64url(c.randbytes(32)) if header["alg"] != "none" else ""
    return ".".join((*(base64url(json.dumps(each).encode()) for each in (header, body)), signature))


def a_uuid(c: random.Random) -> str:
    return str(uuid.UUID(bytes=c.randbytes(16), version=c.choice([1, 4, 5])))


def grouped(draw: Draw, size: int, separator: str) -> Draw:
    return lambda c: separator.join(re.findall(f".{{1,{size}}}", draw(c)))


def in_digits(zero: int, text: str) -> str:
    return "".join(chr(zero + int(each)) if each.isdigit() else each for each in text)


def card(c: random.Random) -> str:
    body = c.choice(["4", "51", "55", "34", "37", "6011", "3530"])
    body += "".join(c.choices(DIGITS, k=(14 if body in ("34", "37") else 15) - len(body)))
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def ipv4(c: random.Random) -> str:
    return ".".join(str(c.randint(1, 254)) for _ in range(4))


def ipv6(c: random.Random) -> str:
    groups = [f"{c.randint(1, 65535):x}" for _ in range(8)]
    return c.choice([":".join(groups), f"2001:db8::{groups[0]}", f"fe80::{':'.join(groups[:4])}", f"::ffff:{ipv4(c)}"])


HEX = drawn("0123456789abcdef", 32)
KINDS: dict[str, Draw] = {
    "e-mail": email,
    "e-mail, full-width": respelled("\uff20"),
    "e-mail, small at": respelled("﹫"),
    "e-mail, (at)": respelled("(at)"),
    "e-mail, [at] [dot]": respelled("[at]", "[dot]"),
    "e-mail, spaced": respelled(" (at) ", " (dot) "),
    "e-mail, entity": respelled("&#64;"),
    "e-mail, JSON escape": respelled("\\u0040"),
    "e-mail, old escape": respelled("%u0040"),
    "e-mail, escape of scripts": respelled("\\x40"),
    "e-mail, entities": respelled("&commat;", "&period;"),
    "e-mail, ideographic": respelled("\uff20", "\u3002"),
    "e-mail, invisible": respelled("\u200b@\u200b"),
    "e-mail, quoted": lambda c: f'"{c.choice(FIRST[:3])} smith"@example.com',
    "e-mail, to an address": lambda c: f"{c.choice(FIRST[:3])}.smith@[{ipv4(c)}]",
    "e-mail, base64": lambda c: base64.b64encode(email(c).encode()).decode(),
    "e-mail, hex": lambda c: email(c).encode().hex(),
    "mailto": lambda c: f"mailto:{email(c)}",
    "phone, international": one_of(INTERNATIONAL_PHONES, "|"),
    "phone, national": one_of(NATIONAL_PHONES, "|"),
    "phone, no-break spaces": lambda c: one_of(INTERNATIONAL_PHONES, "|")(c).replace(" ", "\u00a0"),
    "phone, full-width": lambda c: in_digits(0xFF10, f"+49171{c.randint(10**6, 10**7)}"),
    "phone, Arabic digits": lambda c: in_digits(0x660, f"0501{c.randint(10**5, 10**6)}"),
    "phone, dashes of print": one_of("415\u2013555\u20130###|+49\u2013171\u20131234###", "|"),
    "phone, underscores": lambda c: one_of(INTERNATIONAL_PHONES, "|")(c).replace(" ", "_"),
    "tel": lambda c: f"tel:+49171{c.randint(10**6, 10**7 - 1)}",
    "hex, 8 bytes": lambda c: c.randbytes(8).hex(),
    "hex, 16 bytes": lambda c: c.randbytes(16).hex(),
    "hex, 20 bytes, upper": lambda c: c.randbytes(20).hex().upper(),
    "hex, dashed": grouped(HEX, 4, "-"),
    "hex, colons": grouped(drawn("0123456789abcdef", 12, 40), 2, ":"),
    "base64": lambda c: base64.b64encode(c.randbytes(c.randint(16, 48))).decode(),
    "base64url": lambda c: base64url(c.randbytes(c.randint(12, 48))),
    "base32": lambda c: base64.b32encode(c.randbytes(c.randint(10, 32))).decode().rstrip("="),
    "base58": drawn(BASE58, 22, 44),
    "base62": drawn(ALNUM, 16, 40),
    "base36": drawn(LOWER, 20, 32),
    "token, dotted": grouped(drawn(ALNUM, 32), 8, "."),
    "token, dashed": grouped(drawn("ABCDEFGHJKMNPQRSTVWXYZ23456789", 25), 5, "-"),
    "Stripe": after("sk_live_", drawn(ALNUM, 24)),
    "Stripe session": after("cs_test_", drawn(ALNUM, 58)),
    "AWS": after("AKIA", drawn("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)),
    "AWS secret": drawn(ALNUM + "/+", 40),
    "GitHub": after("ghp_", drawn(ALNUM, 36)),
    "GitHub, fine-grained": lambda c: f"github_pat_{drawn(ALNUM, 22)(c)}_{drawn(ALNUM, 59)(c)}",
    "GitLab": after("glpat-", drawn(URL_SAFE, 20)),
    "Slack": lambda c: f"xoxb-{c.randint(10**11, 10**12)}-{c.randint(10**11, 10**12)}-{drawn(ALNUM, 24)(c)}",
    "Google API": after("AIza", drawn(URL_SAFE, 35)),
    "Google OAuth": after("ya29.", drawn(URL_SAFE, 60)),
    "Google code": after("4/0A", drawn(URL_SAFE, 70)),
    "SendGrid": lambda c: f"SG.{drawn(URL_SAFE, 22)(c)}.{drawn(URL_SAFE, 43)(c)}",
    "Telegram": lambda c: f"{c.randint(10**8, 10**10)}:AA{drawn(URL_SAFE, 33)(c)}",
    "OpenAI": after("sk-proj-", drawn(ALNUM, 48)),
    "npm": after("npm_", drawn(ALNUM, 36)),
    "session, PHP": drawn(LOWER, 26),
    "session, ASP.NET": lambda c: f"(S({drawn('abcdefghijklmnopqrstuvwxyz012345', 24)(c)}))",
    "session, Java": lambda c: f"{c.randbytes(16).hex().upper()}.node{c.randint(1, 9)}",
    "Mongo id": lambda c: c.randbytes(12).hex(),
    "ULID": after("01", drawn(CROCKFORD, 24)),
    "KSUID": after("2", drawn(ALNUM, 26)),
    "cuid": after("c", drawn(LOWER, 24)),
    "nanoid": drawn(URL_SAFE, 21),
    "Django": lambda c: f"{drawn(LOWER, 6)(c)}-{c.randbytes(16).hex()}",
    "JWT": jwt,
    "UUID": a_uuid,
    "UUID, upper": lambda c: a_uuid(c).upper(),
    "UUID, no dashes": lambda c: a_uuid(c).replace("-", ""),
    "UUID, braces": lambda c: f"{{{a_uuid(c).upper()}}}",
    "UUID, underscores": lambda c: a_uuid(c).replace("-", "_"),
    "UUID, urn": lambda c: f"urn:uuid:{a_uuid(c)}",
    "IBAN": one_of(IBANS),
    "IBAN, grouped": grouped(one_of(IBANS), 4, " "),
    "IBAN, lower": lambda c: one_of(IBANS)(c).lower(),
    "card": card,
    "card, grouped": lambda c: " ".join(re.findall(".{1,4}", card(c))),
    "card, dashed": lambda c: "-".join(re.findall(".{1,4}", card(c))),
    "card, Amex": lambda c: f"3782 {c.randint(10**5, 10**6 - 1)} {c.randint(10**4, 10**5 - 1)}",
    "social security": lambda c: f"{c.randint(100, 899)}-{c.randint(10, 99)}-{c.randint(1000, 9999)}",
    "CPF": lambda c: f"{c.randint(100, 999)}.{c.randint(100, 999)}.{c.randint(100, 999)}-{c.randint(10, 99)}",
    "long number": drawn("123456789", 10, 24),
    "IPv4": ipv4,
    "IPv6": ipv6,
    "MAC": lambda c: c.choice(":-").join(f"{b:02x}" for b in c.randbytes(6)),
}  # fmt: skip
"""What is found by its look, wherever it stands."""
