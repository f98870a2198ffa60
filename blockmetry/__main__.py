"""The command line: `blockmetry COMMAND`."""

from importlib import import_module

import click

COMMANDS = ("anonymity", "check", "explain", "gateway", "key", "onboard", "replay", "up", "worker")
"""Each in a module of its name."""


class Commands(click.Group):
    """Each is imported when it is meant: a gateway needs neither a worker's memory nor the time to load it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - they are always the same
        """In the order of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        """None: there is none."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"blockmetry.{cmd_name}"), cmd_name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="blockmetry")
def main() -> None:
    """Privacy-first, hit-level web analytics that the customer owns.

    Begin with `blockmetry up`, and open the demo page it prints.
    """


if __name__ == "__main__":
    main()
