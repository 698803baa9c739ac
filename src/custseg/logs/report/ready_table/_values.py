"""Values of a ready table that are no amounts or stand far apart, and rows that repeat others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import narwhals.stable.v2 as nw
import numpy as np

from custseg._column_kinds import codes_among, column_remarks
from custseg._frames import column_of
from custseg._numerics import Floats, Integers
from custseg.feature_table import FeatureTable
from custseg.logs.report._findings import Finding, FindingWriter, Severity
from custseg.logs.report.patterns._outliers import count_far_values
from custseg.texts import LANGUAGES

_MANY = 0.1
_BEYOND_CHANCE = 2
# So many different values or fewer are answers, counts or categories.
_FEW_VALUES = 12


def code_findings(write: FindingWriter, columns: Mapping[str, Floats]) -> Iterator[Finding]:
    """Values that seem to be codes, and circular columns."""
    for name, values in columns.items():
        remarks = [column_remarks(name, values, language, called=write.label(name, language)) for language in LANGUAGES]
        for in_languages in zip(*remarks, strict=True):
            texts = {language: remark.text for language, remark in zip(LANGUAGES, in_languages, strict=True)}
            remedies = {language: remark.remedy for language, remark in zip(LANGUAGES, in_languages, strict=True)}
            remark = in_languages[0]
            yield Finding(f"{remark.kind}_values", remark.count, "warning", texts, remedies)


def outlier_findings(write: FindingWriter, columns: Mapping[str, Floats]) -> Iterator[Finding]:
    """Up to three values of a column that are far from all others, besides codes."""
    for name, values in columns.items():
        codes = [value for code in codes_among(name, values) for value in code.values]
        present = values[np.isfinite(values) & ~np.isin(values, codes)]
        yield from write("outliers", count_far_values(present), "warning", column=write.column(name))


def repeated_rows(write: FindingWriter, table: FeatureTable, names: Sequence[str]) -> list[Finding]:
    """Customers with the values of an earlier one in all columns, where that is beyond chance.

    If the columns were independent, two customers would be equal in all of them with the product of the probabilities
    of being equal in one. Columns of few values, such as answers, seldom are: who gives one high rating gives others.
    How often customers are equal in all of these together is counted.
    """
    if not names:
        return []
    columns = [_codes(table, name) for name in names]
    rows = np.column_stack(columns)
    n = len(rows)
    repeated = n - len(np.unique(rows, axis=0))
    are_few = np.array([codes.max(initial=0) < _FEW_VALUES for codes in columns])
    together = np.unique(rows[:, are_few], axis=0, return_inverse=True)[1].reshape(-1)
    separate = [codes for codes, is_few in zip(columns, are_few, strict=True) if not is_few]
    chance = float(np.prod([_pairs_alike(codes) for codes in (together, *separate)]))
    expected = min(n * (n - 1) / 2 * chance, n)
    if repeated <= _BEYOND_CHANCE * max(expected, 1):
        return []
    severity: Severity = "warning" if repeated >= _MANY * n else "note"
    return write("repeated_rows", repeated, severity, people=["count"], share=repeated / n)


def _pairs_alike(codes: Integers) -> float:
    """The share of the pairs of customers that have one value."""
    counts = np.bincount(codes)
    return float((counts * (counts - 1.0)).sum() / max(len(codes) * (len(codes) - 1.0), 1.0))


def _codes(table: FeatureTable, name: str) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """The distinct values of a column, numbered."""
    column = column_of(table.local, name)
    values = table.values(name) if column.dtype.is_numeric() else column.cast(nw.String).fill_null("").to_numpy()
    return np.unique(values.astype(object) if values.dtype.kind == "O" else values, return_inverse=True)[1]
