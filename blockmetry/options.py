"""What the commands have in common: their options, the configuration they make of them, and how they end."""

import logging
import os
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click

from shared import descriptors, logs, loop
from shared.config import Config, load, override
from shared.errors import ConfigError

DEFAULT_FILE = Path("blockmetry.toml")
CONFIGURATION_EXIT = 2
FAILURE_EXIT = 1

PIPED_WIDTH = 1000
"""Into a file or a pipe, nothing is wrapped."""

SERVING_EXITS = "Exit codes: 0 stopped by a signal, 1 a port or disk cannot be had, 2 the configuration is wrong."

log = logging.getLogger("blockmetry.commands")

Parameters = ParamSpec("Parameters")
Serve = Callable[[Config, Callable[[str, str], None]], Coroutine[Any, Any, int]]
"""Until a signal; told where to say what listens where."""

config_option = click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Configuration file.  [default: blockmetry.toml, where there is one]",
)
data_option = click.option("--data", metavar="DIR", help="Journal, queue, records and secret.  [default: data]")
port_option = click.option("--port", metavar="N", help="Public port; 0 picks a free one.  [default: 8080]")


def admin_port_option(default: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The port of /live, /ready and /metrics."""
    return click.option("--admin-port", metavar="N", help=f"Admin port; 0 picks a free one.  [default: {default}]")


def configure(config_file: Path | None, overrides: dict[str, str | None]) -> Config:
    """The file, the environment over it, and the options (`gateway.port`) over both. Raises `ConfigError`."""
    path = config_file or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    config = load(path, os.environ)
    for name, value in overrides.items():
        if value is not None:
            option = "--" + name.rpartition(".")[2].replace("_", "-")
            config = override(config, name.split("."), value, option)
    return config


def announce(what: str, where: str) -> None:
    """One line, at once, also into a pipe. Into a file on a full disk it cannot be written: who serves, serves on."""
    try:
        click.echo(f"{what:<12} {where}")
    except BrokenPipeError:
        raise
    except OSError as error:
        log.warning("%s %s (standard output: %s)", what, where, error.strerror or error)
        _hush()


def serve_until_stopped(
    serve: Serve, config_file: Path | None, overrides: dict[str, str | None], place: int | None = None
) -> None:
    """Configures, logs, announces, and ends the process when `serve` ends. `place`: among several processes."""
    config = configure(config_file, overrides)
    logs.configure(place=place)
    sys.unraisablehook = loop.tell_unraisable
    descriptors.raise_limit()
    sys.exit(loop.run(serve(config, announce)))


def explained(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Turns what an operator can mend into one line and an exit code, instead of a traceback."""

    @wraps(command)
    def wrapper(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ConfigError as error:
            click.echo(f"blockmetry: {error}", err=True)
            sys.exit(CONFIGURATION_EXIT)
        except BrokenPipeError:  # `| head` has seen enough
            _hush()
        except OSError as error:
            click.echo(f"blockmetry: {error.strerror or error}{_where(error)}", err=True)
            sys.exit(FAILURE_EXIT)

    return wrapper


def _hush() -> None:
    """What standard output still has to write goes nowhere, also at the interpreter's end, which would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _where(error: OSError) -> str:
    return f": {error.filename}" if error.filename else ""
