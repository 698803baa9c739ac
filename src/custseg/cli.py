"""The command line: parse, call one library function, write.

Exit codes: 0 done, 1 could not be done, 2 wrong usage.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from custseg import __version__
from custseg.errors import CustsegError

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=_SETTINGS)
@click.version_option(__version__, prog_name="custseg")
def main() -> None:
    """Group customers into a few named segments that are large enough to act on.

    \b
    Try it on a made-up shop:
      custseg demo --out demo-out

    \b
    Use it on an order log, one row per order or order line:
      custseg fit orders.csv --customer client --order order_no \\
          --date ordered_on --amount total --out segments
    """  # noqa: D301 - click wants the character \b itself
    if isinstance(sys.stdout, TextIOWrapper):
        # An old console lacks some letters: no reason to fail once the files are written.
        sys.stdout.reconfigure(errors="replace")


@main.command()
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
    with _errors_told():
        from custseg.datasets import make_shop
        from custseg.tables import Orders

        shop = make_shop(customers, seed)
        click.echo(
            f"A made-up shop: {customers:,} customers of six kinds and a few with refunds alone, "
            f"{len(shop.orders):,} order lines.\n"
        )
        orders = Orders(shop.orders, cancelled="cancelled", discount="discount", category="category")
        _fit_and_write(orders, out, as_of=shop.as_of, method="kmeans")


@main.command()
@click.argument("orders", type=click.Path(path_type=str))
@click.option("--customer", default="customer_id", show_default=True, help="Column of customer ids.")
@click.option("--order", default="order_id", show_default=True,
              help="Column of order ids; 'none' takes a customer's lines at one time "
              "as one order.")  # fmt: skip
@click.option("--date", default="ordered_at", show_default=True, help="Column of dates.")
@click.option("--amount", default="amount", show_default=True,
              help="Column of money per line, negative for refunds.")  # fmt: skip
@click.option("--quantity", help="With --price, stands in for --amount.")
@click.option("--price", help="With --quantity, stands in for --amount.")
@click.option("--cancelled", help="Column that marks cancelled lines.")
@click.option("--currency", help="Column of currency codes. Several currencies need a --rate for each.")
@click.option("--rate", "rates", multiple=True, metavar="CODE=WORTH", callback=lambda _c, _p, v: _rates(v),
              help="What one unit of a currency is worth, such as EUR=1.08; once per currency.")  # fmt: skip
@click.option("--as-of", help="Moment of the snapshot, such as 2024-06-01; rows at or after it do not "
              "count. [default: midnight after the last row]")  # fmt: skip
@click.option("--refunds", type=click.Choice(["net", "gross", "error"]), default="net", show_default=True,
              help="Subtract refunds, leave them out, or refuse them.")  # fmt: skip
@click.option("--min-size", default="5%", show_default=True, callback=lambda _c, _p, v: _min_size(v),
              help="No segment is smaller: customers (200) or a share (0.05 or 5%).")  # fmt: skip
@click.option("--method", type=click.Choice(["auto", "kmeans", "gaussian_mixture", "hdbscan"]), default="auto",
              show_default=True, help="The clustering algorithm, or the choice among all three.")  # fmt: skip
@click.option("--segments", callback=lambda _c, _p, v: _segments(v) if v else None,
              help="How many segments: a number, or a range such as 4-6 to choose within. "
              "[default: 3-8, or 1 where no grouping comes back; hdbscan finds the number]")  # fmt: skip
@click.option("--columns", help="Features to cluster on, with commas between. "
              "[default: recency_days,order_count,revenue]")  # fmt: skip
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True,
              help="Language of the segment names.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**32 - 1),
              help="The same seed gives the same segments.")  # fmt: skip
@click.option("--timezone", default="UTC", show_default=True, help="Zone of the log's calendar.")
@click.option("--date-format", help="Pattern of dates in a CSV, such as '%d/%m/%Y %H:%M'. [default: ISO 8601]")
@click.option("--separator", callback=lambda _c, _p, v: v and v.replace(r"\t", "\t"),
              help=r"Of a CSV file; '\t' is a tab. [default: a comma]")  # fmt: skip
@click.option("--decimal", type=click.Choice([".", ","]), help="Decimal mark of a CSV file. [default: a point]")
@click.option("--thousands", type=click.Choice([".", ",", "'", " "]),
              help="Mark between groups of three digits in a CSV file.")  # fmt: skip
@click.option("--encoding", default="utf-8", show_default=True, help="Of a CSV file, such as cp1251.")
@click.option("--skip-rows", default=0, show_default=True, type=click.IntRange(0),
              help="Lines above the header of a CSV file.")  # fmt: skip
@click.option("--form", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True,
              help="Format of the tables.")  # fmt: skip
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="Folder for the assignments, the profiles and segments.png.")  # fmt: skip
def fit(orders: str, out: Path, form: str, **options: Any) -> None:
    """Segment the customers of ORDERS, a CSV or Parquet file of orders or order lines.

    \b
    ORDERS may be a pattern in quotes:
      custseg fit 'orders/*.parquet' --out segments
    A German or Russian export:
      custseg fit export.csv --separator ';' --decimal , --date-format '%d.%m.%Y' \\
          --customer Kunde --order Auftrag --date Datum --amount Betrag --out segments
    """  # noqa: D301 - click wants the character \b itself
    with _errors_told():
        from custseg.tables import Orders

        names = ("customer", "date", "amount", "quantity", "price", "cancelled", "currency",
                 "rates", "timezone", "date_format", "separator", "decimal", "thousands", "encoding",
                 "skip_rows")  # fmt: skip
        described = {name: options[name] for name in names}
        described["order"] = None if options["order"].lower() == "none" else options["order"]
        columns = options["columns"]
        _fit_and_write(
            Orders(orders, **described),
            out,
            form=form,
            as_of=options["as_of"],
            refunds=options["refunds"],
            min_size=options["min_size"],
            method=options["method"],
            n_segments=options["segments"],
            columns=[name.strip() for name in columns.split(",")] if columns else None,
            language=options["language"],
            random_state=options["seed"],
        )


def _fit_and_write(orders: object, out: Path | None, form: str = "csv", **arguments: Any) -> None:
    from custseg.segmentation import fit_segments

    with _progress() as progress:
        result = fit_segments(orders, progress=progress, **arguments)
        files = _write(result, out, form) if out else []
    _show(result)
    for file in files:
        click.echo(f"Wrote {file}")


def _write(result: Any, out: Path, form: str) -> list[Path]:
    from custseg.plots import plot_segments

    figure = plot_segments(result)
    return list(result.write(out, form=form, also={"segments.png": figure.savefig}))


def _show(result: Any) -> None:
    """The segments, drawn on a terminal and as plain text elsewhere; then what to know about the data."""
    if sys.stdout.isatty():
        from rich.box import SIMPLE_HEAD
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        heads, rows = result.table()
        table = Table(title=Text(result.headline(), "bold"), title_justify="left", box=SIMPLE_HEAD, padding=0)
        for position, head in enumerate(heads):
            # A word per line, so that the table fits a narrow terminal.
            words = Text(head.replace("_", " ").replace(" ", "\n"))
            table.add_column(words, justify="left" if position == 1 else "right", overflow="fold")
        for cells in rows:
            table.add_row(*map(Text, cells))
        Console().print(table)
        click.echo(f"Why: {result.choice.reason}")
    else:
        click.echo(repr(result))
    click.echo(f"\n{result.data_report!r}")
    for note in result.notes:
        click.echo(f"  {note}")
    click.echo()


@contextmanager
def _progress() -> Iterator[Any]:
    """A progress display on a terminal, none in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as display:
        task = display.add_task("starting", total=1)
        yield lambda step, done, steps: display.update(task, description=step, completed=done, total=steps)


