"""Receipts: which ones are still good, as far as one process can know."""

from collections import OrderedDict

REMEMBERED = 4_096
"""More than a worker has in flight at any time."""


class Receipts:
    """SQS may honour the receipt of an earlier receive, although another one has the message by now. We do not."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._current: OrderedDict[str, str] = OrderedDict()
        self._spent: OrderedDict[str, str] = OrderedDict()

    def hold(self, message_id: str, receipt: str) -> None:
        """The message was received; the receipts of earlier receives are spent."""
        if earlier := self._current.pop(message_id, None):
            self.spend(earlier)
        self._remember(self._current, message_id, receipt)
        self._spent.pop(receipt, None)  # there are servers that give it again

    def spend(self, receipt: str) -> None:
        """Whoever has the message next has another receipt."""
        self._remember(self._spent, receipt, receipt)

    def is_good(self, receipt: str) -> bool:
        """What happened in another process, only the queue knows."""
        return receipt not in self._spent

    def _remember(self, remembered: OrderedDict[str, str], key: str, value: str) -> None:
        remembered[key] = value
        if len(remembered) > self._remembered:
            remembered.popitem(last=False)
