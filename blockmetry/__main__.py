"""The command line: `blockmetry COMMAND`."""

import click

from blockmetry.anonymity import anonymity
from blockmetry.check import check
from blockmetry.explain import explain
from blockmetry.gateway import gateway
from blockmetry.key import key
from blockmetry.onboard import onboard
from blockmetry.replay import replay
from blockmetry.up import up
from blockmetry.worker import worker


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="blockmetry")
def main() -> None:
    """Privacy-first, hit-level web analytics that the customer owns.

    Begin with `blockmetry up`, and open the demo page it prints.
    """


for command in (up, gateway, worker, explain, check, onboard, key, replay, anonymity):
    main.add_command(command)

if __name__ == "__main__":
    main()
