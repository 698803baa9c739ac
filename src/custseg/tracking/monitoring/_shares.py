"""Shares of customers at a fit and now, bin by bin, and the difference between them in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._numerics import Floats
from custseg._privacy import SMALLEST_GROUP
from custseg.model import CategoryReference, ColumnReference, category_counts
from custseg.texts import LANGUAGES, amount, percent, printable, text

Words = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True, eq=False)
class Compared:
    """How many customers are in each bin.

    Attributes
    ----------
    before, after : ndarray of shape (n_bins,)
        Customers at the fit and now; those at the fit are shares times their number.
    words : tuple of mapping
        What each bin is called, by language; for ordered bins "up to ..." of the upper edge.
    is_ordered : bool
        Whether all but the last bin, of missing values, are in increasing order.
    """

    before: Floats
    after: Floats
    words: tuple[Words, ...]
    is_ordered: bool = False

    def largest_difference(self) -> tuple[Words, float, float]:
        """Where the shares differ most: the words, the share at the fit and the share now.

        Of ordered bins, that is the value up to which the shares of customers differ most.
        """
        before, now = self.before / self.before.sum(), self.after / self.after.sum()
        if self.is_ordered:
            before[:-1], now[:-1] = np.cumsum(before[:-1]), np.cumsum(now[:-1])
        # Of two bins, the one that has grown: the differences are equal but for rounding.
        difference = (now - before).round(9)
        index = int(np.lexsort((difference, np.abs(difference)))[-1])
        return self.words[index], float(before[index]), float(now[index])

    def difference_words(self) -> Words:
        """The same as a sentence: "up to 52: 35% of the customers, 50% at the fit"."""
        words, before, now = self.largest_difference()
        return {
            language: text(language, "drift", "difference").format(
                what=words[language],
                now=_share(now, self.after.sum(), language),
                before=_share(before, self.before.sum(), language),
            )
            for language in LANGUAGES
        }


def numbers_compared(reference: ColumnReference, values: Floats, *, n_before: int, unit: str) -> Compared:
    """A numeric column, in the bins of the reference and one of missing values."""
    n_missing = reference.missing * n_before
    before = np.append(np.array(reference.shares) * (n_before - n_missing), n_missing)
    now = np.append(reference.counts(values), np.isnan(values).sum())
    words = [
        bin_words("up_to", {language: amount(edge, unit, language, genitive=True) for language in LANGUAGES})
        for edge in reference.edges
    ]
    return Compared(
        before, now.astype(np.float64), (*words, bin_words("all_values"), bin_words("missing")), is_ordered=True
    )


def categories_compared(reference: CategoryReference, column: nw.Series[Any], *, n_before: int) -> Compared:
    """A text column: the categories of the reference, the most frequent of the others, the rest, and missing values."""
    counts = category_counts(column)
    unseen = [value for value, count in counts.items() if value not in reference.values and count >= SMALLEST_GROUP]
    named = [*reference.values, *unseen[:1]]
    n_missing = reference.missing * n_before
    shares = np.array([*reference.shares, *([0.0] * len(unseen[:1]))])
    before = np.array([*shares, max(1 - shares.sum(), 0.0)]) * (n_before - n_missing)
    rest = sum(counts.values()) - sum(counts.get(value, 0) for value in named)
    now = [*(counts.get(value, 0) for value in named), rest, len(column) - sum(counts.values())]
    words = [bin_words("category", dict.fromkeys(LANGUAGES, printable(value))) for value in named]
    return Compared(
        np.append(before, n_missing),
        np.array(now, dtype=np.float64),
        (*words, bin_words("others"), bin_words("missing")),
    )


def groups_compared(before: Sequence[float], now: Sequence[float], names: Sequence[Words]) -> Compared:
    """Groups of customers with names, such as segments."""
    words = [{language: printable(name[language]) for language in LANGUAGES} for name in names]
    return Compared(np.array(before, dtype=np.float64), np.array(now, dtype=np.float64), tuple(words))


def bin_words(key: str, values: Words | None = None) -> Words:
    """What a bin is called, with its value filled in."""
    return {
        language: str(text(language, "drift", "bins", key)).format(value=values[language] if values else "")
        for language in LANGUAGES
    }


def _share(share: float, total: float, language: str) -> str:
    """The share in per cent; of 1 to 9 customers only that it is below that of ten."""
    count = share * total
    if 0.5 <= count < SMALLEST_GROUP - 0.5:
        return str(text(language, "drift", "below")).format(share=percent(SMALLEST_GROUP / total, language))
    return percent(share, language)
