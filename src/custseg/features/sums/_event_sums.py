"""Aggregate an event log to sums per customer, from which the event families are computed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import Rows, computed, joined, sorted_by
from custseg.features.sums._expressions import DAY, as_int64, concatenated, in_window, value_if
from custseg.features.sums._mail_sums import mail_sums
from custseg.features.sums._purchases import Purchases
from custseg.features.sums._visit_sums import cart_sums, session_sums
from custseg.logs import MAIL_EVENTS, EventFacts, Events
from custseg.snapshot import Snapshot

POINT = 2**32
"""Points are summed as whole numbers of this fraction, so that no sum depends on the order of rows."""

_MILLI = 1000
WEB_ACTS = ("visited", "viewed", "carted", "checkout")
KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"email": MAIL_EVENTS, "web": (*WEB_ACTS, "ad_clicked"), "orders": ("ordered", "redeemed")}
)
"""Events that count for each part of the engagement."""


@dataclass(frozen=True)
class Scoring:
    """Engagement scoring: points per event, and half-lives in days."""

    weights: Mapping[str, float] = field(
        default_factory=lambda: {
            "opened": 1.0, "clicked": 3.0,
            "visited": 1.0, "viewed": 0.5, "carted": 3.0, "checkout": 4.0, "ad_clicked": 2.0,
            "ordered": 10.0, "redeemed": 5.0,
        }
    )  # fmt: skip
    half_lives: Mapping[str, float] = field(default_factory=lambda: {"email": 30.0, "web": 10.0, "orders": 120.0})


@dataclass(frozen=True, eq=False)
class EventSums:
    """Exact integer sums per customer at one snapshot of an event log.

    Attributes
    ----------
    table : narwhals DataFrame, or LazyFrame on Spark
        One row per customer of the event log, and of the order log where there is one; sorted by
        `customer_id`, all columns Int64. Days and moments of events that never happened are null; counts are 0.

        - All lines before the snapshot: `first_seen_day`.
        - Mails in the window: `delivered`, `opened`, `clicked`, `sends`, `sends_7d`, `sends_28d`,
          `last_click_day`. Mails before the snapshot, in the window or not: `mail_lines`, `first_send_day`,
          `unsubscribed`, `complained` (0 or 1), `last_arrival`, `last_bounce` (moments).
        - Site and app, in the window: `sessions`, `web_events`, `active_days`, `last_visit_day`, the first
          days `visited_day`, `viewed_day`, `carted_day`, `checkout_day`, `order_day` and `repeat_day` (of
          the second day with an order), `carts`, `abandoned_carts`.
        - Engagement points in units of `POINT`: `email_points`, `message_points` (channels other than email),
          `web_points`, `redeem_points`, `order_points`.
    snapshot : Snapshot
        The snapshot and its window.
    facts : EventFacts
        Counts over the log.
    marks_machines : bool
        Whether the log marks events made by machines.
    """

    table: Rows
    snapshot: Snapshot
    facts: EventFacts
    marks_machines: bool


_DAYS = (
    "first_seen_day", "last_visit_day", "visited_day", "viewed_day", "carted_day", "checkout_day",
    "order_day", "repeat_day", "first_send_day", "last_click_day", "last_arrival", "last_bounce",
)  # fmt: skip


def event_sums(
    lines: nw.LazyFrame[Any],
    snapshot: Snapshot,
    facts: EventFacts,
    *,
    events: Events,
    scoring: Scoring,
    purchases: Purchases | None = None,
) -> EventSums:
    """Aggregate the lines before the snapshot on their own engine; purchases replace the log's "ordered" events."""
    days = _customer_days(lines, scoring)
    order_days = days.filter(nw.col("ordered") > 0) if purchases is None else purchases.days
    starts = {span: _start(events, snapshot, span) for span in (7, 28)}
    acts, as_of = _cart_acts(lines, snapshot, purchases, now=events.dates.snapshot(snapshot.as_of).moment)
    tables, _ = computed(
        [
            _day_sums(days, snapshot, scoring),
            _bought_sums(order_days, snapshot, scoring),
            session_sums(lines),
            cart_sums(acts, as_of),
            mail_sums(lines, facts, starts),
        ]
    )
    table = _of_customers([as_int64(sums.rename({"customer": "customer_id"})) for sums in tables])
    return EventSums(table, snapshot, facts, events.machine is not None)


def lines_before(events: Events, snapshot: Snapshot) -> nw.LazyFrame[Any]:
    """Lines with a customer before the snapshot, and whether they are in the window."""
    col = nw.col
    lines = events.lines().filter(~col("customer").is_null(), col("moment") < snapshot.moment)
    return lines.with_columns(in_window(snapshot, "moment").alias("inside"))


