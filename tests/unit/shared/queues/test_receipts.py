from shared.queues.receipts import Receipts


def test_a_receipt_is_good_until_it_is_spent() -> None:
    receipts = Receipts()
    receipts.hold("message", "first")
    assert receipts.is_good("first")
    receipts.spend("first")
    assert not receipts.is_good("first")


def test_a_message_received_again_spends_its_earlier_receipt() -> None:
    receipts = Receipts()
    receipts.hold("message", "first")
    receipts.hold("message", "second")
    assert (receipts.is_good("first"), receipts.is_good("second")) == (False, True)


def test_a_message_received_twice_with_one_receipt_keeps_it() -> None:
    receipts = Receipts()
    receipts.hold("message", "first")
    receipts.spend("first")
    receipts.hold("message", "first")
    receipts.hold("message", "first")
    assert receipts.is_good("first")


def test_a_receipt_nobody_knows_is_the_queues_business() -> None:
    assert Receipts().is_good("of another process")


def test_memory_is_bounded_and_the_oldest_is_forgotten() -> None:
    receipts = Receipts(remembered=100)
    for number in range(1_000):
        receipts.hold(f"message {number}", f"first {number}")
        receipts.hold(f"message {number}", f"second {number}")
    assert len(receipts._current) == len(receipts._spent) == 100
    assert not receipts.is_good("first 999")
