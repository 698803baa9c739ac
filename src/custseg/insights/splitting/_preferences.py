"""What a group of customers prefers: a category, a channel, a weekday and an hour, and what they bought last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import collect
from custseg._numerics import Bools, Integers, wilson_interval
from custseg._privacy import SMALLEST_GROUP
from custseg.insights.scorecards._estimates import design_effect, intraclass_correlation
from custseg.logs import Logs, counted_lines
from custseg.profiling import Effect, share_ratio

_HOUR = 3_600_000_000
_DAY = 24 * _HOUR
_ALPHA = 0.05
_EPOCH_WEEKDAY = 3
"""1 January 1970 was a Thursday; Monday is 0."""


@dataclass(frozen=True)
class Preferences:
    """What a sub-group prefers; None where the log does not tell, or nothing stands out beyond chance.

    Attributes
    ----------
    category : str or None
        The category with the highest certain lift: more of them bought it than of all other customers.
    lift : Effect or None
        Share of its customers who bought the category over that of all other customers, with a 95 % interval.
    channel : str or None
        The channel of more purchases than if all channels were equal, beyond chance.
    weekday : int or None
        The weekday with more purchases than if all were equal, beyond chance; Monday is 0.
    hour : int or None
        The same for the hour of the day, in the zone of the log; None where it has no times.
    last_product : str or None
        The product that most of them bought last, if ten or more did.
    """

    category: str | None = None
    lift: Effect | None = None
    channel: str | None = None
    weekday: int | None = None
    hour: int | None = None
    last_product: str | None = None


@dataclass(frozen=True, eq=False)
class Purchases:
    """Bought lines in memory, each with the row of its customer in the feature table.

    Attributes
    ----------
    owner : array of int
        Row of the customer.
    order : array of int
        Code of the order.
    moment : array of int
        Microseconds.
    weekday, hour : array of int
        Weekday (Monday is 0) and hour in the zone of the log; `hour` is None where the log has no times.
    values : mapping of str to list
        "category", "channel" and "product" where they are described.
    """

    owner: Integers
    order: Integers
    moment: Integers
    weekday: Integers
    hour: Integers | None
    values: Mapping[str, Sequence[str | None]]


def purchases_of(logs: Logs, ids: nw.Series[Any]) -> Purchases:
    """The lines with a positive amount before the snapshot, of the customers with these ids."""
    assert logs.orders is not None
    orders = logs.order_facts.orders
    snapshot = logs.snapshot_of(logs.orders)
    lines, keys = counted_lines(orders.lines(), snapshot, logs.order_facts, refunds="net")
    roles = [name for name in ("category", "channel", "product") if getattr(orders, name) is not None]
    table = collect(lines.filter(nw.col("money") > 0).select(*keys, "moment", "day", *roles))
    # "moment" may be both the order and the time.
    rows = ids.alias("customer").cast(table.schema["customer"]).to_frame().with_row_index("row")
    table = table.join(rows, on="customer", how="inner")
    order = table.select(nw.concat_str([nw.col(key).cast(nw.String) for key in keys], separator="/", ignore_nulls=True)
                         .rank("dense").alias("order"))  # fmt: skip
    moment, day, owner = (
        np.asarray(table.get_column(name).to_numpy(), dtype=np.int64) for name in ("moment", "day", "row")
    )
    dates = logs.orders.dates
    hour = _hours(moment, dates.timezone if dates.style.zoned else None)
    return Purchases(
        owner,
        np.asarray(order.get_column("order").to_numpy(), dtype=np.int64),
        moment,
        (day + _EPOCH_WEEKDAY) % 7,
        hour,
        {name: table.get_column(name).to_list() for name in roles},
    )


def _hours(moment: Integers, zone: str | None) -> Integers | None:
    """The hour of the day of each moment; None where all are midnights."""
    hours, index = np.unique(moment // _HOUR, return_inverse=True)
    if not (moment % _DAY).any():
        return None
    if zone is None:
        return np.asarray((hours % 24)[index], dtype=np.int64)
    local = [datetime.fromtimestamp(hour * 3600, tz=ZoneInfo(zone)).hour for hour in hours.tolist()]
    return np.array(local, dtype=np.int64)[index]


def preferences(purchases: Purchases, members: Bools) -> Preferences:
    """The preferences of the customers whose rows are members."""
    is_member = members[purchases.owner]
    answer = Preferences(last_product=_most_common(last_values(purchases, "product"), members))
    if "category" in purchases.values:
        category, lift = _category(purchases, members)
        answer = replace(answer, category=category, lift=lift)
    per_order = _one_per_order(purchases) & is_member
    if "channel" in purchases.values:
        channels = np.array([value or "" for value in purchases.values["channel"]])
        mask = per_order & (channels != "")
        answer = replace(answer, channel=_standing_out(channels[mask], purchases.owner[mask], None))
    weekday = _standing_out(purchases.weekday[per_order], purchases.owner[per_order], 7)
    hour = None if purchases.hour is None else _standing_out(purchases.hour[per_order], purchases.owner[per_order], 24)
    return replace(answer, weekday=None if weekday is None else int(weekday), hour=None if hour is None else int(hour))


def last_values(purchases: Purchases, name: str) -> list[tuple[int, str]]:
    """Row and value of the last line of each customer that has one; of lines at one moment the first by alphabet."""
    if name not in purchases.values:
        return []
    latest: dict[int, tuple[int, str]] = {}
    for owner, moment, value in zip(
        purchases.owner.tolist(), purchases.moment.tolist(), purchases.values[name], strict=True
    ):
        if value is None:
            continue
        before = latest.get(owner)
        if before is None or moment > before[0] or (moment == before[0] and value < before[1]):
            latest[owner] = (moment, value)
    return [(owner, value) for owner, (_, value) in sorted(latest.items())]


def _most_common(values: list[tuple[int, str]], members: Bools) -> str | None:
    counts: dict[str, int] = {}
    for row, value in values:
        if members[row]:
            counts[value] = counts.get(value, 0) + 1
    best = min(counts.items(), key=lambda entry: (-entry[1], entry[0]), default=None)
    return best[0] if best is not None and best[1] >= SMALLEST_GROUP else None


def _category(purchases: Purchases, members: Bools) -> tuple[str | None, Effect | None]:
    """The category with the highest lower end of the lift, if that is above 1 and ten customers bought it."""
    pairs = {(row, value) for row, value in zip(purchases.owner.tolist(), purchases.values["category"], strict=True)
             if value is not None}  # fmt: skip
    inside: dict[str, int] = {}
    outside: dict[str, int] = {}
    for row, value in pairs:
        counts = inside if members[row] else outside
        counts[value] = counts.get(value, 0) + 1
    n, n_outside = int(members.sum()), int((~members).sum())
    if not n_outside:
        return None, None
    lifts = {
        value: share_ratio(count, n, others=(outside.get(value, 0), n_outside))
        for value, count in inside.items()
        if count >= SMALLEST_GROUP and outside.get(value, 0) >= SMALLEST_GROUP
    }
    clear = sorted(((effect.low, value) for value, effect in lifts.items() if effect and effect.low > 1), reverse=True)
    return (clear[0][1], lifts[clear[0][1]]) if clear else (None, None)


def _one_per_order(purchases: Purchases) -> Bools:
    """Marks the first line of each order."""
    first = np.zeros(len(purchases.order), dtype=bool)
    first[np.unique(purchases.order, return_index=True)[1]] = True
    return first


def _standing_out(values: Any, owners: Integers, n_values: int | None) -> Any:
    """The most frequent value, if it is more frequent than 1 / number of values beyond chance; else None.

    The interval allows for the orders of one customer being alike, and for the number of values (Bonferroni).
    """
    if not len(values):
        return None
    names, counts = np.unique(values, return_counts=True)
    n_values = len(names) if n_values is None else n_values
    if n_values < 2:
        return names[0] if counts[0] >= SMALLEST_GROUP else None
    best = names[int(np.argmax(counts))]
    _, owner = np.unique(owners, return_inverse=True)
    total = np.bincount(owner)
    events = np.bincount(owner, weights=values == best).astype(np.int64)
    if len(total) < SMALLEST_GROUP or int((events > 0).sum()) < SMALLEST_GROUP:
        return None
    effective = len(values) / design_effect(events, total, intraclass_correlation([(events, total)]))
    low, _ = wilson_interval(events.sum() / len(values) * effective, effective, confidence=1 - _ALPHA / n_values)
    return best if float(low) > 1 / n_values else None
