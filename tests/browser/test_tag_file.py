"""The tag as a file: what sites include, shipped as it is."""

import gzip
from importlib.resources import files

TAG = files("gateway") / "static" / "tag.js"
LIMIT_BYTES = 1500


def test_the_tag_is_small_on_the_wire() -> None:
    assert len(gzip.compress(TAG.read_bytes())) <= LIMIT_BYTES


def test_the_tag_knows_no_cookie_and_no_other_host() -> None:
    source = TAG.read_text(encoding="utf-8")
    assert ".cookie" not in source
    assert "://" not in source
