"""Columns in bins with round thresholds, and the sets of bins that a condition may select."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._numerics import Bools, Floats, Integers
from custseg._privacy import SMALLEST_GROUP, frequent_categories
from custseg.rules._conditions import Condition, numbers_of
from custseg.texts import POINTS, SMALLEST_POINTS, roundest, significant_digits

Codes = NDArray[np.uint8]

_N_CUTS = 40
_TAIL_FRACTIONS = (80, 160, 320, 640)
_COST_PER_DIGIT = 0.1
_MAX_COMBINED = 8
_MAX_NAMED = 3
_SAID_DIGITS = 2
# So many different values or fewer are said as they are.
_FEW_VALUES = 12


@dataclass(frozen=True, eq=False)
class Column:
    """A column in bins, with the sets of bins that a condition may select.

    Bins are the ranges between `cuts`, or the categories and one bin for all others; the last bin is for missing
    values where there are any.

    Attributes
    ----------
    template : Condition
        Name, kind and unit; conditions on this column are copies of it.
    cuts : ndarray
        Sorted thresholds of numbers; a value equal to one belongs to the bin above it.
    categories : tuple of str
        The categories that may be named.
    has_missing : bool
        Whether values are missing.
    sets : ndarray of bool, shape (n_sets, n_bins)
        The bins of each set; the first set has all bins.
    costs : ndarray of shape (n_sets,)
        Complexity of each set: 1 per bound or category, and 0.1 for each further digit.
    splits : ndarray of int
        Indexes of the sets by which a tree may split customers in two.
    """

    template: Condition
    cuts: Floats
    categories: tuple[str, ...]
    has_missing: bool
    sets: Bools
    costs: Floats
    splits: Integers

    @property
    def n_bins(self) -> int:
        """Number of bins."""
        return int(self.sets.shape[1])

    @cached_property
    def sums(self) -> Floats:
        """The sets as 0 and 1: their product with counts by bin is the counts by set."""
        return self.sets.astype(np.float64)

    def codes(self, column: nw.Series[Any]) -> Codes:
        """The bin of each value."""
        if self.template.kind == "category":
            values = column.cast(nw.String)
            codes = np.full(len(values), len(self.categories), dtype=np.uint8)
            for index, category in enumerate(self.categories):
                codes[(values == category).fill_null(False).to_numpy().astype(bool)] = index
            missing = values.is_null().to_numpy().astype(bool)
        else:
            numbers = numbers_of(column)
            codes = np.searchsorted(self.cuts, numbers, side="right").astype(np.uint8)
            missing = np.isnan(numbers)
        codes[missing] = self.n_bins - 1
        return codes

    def condition(self, bins: Bools) -> Condition | None:
        """The condition that selects these bins; None where it would select every value."""
        present = bins[:-1] if self.has_missing else bins
        template = replace(self.template, missing=bool(self.has_missing and bins[-1]))
        if present.all():
            return template if self.has_missing and not template.missing else None
        if not present.any():
            return template
        if template.kind == "category":
            excluded = bool(present[-1])
            named = tuple(
                category for category, selected in zip(self.categories, present, strict=False) if selected != excluded
            )
            return replace(template, categories=named, excluded=excluded)
        first, last = np.flatnonzero(present)[[0, -1]]
        low = float(self.cuts[first - 1]) if first > 0 else None
        high = float(self.cuts[last]) if last < len(self.cuts) else None
        return replace(template, low=low, high=high)


def binned(described: Condition, column: nw.Series[Any], *, as_question: bool = False) -> Column | None:
    """The column in bins; None where it does not vary, or holds neither numbers, booleans nor text.

    As a question to people, it has a bin for no answer also where no value is missing, and thresholds of two
    significant digits.
    """
    dtype = column.dtype
    if dtype.is_numeric():
        values = numbers_of(column)
        finite = np.sort(values[np.isfinite(values)])
        is_whole = bool((finite == np.floor(finite)).all())
        is_binary = is_whole and len(finite) > 0 and finite[0] == 0 and finite[-1] == 1
        # An end that few customers have would disclose their value; whole numbers are bounds themselves.
        are_shared = len(finite) > 0 and min((finite == end).sum() for end in finite[[0, -1]]) >= SMALLEST_GROUP
        ends = (float(finite[0]), float(finite[-1])) if len(finite) and (is_whole or are_shared) else None
        few = () if as_question or not is_whole else _shared_values(finite)
        template = replace(described, whole=is_whole, ends=ends, values=few, binary=bool(is_binary))
        cuts = _cuts(finite, is_whole, unit=template.unit)
        if as_question:
            cuts = cuts[[significant_digits(cut) <= _SAID_DIGITS for cut in cuts.tolist()]]
        of_column = _of_numbers(template, cuts, has_missing=as_question or bool(np.isnan(values).any()))
    elif dtype == nw.Boolean:
        has_missing = as_question or bool(column.is_null().any())
        of_column = _of_numbers(replace(described, kind="flag", whole=True), np.array([1.0]), has_missing=has_missing)
    elif dtype in (nw.String, nw.Categorical, nw.Enum):
        categories = frequent_categories(column, printable=True)
        template = replace(described, kind="category")
        has_missing = as_question or bool(column.is_null().any())
        of_column = _of_categories(template, categories, has_missing=has_missing)
    else:
        return None
    return None if of_column is None else _without_small_sets(of_column, column)


def _shared_values(values: Floats) -> tuple[float, ...]:
    """The different values where they are few and ten customers or more have each; else none."""
    distinct, counts = np.unique(values, return_counts=True)
    is_few = 0 < len(distinct) <= _FEW_VALUES and counts.min() >= SMALLEST_GROUP
    return tuple(distinct.tolist()) if is_few else ()


def _cuts(ordered: Floats, is_whole: bool, *, unit: str) -> Floats:
    """Round thresholds between neighboring quantiles, finer in the tails; none of points that are too few to be said.

    No threshold has fewer than ten values on either side; the quantiles, except for the last, are ten values apart.
    """
    lowest, highest = SMALLEST_GROUP - 1, len(ordered) - SMALLEST_GROUP
    if lowest > highest:
        return np.array([])
    tails = 1 / np.array(_TAIL_FRACTIONS)
    shares = np.concatenate([tails, np.arange(1, _N_CUTS) / _N_CUTS, 1 - tails])
    ranks = np.unique(np.round(shares * (len(ordered) - 1)).astype(int))
    ends = [lowest]
    for index in [*ranks[ranks < highest].tolist(), highest]:
        if index - ends[-1] >= SMALLEST_GROUP or index == highest > ends[-1]:
            ends.append(index)
    between = zip(ordered[ends[:-1]].tolist(), ordered[ends[1:]].tolist(), strict=True)
    cuts = {roundest(low, high, whole=is_whole) for low, high in between}
    smallest = SMALLEST_POINTS if unit == POINTS else 0.0
    return np.array(sorted(cut for cut in cuts if cut is not None and not 0 < cut < smallest))


def _of_numbers(template: Condition, cuts: Floats, *, has_missing: bool) -> Column | None:
    """Sets of all ranges between two cuts; a split has the values below a cut on one side."""
    width = len(cuts) + 1
    first, last = np.triu_indices(width)
    order = np.argsort(first - last, kind="stable")
    first, last = first[order], last[order]
    bins = np.arange(width)
    ranges = (bins >= first[:, None]) & (bins <= last[:, None])
    cut_costs = np.array([0.0, *(1 + _COST_PER_DIGIT * (significant_digits(cut) - 1) for cut in cuts), 0.0])
    below = (first == 0) & (last < width - 1)
    return _with_missing(
        Column(template, cuts, (), has_missing, ranges, cut_costs[first] + cut_costs[last + 1], np.flatnonzero(below))
    )


def _of_categories(template: Condition, categories: tuple[str, ...], *, has_missing: bool) -> Column | None:
    """Sets of up to three categories, and their complements; a split has one category on one side."""
    k = len(categories)
    groups: list[tuple[int, ...]] = [(index,) for index in range(k)]
    for size in range(2, _MAX_NAMED + 1):
        groups += combinations(range(min(k, _MAX_COMBINED)), size)
    named = np.zeros((len(groups), k + 1), dtype=bool)
    for row, group in enumerate(groups):
        named[row, list(group)] = True
    sets = np.concatenate([np.ones((1, k + 1), dtype=bool), named, ~named])
    sizes = [float(len(group)) for group in groups]
    costs = np.array([0.0, *sizes, *sizes])
    return _with_missing(Column(template, np.array([]), categories, has_missing, sets, costs, 1 + np.arange(k)))


def _without_small_sets(column: Column, values: nw.Series[Any]) -> Column | None:
    """The column without sets that fewer than ten customers are in, or outside of; None where only one is left.

    A condition that sets a few customers apart would tell their values.
    """
    counts = np.bincount(column.codes(values), minlength=column.n_bins).astype(np.float64)
    inside = column.sums @ counts
    is_shown = np.minimum(inside, counts.sum() - inside) >= SMALLEST_GROUP
    is_shown[0] = True
    if is_shown.sum() < 2:
        return None
    positions = np.cumsum(is_shown) - 1
    splits = column.splits[is_shown[column.splits]]
    return replace(column, sets=column.sets[is_shown], costs=column.costs[is_shown], splits=positions[splits])


def _with_missing(column: Column) -> Column | None:
    """The column with a bin for missing values where there are any, and each set with and without that bin."""
    if not column.has_missing:
        return column if len(column.sets) > 1 else None
    n = len(column.sets)
    excluded, only_missing = np.zeros((n, 1), dtype=bool), np.zeros((1, column.n_bins + 1), dtype=bool)
    only_missing[0, -1] = True
    sets = np.concatenate(
        [np.hstack([column.sets, ~excluded]), np.hstack([column.sets, excluded]), only_missing],
    )
    with_missing = np.where(np.arange(n) == 0, 0.0, column.costs + 1)
    without_missing = np.where(np.arange(n) == 0, 1.0, column.costs)
    splits = np.concatenate([column.splits, column.splits + n, [2 * n]])
    return replace(column, sets=sets, costs=np.concatenate([with_missing, without_missing, [1.0]]), splits=splits)
