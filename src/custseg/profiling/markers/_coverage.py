"""Of whom a figure is said, where many members have no value: "for the 62% who ordered on two days or more"."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from custseg._privacy import share_words
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._terms import KNOWN, Term
from custseg.texts import text

COVERED = 0.9
"""Of a column with values for a smaller part of the customers it is said for how many."""


def coverage_text(statistics: ColumnStatistics, feature: str, segment: int, *, language: str) -> str | None:
    """Of how many members a figure of the column speaks; None where nearly all have a value, or the share is hidden."""
    members = statistics.labels == segment
    is_known = Term(feature, KNOWN).holds(statistics.table, {})
    return coverage_words(feature, int((is_known & members).sum()), int(members.sum()), language=language)


def coverage_words(feature: str, n_known: int, size: int, *, language: str) -> str | None:
    """The same from the counts of the members with a value and of all; None where there are no members with one."""
    if not n_known or n_known >= COVERED * size:
        return None
    share = share_words(n_known, size, language)
    if share is None:
        return None
    forms = text(language, "profiling", "coverage")
    return str(forms.get(feature, forms["known"])).format(share)


def covered_line(
    line: str, features: Iterable[str], shares: Callable[[str], float], *, size: int, language: str
) -> str:
    """A line of advice with the members of whom it speaks, where many lack the value on which it rests.

    `shares` gives the share of the members with a value of a feature; of several features the rarest one counts.
    """
    rarest = min(((shares(feature), feature) for feature in features), default=None)
    if rarest is None:
        return line
    share, feature = rarest
    coverage = coverage_words(feature, round(share * size), size, language=language)
    if coverage is None:
        return line
    words, is_sentence = line.removesuffix("."), line.endswith(".")
    return (
        str(text(language, "profiling", "coverage", "advice")).format(line=words, coverage=coverage) + "." * is_sentence
    )
