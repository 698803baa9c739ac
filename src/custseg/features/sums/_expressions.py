"""Expressions shared by the aggregations."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from custseg.snapshot import Snapshot


def value_if(condition: nw.Expr, value: nw.Expr) -> nw.Expr:
    """The value where the condition holds, else 0."""
    return nw.when(condition).then(value).otherwise(nw.lit(0))


def in_window(snapshot: Snapshot, moment: str) -> nw.Expr:
    """Whether the moment lies in the window, for rows before the snapshot."""
    known = ~nw.col(moment).is_null()
    return known if snapshot.start is None else known & (nw.col(moment) >= snapshot.start)


def whole(frame: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """All columns but the ids as Int64: engines differ in the type of integer sums."""
    return frame.with_columns(nw.col(name).cast(nw.Int64) for name in frame.columns if name != "customer_id")
