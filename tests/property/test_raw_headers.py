"""Whatever is pasted is read, and what tools add around the headers changes nothing."""

from hypothesis import given
from hypothesis import strategies as st

from blockmetry.raw_headers import parse

names = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True)
values = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30)
headers = st.lists(st.tuples(names, values), max_size=8)
pieces = st.sampled_from(
    ["> ", "< ", ":", "\n", "\r\n", " ", "\t", "GET / HTTP/1.1", "HTTP/1.1 200 OK", "a: b", ":path: /"]
)


@given(st.text() | st.lists(pieces | st.text(max_size=5)).map("".join))
def test_any_text_is_read_and_each_line_counts_once(text: str) -> None:
    found = parse(text)
    assert len(found.lines) + len(found.unread) <= text.count("\n") + 1
    assert all("\n" not in name + value and value == value.strip() for name, value in found.lines)
    assert all(0 < number <= text.count("\n") + 1 for number in found.unread)
    assert found.first().keys() == {name.lower() for name, _ in found.lines}


@given(headers, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "    ", "> "]))
def test_the_headers_come_back_however_they_are_shown(sent: list[tuple[str, str]], end: str, margin: str) -> None:
    lines = ["POST /v1/beacon HTTP/1.1", *(f"{name}: {value}" for name, value in sent), ""]
    assert parse("".join(margin + line + end for line in lines)).lines == sent


@given(headers)
def test_values_on_lines_of_their_own_come_back_too(sent: list[tuple[str, str]]) -> None:
    plain = [(name, value) for name, value in sent if not value.endswith(":")]
    assert parse("".join(f"{name}:\n{value}\n" for name, value in plain)).lines == plain
