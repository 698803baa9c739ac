"""The command line: parse, call one library function, write.

Exit codes: 0 done, 1 could not be done, 2 wrong usage.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper

import click

from custseg import __version__
from custseg.cli._demo import demo
from custseg.cli._errors import QuietGroup
from custseg.cli._fit import fit
from custseg.cli._inspect import inspect

__all__ = ["main"]

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=_SETTINGS, cls=QuietGroup)
@click.version_option(__version__, prog_name="custseg")
def main() -> None:
    """Group customers into a few named segments that are large enough to act on.

    \b
    Try it on a made-up shop:
      custseg demo --out demo-out

    \b
    See what your own file holds, and the command to run on it:
      custseg inspect orders.csv

    \b
    Use it on an order log, one row per order or order line:
      custseg fit orders.csv --customer client --order order_no \\
          --date ordered_on --amount total --out segments
    """  # noqa: D301 - click wants the character \b itself
    if isinstance(sys.stdout, TextIOWrapper):
        # An old console lacks some letters: no reason to fail once the files are written.
        sys.stdout.reconfigure(errors="replace")


for _command in (demo, inspect, fit):
    main.add_command(_command)
