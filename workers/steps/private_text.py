"""Private text: what a decoded piece of a URL, or a title, says about a person, by its look and by the names in it."""

import re

from workers.steps.private_names import is_flag, kind
from workers.steps.private_values import EVERYTHING, ROUNDS_LIMIT, is_ordinary

_PARAMETER = re.compile(r"((?:^|[?&;#])([^?&;#=/\s]{1,64})=)([^&;#]+)")
_MEMBER = re.compile(
    r"""((?:"([^"\\]{1,64})\\*"|'([^'\\]{1,64})\\*')[\s+]*:[\s+]*)(\\*"[^"]*"|\\*'[^']*'|[^,}\]"'\s\[{\\]+)"""
)
"""Linear: only the last quotation mark of its kind can lack a fellow."""


def clean(text: str) -> str:
    """`text` with placeholders. Idempotent; time linear in its length."""
    if is_ordinary(text):
        return text
    for _ in range(ROUNDS_LIMIT):  # one removal can lay open another
        cleaner = _clean_named(EVERYTHING.remove(text))
        if cleaner == text:
            return text
        text = cleaner
    return "[token]"


def _clean_named(text: str) -> str:
    """A URL within a URL has parameters of its own, and JSON has members."""
    if "=" in text:
        text = _PARAMETER.sub(_clean_parameter, text)
    if ":" in text and ('"' in text or "'" in text):
        text = _MEMBER.sub(_clean_member, text)
    return text


def _clean_parameter(found: re.Match[str]) -> str:
    beginning, name, value = found.groups()
    private = kind(name)
    return f"{beginning}[{private}]" if private and not is_flag(value) else found[0]


def _clean_member(found: re.Match[str]) -> str:
    beginning, name, other_name, value = found.groups()
    private = kind(name or other_name)
    return f'{beginning}"[{private}]"' if private and not is_flag(value.strip("\\\"'")) else found[0]
