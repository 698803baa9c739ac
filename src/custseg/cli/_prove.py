"""`custseg prove`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from custseg.cli._errors import LIBRARY_NAMES, LocalizedUsageError, command_errors
from custseg.cli._fit import COLUMN_OPTIONS, FILE_OPTIONS, GOAL_NAMES, opened_logs
from custseg.cli._output import say
from custseg.cli._values import MethodName, min_size, segments
from custseg.texts import text

_ARGUMENTS = (
    "as_of",
    "horizon_days",
    "window_days",
    "goal",
    "refunds",
    "min_size",
    "method",
    "segments",
    "language",
    "seed",
)


@click.command()
@click.argument("orders", required=False, type=click.Path(path_type=str))
@click.option("--events", help="File of events, such as mails and visits; its columns are detected.")
@click.option("--customers", help="File with one row per customer; its columns are detected.")
@COLUMN_OPTIONS
@FILE_OPTIONS
@click.option("--as-of", required=True, help="End of the period whose outcome is looked at, such as 2024-06-01.")
@click.option("--horizon-days", type=click.IntRange(1),
              help="Days of this period; the segments do not know them. [default: of the goal, or 90]")  # fmt: skip
@click.option("--window-days", type=click.IntRange(1),
              help="Make the segments of the last N days before that period. [default: all rows]")  # fmt: skip
@click.option("--goal", type=click.Choice(GOAL_NAMES),
              help="What the segments are for. [default: none; the outcome is revenue]")  # fmt: skip
@click.option("--refunds", type=click.Choice(["net", "gross", "error"]), default="net", show_default=True,
              help="Subtract refunds, ignore them, or stop with an error.")  # fmt: skip
@click.option("--min-size", default="5%", show_default=True, callback=lambda _c, _p, v: min_size(v),
              help="Minimum segment size: a number of customers (200) or a share (0.05 or 5%).")  # fmt: skip
@click.option("--method", type=MethodName(), default="auto", metavar="auto|NAME", show_default=True,
              help="The clustering method.")  # fmt: skip
@click.option("--segments", callback=lambda _c, _p, v: segments(v) if v else None,
              help="Number of segments, or a range such as 4-6 to choose from. [default: 2-8]")  # fmt: skip
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True,
              help="Language of the results.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**32 - 1), help="Random seed.")
@click.option("--timezone", default="UTC", show_default=True, help="Time zone of the log.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="File for the table of comparisons, .csv or .parquet. [default: none]")  # fmt: skip
def prove(orders: str | None, *, events: str | None, customers: str | None, out: Path | None, **options: Any) -> None:
    """Show what segments would have told about the future of the customers in ORDERS.

    Segments are made of what was known --horizon-days before --as-of, and compared with what happened afterwards: with
    chance, with 25 cells of recency and number of orders, and with a prediction as good as any.
    """
    if orders is None and events is None:
        raise LocalizedUsageError(text(options["language"], "cli", "no_orders"), options["language"])
    with command_errors(options["language"]):
        from custseg._frames import frame_from_columns
        from custseg.cli._assumptions import show_assumed
        from custseg.cli.pipeline._workspace import write_table
        from custseg.proof import prove as proof_of

        logs = opened_logs(orders, events, customers, options=options)
        show_assumed([log for log in logs if log is not None], options["language"])
        described = [None if log is None else log.described for log in logs]
        arguments = {LIBRARY_NAMES.get(name, name): options[name] for name in _ARGUMENTS}
        proof = proof_of(described[0], events=described[1], customers=described[2], **arguments)
        say(repr(proof))
        if out is not None:
            file = write_table(frame_from_columns(proof.columns()), out)
            say(text(options["language"], "cli", "wrote").format(file=file))
