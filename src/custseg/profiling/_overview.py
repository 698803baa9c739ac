"""All clustered customers together in one sentence, which is read before the segments are compared with each other."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from custseg._privacy import SMALLEST_GROUP, share_words
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.naming._own_rhythm import SegmentRhythm
from custseg.texts import LANGUAGES, amount, percent, text, value_text

# Days since the last order from which most customers have lapsed, and up to which they are active.
_LAPSED, _ACTIVE = 180, 60
_YEAR = 365
_MAX_COLUMNS = 5


def overview(statistics: ColumnStatistics, clustered_on: Collection[str]) -> dict[str, str]:
    """The customers in segments as a whole, by language; empty for fewer than 10."""
    inside = statistics.labels >= 0
    if int(inside.sum()) < SMALLEST_GROUP:
        return {}
    if all(
        name in statistics.ranked and statistics.ranked[name].counts.any() for name in ("recency_days", "order_count")
    ):
        return {language: _orders(statistics, language) for language in LANGUAGES}
    columns = [
        name
        for name in clustered_on or statistics.table.clustering_columns
        if name in statistics.ranked and statistics.ranked[name].counts.sum() >= SMALLEST_GROUP
    ]
    if not columns:
        return {}
    return {language: _typical(statistics, columns, language) for language in LANGUAGES}


def _orders(statistics: ColumnStatistics, language: str) -> str:
    """How long ago most customers ordered, how many ordered once, and what they spent."""
    words = text(language, "profiling", "overview")
    recency, _ = statistics.clustered_values("recency_days")
    orders, _ = statistics.clustered_values("order_count")
    phrases = [_activity(statistics, float(np.median(recency)), language)]
    n_one = int((orders == 1).sum())
    if n_one == len(orders):
        phrases.append(words["all_one_order"])
    elif n_one >= SMALLEST_GROUP:
        phrases.append(words["one_order"].format(percent(n_one / len(orders), language)))
    if "revenue" in statistics.ranked:
        revenue, _ = statistics.clustered_values("revenue")
        phrases.append(words["revenue"].format(value_text(float(np.median(revenue)), "money", language)))
    return f"{', '.join(phrases)}."


def _activity(statistics: ColumnStatistics, median: float, language: str) -> str:
    """How long ago most customers ordered: by their own rhythm where it says something else than the days."""
    words, rhythm = text(language, "profiling", "overview"), SegmentRhythm(statistics)
    n_customers = int(statistics.sizes().sum())
    state = "lapsed" if median >= _LAPSED else "active" if median <= _ACTIVE else "between"
    days = amount(round(median), "days", language)
    by_rhythm = {"lapsed": (rhythm.base_keeps, "in_rhythm", rhythm.n_within),
                 "active": (rhythm.base_is_late, "late", rhythm.n_late)}  # fmt: skip
    if state in by_rhythm:
        is_most, key, counts = by_rhythm[state]
        share = share_words(int(counts.sum()), n_customers, language) if is_most else None
        if share is not None:
            return str(words[key]).format(days=days, share=share)
    if state == "lapsed" and not rhythm.base_has_lapsed:
        recency, _ = statistics.clustered_values("recency_days")
        share = share_words(int((recency > _YEAR).sum()), n_customers, language) if median > _YEAR else None
        if share is not None:
            return str(words["away"]).format(days=days, share=share)
        state = "between"
    return str(words[state]).format(days=days)


def _typical(statistics: ColumnStatistics, columns: Collection[str], language: str) -> str:
    """The medians of some columns; of columns of 0 and 1 the share of 1, and where most have 0 the share of these."""
    words, table = text(language, "profiling", "overview"), statistics.table
    phrases = []
    for name in list(columns)[:_MAX_COLUMNS]:
        values, _ = statistics.clustered_values(name)
        label, unit = table.phrase(name, language), table.described[name].unit
        median, counts = float(np.median(values)), (int((values == 1).sum()), int((values == 0).sum()))
        share_of_one, share_of_none = (share_words(count, len(values), language) for count in counts)
        if statistics.is_flag(name):
            phrases += [words["flag"].format(label, share_of_one)] if share_of_one is not None else []
        elif median == 0 == values.min() and share_of_none is not None:
            phrases.append(words["none"].format(label, share_of_none))
        else:
            phrases.append(f"{label} {value_text(median, unit, language)}")
    return str(words["typical"]).format(", ".join(phrases))
