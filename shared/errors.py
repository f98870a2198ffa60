"""The two ways the outside world can fail, and the one way a configuration can be wrong."""


class Retryable(Exception):
    """It may work later: the caller backs off, then hands the work back."""


class Permanent(Exception):
    """It will never work as it stands: the work goes to the dead letters with this reason."""


class ConfigError(Exception):
    """A configuration file, or an environment variable, that cannot be used.

    The message names the file or variable, the path inside it and the bound that was broken.
    """
