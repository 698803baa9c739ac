"""`Membership`: the rows of `fact_membership`, in memory; `_streamed_membership.py` has them in files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import local_table, table_writer
from custseg.exports.bi._same_to_power_bi import colliding
from custseg.exports.bi._snapshot import BISnapshot
from custseg.exports.bi._star_schema import MEMBERSHIP, columns_of_rows, typed_table

MEMBER_COLUMNS = ("customer_key", "customer_id", "segment_key", "confidence", "is_outlier")


class Membership(Protocol):
    """The customers of all snapshots."""

    @property
    def moments(self) -> list[str]:
        """The moments of the snapshots, the earliest first."""

    def segment_keys(self, moment: str) -> list[int]:
        """The segments that have customers at a moment."""

    def add(self, snapshot: BISnapshot, segment_keys: Sequence[int]) -> bool:
        """Add or replace a snapshot, whose groups have these keys; whether it was there with the same customers.

        Customers whom no snapshot had get the next keys, in the order of their ids.
        """

    def writer(self, days: Mapping[str, date], form: str) -> Callable[[Path], object]:
        """A function that writes the table to a path, as CSV or Parquet; by moment its day."""

    def n_colliding(self) -> int:
        """How many ids Power BI takes for another one."""


class LocalMembership:
    """The customers in memory."""

    def __init__(self, earlier: nw.DataFrame[Any] | None = None) -> None:
        table = typed_table(MEMBERSHIP, columns_of_rows(MEMBERSHIP, [])) if earlier is None else earlier
        self._members = {
            str(moment): rows.select(MEMBER_COLUMNS).sort("customer_id")
            for (moment,), rows in table.group_by("snapshot")
        }
        self._customers = table.select("customer_id", "customer_key").unique()

    @property
    def moments(self) -> list[str]:
        return sorted(self._members)

    def segment_keys(self, moment: str) -> list[int]:
        return self._members[moment].get_column("segment_key").unique().to_list()

    def add(self, snapshot: BISnapshot, segment_keys: Sequence[int]) -> bool:
        assert isinstance(snapshot.members, nw.DataFrame)
        members = self._with_keys(snapshot.members, segment_keys)
        before = self._members.get(snapshot.moment)
        self._members[snapshot.moment] = members
        return before is not None and same_rows(before, members)

    def writer(self, days: Mapping[str, date], form: str) -> Callable[[Path], object]:
        return table_writer(self._table(days), form)

    def n_colliding(self) -> int:
        ids = nw.concat([rows.select("customer_id") for rows in self._members.values()]).unique()
        return sum(map(len, colliding(ids.get_column("customer_id").to_list())))

    def _table(self, days: Mapping[str, date]) -> nw.DataFrame[Any]:
        return nw.concat([dated(self._members[moment], moment, day) for moment, day in days.items()])

    def _with_keys(self, members: nw.DataFrame[Any], segment_keys: Sequence[int]) -> nw.DataFrame[Any]:
        """The members with the keys of segments and customers."""
        fresh = members.join(self._customers, on="customer_id", how="anti").get_column("customer_id").sort()
        last = int(self._customers.get_column("customer_key").max() or 0)
        keys = np.arange(last + 1, last + 1 + len(fresh), dtype=np.int64)
        added = local_table({"customer_id": fresh.to_list(), "customer_key": keys})
        self._customers = nw.concat([self._customers, added.with_columns(nw.col("customer_id").cast(nw.String))])
        return (
            with_segment_keys(members, segment_keys)
            .join(self._customers, on="customer_id", how="left")
            .select(MEMBER_COLUMNS)
            .sort("customer_id")
        )


def with_segment_keys(members: nw.DataFrame[Any], segment_keys: Sequence[int]) -> nw.DataFrame[Any]:
    """The members with the key of the segment at the position `group`."""
    positions = members.get_column("group").to_numpy()
    keys = local_table({"segment_key": np.asarray(segment_keys, dtype=np.int64)[positions]})
    return members.with_columns(keys.get_column("segment_key"))


def dated(members: nw.DataFrame[Any], moment: str, day: date) -> nw.DataFrame[Any]:
    """The members as rows of `fact_membership`."""
    return members.select(
        nw.lit(day, nw.Date).alias("date"), nw.lit(moment, nw.String).alias("snapshot"), *MEMBER_COLUMNS
    )


def same_rows(before: nw.DataFrame[Any], after: nw.DataFrame[Any]) -> bool:
    """Whether both have the same rows in the same order."""
    return bool(before.to_native().equals(after.to_native()))
