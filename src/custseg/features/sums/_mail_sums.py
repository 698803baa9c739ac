"""Aggregate mail events to mails, and mails to sums per customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw

from custseg.features.sums._expressions import DAY, value_if
from custseg.logs import EventFacts

_CLOCK_SKEW = 5 * 60 * 1_000_000
"""Microseconds by which the clocks of two mail systems may differ; Kerberos allows as much."""

_NEVER = 4 * 10**18
"""A moment outside the calendar, whose distance from any other fits 64 bits."""

_COUNTS = ("delivered", "opened", "clicked", "sends", "sends_7d", "sends_28d", "mail_lines")
_LAST = ("last_click_day", "unsubscribed", "complained", "last_arrival", "last_bounce")


def arrival_event(facts: EventFacts) -> str | None:
    """The event that marks the arrival of a mail: "delivered", else "sent", else none."""
    return next((name for name in ("delivered", "sent") if facts.mail_counts[name]), None)


def mail_sums(lines: nw.LazyFrame[Any], facts: EventFacts, starts: Mapping[int, int]) -> nw.LazyFrame[Any]:
    """One row per customer of any mail event; `lines` have `inside`, `starts` are moments 7 and 28 days ago.

    A mail begins with each arrival. Opens, clicks and bounces belong to the last mail of their campaign
    that arrived at or before them, and count once. Since clocks differ, they belong to a mail that arrives up to
    five minutes after them if it is nearer than the one before. If all events of a name have dates without times,
    they belong to the last mail that arrived on that day or before. If the log has no arrivals, an opened mail is a
    campaign and a day.
    """
    keys = ["customer", "campaign"] if "campaign" in lines.collect_schema().names() else ["customer"]
    arrival = arrival_event(facts)
    mails = _mails(mail_moments(lines, facts, keys, arrival=arrival), keys, starts, arrival=arrival)
    col = nw.col
    # If sends replace deliveries, those that bounced do not count.
    arrived = col("arrived_inside")
    delivered = arrived if arrival != "sent" else value_if(col("bounced") == 0, arrived)
    marked = mails.with_columns(delivered.alias("delivered")).with_columns(
        (col("delivered") * col("opened")).alias("opened"),
        (col("delivered") * col("clicked")).alias("clicked"),
    )
    return marked.group_by("customer").agg(
        *(col(name).sum() for name in _COUNTS),
        *(col(name).max() for name in _LAST),
        col("first_send_day").min(),
    )


def mail_moments(
    lines: nw.LazyFrame[Any], facts: EventFacts, keys: list[str], *, arrival: str | None, machines: bool = False
) -> nw.LazyFrame[Any]:
    """One row per customer, campaign and moment: duplicate events are merged; `machines` adds opens by machines."""
    act, moment = nw.col("act"), nw.col("moment")
    by_day = [name for name, timed in facts.timed_mails.items() if not timed]
    # Events with a date but no time are last in their day, except arrivals.
    late = act.is_in([name for name in by_day if name != arrival]).fill_null(value=False)
    seen_by_hand = act.is_in(["opened", "clicked"])
    marks = {
        "arrived": seen_by_hand if arrival is None else act == arrival,
        "sent": act == "sent" if facts.mail_counts["sent"] else act.is_in(["delivered", "bounced"]),
        # A click shows that the mail was opened, though some programs hide that.
        "opened": seen_by_hand,
        "clicked": act == "clicked",
        "bounced": act == "bounced",
        "unsubscribed": act == "unsubscribed",
        "complained": act == "complained",
        **({"opened_by_machine": (nw.col("event") == "opened") & nw.col("machine")} if machines else {}),
    }
    marked = lines.filter(nw.col("mail")).select(
        *keys,
        "moment",
        "day",
        nw.when(late).then(moment + (DAY - 1)).otherwise(moment).alias("at"),
        value_if(~late if arrival not in by_day else nw.lit(value=False), nw.lit(1)).alias("exact"),
        value_if(nw.col("inside"), nw.lit(1)).alias("inside"),
        *(value_if(mark, nw.lit(1)).alias(name) for name, mark in marks.items()),
        nw.lit(1).alias("mail_lines"),
    )
    return marked.group_by(*keys, "at").agg(
        *(nw.col(name).max() for name in (*marks, "exact")),
        nw.col("moment").min(),
        nw.col("mail_lines").sum(),
        nw.col("inside").max(),
        nw.col("day").min(),
    )


def _mails(
    moments: nw.LazyFrame[Any], keys: list[str], starts: Mapping[int, int], *, arrival: str | None
) -> nw.LazyFrame[Any]:
    """One row per mail; events without a mail are in a row that never arrived."""
    col = nw.col
    inside, moment, day = col("inside") == 1, col("moment"), col("day")
    sent = inside & (col("sent") == 1)
    numbered = moments.with_columns(day.alias("number"), col("at").alias("belongs_at"))
    if arrival is not None:
        numbered = numbered_mails(moments, keys)
    marked = numbered.with_columns(
        value_if(inside, col("arrived")).alias("arrived_inside"),
        nw.when(col("arrived") == 1).then(moment).alias("last_arrival"),
        nw.when(col("bounced") == 1).then(col("belongs_at")).alias("last_bounce"),
        nw.when(inside & (col("clicked") == 1)).then(day).alias("last_click_day"),
        nw.when(col("sent") == 1).then(day).alias("first_send_day"),
        value_if(sent, nw.lit(1)).alias("sends"),
        value_if(sent & (moment >= starts[7]), nw.lit(1)).alias("sends_7d"),
        value_if(sent & (moment >= starts[28]), nw.lit(1)).alias("sends_28d"),
    )
    sums = ("sends", "sends_7d", "sends_28d", "mail_lines")
    flags = ("arrived_inside", "opened", "clicked", "bounced")
    return marked.group_by(*keys, "number").agg(
        *(col(name).sum() for name in sums),
        *(col(name).max() for name in (*flags, *_LAST)),
        col("first_send_day").min(),
    )


def numbered_mails(moments: nw.LazyFrame[Any], keys: list[str]) -> nw.LazyFrame[Any]:
    """Rows with the `number` of their mail within its keys, and their moment on the clock of the mail."""
    col, at = nw.col, nw.col("at")
    arrived = col("arrived") == 1
    numbered = moments.with_columns(
        nw.when(arrived).then(at).otherwise(nw.lit(-_NEVER)).alias("past"),
        nw.when(arrived).then(at).otherwise(nw.lit(_NEVER)).alias("coming"),
    ).with_columns(
        col("arrived").cum_sum().over(*keys, order_by="at").alias("number"),
        col("past").cum_max().over(*keys, order_by="at").alias("before"),
        col("coming").cum_min(reverse=True).over(*keys, order_by="at").alias("after"),
    )
    wait = col("after") - at
    early = ~arrived & (col("exact") == 1) & (wait <= _CLOCK_SKEW) & (wait <= at - col("before"))
    numbered = numbered.with_columns(
        nw.when(early).then(col("number") + 1).otherwise(col("number")).alias("number"),
        nw.when(early).then(col("after")).otherwise(at).alias("belongs_at"),
    )
    if "campaign" not in keys:
        return numbered
    # Clocks differ: events just before the first mail of their campaign belong to it.
    first = (col("number") == 0) & ~col("campaign").is_null()
    return numbered.with_columns(nw.when(first).then(nw.lit(1)).otherwise(col("number")).alias("number"))
