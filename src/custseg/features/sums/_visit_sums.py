"""Sessions and abandoned carts from events on the site or app."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from custseg.features.sums._expressions import DAY, value_if

_SILENCE = DAY // 48
"""Half an hour without an event ends a session."""

_CART_PATIENCE = DAY
_NEVER = 2**62


def session_sums(lines: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """`sessions` and `web_events` per customer; a session ends after 30 minutes without an event."""
    col = nw.col
    visits = lines.filter(col("web"), col("inside"), ~col("act").is_null()).select("customer", "moment")
    paused = visits.with_columns(
        col("moment").shift(1).over("customer", order_by="moment").alias("before")
    ).with_columns((col("moment") - col("before")).alias("silence"))
    begins = col("before").is_null() | (col("silence") >= _SILENCE)
    marked = paused.with_columns(value_if(begins, nw.lit(1)).alias("sessions"), nw.lit(1).alias("web_events"))
    return marked.group_by("customer").agg(col("sessions").sum(), col("web_events").sum())


def cart_sums(acts: nw.LazyFrame[Any], as_of: int) -> nw.LazyFrame[Any]:
    """`carts` older than 24 hours and `abandoned_carts` per customer.

    `acts` have `customer`, `moment` and `carted`, `ordered` (0 or 1). Consecutive cart events less than 30
    minutes apart, with no order in between, are one cart. Carts older than 24 hours count; a cart is
    abandoned if no order followed within 24 hours of its first event.
    """
    col = nw.col
    moments = acts.group_by("customer", "moment").agg(col("carted").max(), col("ordered").max())
    follows = moments.with_columns(
        nw.when(col("ordered") == 1).then(col("moment")).otherwise(nw.lit(_NEVER)).alias("order_at"),
        col("moment").shift(1).over("customer", order_by="moment").alias("before"),
        col("ordered").shift(1).over("customer", order_by="moment").alias("order_before"),
    ).with_columns(
        col("order_at").cum_min(reverse=True).over("customer", order_by="moment").alias("next_order"),
        (col("moment") - col("before")).alias("silence"),
    )
    begins = col("before").is_null() | (col("order_before") == 1) | (col("silence") >= _SILENCE)
    counted_cart = (col("carted") == 1) & begins & (nw.lit(as_of) - col("moment") > _CART_PATIENCE)
    in_time = col("next_order") - col("moment") <= _CART_PATIENCE
    marked = follows.with_columns(
        value_if(counted_cart, nw.lit(1)).alias("carts"),
        value_if(counted_cart & ~in_time, nw.lit(1)).alias("abandoned_carts"),
    )
    return marked.group_by("customer").agg(col("carts").sum(), col("abandoned_carts").sum())
