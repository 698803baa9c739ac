"""`custseg demo`."""

from __future__ import annotations

from pathlib import Path

import click

from custseg.cli._errors import errors_told
from custseg.cli._show import fit_and_write


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Folder for assignments.csv, profiles.csv and segments.png. "
              "Without it nothing is written.")  # fmt: skip
@click.option("--customers", default=2_000, show_default=True, type=click.IntRange(50),
              help="How many customers the shop has.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**32 - 1),
              help="Another seed makes another shop.")  # fmt: skip
def demo(out: Path | None, customers: int, seed: int) -> None:
    """Segment the customers of a made-up shop.

    The shop has customers of six known kinds, with refunds, ties and dirty rows in its order log.
    """
    with errors_told():
        from custseg.clustering import REFERENCE_METHOD
        from custseg.datasets import make_shop
        from custseg.logs import Orders

        shop = make_shop(customers, seed)
        click.echo(
            f"A made-up shop: {customers:,} customers of six kinds and a few with refunds alone, "
            f"{len(shop.orders):,} order lines.\n"
        )
        orders = Orders(shop.orders, cancelled="cancelled", discount="discount", category="category")
        fit_and_write(orders, out, as_of=shop.as_of, method=REFERENCE_METHOD.name)