def _customer_days(lines: nw.LazyFrame[Any], scoring: Scoring) -> nw.LazyFrame[Any]:
    """One row per customer and day: counts of each stage, and thousandths of points."""
    col = nw.col

    def points(kind: str) -> nw.Expr:
        counted = [name for name in KINDS[kind] if scoring.weights.get(name)]
        return sum((_points(name, scoring) for name in counted), start=nw.lit(0))

    message, inside = points("email"), col("inside")
    sums = {
        **{name: value_if(inside & col("web") & (col("act") == name), nw.lit(1)) for name in WEB_ACTS},
        "ordered": value_if(inside & (col("act") == "ordered"), nw.lit(1)),
        "web_events": value_if(inside & col("web") & ~col("act").is_null(), nw.lit(1)),
        "email_points": value_if(inside & col("mail"), message),
        "message_points": value_if(inside & ~col("mail"), message),
        "web_points": value_if(inside, points("web")),
        "redeem_points": value_if(inside, _points("redeemed", scoring)),
    }
    marked = lines.select("customer", "day", *(value.alias(name) for name, value in sums.items()))
    return marked.group_by("customer", "day").agg(col(name).sum() for name in sums)


def _points(name: str, scoring: Scoring) -> nw.Expr:
    return value_if(nw.col("act") == name, nw.lit(round(scoring.weights.get(name, 0.0) * _MILLI)))


def _day_sums(days: nw.LazyFrame[Any], snapshot: Snapshot, scoring: Scoring) -> nw.LazyFrame[Any]:
    """Daily rows aggregated to one row per customer."""
    col = nw.col
    half_lives = scoring.half_lives
    active = col("web_events") > 0
    marked = days.with_columns(
        *(nw.when(col(name) > 0).then(col("day")).alias(f"{name}_day") for name in WEB_ACTS),
        value_if(active, nw.lit(1)).alias("active_days"),
        nw.when(active).then(col("day")).alias("last_visit_day"),
        _decayed("email_points", snapshot, half_lives["email"]),
        _decayed("message_points", snapshot, half_lives["email"]),
        _decayed("web_points", snapshot, half_lives["web"]),
        _decayed("redeem_points", snapshot, half_lives["orders"]),
    )
    points = ("email_points", "message_points", "web_points", "redeem_points")
    return marked.group_by("customer").agg(
        *(col(f"{name}_day").min() for name in WEB_ACTS),
        col("day").min().alias("first_seen_day"),
        col("last_visit_day").max(),
        *(col(name).sum() for name in ("active_days", *points)),
    )


def _bought_sums(days: nw.LazyFrame[Any], snapshot: Snapshot, scoring: Scoring) -> nw.LazyFrame[Any]:
    """The first and second day with an order, and the points of orders; `days` have `day` and `ordered`."""
    col = nw.col
    weight = round(scoring.weights.get("ordered", 0.0) * _MILLI)
    marked = (
        days.select("customer", "day", (col("ordered") * weight).alias("order_points"))
        .with_columns(
            col("day").min().over("customer").alias("order_day"),
            _decayed("order_points", snapshot, scoring.half_lives["orders"]),
        )
        .with_columns(nw.when(col("day") > col("order_day")).then(col("day")).alias("repeat_day"))
    )
    return marked.group_by("customer").agg(col("order_day").min(), col("repeat_day").min(), col("order_points").sum())


def _decayed(name: str, snapshot: Snapshot, half_life: float) -> nw.Expr:
    """Points of a day, decayed to the snapshot and rounded to units of `POINT`."""
    age = (nw.lit(snapshot.day) - nw.col("day")).cast(nw.Float64)
    left = (age * (-math.log(2) / half_life)).exp()
    return (nw.col(name).cast(nw.Float64) * left * (POINT / _MILLI)).round(0).cast(nw.Int64).alias(name)


def _cart_acts(
    lines: nw.LazyFrame[Any], snapshot: Snapshot, purchases: Purchases | None, *, now: int
) -> tuple[nw.LazyFrame[Any], int]:
    """Cart and order events in the window, and the snapshot on the same clock."""
    col = nw.col
    flags = {
        "carted": col("web") & col("inside") & (col("act") == "carted"),
        "ordered": col("act") == "ordered",
    }
    marked = lines.select(
        "customer", "moment", "day", *(value_if(flag, nw.lit(1)).alias(name) for name, flag in flags.items())
    )
    if purchases is None:
        return marked.filter((col("carted") == 1) | (col("ordered") == 1)), now
    carts = marked.filter(col("carted") == 1).with_columns(ordered=nw.lit(0))
    orders = purchases.moments.with_columns(carted=nw.lit(0), ordered=nw.lit(1))
    cart_acts = concatenated(carts, orders.select(*carts.collect_schema().names()))
    if purchases.comparable:
        return cart_acts, now
    return cart_acts.with_columns((col("day") * DAY).alias("moment")), snapshot.day * DAY


def _start(events: Events, snapshot: Snapshot, days: int) -> int:
    """The moment a number of calendar days before the snapshot."""
    start = events.dates.snapshot(snapshot.as_of, window_days=days).start
    assert start is not None
    return start


def _of_customers(tables: Sequence[Rows]) -> Rows:
    """The parts of each customer of any log in one row; counts are 0 for customers missing from a part."""
    table = joined(tables)
    counts = [name for name in table.collect_schema().names() if name not in (*_DAYS, "customer_id")]
    return sorted_by(table.with_columns(nw.col(*counts).fill_null(0)))
