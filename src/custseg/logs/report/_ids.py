"""Findings about ids: placeholders, similar or truncated ids, and ids that two logs do not share."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg.logs.report._findings import Finding, FindingWriter
from custseg.logs.report._words import means_none
from custseg.logs.report.patterns._outliers import count_outliers

Column = nw.Series[Any]

SCIENTIFIC = r"^\s*(\d[.,]\d+[eE]\+?\d{1,2}|\d[eE]\+\d{2})\s*$"
"""Text such as 4.91512E+11, as spreadsheets and float columns write long numbers."""

_EXACT_FLOATS = 2.0**53
_NUMBER = r"^\s*-?\d+(\.0+)?\s*$"
_NO_NUMBER = r"^\s*(0+|-1)(\.0+)?\s*$"
_LONG_FLOAT = r"^\d{16,}\.0+$"
_LONG_NUMBER = r"^\d{16,}$"
_CUT_NUMBER = r"^\d{15}0+$"
_CODE = r"\p{Ll}[\p{L}\d]*\p{Lu}|\p{Lu}[\p{L}\d]*\p{Lu}[\p{L}\d]*\p{Ll}"
_CODES = 0.25
_FEW = 3
_MIN_SHARE = 0.05


def id_findings(write: FindingWriter, ids: Column) -> list[Finding]:
    """Findings about the distinct ids of a log."""
    plain = normal_form(ids, cased=has_codes(ids))
    return [
        *write("inexact_ids", _inexact(ids), "warning"),
        *write("look_alike_ids", len(ids) - plain.n_unique() if ids.dtype == nw.String else 0, "warning"),
    ]


def placeholder_findings(write: FindingWriter, ids: Column, rows: Column) -> list[Finding]:
    """Placeholder ids such as 'nan', with the number of their rows."""
    if ids.dtype != nw.String:
        return []
    none = ids.str.contains(means_none())
    if not ids.str.contains(_NUMBER).all():
        # If all ids are numbers, 0 may be a valid one.
        none = none | ids.str.contains(_NO_NUMBER)
    return write("placeholder_ids", int(rows.filter(none).sum()), "warning", ids=int(none.sum()))


def dominant_findings(write: FindingWriter, counts: Mapping[str, Column]) -> list[Finding]:
    """Up to three ids with far more orders (or lines) than all other ids, by the first count that has any."""
    for unit, column in counts.items():
        values = column.cast(nw.Int64).to_numpy()
        n_dominant = count_outliers(values, min_share=_MIN_SHARE)
        if n_dominant:
            share = float(np.sort(values)[-n_dominant:].sum() / values.sum())
            return write("dominant_customers", n_dominant, "warning", wording=f"dominant_by_{unit}", share=share)
    return []


def between_findings(ids: Mapping[str, Column]) -> list[Finding]:
    """Findings from comparing the ids of each pair of logs."""
    write = FindingWriter("between")
    findings: list[Finding] = []
    for first, second in combinations(ids, 2):
        ids_a, ids_b = ids[first], ids[second]
        if not len(ids_a) or not len(ids_b):
            continue
        logs: dict[str, Any] = {"first": write.phrase("logs", first), "second": write.phrase("logs", second)}
        shared = _shared(_as_text(ids_a), _as_text(ids_b))
        cased = has_codes(ids_a) and has_codes(ids_b)
        alike = _shared(normal_form(ids_a, cased=cased), normal_form(ids_b, cased=cased)) - shared
        findings += write("alike_across_logs", alike, "warning", **logs)
        # Most customers of the smaller log should be in the larger one.
        few_shared = 2 * max(shared / len(ids_a), shared / len(ids_b)) < 1
        sizes: dict[str, Any] = {"in_first": len(ids_a), "in_second": len(ids_b), "shared": shared}
        findings += write("few_shared_customers", int(few_shared), "warning", **logs, **sizes)
    return findings


def has_codes(ids: Column) -> bool:
    """Whether ids are case-sensitive, as in base64: many of them mix cases, as words and names do not."""
    if ids.dtype != nw.String:
        return False
    lettered = ids.filter(ids.str.contains(r"\p{L}"))
    return len(lettered) > 0 and float(lettered.str.contains(_CODE).sum()) >= _CODES * len(lettered)


def normal_form(ids: Column, *, cased: bool = False) -> Column:
    """The ids as text without spaces, leading zeros and a trailing ``.0``, and without case unless `cased`."""
    plain = _as_text(ids)
    if ids.dtype.is_integer():
        return plain
    plain = plain.str.replace_all(r"\s+", "")
    plain = plain if cased else plain.str.to_lowercase()
    # An id of zeros only keeps its last zero.
    return plain.str.replace_all(r"^(\d+)\.0+$", "${1}").str.replace_all(r"^0+(.)", "${1}")


def _as_text(ids: Column) -> Column:
    return ids if ids.dtype == nw.String else ids.cast(nw.String)


def _shared(ids_a: Column, ids_b: Column) -> int:
    frames = (ids.drop_nulls().unique().alias("id").to_frame() for ids in (ids_a, ids_b))
    return len(next(frames).join(next(frames), on="id", how="inner"))


def _inexact(ids: Column) -> int:
    """Number of ids truncated by a spreadsheet or a float column."""
    if ids.dtype.is_float():
        return int((ids.abs() >= _EXACT_FLOATS).sum())
    plain = _as_text(ids)
    if ids.dtype != nw.String:
        return _cut(plain) if ids.len() and int(abs(ids.max())) >= 10**15 else 0
    scientific = plain.str.contains(SCIENTIFIC)
    long = plain.filter(plain.str.contains(_LONG_FLOAT))
    return int(scientific.sum()) + int((long.cast(nw.Float64) >= _EXACT_FLOATS).sum()) + _cut(plain)


def _cut(plain: Column) -> int:
    """Number of integers truncated to 15 digits by a spreadsheet: three or more, and none with a later digit."""
    long = plain.filter(plain.str.contains(_LONG_NUMBER))
    return len(long) if len(long) >= _FEW and long.str.contains(_CUT_NUMBER).all() else 0
