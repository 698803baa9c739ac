"""`custseg power`."""

from __future__ import annotations

import math
from typing import Any

import click

from custseg.cli._errors import command_errors
from custseg.cli._output import say
from custseg.cli._values import share
from custseg.texts import number, percent, table, text

_LIFTS = (0.1, 0.2, 0.3, 0.5, 1.0)
"""Lifts of the table, where none is asked for."""


def _share(_context: click.Context, _parameter: click.Parameter, value: str | None) -> float | None:
    """A share such as 0.05 or 5%."""
    return None if value is None else share(value)


@click.command()
@click.option("--base-rate", callback=_share,
              help="Share of the customers who act without the campaign, such as 0.05 or 5%.")  # fmt: skip
@click.option("--mean", type=float, help="Mean amount per customer; with --cv.")
@click.option("--cv", type=float, help="Standard deviation of the amount per customer over its mean.")
@click.option("--lift", callback=_share, help="Relative change to show, such as 20%. [default: a table]")
@click.option("--customers", type=click.IntRange(1), help="Size of a segment: print the lift that it can show.")
@click.option("--power", default="80%", show_default=True, callback=_share, help="Probability of showing the lift.")
@click.option("--alpha", default="5%", show_default=True, callback=_share,
              help="Probability of showing a lift where there is none.")  # fmt: skip
@click.option("--holdout", default="50%", show_default=True, callback=_share, help="Share that is held out.")
@click.option("--comparisons", default=1, show_default=True, type=click.IntRange(1),
              help="Number of segments that are tested.")  # fmt: skip
@click.option("--reachable", default="100%", show_default=True, callback=_share,
              help="Share of the segment that can be reached.")  # fmt: skip
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True,
              help="Language of the result.")  # fmt: skip
def power(*, customers: int | None, lift: float | None, language: str, mean: float | None, **options: Any) -> None:
    """Compute how many customers a segment needs to show a lift.

    \b
    How many customers show a rise of the purchase rate from 5% to 6%:
      custseg power --base-rate 5% --lift 20%
    What a segment of 3,000 customers can show, if seven are tested:
      custseg power --base-rate 5% --customers 3000 --comparisons 7
    """  # noqa: D301 - click wants the character \b itself
    with command_errors(language):
        from custseg.proof import sample_size

        if customers is not None:
            if lift is not None:
                raise click.UsageError(text(language, "cli", "lift_or_customers"))
            say(_what_it_shows(customers, language, mean, **options))
        elif lift is not None:
            say(repr(sample_size(lift=lift, mean=mean, language=language, **options)))
        else:
            say(_table_of_lifts(language, mean, **options))


def _table_of_lifts(language: str, mean: float | None, **options: Any) -> str:
    """The sizes of segments for the usual lifts that are possible."""
    from custseg.proof import sample_size

    base_rate = options["base_rate"]
    lifts = [lift for lift in _LIFTS if not base_rate or base_rate * (1 + lift) <= 1] or _LIFTS[:1]
    sizes = [sample_size(lift=lift, mean=mean, language=language, **options).segment for lift in lifts]
    rows = [[f"+{percent(lift, language)}" for lift in lifts], [number(size, language) for size in sizes]]
    return "\n".join([text(language, "sample_size", "head"), *table(rows)])


def _what_it_shows(customers: int, language: str, mean: float | None, **options: Any) -> str:
    """The lift that a segment can show, as a sentence."""
    from custseg.proof import detectable_lift

    shows = detectable_lift(customers, **options)
    words = text(language, "sample_size")
    rate, cv = options["base_rate"], options["cv"]
    kind = "rate" if rate is not None else "spread" if mean is None else "mean"
    fields = {
        "customers": number(customers, language),
        "outcome": words[kind].format(
            rate=percent(rate, language, decimals=1), mean=number(mean, language), cv=number(cv, language)
        ),
    }
    if math.isinf(shows):
        return str(words["not_detectable"].format(**fields))
    return str(words["detectable"].format(lift=f"+{percent(shows, language)}", **fields))
