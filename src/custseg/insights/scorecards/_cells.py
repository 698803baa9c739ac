"""What happened to each customer in each segment: one row per segment and customer, summed over the stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg.errors import DataError
from custseg.insights.scorecards._members import Group, Stay
from custseg.logs import Events, Orders

DAY = 24 * 60 * 60 * 1_000_000
OF_MAILS = (
    "delivered", "opened", "opened_by_machine", "clicked", "unsubscribed", "complained",
    "ripe", "converted", "credited",
)  # fmt: skip
OF_SENDS = ("sent", "bounced")
SUMS = (*OF_MAILS, *OF_SENDS, "money", "member", "duration")
_KEYS = ("segment", "customer_id")
_CAMPAIGN_KEYS = ("campaign", "customer_id")


@dataclass(frozen=True, eq=False)
class Happenings:
    """The rows of the period in memory; each table has `customer` and `moment`.

    Attributes
    ----------
    mails : narwhals DataFrame
        Delivered mails, with the columns of `OF_MAILS` and `campaign`.
    sends : narwhals DataFrame
        Sent mails, with those of `OF_SENDS`.
    orders : narwhals DataFrame or None
        Orders, with `money`.
    """

    mails: nw.DataFrame[Any]
    sends: nw.DataFrame[Any]
    orders: nw.DataFrame[Any] | None


@dataclass(frozen=True, eq=False)
class Cells:
    """The sums of a period.

    Attributes
    ----------
    by_segment : narwhals DataFrame
        One row per group and customer who was in it: `group` (its position in `groups`), `customer_id`, `SUMS`.
    by_campaign : narwhals DataFrame
        One row per campaign and customer: `campaign`, `customer_id` and the sums of mails and sends.
    groups : tuple of Group
        The segments by number, and then the customers in none.
    outside : int
        Mails delivered to customers while they were in none of the groups.
    """

    by_segment: nw.DataFrame[Any]
    by_campaign: nw.DataFrame[Any]
    groups: tuple[Group, ...]
    outside: int


def cells(stays: Iterable[Stay], happenings: Happenings, logs: tuple[Events, Orders | None], *, caller: str) -> Cells:
    """Sum what happened in each stay over its members; `logs` give the clocks."""
    events, orders = logs
    names: dict[int, str] = {}
    by_segment: list[nw.DataFrame[Any]] = []
    by_campaign: list[nw.DataFrame[Any]] = []
    for stay in stays:
        members = _members_like(stay, happenings.mails, names, caller=caller)
        span = _span(stay, events)
        constants = {"member": 1, "duration": span[1] - span[0]}
        present = members.with_columns(nw.lit(value, nw.Int64).alias(name) for name, value in constants.items())
        mails, sends = (_inside(table, span, members) for table in (happenings.mails, happenings.sends))
        tables = [present, mails.select(*_KEYS, *OF_MAILS), sends.select(*_KEYS, *OF_SENDS)]
        if happenings.orders is not None and orders is not None:
            tables.append(_inside(happenings.orders, _span(stay, orders), members).select(*_KEYS, "money"))
        # Summed after each stay, so that memory grows with the customers and not with the snapshots.
        by_segment = [_summed([*by_segment, *tables], _KEYS)]
        named = [mails.select(*_CAMPAIGN_KEYS, *OF_MAILS), sends.select(*_CAMPAIGN_KEYS, *OF_SENDS)]
        by_campaign = [_summed([*by_campaign, *named], _CAMPAIGN_KEYS)]
    [total], [campaigns] = by_segment, by_campaign
    total = total.with_columns(nw.when(nw.col("member") > 0).then(nw.lit(1)).otherwise(nw.lit(0)).alias("member"))
    outside = len(happenings.mails) - int(total.get_column("delivered").sum())
    groups, numbered = _numbered(total, names)
    campaigns = campaigns.filter(~nw.col("campaign").is_null())
    return Cells(numbered, campaigns, groups, outside)


def _members_like(stay: Stay, mails: nw.DataFrame[Any], names: dict[int, str], *, caller: str) -> nw.DataFrame[Any]:
    """The members with ids of the type of the log.

    Collects in `names` the name of each segment, of which the latest counts, and of the groups of customers in none,
    which have the numbers -1, -2 and so on.
    """
    id_type, kind = mails.schema["customer"], stay.members.schema["customer_id"]
    if (id_type == nw.String) != (kind == nw.String):
        raise DataError(
            f"{caller}: the customer ids of the segments are {kind}, those of events {id_type}. Convert the column of "
            "one of them."
        )
    for segment, name in stay.members.select("segment", "name").unique().sort("segment", "name").iter_rows():
        if segment >= 0:
            names[int(segment)] = str(name)
        elif name not in (without := [names[key] for key in names if key < 0]):
            names[-len(without) - 1] = str(name)
    code: Any = nw.col("segment")
    for key in (key for key in names if key < 0):
        code = nw.when((nw.col("segment") < 0) & (nw.col("name") == names[key])).then(nw.lit(key)).otherwise(code)
    return stay.members.with_columns(code.alias("segment"), nw.col("customer_id").cast(id_type)).select(*_KEYS)


def _span(stay: Stay, log: Events | Orders) -> tuple[int, int]:
    """The ends of the stay on the clock of a log."""
    return log.dates.snapshot(stay.start).moment, log.dates.snapshot(stay.end).moment


def _inside(table: nw.DataFrame[Any], span: tuple[int, int], members: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """The rows of the stay, with the segment of their customer."""
    moment = nw.col("moment")
    rows = table.filter(moment >= span[0], moment < span[1]).rename({"customer": "customer_id"})
    return rows.join(members, on="customer_id", how="inner")


def _summed(tables: Sequence[nw.DataFrame[Any]], keys: Sequence[str]) -> nw.DataFrame[Any]:
    table = nw.concat(list(tables), how="diagonal")
    sums = [name for name in table.columns if name not in keys]
    return table.with_columns(nw.col(*sums).cast(nw.Int64)).group_by(*keys).agg(nw.col(name).sum() for name in sums)


def _numbered(total: nw.DataFrame[Any], names: Mapping[int, str]) -> tuple[tuple[Group, ...], nw.DataFrame[Any]]:
    """The groups in order, and the sums with the position of each."""
    keys = sorted(names, key=lambda key: (key < 0, key if key >= 0 else names[key]))
    position = {key: index for index, key in enumerate(keys)}
    codes = [position[key] for key in total.get_column("segment").to_list()]
    group = nw.new_series("group", codes, nw.Int64, backend="polars")
    lacking = [name for name in SUMS if name not in total.columns]
    numbered = total.with_columns(group, *(nw.lit(0, nw.Int64).alias(name) for name in lacking)).drop("segment")
    return tuple(Group(key if key >= 0 else None, names[key]) for key in keys), numbered
