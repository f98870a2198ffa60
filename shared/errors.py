"""How the outside world can fail, and how a configuration can be wrong."""

from collections.abc import Mapping


class Retryable(Exception):
    """It may work later: the caller backs off, then hands the work back."""


class Permanent(Exception):
    """It will never work as it stands: the work goes to the dead letters with this reason."""


class WriteFailed(Exception):
    """Some records of one `Sink.write` were not written; every other record of the call was.

    Both mappings go from record id to reason: a short word of a closed set, which becomes a label and a file name.
    """

    def __init__(self, retryable: Mapping[str, str], permanent: Mapping[str, str]) -> None:
        reasons = sorted({*retryable.values(), *permanent.values()})
        super().__init__(f"{len(retryable)} to retry, {len(permanent)} for good: {', '.join(reasons)}")
        self.retryable = retryable
        self.permanent = permanent


class ConfigError(Exception):
    """A configuration file, or an environment variable, that cannot be used.

    The message names the file or variable, the path inside it and the bound that was broken.
    """
