"""`experiment_outcomes`: what the customers of an experiment did, counted from the logs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_choice, check_integer
from custseg._frames import collect, frame_from_columns
from custseg.errors import DataError
from custseg.features import LONGEST_HORIZON, OUTCOMES, later_values
from custseg.logs import Logs, described_logs
from custseg.proof.experiments._customer_keys import id_keys, read_customers
from custseg.snapshot import parse_moment
from custseg.texts import plural

_CALLER = "experiment_outcomes"
COUNTED = ("ordered", "orders", "order_days", "revenue", "active")
"""Outcomes that every customer has, whether or not there was a campaign. The order value, which only buyers have, and
opens of mails, which those held out do not get, would compare groups that are not alike."""


def experiment_outcomes(
    assignment: object,
    orders: object = None,
    *,
    events: object = None,
    since: object,
    days: int,
    outcome: str = "ordered",
    past_days: int | None = None,
    customer_column: str = "customer_id",
    refunds: str = "net",
) -> Any:
    """Count what each customer of an experiment did, in the same days for the treated and for those held out.

    Parameters
    ----------
    assignment : table or path
        One row per customer of the experiment, as `split` returns.
    orders, events : Orders, Events or tables
        The logs; see `fit_segments`.
    since : date, datetime or ISO text
        The beginning of the experiment, such as the day of the letter: rows from this moment on count.
    days : int
        Days that count from then on: rows before ``since + days``. At most 3,660.
    outcome : {"ordered", "orders", "order_days", "revenue", "active"}, default "ordered"
        Whether the customer ordered (1 or 0), the number of orders, the days with an order, the net revenue, or whether
        the customer did anything: an order, an open or a click, a visit (1 or 0).
    past_days : int, optional
        Days before `since` in which the same is counted as the customer's past, for CUPED.
    customer_column : str, default "customer_id"
        Column of ids of `assignment`; 12, 12.0 and "12" are the same id.
    refunds : {"net", "gross", "error"}, default "net"
        See `custseg.features.rfm`.

    Returns
    -------
    table
        In the caller's kind, in the order of `assignment`: `customer_id`, `outcome` (float; 0 for customers without a
        row in the logs) and, with `past_days`, `past` (float). `uplift` reads it.

    Raises
    ------
    DataError
        If a table cannot be used, the logs lack what the outcome needs, have no customer of the experiment, or no row
        in the days that count.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Examples
    --------
    >>> from custseg.datasets import make_shop
    >>> from custseg.proof import experiment_outcomes, split, uplift
    >>> shop = make_shop(2000, 0)
    >>> groups = split(shop.customers, holdout=0.5, salt="spring")
    >>> spent = experiment_outcomes(groups, shop.orders, since="2025-05-01", days=60, outcome="revenue", past_days=180)
    >>> spent.columns
    ['customer_id', 'outcome', 'past']
    >>> uplift(groups, spent, past_column="past").overall.verdict
    'no_difference'
    """
    check_choice(_CALLER, "outcome", outcome, allowed=COUNTED)
    check_integer(_CALLER, "days", days, minimum=1, maximum=LONGEST_HORIZON)
    if past_days is not None:
        check_integer(_CALLER, "past_days", past_days, minimum=1, maximum=LONGEST_HORIZON)
    start = parse_moment(since, _CALLER, "since")
    customers = read_customers(assignment, _CALLER, "assignment", customer_column=customer_column)
    logs = described_logs(orders, events, as_of=start + timedelta(days=days), refunds=refunds, caller=_CALLER)
    counted = OUTCOMES[outcome]
    if lacking := counted.lacks(logs):
        raise DataError(f"{_CALLER}: outcome {outcome!r} needs {lacking}. Give it, or choose another outcome.")
    _check_days(logs, start, days)
    ids = _ids_of(logs)
    keys = id_keys(ids, _CALLER, "the logs")
    if not set(keys) & set(customers.keys):
        raise DataError(
            f"{_CALLER}: no customer of assignment has a row in the logs. Check that the ids of both are those of the "
            "same customers."
        )
    periods = {"outcome": (start, days)}
    if past_days is not None:
        periods["past"] = (start - timedelta(days=past_days), past_days)
    table = {}
    for name, (cut, length) in periods.items():
        values = later_values(logs, counted, ids, cut=cut, horizon_days=length).tolist()
        by_key = dict(zip(keys, values, strict=True))
        table[name] = [by_key.get(key, 0.0) for key in customers.keys]
    local = nw.from_native(frame_from_columns(table), eager_only=True)
    return customers.give_back(nw.concat([customers.local.select("customer_id"), local], how="horizontal"))


def _ids_of(logs: Logs) -> nw.Series[Any]:
    """The ids of all customers in the logs."""
    present = [log for log in (logs.orders, logs.events) if log is not None]
    tables = [collect(log.lines().select("customer").unique()) for log in present]
    return nw.concat(tables).get_column("customer").drop_nulls().unique().sort()


def _check_days(logs: Logs, start: datetime, days: int) -> None:
    """Raise unless a log has a row in the days that count."""
    days_of: list[tuple[int, int | None]] = []
    if logs.orders is not None:
        days_of.append((logs.orders.dates.snapshot(start).day, logs.order_facts.last_day))
    if logs.events is not None:
        days_of.append((logs.events.dates.snapshot(start).day, logs.event_facts.last_day))
    if not any(last is not None and last >= first for first, last in days_of):
        raise DataError(
            f"{_CALLER}: the logs have no row in the {plural(days, 'day')} from {start:%Y-%m-%d} on. Check since and "
            "days, or wait for the rows."
        )
