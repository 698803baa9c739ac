"""Words of segment names in each language, and the medians at which "few" is said instead of "fewer than most"."""

from __future__ import annotations

from collections.abc import Mapping

from custseg.texts import LANGUAGES, text

Words = Mapping[str, str]
"""A text by language."""

MAIN = ("recency_days", "order_count", "revenue")
"""The features that a name mentions first, in this order."""

_LOW_LIMITS = {
    "recency_days": 90, "order_count": 4, "age_days": 120, "discount_share": 0.1, "return_share": 0.05, "trend": -0.2,
    "overdue_ratio": 1, "days_since_click": 60, "days_since_visit": 30, "cart_abandon_rate": 0.3,
}  # fmt: skip
_HIGH_LIMITS = {
    "recency_days": 60, "order_count": 4, "age_days": 180, "discount_share": 0.4, "peak_share": 0.5,
    "return_share": 0.2, "trend": 0.2, "overdue_ratio": 1.5, "days_since_click": 60, "days_since_visit": 60,
    "cart_abandon_rate": 0.5,
}  # fmt: skip


def in_each_language(*keys: str) -> Words:
    """The entry of every catalog under `profiling`."""
    return {language: text(language, "profiling", *keys) for language in LANGUAGES}


UNCLUSTERED = {
    key: in_each_language("names", key)
    for key in ("prospects", "inactive", "no_data", "unclustered", "returned", "returned_in_window")
}
"""Names of the rows of customers that are in no segment."""

TRAITS = frozenset(text("en", "profiling", "traits"))
"""Features with words of their own for low and high values."""


def average_words(feature: str) -> Words | None:
    """What an average value of the feature is called; None where it has no name."""
    has_word = feature in TRAITS and "average" in text("en", "profiling", "traits", feature)
    return in_each_language("traits", feature, "average") if has_word else None


def low_words(feature: str, median: float) -> Words:
    """What low values are called: "few" where the median is low in itself, else "fewer than most"."""
    level = "low" if median <= _LOW_LIMITS.get(feature, median) else "lower"
    return in_each_language("traits", feature, level)


def high_words(feature: str, median: float) -> Words:
    """What high values are called: "many" where the median is high in itself, else "more than most"."""
    level = "high" if median >= _HIGH_LIMITS.get(feature, median) else "higher"
    return in_each_language("traits", feature, level)
