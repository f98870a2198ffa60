from multidict import CIMultiDict, CIMultiDictProxy

from gateway.sender import headers_of
from shared.beacon import HEADER_NAMES, PURPOSE_BEFORE, Headers


def sent(headers: dict[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(headers))


def test_each_header_that_enrichment_uses_is_taken_into_the_field_of_its_name() -> None:
    assert headers_of(sent({name.lower(): name for name in HEADER_NAMES})) == Headers(*HEADER_NAMES)


def test_the_older_name_of_the_purpose_counts_where_the_newer_is_absent() -> None:
    assert headers_of(sent({PURPOSE_BEFORE: "prefetch"})).purpose == "prefetch"
    assert headers_of(sent({PURPOSE_BEFORE: "preview", "Sec-Purpose": "prefetch"})).purpose == "prefetch"
