"""A shop that goes on as it is: customers of the seeded shop come every month, live through its two years and leave.

`make_shop` ends at one moment, and its kinds are what they are at that moment: cut at an earlier one, it has other
kinds of customers in other shares. Here a small seeded shop begins every 28 days, so that at every moment the customers
are in the same mixture of all stages. Nothing but chance changes from one month to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from custseg.datasets import make_shop

MONTH = timedelta(days=28)
LOG = 26 * MONTH
"""Length of the log at the fit."""
FIT = datetime(2025, 7, 1)
_STAGES = 27
"""Months that a customer of the seeded shop is in the log."""


@dataclass(frozen=True)
class LivingShop:
    """The order log from before the fit to the end of all months after it.

    Attributes
    ----------
    orders : polars DataFrame
        Columns as of `make_shop`.
    months : int
        Months after the fit.
    """

    orders: pl.DataFrame
    months: int

    def until(self, month: int) -> tuple[pl.DataFrame, datetime]:
        """The log as it is some months after the fit, and the moment."""
        moment = FIT + month * MONTH
        return self.orders.filter(pl.col("ordered_at") < moment), moment


def living_shop(n_new: int, *, months: int, seed: int) -> LivingShop:
    """A shop that `n_new` customers join every month."""
    orders = []
    for start in range(-26 - _STAGES, months):
        shop = make_shop(n_new, seed * 1_000 + start + 100)
        shift = FIT + (start + _STAGES) * MONTH - shop.as_of
        orders.append(
            shop.orders.with_columns(
                pl.col("ordered_at") + shift,
                pl.concat_str([pl.lit(f"{start + 100}-"), pl.col("customer_id")]).alias("customer_id"),
                pl.concat_str([pl.lit(f"{start + 100}-"), pl.col("order_id").cast(pl.String)]).alias("order_id"),
            )
        )
    begin, end = FIT - LOG, FIT + months * MONTH
    log = pl.concat(orders).filter(pl.col("ordered_at").is_between(begin, end, closed="left"))
    return LivingShop(log.sort("ordered_at"), months)


def with_lapse(shop: LivingShop, month: int, *, seed: int) -> LivingShop:
    """A fifth of the customers stop buying at the beginning of a month; only those who still bought can."""
    start = FIT + month * MONTH
    before = shop.orders.filter(pl.col("ordered_at") < start)
    n_lapsed = before["customer_id"].n_unique() // 5
    recent = before.filter(pl.col("ordered_at") >= start - 3 * MONTH)["customer_id"].drop_nulls().unique().sort()
    lapsed = np.random.default_rng(seed).choice(recent.to_numpy(), min(n_lapsed, len(recent)), replace=False)
    is_gone = pl.col("customer_id").is_in(lapsed.tolist()) & (pl.col("ordered_at") >= start)
    return LivingShop(shop.orders.filter(~is_gone.fill_null(value=False)), shop.months)


def with_doubled_prices(shop: LivingShop, month: int) -> LivingShop:
    """All money doubles at the beginning of a month."""
    factor = pl.when(pl.col("ordered_at") >= FIT + month * MONTH).then(2.0).otherwise(1.0)
    return LivingShop(
        shop.orders.with_columns(pl.col(name) * factor for name in ("amount", "price", "discount")), shop.months
    )


def with_new_channel(shop: LivingShop, month: int, *, seed: int) -> LivingShop:
    """From the beginning of a month on, a third of the orders come through a channel that was not there before."""
    ids = shop.orders["order_id"].unique().sort()
    moved = ids.to_numpy()[np.random.default_rng(seed).random(len(ids)) < 1 / 3].tolist()
    is_new = pl.col("order_id").is_in(moved) & (pl.col("ordered_at") >= FIT + month * MONTH)
    channel = pl.when(is_new).then(pl.lit("marketplace")).otherwise(pl.col("channel")).alias("channel")
    return LivingShop(shop.orders.with_columns(channel), shop.months)
