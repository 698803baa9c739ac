"""Web features: visits to the site or app, abandoned carts, and the stage in the funnel."""

from __future__ import annotations

from datetime import time
from typing import Any

import narwhals.stable.v2 as nw

from custseg.errors import DataError
from custseg.feature_table import Feature
from custseg.features._family import Family, FamilyColumns
from custseg.features.sums._event_sums import EventSums
from custseg.features.sums._shared import SharedSums
from custseg.logs import WEB_EVENTS, Logs, described_logs
from custseg.snapshot import Snapshot
from custseg.texts import listed

FEATURES = (
    Feature("sessions", "sessions", "web", 1, absent=0),
    Feature("active_days", "days", "web", 1, absent=0),
    Feature("active_day_share", "share", "web", 1),
    Feature("session_depth", "events per session", "web", 1),
    Feature("days_since_visit", "days", "web", -1),
    Feature("cart_abandon_rate", "share", "web", -1),
    Feature("funnel_stage", "stage", "web", 0),
    Feature("funnel_step", "step", "web", 1),
    Feature("days_in_stage", "days", "web", 0),
)

_STAGES = (
    ("visit", "visited_day"), ("view", "viewed_day"), ("cart", "carted_day"), ("checkout", "checkout_day"),
    ("order", "order_day"), ("repeat", "repeat_day"),
)  # fmt: skip


def web(
    events: object,
    orders: object = None,
    *,
    as_of: object,
    window_days: int | None = None,
    refunds: str = "net",
    zero_orders: str = "drop",
) -> Any:
    """Compute web features per customer: visits to the site or app, abandoned carts and funnel stage.

    Web events are "visited", "viewed", "carted", "checkout" and "ordered" on any channel except "store",
    "offline" and "pos", unless the log marks them as made by a machine.

    Parameters
    ----------
    events : Events or table
        The event log; a plain table has the default column names of `Events`.
    orders : Orders or table, optional
        The order log. If it is given, its purchases are used for carts and the funnel instead of the "ordered"
        events.
    as_of : date, datetime or ISO text
        The moment of the snapshot; without a zone it is taken in the log's zone.
    window_days : int, optional
        Length of the window before `as_of`, in calendar days; only events in it count. By default all do.
    refunds, zero_orders : str
        See `rfm`.

    Returns
    -------
    table
        In the kind of the event log (polars for a file), sorted by `customer_id`, one row per customer of
        either log:

        - `sessions` (int): visits; a visit ends after 30 minutes without an event.
        - `active_days` (int): calendar days with an event.
        - `active_day_share` (float): `active_days` over the calendar days from the customer's first line in
          the event log, or the start of the window, to `as_of`. High is good; 1 is daily.
        - `session_depth` (float): events per session; missing without any.
        - `days_since_visit` (int): date of `as_of` minus date of the last event. Low is good.
        - `cart_abandon_rate` (float): share of the carts older than 24 hours that were not followed by an
          order within 24 hours. Younger carts are censored: they do not count. Missing without carts older
          than 24 hours.
        - `funnel_stage` (str): the furthest of "visit", "view", "cart", "checkout", "order" and "repeat"
          (an order on a second day), or "none"; `funnel_step` (int): the same from 0 to 6.
        - `days_in_stage` (int): days since that stage was first reached; missing for "none".

    Raises
    ------
    DataError
        If a log cannot be used: columns missing, dates that cannot be read, no known event or none of the
        site or app, no rows before `as_of`, ids of different types.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Cart events less than 30 minutes apart, with no order in between, are one cart, whose age is that of its
    first event. Sessions may span midnight. Events at the same moment belong to one session, and an order at
    the moment of a cart event follows it.

    If the times of both logs cannot be compared (one log has dates without times, or the time zones differ),
    an order on the day of the cart or the day after follows it.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.features import web
    >>> log = pl.DataFrame(
    ...     {
    ...         "customer_id": ["ann", "ann", "ann", "bob"],
    ...         "occurred_at": ["2024-05-01 09:00", "2024-05-01 09:10", "2024-05-08 20:00", "2024-05-09"],
    ...         "event": ["visited", "carted", "visited", "delivered"],
    ...     }
    ... )
    >>> web(log, as_of="2024-06-01").select("sessions", "funnel_stage", "cart_abandon_rate").rows()
    [(2, 'cart', 1.0), (0, 'none', None)]
    """
    logs = described_logs(
        orders,
        events,
        as_of=as_of,
        caller="web",
        window_days=window_days,
        refunds=refunds,
        zero_orders=zero_orders,
    )
    if lacking := _lacks(logs):
        raise DataError(f"web: {lacking} are needed.")
    assert logs.events is not None
    table = web_columns(SharedSums(logs).events).table
    return logs.events.source_table.give_back(table, logs.events.customer)


def web_columns(sums: EventSums) -> FamilyColumns:
    """The family for every customer of the logs."""
    col = nw.col
    today = nw.lit(sums.snapshot.day)
    events, sessions, carts = (col(name).cast(nw.Float64) for name in ("web_events", "sessions", "carts"))
    stage: nw.Expr = nw.lit("none")
    step: nw.Expr = nw.lit(0, nw.Int64)
    since: nw.Expr = nw.lit(None, nw.Int64)
    for number, (name, day) in enumerate(_STAGES, 1):
        reached = ~col(day).is_null()
        stage = nw.when(reached).then(nw.lit(name)).otherwise(stage)
        step = nw.when(reached).then(nw.lit(number, nw.Int64)).otherwise(step)
        since = nw.when(reached).then(col(day)).otherwise(since)
    columns = {
        "sessions": col("sessions"),
        "active_days": col("active_days"),
        "active_day_share": col("active_days").cast(nw.Float64) / col("calendar_days"),
        "session_depth": nw.when(col("sessions") > 0).then(events / sessions),
        "days_since_visit": today - col("last_visit_day"),
        "cart_abandon_rate": nw.when(col("carts") > 0).then(col("abandoned_carts").cast(nw.Float64) / carts),
        "funnel_stage": stage,
        "funnel_step": step,
        "days_in_stage": today - since,
    }
    return FamilyColumns(sums.table, columns, FEATURES, ({"calendar_days": _calendar_days(sums.snapshot)},))


def _calendar_days(snapshot: Snapshot) -> nw.Expr:
    """Number of calendar days from the first line, or the start of the window, to the snapshot."""
    begun = 0 if snapshot.as_of.time() == time(0) else 1
    days = nw.lit(snapshot.day + begun) - nw.col("first_seen_day")
    if snapshot.window_days is None:
        return days
    longest = snapshot.window_days + begun
    return nw.when(days > longest).then(nw.lit(longest)).otherwise(days)


def _lacks(logs: Logs) -> str:
    if logs.events is None:
        return "events"
    if any(logs.event_facts.counts[name] for name in WEB_EVENTS):
        return ""
    return f"events of the site or app, one or more of {listed(WEB_EVENTS)},"


WEB = Family("web", _lacks, lambda sums, _: web_columns(sums.events))
