"""Whether segments are nothing but a cross table of columns with few values, such as flags and star ratings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from custseg._numerics import Floats, Integers
from custseg.texts import plural_form, printable, shortened, text

# Flags, scales of up to ten points, rare counts: a cross table of more values is not read any more.
_FEW_VALUES = 10
# Share of the customers whose segment their combination determines, that is all but stray ones.
_NEARLY_ALL = 0.99
# A medium effect (Cohen 1988, eta squared 0.059): below it, the means of the segments scatter by less than a quarter
# of the spread inside them.
_NO_PART = 0.06
# A column that varies more between the segments than inside them makes groups of its own, which the flags accompany.
_MAIN_PART = 0.5
_NUMBERED = re.compile(r"(.*?)(\d+)")


@dataclass(frozen=True)
class CrossTable:
    """Segments that are combinations of the values of some columns.

    Attributes
    ----------
    columns : tuple of str
        The columns with few values.
    without_part : tuple of str
        The columns that hardly differ between the segments.
    """

    columns: tuple[str, ...]
    without_part: tuple[str, ...]

    def text(self, language: str = "en", phrases: Mapping[str, str] | None = None) -> str:
        """The finding as a sentence; `phrases` has what columns are called, by default their names."""
        columns, without_part = (
            [(phrases or {}).get(name, name) for name in names] for names in (self.columns, self.without_part)
        )
        words = text(language, "cross_table")
        key = "one" if len(self.columns) == 1 else "several"
        sentence = str(words[key]).format(columns=_enumerated(columns, language))
        if not self.without_part:
            return sentence + "."
        form = plural_form(len(self.without_part), words["without"], language)
        return sentence + form.format(columns=_enumerated(without_part, language)) + "."


def cross_table(columns: Mapping[str, Floats], labels: Integers) -> CrossTable | None:
    """The cross table that the segments are; None where they are more than that.

    Every segment is one combination or several of the values of columns with up to ten values each (99 % of the
    customers; a combination of one customer determines nothing), and no column of more values makes groups of its
    own. Where all columns have few values, any segment is made of combinations; there each must be a single one.
    A column has no part if eta squared of its ranks is under 0.06. NaN is missing, and a value of its own; rows of a
    negative label are left out.
    """
    clustered = labels >= 0
    segments = np.unique(labels[clustered], return_inverse=True)[1]
    if not len(segments) or segments.max() == 0:
        return None
    values = {name: column[clustered] for name, column in columns.items()}
    few = [name for name, column in values.items() if _has_few_values(column)]
    effects = {name: _eta_squared(column, segments) for name, column in values.items()}
    many = [name for name in values if name not in few]
    if any(effects[name] >= _MAIN_PART for name in many):
        return None
    # A column may have a part without an effect of its own, as in segments of women in one job and men in another.
    for chosen in ([name for name in few if effects[name] >= _NO_PART], few):
        if chosen and _is_cross_table([values[name] for name in chosen], segments, single=not many):
            without = [name for name in values if name not in chosen and effects[name] < _NO_PART]
            return CrossTable(tuple(chosen), tuple(without))
    return None


def _has_few_values(column: Floats) -> bool:
    return all(len(np.unique(rows)) <= _FEW_VALUES for rows in (column[:1000], column))


def _is_cross_table(columns: Sequence[Floats], segments: Integers, *, single: bool) -> bool:
    combinations = _combinations(columns)
    pairs, counts = np.unique(combinations * (segments.max() + 1) + segments, return_counts=True)
    combination, segment = np.divmod(pairs, segments.max() + 1)
    counts = np.where(counts > 1, counts, 0)
    explained = _largest(combination, counts).sum()
    if single:
        explained = min(explained, _largest(segment, counts).sum())
    return bool(explained >= _NEARLY_ALL * len(segments))


def _largest(groups: Integers, counts: Integers) -> Integers:
    largest = np.zeros(groups.max() + 1, dtype=np.intp)
    np.maximum.at(largest, groups, counts)
    return largest


def _combinations(columns: Sequence[Floats]) -> Integers:
    """A number for each row, equal for equal combinations."""
    numbers: Integers = np.zeros(len(columns[0]), dtype=np.intp)
    for column in columns:
        codes = np.unique(column, return_inverse=True)[1]
        # Numbered anew each time: the product of the numbers of values could overflow.
        numbers = np.unique(numbers * (codes.max() + 1) + codes, return_inverse=True)[1]
    return numbers


def _eta_squared(column: Floats, segments: Integers) -> float:
    """Share of the variance of the ranks that lies between the segments, without what is expected by chance."""
    present = ~np.isnan(column)
    groups = segments[present]
    n, k = len(groups), len(np.unique(groups))
    if n <= k:
        return 0.0
    ranks = rankdata(column[present])
    ranks -= ranks.mean()
    total = float((ranks**2).sum())
    sizes = np.maximum(np.bincount(groups), 1)
    between = float((np.bincount(groups, weights=ranks) ** 2 / sizes).sum())
    by_chance = (total - between) * (k - 1) / (n - k)
    return (between - by_chance) / total if total > 0 else 0.0


def _enumerated(names: Sequence[str], language: str) -> str:
    """The names as a list, with three or more that count up as a range: "female and job_0 to job_3"."""
    words = text(language, "cross_table")
    phrases: list[str] = []
    for run in _runs(names):
        is_range = len(run) > 2
        ends = {"first": printable(run[0]), "last": printable(run[-1])}
        phrases += [words["range"].format(**ends)] if is_range else map(printable, run)
    phrases = shortened(phrases, language)
    return str(words["and"]).join(filter(None, (", ".join(phrases[:-1]), phrases[-1])))


def _runs(names: Sequence[str]) -> list[list[str]]:
    """Neighbors whose numbers at the end count up by 1 after the same beginning."""
    runs: list[list[str]] = []
    for name in names:
        match = _NUMBERED.fullmatch(name)
        last = _NUMBERED.fullmatch(runs[-1][-1]) if runs else None
        if match and last and match[1] == last[1] and int(match[2]) == int(last[2]) + 1:
            runs[-1].append(name)
        else:
            runs.append([name])
    return runs
