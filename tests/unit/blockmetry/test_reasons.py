"""The live page explains every reason there is."""

from blockmetry.reasons import DROPS, REJECTS
from gateway.reject import RejectReason
from workers.drop import DropReason


def test_every_reason_has_a_sentence() -> None:
    assert set(DROPS) == set(DropReason)
    assert set(REJECTS) == set(RejectReason)
    for sentence in [*DROPS.values(), *REJECTS.values()]:
        assert sentence.endswith(".")
        assert sentence[0].isupper()
