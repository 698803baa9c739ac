"""`custseg demo` and `custseg inspect`."""

from __future__ import annotations

from pathlib import Path

import click

from custseg.cli._errors import command_errors
from custseg.cli._show import fit_and_write


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Folder for assignments.csv, profiles.csv and segments.png. "
              "[default: no files are written]")  # fmt: skip
@click.option("--customers", default=2_000, show_default=True, type=click.IntRange(50),
              help="Number of customers.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**32 - 1),
              help="Random seed of the shop.")  # fmt: skip
def demo(out: Path | None, customers: int, seed: int) -> None:
    """Segment the customers of a made-up shop.

    The shop has six known kinds of customers; its order log has refunds, ties and faulty rows, as real ones do.
    """
    with command_errors():
        from custseg.clustering import REFERENCE_METHOD
        from custseg.datasets import make_shop
        from custseg.logs import Orders

        shop = make_shop(customers, seed)
        click.echo(
            f"A made-up shop: {customers:,} customers of six kinds, a few more with refunds only, "
            f"{len(shop.orders):,} order lines.\n"
        )
        orders = Orders(shop.orders, cancelled="cancelled", discount="discount", category="category")
        fit_and_write(orders, out, as_of=shop.as_of, method=REFERENCE_METHOD.name)


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
    click.echo(report)
