"""Purchases credited to mails: each to the last mail that its customer got before it, within a window."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._numerics import Integers
from custseg.logs import Logs, order_totals

_DAY = 24 * 60 * 60 * 1_000_000


def purchase_rows(logs: Logs, start: int) -> nw.LazyFrame[Any]:
    """One row per order since a moment of the order log: `customer`, `moment`, `day`, `money` (also negative)."""
    assert logs.orders is not None
    snapshot = replace(logs.snapshot_of(logs.orders), start=start)
    facts = logs.order_facts
    totals = order_totals(facts.orders.lines(), snapshot, facts, refunds=logs.refunds)
    totals = totals.filter(nw.col("moment") >= start, ~nw.col("money").is_null())
    return totals.select("customer", "moment", "day", "money")


def with_conversions(
    mails: nw.DataFrame[Any], purchases: nw.DataFrame[Any], *, until: int, until_day: int, days: int, exact: bool
) -> nw.DataFrame[Any]:
    """The mails with `ripe`, `converted` (0 or 1) and `credited` (money, in units of the order log).

    A mail is ripe if its window of `days` has ended before `until`; only such mails convert, for the others it is too
    early to say. Without `exact` the clocks of both logs cannot be compared, and whole days are.
    """
    bought = purchases.filter(nw.col("money") > 0)
    at, bought_at = (_times(table, exact=exact) for table in (mails, bought))
    end = until if exact else until_day * _DAY
    ripe = at + days * _DAY <= end
    position = last_before((mails.get_column("customer"), at), (bought.get_column("customer"), bought_at))
    credited = np.zeros(len(mails), dtype=np.int64)
    hit = position >= 0
    hit[hit] = (bought_at[hit] - at[position[hit]] < days * _DAY) & ripe[position[hit]]
    np.add.at(credited, position[hit], bought.get_column("money").to_numpy()[hit])
    converted = np.zeros(len(mails), dtype=np.int64)
    converted[position[hit]] = 1
    columns = {"ripe": ripe.astype(np.int64), "converted": converted, "credited": credited}
    return mails.with_columns(
        nw.new_series(name, values, nw.Int64, backend="polars") for name, values in columns.items()
    )


def last_before(mails: tuple[nw.Series[Any], Integers], purchases: tuple[nw.Series[Any], Integers]) -> Integers:
    """For each purchase the row of the last mail of its customer at or before it; -1 where there is none.

    Of mails at one moment it is the last row.
    """
    n_mails = len(mails[1])
    owners = nw.concat([mails[0].alias("who").to_frame(), purchases[0].alias("who").to_frame()])
    codes = owners.with_columns(nw.col("who").rank("dense").alias("code")).get_column("code").to_numpy()
    moments = np.concatenate([mails[1], purchases[1]])
    is_purchase = np.arange(len(moments)) >= n_mails
    order = np.lexsort((is_purchase, moments, codes))
    rows = np.where(is_purchase[order], -1, np.arange(len(order)))
    latest = np.maximum.accumulate(np.where(rows >= 0, np.arange(len(order)), -1))
    found_mail = np.where(latest >= 0, order[latest], -1)
    same_owner = (found_mail >= 0) & (codes[order] == codes[found_mail])
    answer = np.full(len(moments), -1, dtype=np.int64)
    answer[order] = np.where(same_owner, found_mail, -1)
    return answer[n_mails:]


def _times(table: nw.DataFrame[Any], *, exact: bool) -> Integers:
    if exact:
        return np.asarray(table.get_column("moment").to_numpy(), dtype=np.int64)
    return np.asarray(table.get_column("day").to_numpy(), dtype=np.int64) * _DAY
