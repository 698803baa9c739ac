"""`CustomerIds`: the distinct ids of a log as counts of what they look like, so that no engine gives the ids away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import Rows, collected, count_lines, counts_of_marks, unicode_pattern
from custseg.logs.report._words import means_none

SCIENTIFIC = r"^\s*(\d[.,]\d+[eE]\+?\d{1,2}|\d[eE]\+\d{2})\s*$"
"""Text such as 4.91512E+11, as spreadsheets and float columns write long numbers."""

_EXACT_FLOATS = 2.0**53
_LARGEST_SHORT = 10**15
_NUMBER = r"^\s*-?\d+(\.0+)?\s*$"
_NO_NUMBER = r"^\s*(0+|-1)(\.0+)?\s*$"
_LONG_FLOAT = r"^\d{16,}\.0+\z"
_LONG_NUMBER = r"^\d{16,}\z"
_CUT_NUMBER = r"^\d{15}0+\z"
_CODE = r"\p{Ll}[\p{L}\d]*\p{Lu}|\p{Lu}[\p{L}\d]*\p{Lu}[\p{L}\d]*\p{Ll}"
_CODES = 0.25
_FEW = 3

Matches = Callable[[str], nw.Expr]
"""Whether the text of an id matches a pattern."""


@dataclass(frozen=True, eq=False)
class CustomerIds:
    """The distinct customers of a log. Where the log is on Spark they stay there, and only the counts are computed.

    Attributes
    ----------
    rows : narwhals DataFrame, or LazyFrame on Spark
        One row per `customer`.
    count : int
        How many they are.
    are_text : bool
        Whether the ids are text.
    are_cased : bool
        Whether the case of letters matters, as in base64: many ids mix cases, as words and names do not.
    inexact : int
        Ids truncated by a spreadsheet or a float column.
    placeholders, placeholder_lines : int
        Ids that mean none, such as "nan", and their lines.
    """

    rows: Rows
    count: int
    are_text: bool
    are_cased: bool = False
    inexact: int = 0
    placeholders: int = 0
    placeholder_lines: int = 0

    @classmethod
    def of(cls, rows: Rows) -> CustomerIds:
        """Count the ids of a table with one row per `customer`, who is not missing, and with the number of `lines`."""
        kind = rows.collect_schema()["customer"]
        if kind != nw.String:
            return cls(rows, count_lines(rows), are_text=False, inexact=_inexact_numbers(rows))
        return _of_texts(rows)

    def n_normal(self) -> int:
        """How many distinct ids there are in normal form."""
        return count_lines(self.normal(cased=self.are_cased))

    def texts(self) -> Rows:
        """The distinct ids as text, called `customer`."""
        return self.rows.select(_text(self.rows).alias("customer")).unique()

    def normal(self, *, cased: bool) -> Rows:
        """The distinct ids as text without spaces, leading zeros and ``.0`` at the end; without case unless `cased`."""
        if self.rows.collect_schema()["customer"].is_integer():
            return self.texts()
        plain = _text(self.rows).str.replace_all(unicode_pattern(self.rows, r"\s+"), "")
        steps = self.rows.select((plain if cased else plain.str.to_lowercase()).alias("customer"))
        ids = nw.col("customer")
        has_point = ids.str.contains(unicode_pattern(self.rows, r"^\d+\.0+\z"))
        whole = nw.when(has_point).then(ids.str.replace_all(r"\.0+\z", "")).otherwise(ids)
        steps = steps.with_columns(whole.alias("customer"))
        # An id of zeros only keeps its last zero.
        is_zero = ids.str.contains(r"^0+\z")
        short = nw.when(is_zero).then(nw.lit("0")).otherwise(ids.str.replace_all("^0+", ""))
        return steps.select(short.alias("customer")).unique()


def shared(first: Rows, second: Rows) -> int:
    """How many distinct texts two tables of these have in common."""
    left: Any = first
    return count_lines(left.join(second, on="customer", how="inner"))


def _of_texts(rows: Rows) -> CustomerIds:
    """The counts of ids that are text."""

    def matches(pattern: str) -> nw.Expr:
        return nw.col("customer").str.contains(unicode_pattern(rows, pattern))

    is_none = matches(means_none())
    is_none_or_zero = is_none | matches(_NO_NUMBER)
    lines = nw.col("lines").cast(nw.Int64)
    counts = counts_of_marks(
        rows,
        {
            "all": ~nw.col("customer").is_null(),
            "numbers": matches(_NUMBER),
            "none": is_none,
            "none_or_zero": is_none_or_zero,
            "lettered": matches(r"\p{L}"),
            "coded": matches(_CODE),
            "scientific": matches(SCIENTIFIC),
            **_long_marks(matches),
        },
        {
            "none_lines": nw.when(is_none).then(lines),
            "none_or_zero_lines": nw.when(is_none_or_zero).then(lines),
        },
    )
    # If all ids are numbers, 0 may be a valid one.
    meaning = "none" if counts["numbers"] == counts["all"] else "none_or_zero"
    rounded = _n_rounded(rows, matches) if counts["long_floats"] else 0
    return CustomerIds(
        rows,
        counts["all"],
        are_text=True,
        are_cased=counts["lettered"] > 0 and counts["coded"] >= _CODES * counts["lettered"],
        inexact=counts["scientific"] + rounded + _cut(counts),
        placeholders=counts[meaning],
        placeholder_lines=counts[f"{meaning}_lines"],
    )


def _long_marks(matches: Matches) -> dict[str, nw.Expr]:
    return {"long": matches(_LONG_NUMBER), "cut": matches(_CUT_NUMBER), "long_floats": matches(_LONG_FLOAT)}


def _n_rounded(rows: Rows, matches: Matches) -> int:
    """Number of texts of floats that are beyond what floats hold exactly."""
    long_floats = rows.filter(matches(_LONG_FLOAT)).select(nw.col("customer").cast(nw.Float64))
    return counts_of_marks(long_floats, {"rounded": nw.col("customer") >= _EXACT_FLOATS})["rounded"]


def _inexact_numbers(rows: Rows) -> int:
    """Number of ids, which are numbers, that a spreadsheet or a float column has truncated."""
    ids = nw.col("customer")
    if rows.collect_schema()["customer"].is_float():
        return counts_of_marks(rows, {"inexact": ids.abs() >= _EXACT_FLOATS})["inexact"]
    largest = collected(rows.select(ids.max())).item()
    if largest is None or abs(int(largest)) < _LARGEST_SHORT:
        return 0
    texts = rows.select(_text(rows).alias("customer"))
    return _cut(counts_of_marks(texts, _long_marks(lambda pattern: nw.col("customer").str.contains(pattern))))


def _cut(counts: dict[str, int]) -> int:
    """Number of integers truncated to 15 digits by a spreadsheet: three or more, and none with a later digit."""
    return counts["long"] if counts["long"] >= _FEW and counts["cut"] == counts["long"] else 0


def _text(rows: Rows) -> nw.Expr:
    """The ids as text; whole numbers are written alike whether they are integers or floats, on every engine."""
    ids, kind = nw.col("customer"), rows.collect_schema()["customer"]
    if not kind.is_float():
        return ids if kind == nw.String else ids.cast(nw.String)
    is_whole = (ids.abs() < _EXACT_FLOATS) & (ids % 1 == 0)
    whole = nw.when(is_whole).then(ids).cast(nw.Int64).cast(nw.String)
    return nw.when(is_whole).then(whole).otherwise(ids.cast(nw.String))
