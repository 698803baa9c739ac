"""Words of segment names in each language, and the bounds within which they are used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from custseg._numerics import Floats
from custseg.profiling.measures._terms import Term
from custseg.texts import LANGUAGES, text

Words = Mapping[str, str]
"""A text by language."""

MAIN = ("recency_days", "order_count", "revenue")
"""The features that a name mentions first, in this order."""

TIME = "time"
"""The `Trait.scale` of the time since something."""

# Largest value that is low, and smallest one that is high, in human terms: an order two months ago is recent, one four
# months ago is not. Other features are low or high beside the median alone.
_LOW_LIMITS = {
    "recency_days": 60, "order_count": 3, "age_days": 120, "discount_share": 0.1, "return_share": 0.05, "trend": -0.2,
    "overdue_ratio": 1, "days_since_click": 60, "days_since_visit": 30, "cart_abandon_rate": 0.3,
}  # fmt: skip
_HIGH_LIMITS = {
    "recency_days": 120, "order_count": 5, "age_days": 365, "discount_share": 0.4, "peak_share": 0.5,
    "return_share": 0.2, "trend": 0.2, "overdue_ratio": 1.5, "days_since_click": 120, "days_since_visit": 90,
    "cart_abandon_rate": 0.5, "season_share": 0.8,
}  # fmt: skip
_AWAY = "recency_days"

_DECISIVE = 0.9
"""A word with this difference of shares is nearly the segment itself."""


class Wording(NamedTuple):
    """Words, the terms that most members of the segment must meet, and what they say of the column (`Trait.kind`).

    `order` says how high the words sound: -1 lowest, 1 highest, comparisons with most customers near 0; None where
    words say no height. `is_bound` says that they are bounds in numbers, `is_end` that they are the lowest or highest
    of several on their side.
    """

    words: Words
    terms: tuple[Term, ...]
    kind: str
    order: float | None = None
    is_bound: bool = False
    is_end: bool = False


@dataclass(frozen=True)
class Trait:
    """Words of a name, and the condition that most members of the segment meet.

    Attributes
    ----------
    feature : str
        The feature.
    words : mapping of str to str
        The words by language.
    terms : tuple of Term
        The condition: all of these comparisons.
    condition : mapping of str to str
        The condition as text by language.
    members, others : float
        Share of the members, at least 0.6, and of all other clustered customers that meet the condition.
    is_clear : bool
        Whether it sets the segment apart: at least a medium effect whose interval excludes 0. Otherwise it is only
        true of the segment, such as "middling income".
    strength : float
        How much the segment differs from the others in the column: words are ordered by it.
    position : int
        Position of the column in the table.
    is_secondary : bool
        Whether the column gives words only where others do not suffice: a descriptor, or beside orders a column
        without words of its own.
    kind : str
        What it says of the column: "low", "middle", "high", "yes", "no", "missing", "category" or "other_category".
    scale : str
        "score" of recency, frequency or money, with the best highest; "rating" of several on one scale; "time" since
        something in a given table; "years" of the calendar; else empty.
    order : float or None
        How high the words sound, see `Wording`.
    is_descriptive : bool
        Whether the column says who somebody is, such as age or region, or since when, rather than what they do.
    is_bound : bool
        Whether the words are bounds in numbers, such as "revenue at least 415".
    label : mapping of str to str
        The name of the column by language.
    is_end : bool
        Whether they are the lowest or highest of several on their side, such as "lowest income" beside "low income".
    lengths : mapping of str to int
        Characters of the words by language, of which the label of the column counts as many as its name has, at most
        10: neither long names of columns nor the labels of one language choose the traits.
    """

    feature: str
    words: Words
    terms: tuple[Term, ...]
    condition: Words
    members: float
    others: float
    is_clear: bool
    strength: float
    position: int
    is_secondary: bool = False
    kind: str = ""
    scale: str = ""
    order: float | None = None
    is_descriptive: bool = False
    is_bound: bool = False
    label: Words = field(default_factory=dict)
    is_end: bool = False
    lengths: Mapping[str, int] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        """How much larger a part of the members than of the others meets the condition."""
        return self.members - self.others

    @property
    def says_numbers(self) -> bool:
        """Whether the words are bounds in numbers, such as "visits 5–9": the description says the same ones."""
        is_number = all(
            isinstance(term.value, (int, float)) and term.operator in (">=", "<", "==") for term in self.terms
        )
        said = (words.replace(self.label.get(language, self.feature), "") for language, words in self.words.items())
        return is_number and any(mark.isdigit() for words in said for mark in words)

    @property
    def is_comparison(self) -> bool:
        """Whether the words compare with most customers alone: "joined later than most"."""
        return self.order is not None and abs(self.order) == COMPARED

    @property
    def is_decisive(self) -> bool:
        """Whether nearly all members meet the condition, and hardly any others."""
        return self.gap >= _DECISIVE


COMPARED = 0.1
"""How high "higher than most" sounds: a little more than the middle, and less than any "high"."""


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


class Standing(NamedTuple):
    """How a segment stands beside the others in a column.

    `matters` says whether its median differs from that of all by enough to compare them, `is_exceeded` whether another
    segment has clearly more of the column, `top` the bound above which this segment alone is; `in_rhythm` that most
    members order as often as they used to.
    """

    matters: bool = True
    is_exceeded: bool = False
    top: float | None = None
    in_rhythm: bool = False


def own_words(
    feature: str, direction: int | None, *, quantiles: Mapping[float, float], standing: Standing
) -> list[Wording]:
    """What a feature with words of its own can be called, the more telling first.

    Low and high (`direction` -1 and 1) are absolute where the feature has a limit: only below it are orders "few".
    Otherwise, and where the limit does not hold, they compare with the median of all customers where the catalogs have
    words for that; of others a range says more. Without a direction (0: like the others; None: unsure) only the
    absolute words of recency, orders and money are said: where nobody has ordered for a year, all have been away for
    long. Who keeps to an own rhythm has not been, whatever the days.
    """
    median = quantiles[0.5]
    low = _wording(feature, "low", Term(feature, "<=", _LOW_LIMITS[feature])) if feature in _LOW_LIMITS else []
    is_away = not (feature == _AWAY and standing.in_rhythm)
    high = _wording(feature, "high", Term(feature, ">=", _HIGH_LIMITS[feature])) if feature in _HIGH_LIMITS else []
    absolute = (high if is_away else []) + low if feature in MAIN else []
    if direction:
        compared = _lower(feature, median) if direction < 0 else _higher(feature, median, standing)
        words = compared if standing.matters else []
        return [*(low if direction < 0 else high if is_away else []), *words]
    return absolute


def _lower(feature: str, median: float) -> list[Wording]:
    """Lower than most customers; low without a limit of its own."""
    return _wording(feature, "lower" if feature in _LOW_LIMITS else "low", Term(feature, "<", median))


def _higher(feature: str, median: float, standing: Standing) -> list[Wording]:
    """Higher than most customers; high without a limit of its own.

    A high number needs more than nothing: 0 is the median of money that few spend. No money is high where another
    segment has clearly more.
    """
    term = Term(feature, ">", max(median, 0.0))
    if feature in _HIGH_LIMITS or standing.is_exceeded:
        return _wording(feature, "higher", term)
    is_alone = standing.top is not None and standing.top > max(median, 0.0)
    return _wording(feature, "high", Term(feature, ">=", standing.top) if is_alone else term)


_KINDS = {"low": "low", "lower": "low"}
_ORDERS = {"low": -1.0, "lower": -COMPARED, "higher": COMPARED, "high": 1.0}


def low_limit(feature: str) -> float:
    """The largest value that is low in human terms."""
    return float(_LOW_LIMITS[feature])


def high_limit(feature: str) -> float:
    """The smallest value that is high in human terms."""
    return float(_HIGH_LIMITS[feature])


def is_high(feature: str, value: float) -> bool:
    """Whether a value is high in human terms."""
    return feature in _HIGH_LIMITS and value >= _HIGH_LIMITS[feature]


def _wording(feature: str, level: str, *terms: Term) -> list[Wording]:
    """The words for a level with their terms; none where the catalogs have no words."""
    if level not in text("en", "profiling", "traits", feature):
        return []
    return [Wording(in_each_language("traits", feature, level), terms, _KINDS.get(level, "high"), _ORDERS[level])]


def in_order(words: Sequence[Sequence[Trait]], medians: Floats) -> list[list[Trait]]:
    """The words of one column for each segment that sound in the order of the medians.

    Of words that do not, comparisons with most customers are left out first, then the middle, then any.
    """
    ordered = [list(traits) for traits in words]
    for limit in (COMPARED, 0.5, np.inf):
        orders = [
            (row, trait.order) for row, traits in enumerate(ordered) for trait in traits if trait.order is not None
        ]
        wrong = {
            pair
            for first in orders
            for second in orders
            if first[1] < second[1] and medians[first[0]] > medians[second[0]]
            for pair in (first, second)
            if abs(pair[1]) <= limit
        }
        ordered = [[trait for trait in traits if (row, trait.order) not in wrong] for row, traits in enumerate(ordered)]
    return ordered


def rank(trait: Trait) -> tuple[bool, float, bool, bool, float]:
    """What hardly any others have first, then the strongest.

    Of about equal ones recency, orders and money, and what is more than a comparison.
    """
    is_special = trait.is_decisive and not trait.is_comparison
    return not is_special, -round(trait.strength, 1), trait.feature not in MAIN, trait.is_comparison, -trait.strength
