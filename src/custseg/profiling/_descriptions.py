"""The description of a segment without a common name: what is true of its members, as one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from custseg.profiling._markers import RankedMarker, Statement, days_per_order, share_of_members
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._effects import Candidate
from custseg.profiling.measures._terms import condition_words
from custseg.texts import LANGUAGES, median_text, text

_MOST = 2


def described(markers: Sequence[RankedMarker], segment: int, statistics: ColumnStatistics) -> dict[str, str]:
    """The strongest markers of a segment as one sentence in each language; empty where there is none.

    A median is said as the bound that at least half of the members keep, a share with what it is a share of.
    """
    sentences: dict[str, str] = {}
    for language in LANGUAGES:
        clauses = [
            _clause(candidate, statement, segment, statistics=statistics, language=language)
            for candidate, statement, _ in markers
        ]
        strongest = [clause for clause in clauses if clause][:_MOST]
        if not strongest:
            return {}
        sentence = "; ".join(strongest)
        sentences[language] = f"{sentence[0].upper()}{sentence[1:]}."
    return sentences


def _clause(
    candidate: Candidate, statement: Statement, segment: int, *, statistics: ColumnStatistics, language: str
) -> str | None:
    """What is said of one column; None where it cannot be said plainly."""
    table, feature, words = statistics.table, candidate.feature, text(language, "profiling", "sentence")
    if statement.medians is not None:
        if days_per_order(statement.medians, table.described[feature]) is not None:
            return None
        value = median_text(statement.medians[0], table.described[feature].unit, language)
        form = words["half_high" if candidate.effect.value > 0 else "half_low"]
        return str(form).format(label=table.phrase(feature, language), value=value)
    share = share_of_members(statistics, statement.terms, segment, language=language)
    if share is None or statement.is_code:
        return None
    form = words["share_over" if share.startswith(">") else "share"]
    return str(form).format(share=share.lstrip(">"), condition=condition_words(statement.terms, table, language))
