from pathlib import Path

import msgspec
import pytest

from shared import toml
from shared.errors import ConfigError


class Wheel(msgspec.Struct, forbid_unknown_fields=True):
    size: int
    names: dict[str, int] = {}


class Car(msgspec.Struct, forbid_unknown_fields=True):
    wheels: list[Wheel] = []


def test_tables_become_a_struct() -> None:
    assert toml.convert({"wheels": [{"size": 1}]}, Car, "car.toml") == Car([Wheel(1)])


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (
            {"wheels": [{"size": 1}, {"size": "big"}]},
            "car.toml: wheels[1].size: Expected `int`, got `str` (it is 'big')",
        ),
        ({"wheels": [{"size": 1, "names": {"a": "x"}}]}, "car.toml: wheels[0].names[...]: Expected `int`, got `str`"),
        ({"wheels": {"size": 1}}, "car.toml: wheels: Expected `array`, got `object`"),
        ({"wheels": [{}]}, "car.toml: wheels[0]: Object missing required field `size`"),
        ({"doors": 2}, "car.toml: top level: Object contains unknown field `doors`"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(tables: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        toml.convert(tables, Car, "car.toml")
    assert str(refused.value) == said


@pytest.mark.parametrize("text", ["a = ", "[a", 'a = "', "a = 1\na = 2", "= 1"])
def test_a_file_that_is_no_toml_is_named_with_the_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "car.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"car\.toml: .*(line \d|end of document)"):
        toml.read(file)


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "car.toml").write_text('[[wheels]]\nsize = 1\nname = "ä"\n', encoding="utf-8")
    assert toml.read(tmp_path / "car.toml") == {"wheels": [{"size": 1, "name": "ä"}]}
