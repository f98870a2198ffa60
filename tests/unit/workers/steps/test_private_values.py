import pytest

from workers.steps.private_values import EVERYTHING, UNMISTAKABLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jo@example.com", "[email]"),
        ("o'brien+news@mail.example.co.uk", "[email]"),
        ("strasse@münchen.de", "[email]"),
        ("jo%40example.com", "[email]"),
        ("/users/jo@example.com/orders", "/users/[email]/orders"),
        ("mailto:jo@example.com,ann@example.org", "mailto:[email],[email]"),
        ("a/@example.com", "[email]"),
        ("jo@[192.0.2.1]", "[email]"),
        ("550e8400-e29b-41d4-a716-446655440000", "[uuid]"),
        ("order-550E8400-E29B-41D4-A716-446655440000-x", "order-[uuid]-x"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_d-E", "[token]"),
        ("9f86d081884c7d659a2feaa0c55ad015", "[token]"),
        ("app.9f86d081884c7d65.js", "app.[token].js"),
        ("q8P+/x9zLmN4bVcXsDfG/hJkLpOiUyTrEw==", "[token]"),
        ("AFQjCNGNrd_1HxTJj9vzrdQYDKe1z1WX2A", "[token]"),
        ("+49 171 1234567", "[phone]"),
        ("+1-415-555-0123", "[phone]"),
        ("tel:+442079460958", "tel:[phone]"),
        ("(415) 555-0123", "[phone]"),
        ("415.555.0123", "[phone]"),
        ("0171/1234567", "[phone]"),
        ("06 12 34 56 78", "[phone]"),
        ("call-0171-1234567", "call-[phone]"),
        ("00491711234567", "[phone]"),
        ("4111 1111 1111 1111", "[number]"),
        ("4111111111111111", "[number]"),
        ("123-45-6789", "[number]"),
        ("1234567890", "[number]"),
        ("203.0.113.7", "[ip]"),
        ("2001:db8::7", "[ip]"),
    ],
)
def test_what_looks_private_becomes_a_placeholder(text: str, expected: str) -> None:
    assert EVERYTHING.remove(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "shoes",
        "red-running-shoes-for-women",
        "2026-11-28",
        "28.11.2026",
        "2026-11-28-12-30-45",
        "20261128123000",
        "from 2026-05-01 to 2026-05-31",
        "2023-2024-2025",
        "12:30:45",
        "v1.2.3.4",
        "978-3-16-148410-0",
        "9783161484100",
        "B08N5WRWNW",
        "SKU-48213",
        "12345678",
        "world-us-canada-12345678",
        "48.8566,2.3522",
        "logo@2x.png",
        "lodash@4.17.21",
        "@someone",
        "wp-content/uploads/2026/05/shoe-1024x768.jpg",
        "some/long/path/with/many/words/and/slashes",
        "dQw4w9WgXcQ",
        "100% cotton",
        "Résumé",
        "東京",
        "price=10-20",
    ],
)
def test_words_dates_and_product_numbers_stand(text: str) -> None:
    assert EVERYTHING.remove(text) == text


def test_prose_keeps_its_telephone_numbers_but_no_address_and_no_key() -> None:
    title = "Call 415-555-0123 or jo@example.com (9f86d081884c7d659a2feaa0c55ad015)"
    assert UNMISTAKABLE.remove(title) == "Call 415-555-0123 or [email] ([token])"
