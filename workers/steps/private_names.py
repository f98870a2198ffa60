"""Private names: parameters whose name says that their value is a person's, or opens a door.

Names are read as compounds: the last telling word decides (`access_token`, `userEmail`, but not `token_type`).
"""

import re
from functools import lru_cache

from workers.steps.folding import without_marks

_KINDS = {
    "email": """email emails emailaddress mail mailaddress emailadres correo courriel epost eposta sahkoposti mejl
        emailadresse courrier mailadresse почта メール 邮箱 电子邮件 電子郵件 이메일 البريد אימייל อีเมล""",
    "phone": """phone phonenumber tel telephone telefon telefono telefone telefoon telefonnummer rufnummer handynummer
        mobile mobil mobilephone mobilnummer msisdn fax cell cellphone celular whatsapp gsm puhelin
        telefonnr handynr cellulare tilefono telefoonnummer telefonszam puhelinnumero telepon nohp sodienthoai denwa
        телефон τηλεφωνο 電話 電話番号 电话 手机 手机号 手机号码 전화 전화번호 휴대폰 휴대전화 الهاتف טלפון โทรศัพท์""",
    "name": """name firstname lastname fullname fname lname surname forename nickname givenname familyname maidenname
        recipient addressee cardholder vorname nachname prenom nom nombre nombres apellido apellidos nome cognome
        sobrenome voornaam achternaam naam imie nazwisko jmeno prijmeni fornavn etternavn efternavn fornamn efternamn
        etunimi sukunimi soyad soyadi isim adsoyad geburtsname kundenname ansprechpartner nev nume prenume nama hoten
        onoma eponymo imya familiya nick имя фамилия отчество фио 姓名 名前 氏名 이름 성명 ονομα επωνυμο שם الاسم ชื่อ
        नाम""",
    "password": """password passwd pwd pass passphrase passcode passwort kennwort senha contrasena clave motdepasse
        wachtwoord haslo heslo losenord sifre parola salasana jelszo sandi katasandi matkhau mdp mima parol totp
        пароль κωδικος 密码 パスワード 비밀번호 المرور סיסמה pin otp""",
    "token": """token session sess sid auth authorization authentication oauth key apikey secret code jwt csrf xsrf
        signature sig nonce ticket credential credentials cookie assertion saml samlresponse samlrequest bearer
        jsessionid phpsessid aspsessionid cfid cftoken hmac otac magic invite verifier codechallenge""",
    "user": """user userid uid username login customer member account visitor patient subscriber clientid deviceid
        contactid personid employeeid studentid leadid idfa gaid aaid imei udid fingerprint benutzer benutzername
        utilisateur identifiant usuario utente utilizator uzytkownik uzivatel anvandarnamn gebruikersnaam kayttajatunnus
        felhasznalonev kullanici kullaniciadi kunde kunden kundennummer kundennr kdnr klant klantnummer cliente
        uname usr usrname openid unionid wxid adid androidid staffid логин пользователь 用户名 ユーザー名 아이디""",
    "address": """address street postcode postalcode zip zipcode plz adresse anschrift strasse direccion endereco
        indirizzo codigopostal codepostal kodpocztowy pincode straat adres adresa adress osoite cim alamat diachi
        адрес διευθυνση 住所 地址 주소 العنوان כתובת""",
    "birthday": """birthday birthdate birth dob geburtsdatum geburtstag naissance nacimiento nascimento nascita
        urodzenia narozeni geboortedatum fodelsedatum syntymaaika dogumtarihi szuletesidatum
        рождения 生年月日 生日 생년월일""",
    "number": """ssn iban creditcard cardnumber cvv cvc passport taxid nationalid dni nif cpf cnpj bsn pesel
        personnummer kontonummer licenseplate kennzeichen ccnum ccnumber cardno cardnum tarjeta codicefiscale tckn
        tckimlik cnp hetu rodnecislo nhs mrn pnr vatnumber driverlicense driverslicense licensenumber steuernummer
        vertragsnummer versichertennummer 身份证 身份证号 주민등록번호""",
    "ip": "ip ipaddress ipaddr clientip remoteaddr xforwardedfor",
}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TRAILERS = _set("""
    id ids no nr num number value val string str hash md5 sha1 sha256 b64 encoded param field confirm confirmation
    repeat again new old data addr first last complet completo completa lengkap electronico electronica movil portable
""")
"""Words after the telling one: `session_id`, `emailConfirmation`, `nombre_completo`."""

_AMBIGUOUS = _set("code key name address pass mail ticket")
_QUALIFIERS = _set("""
    country currency language lang locale region state area airport product category promo promotion coupon discount
    voucher error status response http exit item brand color colour size sort order group filter file page template app
    application event site domain host path field column table campaign ad source channel list menu section step shop
    store city town museum team game song book movie class style tax hs sku bar qr key search tab view theme plugin
    package module company business device browser os model feature test variant layout format week utm adset artist
    character school hotel restaurant station venue course chapter genre tag method function repo repository branch
    project workspace series set collection font icon version release build article part flight train season ski by
""")
"""`country_code`, `product_name`: what these qualify is no person's and no door's."""

_STRONG_ENDINGS = ("email", "password", "passwd", "token", "sessionid", "sessid", "secret", "apikey", "username")
"""Found also where words run together: `useremail`, `accesstoken`."""

_ARTICLES = _set("ean ean13 gtin gtin13 gtin14 upc isbn isbn13 barcode")
"""Whose values are numbers of goods."""

_ANNOUNCERS = _set("""
    reset verify verification confirm confirmation activate activation unsubscribe optout invite invitation magic token
    session auth key share
""")

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_NAME_END = 64
_FLAGS = frozenset({"", "0", "1", "true", "false", "yes", "no", "on", "off", "null", "undefined"})


def is_flag(value: str) -> bool:
    """`login=1` tells nothing of anybody."""
    return value.lower() in _FLAGS


def is_articles(name: str) -> bool:
    """`ean`, `gtin`, …"""
    return name.lower() in _ARTICLES


def announces_key(segment: str) -> bool:
    """Of a path, `reset-password`: what follows opens something."""
    return not _ANNOUNCERS.isdisjoint(re.split(r"[-_.]", segment.lower()))


def kind(name: str) -> str:
    """What the decoded parameter name promises: `email`, `phone`, `token`, ...; "" for an ordinary parameter."""
    return _kind(name[-_NAME_END:])


@lru_cache(maxsize=4096)
def _kind(name: str) -> str:
    words = _words(name)
    whole = "".join(words)
    while len(words) > 1 and words[-1] in _TRAILERS:
        words.pop()
    joined = "".join(words)
    return _KIND_OF.get(whole) or _KIND_OF.get(joined) or _of_words(words) or _of_ending(joined)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(without_marks(name))]


_KIND_OF = {"".join(_words(word)): kind for kind, words in _KINDS.items() for word in words.split()}
"""Taken apart as names are: some scripts' vowels are no letters to a pattern."""


def _of_words(words: list[str]) -> str:
    last, before = words[-1:], words[-2:-1]
    if not last or (last[0] in _AMBIGUOUS and before and before[0] in _QUALIFIERS):
        return ""
    return _KIND_OF.get(last[0], "")


def _of_ending(joined: str) -> str:
    ending = next((ending for ending in _STRONG_ENDINGS if joined.endswith(ending)), "")
    return _KIND_OF.get(ending, "token" if ending else "")
