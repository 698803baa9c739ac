"""Days without data, and days with far too many rows."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._numerics import Integers
from custseg.logs.report._findings import Finding, FindingWriter, calendar_day, in_each_language
from custseg.logs.report.patterns._outliers import count_outliers, long_gap
from custseg.texts import amount

_WEEK = 7
_LARGE_SHARE = 0.2
# Share of days with rows after a gap, of that before it, from which the log has not died out.
_AS_BEFORE = 0.25
# Dates are distributed more evenly than orders of customers.
_SPREAD = 0.5

Column = nw.Series[Any]


def days_without_data(write: FindingWriter, days: Column) -> list[Finding]:
    """Calendar days without rows between the first and the last, and the longest gap."""
    sorted_days = np.sort(days.drop_nulls().to_numpy())
    gaps = np.diff(sorted_days) - 1
    missing = int(gaps.sum()) if len(gaps) else 0
    if not missing:
        return []
    longest = int(gaps.max())
    after = calendar_day(int(sorted_days[int(gaps.argmax())]))
    is_unusual = _has_unusual_gap(sorted_days)
    # Where orders are rare, a day without any is no gap.
    is_rare = missing > len(sorted_days) and not is_unusual
    wording = "mostly_without_data" if is_rare else "days_without_data" if longest > 1 else "single_days_without_data"
    return write(
        "days_without_data",
        missing,
        "warning" if is_unusual else "note",
        wording=wording,
        longest=in_each_language(lambda language: amount(longest, "days", language)),
        after=after,
    )


def _has_unusual_gap(days: Integers) -> bool:
    """Whether a gap of a week or more is longer than chance explains, and the log goes on after it as before.

    A shop with few orders, or one that bills on the first of the month, has gaps as long as any other. Of a shop that
    closes, the last orders are far apart, but no day between them is missing.
    """
    while len(days) > 1:
        gaps = np.diff(days)
        last = int(gaps.argmax())
        if gaps[last] <= _WEEK or not long_gap(gaps):
            return False
        before, after = days[: last + 1], days[last + 1 :]
        span = int(after[-1] - before[-1])
        if len(after) >= _WEEK and len(after) / span >= _AS_BEFORE * len(before) / int(before[-1] - before[0] + 1):
            return True
        if last == 0 or len(before) < len(after):
            return True
        days = before
    return False


def crowded_days(
    write: FindingWriter, counts: Column, *, name: str = "crowded_days", min_share: float = _LARGE_SHARE, **fields: Any
) -> list[Finding]:
    """Up to three dates with far more orders or customers than all other dates."""
    values = np.sort(counts.cast(nw.Int64).to_numpy())[::-1]
    # A shop may sell on a few days only.
    n_crowded = count_outliers(values, min_share=min_share, spread=1.0 if name == "crowded_days" else _SPREAD)
    share = float(values[:n_crowded].sum() / max(values.sum(), 1))
    return write(name, n_crowded, "warning", share=share, rows=int(values[:n_crowded].sum()), **fields)
