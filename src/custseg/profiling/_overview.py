"""All clustered customers together in one sentence, which is read before the segments are compared with each other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import numpy as np

from custseg._privacy import SMALLEST_GROUP, SMALLEST_TAIL, share_words
from custseg.profiling.markers._coverage import COVERED
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._terms import category_words
from custseg.profiling.naming._own_rhythm import SegmentRhythm
from custseg.profiling.naming._season_words import season_sentence
from custseg.texts import EXACT, LANGUAGES, amount, median_text, number, percent, text, value_text

# Days since the last order from which most customers have lapsed, up to which they may be active, and up to which
# people say "recently".
_LAPSED, _ACTIVE, _RECENT = 180, 60, 30
_YEAR = 365
_MAX_COLUMNS, _MAX_CATEGORIES = 5, 3


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
    if not columns and not any(name in statistics.counts for name in clustered_on):
        return {}
    telling = _telling(statistics, columns)
    telling += [name for name in clustered_on if name in statistics.counts]
    untold = [name for name in clustered_on or statistics.table.clustering_columns if name not in telling]
    return {language: _typical(statistics, telling, language, untold=untold) for language in LANGUAGES}


def _telling(statistics: ColumnStatistics, columns: Sequence[str]) -> list[str]:
    """The columns in which the segments differ most, in the order of the table."""
    n_segments = statistics.n_segments
    effects = {
        name: [effect for s in range(n_segments) if (effect := statistics.effect(name, s)) is not None]
        for name in columns
    }
    differences = {name: sum(abs(effect.value) for effect in values) for name, values in effects.items()}
    first = sorted(columns, key=lambda name: -differences[name])[:_MAX_COLUMNS]
    return [name for name in columns if name in first]


def _orders(statistics: ColumnStatistics, language: str) -> str:
    """How long ago most customers ordered, how many ordered once, what they spent, and the season of the base."""
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
    if SegmentRhythm(statistics).base_is_yearly:
        phrases.append(words["yearly"])
    return f"{', '.join(phrases)}. {season_sentence(statistics, language)}".rstrip()


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
    if state == "active" and median > _RECENT:
        state = "between"
    return str(words[state]).format(days=days)


def _typical(statistics: ColumnStatistics, columns: Collection[str], language: str, *, untold: Sequence[str]) -> str:
    """The medians of some columns with their ranges, the shares of those that have none, and which are left out."""
    words, table = text(language, "profiling", "overview"), statistics.table
    phrases: dict[str, list[str]] = {"typical": [], "medians": [], "shares": []}
    left_out = [table.phrase(name, language) for name in untold]
    for name in columns:
        if name in statistics.counts:
            if (shares := _categories(statistics, name, language)) is not None:
                phrases["shares"].append(shares)
            else:
                left_out.append(table.phrase(name, language))
            continue
        values, _ = statistics.clustered_values(name)
        if not statistics.is_flag(name):
            kind, phrase = _typical_value(statistics, name, language)
            phrases[kind].append(phrase)
        elif (share := share_words(int((values == 1).sum()), len(values), language)) is not None:
            phrases["shares"].append(words["flag"].format(table.phrase(name, language), share))
        else:
            left_out.append(table.phrase(name, language))
    sentences = [words[kind].format(", ".join(said)) for kind, said in phrases.items() if said]
    if len(left_out) > _MAX_COLUMNS:
        sentences.append(words["many_left_out"].format(number(len(left_out), language)))
    elif left_out:
        sentences.append(words["left_out"].format(", ".join(left_out)))
    return " ".join(sentences)


def _categories(statistics: ColumnStatistics, name: str, language: str) -> str | None:
    """The most frequent categories with their shares of the customers with a value; None where none may be shown."""
    words, counts = text(language, "profiling", "overview"), statistics.counts[name].sum(axis=0)
    frequent = [int(code) for code in np.argsort(-counts, kind="stable")[:_MAX_CATEGORIES]]
    values = statistics.table.categories[name].values
    unit = statistics.table.described[name].unit
    phrases = [
        words["category"].format(category_words(values[code], unit, language), share)
        for code in frequent
        if counts[code] >= SMALLEST_GROUP
        and (share := share_words(int(counts[code]), int(counts.sum()), language)) is not None
    ]
    label = statistics.table.phrase(name, language)
    return str(words["categories"]).format(label, ", ".join(phrases)) if phrases else None


def _typical_value(statistics: ColumnStatistics, name: str, language: str) -> tuple[str, str]:
    """The median with the 0.05 and 0.95 quantiles, which show the scale; the share of 0 or of a code most have.

    With it the kind of sentence to which it belongs.
    """
    words, table = text(language, "profiling", "overview"), statistics.table
    label, unit = table.phrase(name, language), table.described[name].unit
    values, codes = statistics.clustered_values(name)[0], statistics.codes(name)
    median = float(np.median(values))
    share = share_words(int((values == median).sum()), len(values), language)
    if median in codes and share is not None:
        return "shares", str(words["code"]).format(label, number(median, language, digits=EXACT), share)
    if median == 0 == values.min() and share is not None:
        return "shares", str(words["none"]).format(label, share)
    amounts = values[~np.isin(values, codes)]
    # Nobody is 3.95 years old where ages are whole.
    method: Literal["inverted_cdf", "linear"] = "inverted_cdf" if (amounts == np.floor(amounts)).all() else "linear"
    ends = np.quantile(amounts, (0.05, 0.95), method=method)
    low, middle, high = (median_text(float(value), unit, language) for value in (ends[0], np.median(amounts), ends[1]))
    if len(amounts) < SMALLEST_TAIL or low == high:
        return "medians", f"{label} {middle}"
    n_customers = int((statistics.labels >= 0).sum())
    filled = share_words(len(values), n_customers, language) if len(values) < COVERED * n_customers else None
    if filled is not None:
        return "typical", str(words["range_known"]).format(label, middle, low, high, filled)
    return "typical", str(words["range"]).format(label, middle, low, high)
