"""A clean order log, and everything that can be wrong with one, for Python and the command line alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl


def clean_log(n_customers: int = 60, seed: int = 0) -> pl.DataFrame:
    """About five orders per customer over 300 days, with the default column names of `Orders`."""
    rng = np.random.default_rng(seed)
    customers = np.concatenate([np.arange(n_customers), rng.zipf(1.4, 5 * n_customers) % n_customers])
    days = rng.integers(0, 300, len(customers))
    return pl.DataFrame(
        {
            "customer_id": customers,
            "order_id": np.arange(len(customers)),
            "ordered_at": (np.datetime64("2024-01-01") + days).astype("datetime64[us]"),
            "amount": rng.lognormal(3, 1, len(customers)).round(2),
        }
    )


def spoiled(column: str, value: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Puts one bad value into a column, which becomes text if the value is."""
    text = [pl.col(column).cast(pl.String)] if isinstance(value, str) else []
    eighth = pl.int_range(pl.len()) == 7
    return lambda log: log.with_columns(*text).with_columns(
        pl.when(eighth).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    )


def replaced(**columns: pl.Expr) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Puts other columns in place."""
    return lambda log: log.with_columns(**columns)


@dataclass(frozen=True)
class BadInput:
    """A log, its description and the arguments of a fit that must fail, and words of the error."""

    words: str
    change: Callable[[pl.DataFrame], pl.DataFrame] = lambda log: log
    described: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)


BAD_DATA = {
    "missing columns": BadInput(
        r"lacks columns 'client' .*'sum' .*columns are \['customer_id', 'order_id', 'ordered_at', 'amount'\]",
        described={"customer": "client", "amount": "sum"},
    ),
    "no number": BadInput(
        r"column 'amount' must be numeric, got String|1 value of 'amount' is not a finite number",
        spoiled("amount", "twelve"),
    ),
    "infinite amount": BadInput(r"1 value of 'amount' is not a finite", spoiled("amount", float("inf"))),
    "no date": BadInput(
        r"1 value of column 'ordered_at' cannot be read as a date .*'99/99/9999'.*date_format=",
        spoiled("ordered_at", "31/12/2024"),
    ),
    "mixed zones": BadInput(
        r"'ordered_at' mixes dates with and without a time zone",
        spoiled("ordered_at", "2024-03-01 10:00:00+02:00"),
    ),
    "two currencies": BadInput(
        r"several currencies, \['EUR', 'USD'\]",
        replaced(currency=pl.when(pl.col("order_id") % 2 == 0).then(pl.lit("EUR")).otherwise(pl.lit("USD"))),
        described={"currency": "currency"},
    ),
    "no rows": BadInput(r"the order log has no row", lambda log: log.clear()),
    "one customer": BadInput(
        r"<10 customers can be clustered, too few for \d segments", replaced(customer_id=pl.lit(1))
    ),
    "no purchase": BadInput(
        r"0 customers can be clustered, .*60 others have no purchase", replaced(amount=-pl.col("amount"))
    ),
    "customers alike": BadInput(
        r"no column is left to cluster on \(recency_days: all of its values are equal",
        lambda log: log.with_columns(ordered_at=pl.lit(log[0, "ordered_at"]), amount=pl.lit(5.0)).unique("customer_id"),
    ),
    "more segments than customers": BadInput(
        r"60 customers can be clustered, too few for 61 segments", arguments={"n_segments": 61}
    ),
    "minimum too large": BadInput(
        r"of 45 or more need .* Give min_size=\d+ or less, or fewer segments", arguments={"min_size": 45}
    ),
    "before the first order": BadInput(
        r"as_of 2023-12-31 00:00 is not after any row", arguments={"as_of": "2023-12-31"}
    ),
    "refunds refused": BadInput(
        r"1 negative and 0 cancelled lines, and refunds='error'",
        spoiled("amount", -5.0),
        arguments={"refunds": "error"},
    ),
    "unknown feature": BadInput(
        r"lacks column 'revnue' .*Did you mean 'revenue'\?",
        arguments={"columns": ["recency_days", "revnue"]},
    ),
}
"""What is wrong with the data: a DataError, exit code 1."""

BAD_VALUES = {
    "as_of": BadInput(r"as_of must be a date such as .*got 'soon'", arguments={"as_of": "soon"}),
    "min_size of nothing": BadInput(r"min_size must be at least 1, got 0", arguments={"min_size": 0}),
    "min_size above all": BadInput(r"between 0 and 1 \(both excl.*got 1\.5", arguments={"min_size": 1.5}),
    "no segments": BadInput(r"n_segments must be at least 1, got 0", arguments={"n_segments": 0}),
    "columns twice": BadInput(r"columns must name each feature once", arguments={"columns": ["revenue", "revenue"]}),
    "timezone": BadInput(r"timezone must be a name such as .*'Mars/Base'", described={"timezone": "Mars/Base"}),
}
"""Arguments of a wrong value: a ValueError, exit code 2."""