@contextmanager
def _errors_told() -> Iterator[None]:
    """Errors as a sentence and an exit code, never a traceback."""
    try:
        yield
    except CustsegError as error:
        raise click.ClickException(str(error)) from error
    except (TypeError, ValueError, NotImplementedError) as error:
        raise click.UsageError(str(error)) from error


def _min_size(text: str) -> int | float:
    """`200` as customers, `0.05` or `5%` as a share."""
    try:
        if text.endswith("%"):
            return float(text[:-1]) / 100
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is neither a count, such as 200, nor a share, such as 5%.") from None


def _rates(texts: tuple[str, ...]) -> dict[str, float] | None:
    """`EUR=1.08` for each currency; nothing where none is given."""
    try:
        return {code: float(worth) for code, _, worth in (text.partition("=") for text in texts)} or None
    except ValueError:
        raise click.BadParameter(f"{list(texts)} must be of the form EUR=1.08.") from None


def _segments(text: str) -> int | range:
    """`5` as exactly five, `3-8` as any of 3 to 8."""
    low, dash, high = text.partition("-")
    if not low.isdecimal() or (dash and not high.isdecimal()):
        raise click.BadParameter(f"{text!r} is neither a number, such as 5, nor a range, such as 3-8.")
    if dash and int(high) < int(low):
        raise click.BadParameter(f"the range {text} is empty; write the smaller number first.")
    return range(int(low), int(high) + 1) if dash else int(low)
