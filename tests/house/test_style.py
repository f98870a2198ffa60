"""Budgets to notice: what a module and a function may grow to."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

from tests.house.source import ROOT, modules, tree

MODULE_LINES = 250
FUNCTION_LINES = 40
FORBIDDEN_WORDS = {"handler", "manager", "helper", "util", "utils", "processor", "service", "data", "item", "info"}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lengths() -> dict[str, int]:
    """Lines of each function from `def` to its end, its docstring included."""
    return {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for name, path in modules().items()
        for node in functions(path)
    }


def test_every_module_says_what_it_is() -> None:
    bare = [name for name, path in modules().items() if path.stat().st_size and not ast.get_docstring(tree(path))]
    assert bare == []


def test_every_public_class_says_what_it_is() -> None:
    bare = [
        f"{name}:{node.name}"
        for name, path in modules().items()
        for node in tree(path).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert bare == []


def test_no_module_is_longer_than_can_be_read_at_once() -> None:
    counted = {name: len(path.read_text().splitlines()) for name, path in modules().items()}
    assert {name: lines for name, lines in counted.items() if lines > MODULE_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    assert {name: lines for name, lines in lengths().items() if lines > FUNCTION_LINES} == {}


def test_most_functions_are_short() -> None:
    counted = list(lengths().values())
    assert median(counted) <= 7
    assert quantiles(counted, n=10)[8] <= 25


def test_modules_and_classes_are_named_with_the_words_of_the_house() -> None:
    named = [part for name in modules() for part in name.split(".")[-1].split("_")]
    classes = [node.name for path in modules().values() for node in tree(path).body if isinstance(node, ast.ClassDef)]
    assert {name for name in named if name in FORBIDDEN_WORDS} == set()
    assert [name for name in classes if any(name.lower().endswith(word) for word in FORBIDDEN_WORDS)] == []


def test_nothing_prints_but_the_command_line() -> None:
    printing = {
        name
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert {name for name in printing if not name.startswith("blockmetry")} == set()


def test_no_test_is_put_off() -> None:
    """A test that fails is a fault to mend."""
    mark = "x" + "fail"
    put_off = [str(path) for path in (ROOT / "tests").rglob("*.py") if mark in path.read_text(encoding="utf-8")]
    assert put_off == []
