"""`custseg demo` and `custseg inspect`."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from custseg.cli._errors import command_errors
from custseg.cli._output import say
from custseg.cli._show import fit_and_write
from custseg.cli.pipeline._workspace import write_table


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Folder for assignments.csv, profiles.csv, segments.png and report.html, with a folder next_month. "
              "[default: no files are written]")  # fmt: skip
@click.option("--customers", default=2_000, show_default=True, type=click.IntRange(50),
              help="Number of customers.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**32 - 1),
              help="Random seed of the shop.")  # fmt: skip
def demo(out: Path | None, customers: int, seed: int) -> None:
    """Segment the customers of a made-up shop.

    The shop has six known kinds of customers; its order log has refunds, ties and faulty rows, as real ones do. At the
    end, a model fitted a month earlier assigns the customers again, and who moved is shown.
    """
    with command_errors():
        from custseg.clustering import REFERENCE_METHOD
        from custseg.datasets import make_shop
        from custseg.logs import Orders

        shop = make_shop(customers, seed)
        say(
            f"A made-up shop: {customers:,} customers of six kinds, a few more with refunds only, "
            f"{len(shop.orders):,} order lines.\n"
        )
        orders = Orders(shop.orders, cancelled="cancelled", discount="discount", category="category")
        result = fit_and_write(orders, out, as_of=shop.as_of, method=REFERENCE_METHOD.name)
        _show_next_month(orders, shop.as_of, n_segments=len(result.profiles.segments), out=out)
        if out is not None:
            from custseg.reports import report

            say(f"Wrote {report(result, out / 'report.html')}")


def _show_next_month(orders: Any, as_of: datetime, *, n_segments: int, out: Path | None) -> None:
    """Fit as of the month before, assign the customers of that model now, and print who moved."""
    from custseg.clustering import REFERENCE_METHOD
    from custseg.segmentation import fit_segments
    from custseg.tracking import transitions

    since = (as_of - timedelta(days=1)).replace(day=1)
    say(f"\nThe same segments next month: fitted as of {since:%Y-%m-%d}, and assigned as of {as_of:%Y-%m-%d}.\n")
    fitted = fit_segments(orders, as_of=since, method=REFERENCE_METHOD.name, n_segments=n_segments)
    model = fitted.model
    files = []
    # A model with fewer than ten customers in a segment is not saved.
    if out is not None and all(segment.size is not None for segment in model.segments):
        from custseg.model import SegmentModel

        files.append(out / "next_month" / "model.json")
        model.save(files[0])
        model = SegmentModel.load(files[0])
    assigned = model.assign(orders, as_of=as_of)
    movement = transitions(fitted.assignments, assigned, since=since, as_of=as_of, model_before=model, orders=orders)
    say(movement)
    if out is not None:
        files.append(write_table(assigned, out / "next_month" / "assignments.csv"))
        say("\n" + "\n".join(f"Wrote {file}" for file in files))


@click.command()
@click.argument("file", type=click.Path(path_type=str))
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True,
              help="Language of the report.")  # fmt: skip
def inspect(file: str, language: str) -> None:
    """Detect the columns and the format of FILE.

    FILE is a CSV (also .tsv, .txt, .gz), Parquet or Excel file. The report ends with the command to run on it; no file
    is written. Two rows are shown as examples,
    with every letter as A and every digit as 9.
    """
    with command_errors(language):
        from custseg import inspection

        report = repr(inspection.inspect(file, language=language))
    say(report)
