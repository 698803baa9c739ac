"""Findings that orders and events share: look-alike ids, days without data."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import collect
from custseg.tables._report import Finding, Severity, calendar_day, finding
from custseg.tables._snapshot import Snapshot

_LONG_SILENCE = 7


def look_alike_ids(ids: nw.Series[Any]) -> list[Finding]:
    """Text ids that differ only in case, spaces around them or leading zeros."""
    if ids.dtype != nw.String:
        return []
    distinct = ids.drop_nulls().unique()
    plain = distinct.str.strip_chars().str.to_lowercase()
    # Zeros alone are an id too: the last one stays.
    plain = plain.str.replace_all(r"^0+(.)", "${1}")
    alike = len(distinct) - plain.n_unique()
    return finding(
        "look_alike_ids",
        int(alike),
        ("customer id equals", "customer ids equal"),
        rest=" another but for case, spaces or leading zeros",
        severity="warning",
    )


def days_without_data(lines: nw.LazyFrame[Any], snapshot: Snapshot) -> list[Finding]:
    """Calendar days between the first and the last row that have none, and the longest such silence."""
    before = lines.filter(nw.col("moment") < snapshot.moment).select("day").unique()
    days = np.sort(collect(before).get_column("day").drop_nulls().to_numpy())
    gaps = np.diff(days) - 1
    missing = int(gaps.sum()) if len(gaps) else 0
    if not missing:
        return []
    longest = int(gaps.max())
    after = calendar_day(int(days[int(gaps.argmax())]))
    several = f"; the longest silence is {longest} days, after {after}" if longest > 1 else ""
    # A shop that is closed on Sundays has many single days without data; a week is another matter.
    severity: Severity = "warning" if longest >= _LONG_SILENCE else "note"
    return finding("days_without_data", missing, ("day has", "days have"), rest=f" no row{several}", severity=severity)
