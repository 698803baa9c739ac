"""The command line: each command parses its options, calls one library function and writes the result.

`_fit.py`, `_prove.py` and `_commands.py` hold the commands, `_assumptions.py` describes files, `_show.py` prints and
writes results, `_output.py` is standard output, `_errors.py` words errors. Exit codes: 0 for success, 1 for failure,
2 for wrong usage, 3 for drift.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper

import click

from custseg import __version__
from custseg.cli._commands import demo, inspect
from custseg.cli._fit import fit
from custseg.cli._output import QuietGroup
from custseg.cli._power import power
from custseg.cli._prove import prove
from custseg.cli._scorecard import scorecard_command
from custseg.cli.pipeline._daily import daily
from custseg.cli.pipeline._export_bi import export_bi_command
from custseg.cli.pipeline._lifecycle import assign, drift_command, refit_command, sql
from custseg.cli.pipeline._report import report_command
from custseg.cli.pipeline._tracking import compare, history

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
    Detect the columns of your own file, and the command to run on it:
      custseg inspect orders.csv

    \b
    Segment the customers of an order log, one row per order or order line:
      custseg fit orders.csv --customer client --order order_no \\
          --date ordered_on --amount total --out segments
    """  # noqa: D301 - click wants the character \b itself
    if isinstance(sys.stdout, TextIOWrapper):
        # A character that an old console lacks must not stop the command.
        sys.stdout.reconfigure(errors="replace")


_PIPELINE = (assign, history, compare, drift_command, refit_command, sql, export_bi_command, daily)
for _command in (demo, inspect, fit, power, prove, report_command, scorecard_command, *_PIPELINE):
    main.add_command(_command)
