"""Names of the features that the library computes: a play or archetype may speak of one that a table lacks."""

from __future__ import annotations

import re

_FIXED = frozenset({
    "recency_days", "age_days", "order_count", "order_days", "revenue", "order_value", "order_value_shrunk",
    "orders_per_30d", "recency_span_days", "repeat_count", "repeat_value", "gap_days_mean", "gap_cv",
    "expected_gap_days", "overdue_ratio", "trend", "peak_share", "discount_share", "discount_depth",
    "return_share", "preferred_channel", "first_source", "last_source", "emails_delivered", "emails_opened",
    "emails_clicked", "open_rate", "click_rate", "click_to_open", "open_rate_shrunk", "click_rate_shrunk",
    "click_to_open_shrunk", "open_rate_above_half", "days_since_click", "send_pressure_7d", "send_pressure_28d",
    "send_pressure_ratio", "unsubscribed", "complained", "bounced", "contactable_email", "sessions",
    "active_days", "active_day_share", "session_depth", "days_since_visit", "cart_abandon_rate", "funnel_stage",
    "funnel_step", "days_in_stage", "engagement", "engagement_email", "engagement_web", "engagement_orders",
    "age_years", "age_band",
})  # fmt: skip
# Named after a channel, a product group or a date of the data.
_OF_THE_DATA = re.compile(r"(consent|contactable|days_since)_.+|.+_share_.+|.+_(top|diversity)")


def is_family_name(name: str) -> bool:
    """Whether some feature family gives a column this name."""
    return name in _FIXED or _OF_THE_DATA.fullmatch(name) is not None
