"""Secrets planted in URLs and titles: by their look in any place, and under private names whatever they look like."""

import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote

from tests.corpora.secret_kinds import KINDS

PRIVATE_PARAMETERS = """
    first_name lastname lastName user[name] user.name contact_name customerName recipient recipient_name full-name fname
    lname surname givenName family_name middle_name maidenName nickname displayName cardholder cardholderName
    billing[first_name] data.attributes.last_name vorname nachname prenom prénom nom nombre apellido apellidos nome
    cognome sobrenome voornaam achternaam imie imię nazwisko jmeno příjmení fornavn etternavn efternavn förnamn
    efternamn etunimi sukunimi soyad\u0131 имя фамилия 姓名 名前 氏名 이름 όνομα username user login password passwd pwd
    pass newPassword passwort contraseña senha email e-mail userEmail user[email] correo courriel epost phone tel mobile
    phoneNumber telefon celular handynummer whatsapp street address billing_address postcode zip plz dob birthday
    geburtsdatum date_of_birth ssn iban token sid session_id PHPSESSID auth access_token id_token refresh_token api_key
    apikey client_secret code state_token csrf sig signature nonce otp pin jwt SAMLResponse ticket uid userId
    customer_id member_id account_number patient_id passport client_id device_id idfa visitorId
"""
"""Whose values are private whatever they look like."""
VALUES = ["Hildegard", "zebrafish", "Qxv7", "Łukasz", "7261", "xk-d1", "Rosenweg"]

PLACES = """
    https://a.example/{}
    https://a.example/users/{}/orders
    https://a.example/report-{}.pdf
    https://a.example/x/{};v=1/y
    https://a.example/x;v={};w=2/y
    https://a.example/?q={}
    https://a.example/search?q=word+{}+word&page=2
    https://a.example/search?q=word%20{}%20word
    https://a.example/?{}
    https://a.example/?{}=1
    https://a.example/?a=1;b={};c=2
    https://a.example/?a[]={}
    https://a.example/?next=https%3A%2F%2Fb.example%2Fx%3Fy%3D{}%26z%3D1
    https://a.example/?next=https://b.example/x?y={}
    https://a.example/?next=https%3A%2F%2Fb.example%2F{}%2Fsettings
    https://a.example/?next=%2Fx%23y%3D{}
    https://a.example/?data=%7B%22v%22%3A%22{}%22%7D
    https://a.example/?data=%5B%22{}%22%2C1%5D
    https://a.example/?utm_source=news&utm_content={}
    https://a.example/?a=&b&c=x:{}
    https://a.example/?a=(x,{},y)
    https://a.example/#{}
    https://a.example/#/route?sid={}
    https://{}@a.example/
    https://user:{}@a.example/x
    android-app://com.example/{}
"""
LAYERS: dict[str, Callable[[str], str]] = {
    "encoded": lambda text: quote(text, safe=""),
    "as a path": lambda text: quote(text, safe="@:+"),
    "twice": lambda text: quote(quote(text, safe=""), safe=""),
    "thrice": lambda text: quote(quote(quote(text, safe=""), safe=""), safe=""),
    "lower-case hex": lambda text: re.sub("%..", lambda found: found[0].lower(), quote(text, safe="")),
    "every byte": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "as a form": lambda text: quote(text, safe=" @").replace(" ", "+"),
}


class Planted(NamedTuple):
    """A URL (or a title), and what must not be in what comes of it."""

    kind: str
    secret: str
    text: str


def plants(chance: random.Random, per_kind: int) -> Iterator[Planted]:
    """Each kind, `per_kind` times, in places and layers by chance."""
    places = [place.strip() for place in PLACES.strip().splitlines()]
    for kind, draw in KINDS.items():
        for _ in range(per_kind):
            secret, layer, place = draw(chance), chance.choice([*LAYERS]), chance.choice(places)
            if kind == "e-mail" and chance.random() < 0.1:
                secret = secret.replace("@", "+tag@")
            yield Planted(f"{kind}, {layer}", secret, place.format(LAYERS[layer](secret)))


def named_plants(chance: random.Random, per_name: int = 3) -> Iterator[Planted]:
    """Under each private name, flat, in JSON, within a URL of the URL, and as a matrix parameter."""
    shapes = (
        "https://a.example/?x=1&{}={}&y=2",
        "https://a.example/p;{}={}/z",
        "https://a.example/?d=%7B%22{}%22%3A%22{}%22%7D",
        "https://a.example/?d=%7B%22{}%22%3A+%22{}%22%2C%22a%22%3A1%7D",
        "https://a.example/?next=%2Fx%3F{}%3D{}%26b%3D1",
        "https://a.example/?x=1;{}={}",
        "https://a.example/p/?next=https://b.example/?{}={}",
    )
    for name in PRIVATE_PARAMETERS.split():
        for _ in range(per_name):
            secret = chance.choice(VALUES)
            layer = chance.choice([*LAYERS.values()])
            yield Planted(f"under {name}", secret, chance.choice(shapes).format(layer(name), layer(secret)))


def tagged(chance: random.Random, per_kind: int) -> Iterator[Planted]:
    """Secrets in what a campaign's tags say of source, term and content; long numbers there are those of ads, and a
    plus that is not encoded is a space.
    """
    layers = [layer for name, layer in LAYERS.items() if name != "as a path"]
    for kind, draw in KINDS.items():
        if kind == "long number":
            continue
        for _ in range(per_kind):
            secret, tag = draw(chance), chance.choice(["source", "term", "content"])
            yield Planted(f"{kind}, in {tag}", secret, f"https://a.example/?utm_{tag}={chance.choice(layers)(secret)}")


def titles(chance: random.Random, per_kind: int) -> Iterator[Planted]:
    """Secrets between words of a page's title."""
    for kind, draw in KINDS.items():
        for _ in range(per_kind):
            secret = draw(chance)
            shape = chance.choice(["Order {} - Shop", "{}", "Hello {}", "Inbox | {} | Mail", "„{}“", "Re: {}, again"])
            yield Planted(f"title, {kind}", secret, shape.format(secret))


def survives(secret: str, result: str) -> bool:
    """More than half of the secret is still there in one piece, however it is written."""
    there, sought = _bare(_decoded(result)), _bare(secret)
    size = len(sought) // 2 + 1
    return any(sought[start : start + size] in there for start in range(len(sought) - size + 1))


def _decoded(text: str) -> str:
    for _ in range(8):
        text = unquote(text)
    return text


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
