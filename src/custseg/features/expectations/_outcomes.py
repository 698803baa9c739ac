"""Outcomes: what customers did in a period after a cut, and the columns that predict it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import collected
from custseg._numerics import Floats
from custseg.features.families._email import EMAIL
from custseg.features.families._rfm import in_money
from custseg.features.sums._shared import SharedSums
from custseg.logs import Logs

_OF_ORDERS = ("recency_days", "order_count", "revenue")
_OF_MAILS = ("engagement_email", "open_rate", "click_rate")


@dataclass(frozen=True)
class Outcome:
    """What is to be foreseen.

    Attributes
    ----------
    name : str
        As given in `Goal.outcome`.
    is_yes_no : bool
        Whether it is 1 or 0 for each customer; otherwise it is an amount that is compared as log(1 + amount), negative
        ones as 0.
    needs : {"orders", "money", "mails", "acts"}
        What the logs must have; "acts" are orders or events.
    absent : float
        Value of a customer without a row in the period; NaN where the outcome is then missing.
    """

    name: str
    is_yes_no: bool
    needs: str
    absent: float = 0.0

    @property
    def is_of_orders(self) -> bool:
        """Whether the outcome is about orders, so that a model of purchases predicts it."""
        return self.needs in ("orders", "money")

    def lacks(self, logs: Logs) -> str:
        """What the logs lack, as text that completes "needs ..."; "" if nothing."""
        if self.needs == "acts":
            return "" if logs.orders or logs.events else "orders or events"
        if self.needs == "mails":
            return EMAIL.lacks(logs)
        if logs.orders is None:
            return "orders"
        return "" if self.needs == "orders" or logs.orders.has_money else "a column of amounts in orders"

    def predictors(self, logs: Logs) -> tuple[str, ...]:
        """The features whose ridits predict the outcome."""
        if self.needs == "mails":
            return _OF_MAILS
        of_orders = _OF_ORDERS if logs.orders is not None and logs.orders.has_money else _OF_ORDERS[:2]
        if self.needs != "acts" or logs.events is None:
            return of_orders
        return (*of_orders[:2], "engagement") if logs.orders is not None else ("engagement_email", "engagement_web")

    def scaled(self, values: Floats) -> Floats:
        """The values as they are compared."""
        return values if self.is_yes_no else np.log1p(np.maximum(values, 0.0))


OUTCOMES: Mapping[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        Outcome("revenue", is_yes_no=False, needs="money"),
        Outcome("orders", is_yes_no=False, needs="orders"),
        Outcome("order_days", is_yes_no=False, needs="orders"),
        Outcome("ordered", is_yes_no=True, needs="orders"),
        Outcome("order_value", is_yes_no=False, needs="money", absent=float("nan")),
        Outcome("active", is_yes_no=True, needs="acts"),
        Outcome("opens_and_clicks", is_yes_no=False, needs="mails", absent=float("nan")),
    )
}


def later_logs(logs: Logs, cut: datetime, horizon_days: int) -> Logs:
    """The logs with the rows from the cut to `horizon_days` after it as their window."""
    end = cut + timedelta(days=horizon_days)
    return replace(logs, customers=None, as_of=end, assumed=False, window_days=horizon_days)


def later_values(logs: Logs, outcome: Outcome, ids: nw.Series[Any], *, cut: datetime, horizon_days: int) -> Floats:
    """The outcome of the customers in the period after the cut, in the order of `ids`."""
    sums = SharedSums(later_logs(logs, cut, horizon_days))
    if outcome.needs == "mails":
        later = _opens_and_clicks(sums)
    elif outcome.needs == "acts":
        later = _acts(sums)
    else:
        later = _of_orders(sums, outcome.name)
    customers = nw.new_series("position", range(len(ids)), nw.Int64, backend="polars").to_frame()
    joined = customers.with_columns(ids.alias("customer_id")).join(later, on="customer_id", how="left")
    values = joined.sort("position").get_column("value").cast(nw.Float64)
    result: Floats = values.fill_null(outcome.absent).to_numpy().astype(np.float64)
    return result


def _of_orders(sums: SharedSums, name: str) -> nw.DataFrame[Any]:
    order_sums = sums.order_sums(rhythm=False)
    count = nw.col("orders")
    money = in_money(order_sums, "money")
    values = {
        "revenue": money,
        "orders": count,
        "order_days": nw.col("order_days"),
        "ordered": nw.when(count > 0).then(nw.lit(1)).otherwise(nw.lit(0)),
        "order_value": nw.when(count > 0).then(money / count),
    }
    return collected(order_sums.table.select("customer_id", value=values[name].cast(nw.Float64)))


def _opens_and_clicks(sums: SharedSums) -> nw.DataFrame[Any]:
    """Opens and clicks of the mails that were delivered in the period; missing for customers without such a mail."""
    col = nw.col
    acts = (col("opened") + col("clicked")).cast(nw.Float64)
    mailed = col("delivered") > 0 if sums.events.facts.mail_counts["delivered"] else col("sends") + col("opened") > 0
    return collected(sums.events.table.select("customer_id", value=nw.when(mailed).then(acts)))


def _acts(sums: SharedSums) -> nw.DataFrame[Any]:
    """Whether a customer ordered, opened or clicked a mail, or visited in the period."""
    col, tables = nw.col, []
    if sums.logs.orders is not None:
        tables.append(collected(sums.order_sums(rhythm=False).table.select("customer_id", acts=col("orders"))))
    if sums.logs.events is not None:
        acts = col("opened") + col("clicked") + col("web_events") + (col("order_points") > 0).cast(nw.Int64)
        tables.append(collected(sums.events.table.select("customer_id", acts=acts)))
    total = nw.concat(tables).group_by("customer_id").agg(col("acts").sum())
    return total.select("customer_id", value=nw.when(col("acts") > 0).then(nw.lit(1.0)).otherwise(nw.lit(0.0)))
