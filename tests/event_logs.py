"""Small dirty event logs for Hypothesis, and one made by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

SCHEMA = {
    "occurred_at": pl.Datetime("us"),
    "event": pl.String,
    "channel": pl.String,
    "campaign": pl.String,
    "machine": pl.Boolean,
}
DESCRIBED = {"channel": "channel", "campaign": "campaign", "machine": "machine"}
_NAMES = [
    "sent", "delivered", "delivered", "bounced", "opened", "opened", "clicked", "unsubscribed", "complained",
    "visited", "viewed", "carted", "carted", "checkout", "ordered", "ad_clicked", "redeemed", "scrolled",
    None, " ",
]  # fmt: skip
_CLOCKS = [
    timedelta(0), timedelta(hours=12), timedelta(hours=12, minutes=29, seconds=59),
    timedelta(hours=12, minutes=30), timedelta(hours=12, minutes=59),
    timedelta(hours=12, minutes=30, microseconds=1), timedelta(days=1) - timedelta(microseconds=1),
]  # fmt: skip

moments = st.builds(
    lambda days, clock: datetime(2024, 3, 1) + timedelta(days=days) + clock,
    st.sampled_from([0, 27, 28, 29, 30, 31, 32]),
    st.sampled_from(_CLOCKS),
)
"""Days around the start of summer time, with ties, both ends of the day, and gaps of about half an hour."""


@st.composite
def event_logs(
    draw: st.DrawFn, *, texts: bool = False, names: list[str | None] = _NAMES, max_lines: int = 16
) -> pl.DataFrame:
    """A log with the default column names of `Events`, and `channel`, `campaign` and `machine`.

    The first line is a known event of a known customer long ago.
    """
    ids: list[Any] = ["ann", "007", "7", " ", None] if texts else [1, 2**60, 2**60 + 1, None]
    line = st.fixed_dictionaries(
        {
            "customer_id": st.sampled_from([ids[0], *ids]),
            "occurred_at": st.one_of(moments, moments, moments, moments, st.none()),
            "event": st.sampled_from(names),
            "channel": st.sampled_from(["email", "email", " E-Mail", "sms", "web", "Store", "", None]),
            "campaign": st.sampled_from(["a", "a", "b", None, " "]),
            "machine": st.sampled_from([False, False, False, True, None]),
        }
    )
    first = {"customer_id": ids[0], "occurred_at": datetime(2024, 2, 1), "event": "visited", "machine": False}
    lines = [first, *draw(st.lists(line, min_size=1, max_size=max_lines))]
    return pl.DataFrame(lines, schema={"customer_id": pl.String if texts else pl.Int64, **SCHEMA}, orient="row")


def log_of(*lines: tuple[Any, ...]) -> pl.DataFrame:
    """Customer, moment and event, and if given channel, campaign and machine."""
    names = ["customer_id", "occurred_at", "event", "channel", "campaign", "machine"]
    width = max(map(len, lines))
    return pl.DataFrame(lines, schema=names[:width], orient="row")
