"""Small dirty order logs for Hypothesis."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

CUSTOMERS: dict[str, list[Any]] = {
    "integers": [1, 7, 2**60, 2**60 + 1, -5, None],
    "texts": ["007", "7", "ann", 'Änne, "the 2nd"', "", "  ", None],
}
SCHEMA = {
    "order_id": pl.Int64,
    "ordered_at": pl.Datetime("us"),
    "amount": pl.Float64,
    "cancelled": pl.Boolean,
}
NOON = datetime(2024, 3, 31, 12)
_TICK = timedelta(microseconds=1)
_CLOCKS = [timedelta(0), _TICK, timedelta(hours=12), timedelta(days=1) - _TICK]

moments = st.builds(
    lambda days, clock: datetime(2024, 3, 28) + timedelta(days=days) + clock,
    st.integers(0, 5),
    st.sampled_from(_CLOCKS),
)
"""Days around the start of summer time, with ties and both ends of the day."""

amounts = st.one_of(
    st.integers(-5_000, 20_000).map(lambda cents: cents / 100),
    st.sampled_from([0.0, -0.0, 0.0001, 1e9, -1e9, 12.5, -12.5]),
)
"""Money of at most four decimals, refunds and gifts among it."""


@st.composite
def order_logs(draw: st.DrawFn, *, customers: str | None = None, max_lines: int = 14) -> pl.DataFrame:
    """A log with the default column names of `Orders`, and `cancelled`; no line needs to be usable.

    Customers repeat, orders have several lines and belong to several customers, and whatever can be
    missing is missing somewhere: ids (also as blank text), dates, amounts (also as NaN), marks.
    """
    ids = CUSTOMERS[customers or draw(st.sampled_from(list(CUSTOMERS)))]
    line = st.fixed_dictionaries(
        {
            "customer_id": st.sampled_from(ids),
            "order_id": st.sampled_from([1, 2, 2**60, None]),
            "ordered_at": st.one_of(moments, moments, moments, st.none()),
            "amount": st.one_of(amounts, amounts, amounts, st.sampled_from([None, float("nan")])),
            "cancelled": st.sampled_from([False, False, True, None]),
        }
    )
    lines = draw(st.lists(line, min_size=1, max_size=max_lines))
    id_type = pl.Int64 if isinstance(ids[0], int) else pl.String
    return pl.DataFrame(lines, schema={"customer_id": id_type, **SCHEMA}, orient="row")


def with_a_line(log: pl.DataFrame) -> pl.DataFrame:
    """The log and one plain line long ago, so that there is always something to report."""
    customer = 1 if log.schema["customer_id"] == pl.Int64 else "ann"
    line = [(customer, 1, datetime(2024, 1, 1, 9), 10.0, False)]
    return pl.concat([log, pl.DataFrame(line, schema=log.schema, orient="row")])
