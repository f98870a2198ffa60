import pytest

from workers.steps.private_names import is_flag, kind


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("token session sid PHPSESSID access_token sessionId authToken auth key api_key code X-Amz-Signature", "token"),
        ("reset_password_token SAMLResponse oauth_verifier_code csrf accesstoken client_secret", "token"),
        ("password passwd new-password pwd password2 passwordConfirmation", "password"),
        ("email e-mail E-Mail user_email userEmail useremail email2 user[email] data.attributes.email", "email"),
        ("phone phone_number phoneNumber tel customer_phone msisdn", "phone"),
        ("name first_name lastName fullname surname customer_name vorname", "name"),
        ("user uid userID user_id username customer_id login", "user"),
        ("street postcode billing_address", "address"),
        ("ip client_ip ip_address", "ip"),
        ("dob date_of_birth birthday fecha_nacimiento data_urodzenia дата_рождения 生年月日", "birthday"),
        ("nombre_completo nom_complet nama_lengkap nume фио 이름 ชื่อ नाम", "name"),
        ("correo_electronico البريد 电子邮件", "email"),
        ("telefono_movil telepon so_dien_thoai 手机号 휴대폰 τηλέφωνο", "phone"),
        ("kunden_id klantnummer uzytkownik логин 用户名", "user"),
        ("utm_email", "email"),
        ("utm_token code_verifier", "token"),
    ],
)
def test_a_name_that_promises_something_private_says_what(names: str, expected: str) -> None:
    assert {name: kind(name) for name in names.split()} == dict.fromkeys(names.split(), expected)


ORDINARY = """
    q page id sort lang country_code currencyCode product_name productName category_id filename author keyword
    keywords monkey sort_key token_type user_type utm_name utm_campaign smartphone phonecase state size color promo_code
    hostname session_type email_format order_id 123 _ utm_code
    artist_name hotel_name school_name project_name font_name version_code flight_code event_ticket sort_by_name
"""


@pytest.mark.parametrize("name", ORDINARY.split())
def test_ordinary_parameters_stay(name: str) -> None:
    assert kind(name) == ""


def test_a_flag_tells_nothing_of_anybody() -> None:
    assert all(map(is_flag, ["", "1", "true", "FALSE", "no"]))
    assert not is_flag("2")
