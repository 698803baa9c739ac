"""The groups of an attribute: its categories, or bands of its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._column_kinds import flags_of
from custseg._numerics import Floats, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.texts import number, printable

_MOST_VALUES = 6
"""Numbers of so many distinct values, such as children in the family, are groups of their own."""

_QUARTERS = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Groups:
    """The groups of one attribute.

    Attributes
    ----------
    names : tuple of str
        What they are called.
    codes : ndarray of int, shape (n_customers,)
        The group of each customer.
    """

    names: tuple[str, ...]
    codes: Integers


def groups_of(
    values: nw.Series[Any], *, bands: Sequence[float] | None, words: Mapping[str, str], language: str
) -> Groups:
    """The groups of a column, those of fewer than ten customers as one.

    Numbers of more than six values are cut at `bands`, by default at their quartiles. Customers without a value are a
    group of their own.
    """
    if bands is None and (flags := flags_of(values)) is not None and values.dtype != nw.String:
        answers = {True: words["yes"], False: words["no"], None: words["unknown"]}
        texts = [answers[flag] for flag in flags]
        return _pooled(texts, [words["yes"], words["no"], words["unknown"]], words)
    if values.dtype.is_numeric():
        numbers = values.cast(nw.Float64).fill_null(float("nan")).to_numpy()
        return _of_numbers(numbers, bands, words, language=language)
    texts = [words["unknown"] if value is None else printable(str(value)) for value in values.to_list()]
    distinct = sorted(set(texts) - {words["unknown"]})
    return _pooled(texts, [*distinct, words["unknown"]], words)


def _of_numbers(numbers: Floats, bands: Sequence[float] | None, words: Mapping[str, str], *, language: str) -> Groups:
    present = numbers[~np.isnan(numbers)]
    distinct = np.unique(present)
    if bands is None and len(distinct) <= _MOST_VALUES:
        names = [number(float(value), language) for value in distinct]
        codes = np.searchsorted(distinct, numbers)
    else:
        cuts = np.unique(np.quantile(present, _QUARTERS, method="inverted_cdf")) if bands is None else np.array(bands)
        names = _band_names([number(float(cut), language) for cut in cuts], words)
        codes = np.searchsorted(cuts, numbers, side="right")
    codes = np.where(np.isnan(numbers), len(names), codes)
    names = [*names, words["unknown"]]
    return _pooled([names[code] for code in codes], names, words)


def _band_names(cuts: Sequence[str], words: Mapping[str, str]) -> list[str]:
    """Under the first cut, from each to under the next, and from the last on."""
    if not cuts:
        return [words["all"]]
    middle = [words["band"].format(low=low, high=high) for low, high in pairwise(cuts)]
    return [words["under"].format(high=cuts[0]), *middle, words["from"].format(low=cuts[-1])]


def _pooled(texts: Sequence[str], names: Sequence[str], words: Mapping[str, str]) -> Groups:
    """The groups in the order of the names; those of fewer than ten customers are one, at the end."""
    counts = dict.fromkeys(names, 0)
    for text in texts:
        counts[text] += 1
    large = [name for name in names if counts[name] >= SMALLEST_GROUP]
    has_others = any(0 < count < SMALLEST_GROUP for count in counts.values())
    position = {name: index for index, name in enumerate(large)}
    codes = np.array([position.get(text, len(large)) for text in texts], dtype=np.int64)
    return Groups((*large, words["others"]) if has_others else tuple(large), codes)
