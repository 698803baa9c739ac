"""Words of segment names in each language, and the bounds within which they are used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from custseg.profiling.measures._terms import Term
from custseg.profiling.naming._levels import Level
from custseg.texts import LANGUAGES, text

Words = Mapping[str, str]
"""A text by language."""

MAIN = ("recency_days", "order_count", "revenue")
"""The features that a name mentions first, in this order."""

# Largest value that is low, and smallest one that is high, in human terms: an order two months ago is recent, one four
# months ago is not. Other features are low or high beside the median alone.
_LOW_LIMITS = {
    "recency_days": 60, "order_count": 3, "age_days": 120, "discount_share": 0.1, "return_share": 0.05, "trend": -0.2,
    "overdue_ratio": 1, "days_since_click": 60, "days_since_visit": 30, "cart_abandon_rate": 0.3,
}  # fmt: skip
_HIGH_LIMITS = {
    "recency_days": 120, "order_count": 5, "age_days": 365, "discount_share": 0.4, "peak_share": 0.5,
    "return_share": 0.2, "trend": 0.2, "overdue_ratio": 1.5, "days_since_click": 120, "days_since_visit": 90,
    "cart_abandon_rate": 0.5,
}  # fmt: skip
_AVERAGE_QUANTILES = (0.15, 0.85)


class Wording(NamedTuple):
    """Words, the terms that most members of the segment must meet, and what they say of the column (`Trait.kind`)."""

    words: Words
    terms: tuple[Term, ...]
    kind: str


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


def own_words(feature: str, direction: int | None, *, quantiles: Mapping[float, float]) -> list[Wording]:
    """What a feature with words of its own can be called, the more telling first.

    Low and high (`direction` -1 and 1) are absolute where the feature has a limit: only below it are orders "few".
    Otherwise, and where the limit does not hold, they compare with the median of all customers. Without a direction
    (0: like the others; None: unsure) the absolute words of recency and orders come first as well: where nobody has
    ordered for a year, that is not "average".
    """
    median = quantiles[0.5]
    low = _wording(feature, "low", Term(feature, "<=", _LOW_LIMITS[feature])) if feature in _LOW_LIMITS else []
    high = _wording(feature, "high", Term(feature, ">=", _HIGH_LIMITS[feature])) if feature in _HIGH_LIMITS else []
    absolute = high + low if feature in MAIN else []
    if direction is None:
        return absolute
    if direction < 0:
        # More recent than most, and yet away for long.
        lapsed = _wording(
            feature, "lapsed", Term(feature, ">=", _HIGH_LIMITS.get(feature, 0.0)), Term(feature, "<", median)
        )
        return low + lapsed + _wording(feature, "lower" if low else "low", Term(feature, "<", median))
    if direction > 0:
        # A high number needs more than nothing: 0 is the median of money that few spend.
        # Where most have been away for long, these have been for longest.
        lapsed = _wording(feature, "lapsed_earlier", Term(feature, ">", median)) if _is_high(feature, median) else []
        return high + lapsed + _wording(feature, "higher" if high else "high", Term(feature, ">", max(median, 0.0)))
    first, last = (quantiles[quantile] for quantile in _AVERAGE_QUANTILES)
    return absolute + _wording(feature, "average", Term(feature, ">=", first), Term(feature, "<=", last))


_KINDS = {"low": "low", "lower": "low", "average": "middle"}


def _is_high(feature: str, value: float) -> bool:
    return feature in _HIGH_LIMITS and value >= _HIGH_LIMITS[feature]


def _wording(feature: str, level: str, *terms: Term) -> list[Wording]:
    """The words for a level with their terms; none where the catalogs have no words."""
    has_words = level in text("en", "profiling", "traits", feature)
    return [Wording(in_each_language("traits", feature, level), terms, _KINDS.get(level, "high"))] if has_words else []


def level_words(label: Words, level: Level, feature: str) -> Wording:
    """The words for one of several levels of a column, lowest first: "lowest income" to "highest income"."""
    words = {}
    for language in LANGUAGES:
        forms = text(language, "profiling", "levels")
        has_words = str(level.n_levels) in forms
        form = forms[str(level.n_levels)][level.position] if has_words else forms["step"]
        words[language] = form.format(label[language], position=level.position + 1, total=level.n_levels)
    side = 2 * level.position - (level.n_levels - 1)
    return Wording(words, level.terms(feature), "low" if side < 0 else "high" if side > 0 else "middle")
