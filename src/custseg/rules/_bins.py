"""Columns cut into bins at round numbers: what rules choose among."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._arrays import Bools, Floats
from custseg._format import roundest, significant_digits
from custseg.rules._conditions import Term, numbers_of

Codes = NDArray[np.uint8]

FEWEST = 10
"""No threshold, category or rule rests on fewer customers."""

_CUTS = 40
_TAILS = (80, 160, 320, 640)
_PER_DIGIT = 0.1
_MOST_CATEGORIES = 20
_MOST_COMBINED = 8
_MOST_NAMED = 3


@dataclass(frozen=True, eq=False)
class Column:
    """A column as rules see it: a bin per value, and the sets of bins that a term may mean.

    Bins are the ranges between `cuts`, or the categories and one more bin for all others; the last bin is
    for missing values where there are any.

    Attributes
    ----------
    about : Term
        Name, kind and unit; the terms of this column are made from it.
    cuts : ndarray
        Thresholds of numbers, rising; a value equal to one lies above it.
    categories : tuple of str
        Those that may be named.
    gaps : bool
        Whether there are missing values.
    sets : ndarray of bool, shape (n_sets, n_bins)
        What a term may mean; the first is everything.
    costs : ndarray of shape (n_sets,)
        How much there is to say: 1 per bound or category, and a little for each further digit.
    parting : ndarray of int
        The sets that may part customers in two.
    """

    about: Term
    cuts: Floats
    categories: tuple[str, ...]
    gaps: bool
    sets: Bools
    costs: Floats
    parting: NDArray[np.intp]

    @property
    def n_bins(self) -> int:
        """How many bins there are."""
        return int(self.sets.shape[1])

    @cached_property
    def sums(self) -> Floats:
        """The sets as 0 and 1: times counts by bin they give the counts of each set."""
        return self.sets.astype(np.float64)

    def codes(self, column: nw.Series[Any]) -> Codes:
        """The bin of each value."""
        if self.about.kind == "category":
            words = column.cast(nw.String)
            codes = np.full(len(words), len(self.categories), dtype=np.uint8)
            for place, word in enumerate(self.categories):
                codes[(words == word).fill_null(False).to_numpy().astype(bool)] = place
            unknown = words.is_null().to_numpy().astype(bool)
        else:
            values = numbers_of(column)
            codes = np.searchsorted(self.cuts, values, side="right").astype(np.uint8)
            unknown = np.isnan(values)
        codes[unknown] = self.n_bins - 1
        return codes

    def term(self, meant: Bools) -> Term | None:
        """The bins as a term; None where every value is meant."""
        known = meant[:-1] if self.gaps else meant
        about = replace(self.about, missing=bool(self.gaps and meant[-1]))
        if known.all():
            return about if self.gaps and not about.missing else None
        if not known.any():
            return about
        if about.kind == "category":
            excluded = bool(known[-1])
            named = tuple(word for word, is_meant in zip(self.categories, known, strict=False) if is_meant != excluded)
            return replace(about, categories=named, excluded=excluded)
        first, last = np.flatnonzero(known)[[0, -1]]
        low = float(self.cuts[first - 1]) if first > 0 else None
        high = float(self.cuts[last]) if last < len(self.cuts) else None
        return replace(about, low=low, high=high)


def binned(name: str, column: nw.Series[Any], unit: str) -> Column | None:
    """The column in bins; None where it says nothing, or is neither number, flag nor text."""
    dtype = column.dtype
    if dtype.is_numeric():
        values = numbers_of(column)
        known = np.sort(values[np.isfinite(values)])
        whole = bool((known == np.floor(known)).all())
        about = Term(name, unit=unit, whole=whole)
        return _of_numbers(about, _cuts(known, whole), gaps=bool(np.isnan(values).any()))
    gaps = bool(column.is_null().any())
    if dtype == nw.Boolean:
        return _of_numbers(Term(name, kind="flag", whole=True), np.array([1.0]), gaps=gaps)
    if dtype in (nw.String, nw.Categorical, nw.Enum):
        return _of_words(Term(name, kind="category"), _frequent(column), gaps=gaps)
    return None


def _cuts(known: Floats, whole: bool) -> Floats:
    """Round thresholds between neighboring quantiles, each among at least ten values; finer in the tails."""
    tails = 1 / np.array(_TAILS)
    shares = np.concatenate([tails, np.arange(1, _CUTS) / _CUTS, 1 - tails, [1.0]])
    ends = [0]
    for place in np.unique(np.round(shares * max(len(known) - 1, 0)).astype(int)).tolist():
        if place - ends[-1] >= FEWEST:
            ends.append(place)
    between = zip(known[ends[:-1]].tolist(), known[ends[1:]].tolist(), strict=True)
    found = {roundest(low, high, whole=whole) for low, high in between}
    return np.array(sorted(cut for cut in found if cut is not None))


def _frequent(column: nw.Series[Any]) -> tuple[str, ...]:
    """The most frequent categories, of at least ten customers each, that print on one line."""
    counts = column.cast(nw.String).drop_nulls().value_counts(name="customers")
    counts = counts.filter(nw.col("customers") >= FEWEST)
    words, sizes = (counts.get_column(name).to_list() for name in counts.columns)
    ranked = sorted(zip(sizes, words, strict=True), key=lambda pair: (-pair[0], pair[1]))
    return tuple(word for _, word in ranked if word.isprintable())[:_MOST_CATEGORIES]


def _of_numbers(about: Term, cuts: Floats, *, gaps: bool) -> Column | None:
    """Every range between two cuts; to part in two, those below a cut."""
    width = len(cuts) + 1
    first, last = np.triu_indices(width)
    order = np.argsort(first - last, kind="stable")
    first, last = first[order], last[order]
    bins = np.arange(width)
    ranges = (bins >= first[:, None]) & (bins <= last[:, None])
    price = np.array([0.0, *(1 + _PER_DIGIT * (significant_digits(cut) - 1) for cut in cuts), 0.0])
    below = (first == 0) & (last < width - 1)
    return _column(Column(about, cuts, (), gaps, ranges, price[first] + price[last + 1], np.flatnonzero(below)))


def _of_words(about: Term, categories: tuple[str, ...], *, gaps: bool) -> Column | None:
    """Some of the categories, or all but these; to part in two, one of them."""
    k = len(categories)
    groups: list[tuple[int, ...]] = [(place,) for place in range(k)]
    for size in range(2, _MOST_NAMED + 1):
        groups += combinations(range(min(k, _MOST_COMBINED)), size)
    named = np.zeros((len(groups), k + 1), dtype=bool)
    for row, group in enumerate(groups):
        named[row, list(group)] = True
    sets = np.concatenate([np.ones((1, k + 1), dtype=bool), named, ~named])
    sizes = [float(len(group)) for group in groups]
    return _column(
        Column(about, np.array([]), categories, gaps, sets, np.array([0.0, *sizes, *sizes]), 1 + np.arange(k))
    )


def _column(known: Column) -> Column | None:
    """The column with a bin for missing values where there are any, each set with and without it."""
    if not known.gaps:
        return known if len(known.sets) > 1 else None
    n = len(known.sets)
    without, alone = np.zeros((n, 1), dtype=bool), np.zeros((1, known.n_bins + 1), dtype=bool)
    alone[0, -1] = True
    sets = np.concatenate(
        [np.hstack([known.sets, ~without]), np.hstack([known.sets, without]), alone],
    )
    more = np.where(np.arange(n) == 0, 0.0, known.costs + 1)
    less = np.where(np.arange(n) == 0, 1.0, known.costs)
    parting = np.concatenate([known.parting, known.parting + n, [2 * n]])
    return replace(known, sets=sets, costs=np.concatenate([more, less, [1.0]]), parting=parting)
