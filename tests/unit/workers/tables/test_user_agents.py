from tests.measurements import CHROME
from workers.tables import user_agents
from workers.tables.user_agents import Agent, printable


def test_a_browser_is_read() -> None:
    assert user_agents.packaged().parse(CHROME) == Agent("Chrome", "131", "Windows", "10", "")


def test_what_is_unknown_is_empty() -> None:
    assert user_agents.packaged().parse("") == Agent()
    assert user_agents.packaged().parse("something else") == Agent()


def test_the_model_comes_without_its_build() -> None:
    text = (
        "Mozilla/5.0 (Linux; Android 12; moto g pure Build/S3RH32; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36"
    )
    assert user_agents.packaged().parse(text).device == "Motorola g pure"


def test_what_chrome_says_instead_of_a_model_is_no_model() -> None:
    text = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML) Chrome/131.0.0.0 Mobile Safari/537.36"
    assert user_agents.packaged().parse(text).device == ""


def test_no_text_is_too_strange() -> None:
    for text in ("\ud800", "\x00" * 10, "Mozilla/5.0 (" * 10_000, "\n\t", "🦊/1.0"):
        assert isinstance(user_agents.packaged().parse(text), Agent)


def test_control_characters_and_lone_surrogates_become_blanks() -> None:
    assert printable("a\x00b\ud800c\nd") == "a b c d"
    assert printable("plain, größe") == "plain, größe"
