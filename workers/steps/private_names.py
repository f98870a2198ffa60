"""Private names: parameters whose name says that their value is a person's, or opens a door.

Names are read as English compounds: the last telling word decides (`access_token`, `userEmail`, but not `token_type`).
"""

import re
from functools import lru_cache

_KINDS = {
    "email": "email emails emailaddress mail mailaddress correo courriel",
    "phone": "phone phonenumber tel telephone telefon telefono mobile msisdn fax cell cellphone",
    "name": """name firstname lastname fullname fname lname surname forename nickname givenname familyname
        vorname nachname prenom nom nombre apellido nome cognome""",
    "password": "password passwd pwd pass passphrase passcode passwort kennwort senha contrasena pin otp",
    "token": """token session sess sid auth authorization authentication oauth key apikey secret code jwt csrf xsrf
        signature sig nonce ticket credential credentials cookie assertion saml samlresponse samlrequest bearer
        jsessionid phpsessid aspsessionid cfid cftoken hmac otac magic""",
    "user": "user userid uid username login customer member account visitor patient subscriber",
    "address": "address street postcode postalcode zip zipcode plz",
    "birthday": "birthday birthdate birth dob",
    "number": "ssn iban creditcard cardnumber cvv cvc passport",
    "ip": "ip ipaddress ipaddr clientip remoteaddr",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TRAILERS = _set("""
    id ids no nr num number value val string str hash md5 sha1 sha256 b64 encoded param field confirm confirmation
    repeat again new old data addr first last
""")
"""Words after the telling one: `session_id`, `emailConfirmation`."""

_AMBIGUOUS = _set("code key name address pass mail")
_QUALIFIERS = _set("""
    country currency language lang locale region state area airport product category promo promotion coupon discount
    error status response http exit item brand color colour size sort order group filter file page template app
    application event site domain host path field column table campaign ad source channel list menu section step shop
    store city town museum team game song book movie class style tax hs sku bar qr key search tab view theme plugin
    package module company business device browser os model feature test variant layout format week
""")
"""`country_code`, `product_name`: what these qualify is no person's and no door's."""

_STRONG_ENDINGS = ("email", "password", "passwd", "token", "sessionid", "sessid", "secret", "apikey", "username")
"""Found also where words run together: `useremail`, `accesstoken`."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NAME_END = 64
_FLAGS = frozenset({"", "0", "1", "true", "false", "yes", "no", "on", "off", "null", "undefined"})


def is_flag(value: str) -> bool:
    """`login=1` tells nothing of anybody."""
    return value.lower() in _FLAGS


@lru_cache(maxsize=4096)
def kind(name: str) -> str:
    """What the decoded parameter name promises: `email`, `phone`, `token`, ...; "" for an ordinary parameter."""
    if name[:4].lower() == "utm_":
        return ""
    words = [word.lower() for word in _WORDS.findall(name[-_NAME_END:])]
    while len(words) > 1 and words[-1] in _TRAILERS:
        words.pop()
    joined = "".join(words)
    return _KIND_OF.get(joined) or _of_words(words) or _of_ending(joined)


def _of_words(words: list[str]) -> str:
    last, before = words[-1:], words[-2:-1]
    if not last or (last[0] in _AMBIGUOUS and before and before[0] in _QUALIFIERS):
        return ""
    return _KIND_OF.get(last[0], "")


def _of_ending(joined: str) -> str:
    ending = next((ending for ending in _STRONG_ENDINGS if joined.endswith(ending)), "")
    return _KIND_OF.get(ending, "token" if ending else "")
