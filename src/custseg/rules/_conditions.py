"""One condition of a rule on a column: as a test of values, as text and as SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np

from custseg._numerics import Bools, Floats
from custseg.texts import EXACT, SHARES, YEAR, amount, printable, text, unit_beside, whole_range

Kind = Literal["number", "flag", "category"]
_FORMS = {">=": "at_least", "<": "under", "<=": "at_most", "between": "between", "range": "range"}


@dataclass(frozen=True)
class Condition:
    """A condition on one column: low <= value < high, or one of some categories, or missing.

    Attributes
    ----------
    feature : str
        The column.
    kind : {"number", "flag", "category"}
        A flag is a boolean; its bounds compare 1 for yes and 0 for no.
    low, high : float or None
        Bounds in the unit of the column; `low` belongs to the range, `high` does not. None is no bound.
    categories : tuple of str
        The categories that meet the condition.
    excluded : bool
        Whether all categories but these meet it instead.
    missing : bool
        Whether a missing value meets the condition.
    unit : str
        Unit of the numbers, for the text.
    whole : bool
        Whether the numbers are whole.
    ends : tuple of float or None
        The lowest and the highest number, for the text: at most 0 is 0 where nothing is below.
    values : tuple of float
        The numbers of a column with few, for the text: under 5 is at most 1 where nobody has 2 to 4.
    binary : bool
        Whether the numbers are 0 and 1 only: the text is that of a flag, such as "vip is no".
    phrases : mapping of str to str
        What the column is called inside a sentence, by language; its name where there is none.
    """

    feature: str
    kind: Kind = "number"
    low: float | None = None
    high: float | None = None
    categories: tuple[str, ...] = ()
    excluded: bool = False
    missing: bool = False
    unit: str = ""
    whole: bool = False
    ends: tuple[float, float] | None = field(default=None, compare=False)
    values: tuple[float, ...] = field(default=(), compare=False)
    binary: bool = False
    phrases: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def only_missing(self) -> bool:
        """Whether only a missing value meets the condition."""
        return self.missing and self._unbound

    @property
    def has_alternatives(self) -> bool:
        """Whether the text has an "or"."""
        return (self.missing and not self._unbound) or (len(self.categories) > 1 and not self.excluded)

    def holds(self, column: nw.Series[Any]) -> Bools:
        """Which values of the column meet the condition."""
        if self.kind == "category":
            return self._holds_categories(column)
        return self.holds_numbers(numbers_of(column))

    def holds_numbers(self, values: Floats) -> Bools:
        """Which of the numbers, or flags as 0 and 1, meet the condition; NaN is missing."""
        missing = np.isnan(values)
        if self.only_missing:
            return missing
        in_range = ~missing
        if self.low is not None:
            in_range &= values >= self.low
        if self.high is not None:
            in_range &= values < self.high
        return in_range | missing if self.missing else in_range

    def text(self, language: str = "en") -> str:
        """The condition as text."""
        forms, name = text(language, "rules", "conditions"), self._phrase(language)
        if self._unbound:
            return str(forms["missing" if self.missing else "known"]).format(name)
        predicate = self.predicate(language)
        if self.missing:
            return str(forms["missing_or"]).format(name, predicate)
        link = "is" if self._is_flag or self.kind == "category" else "is_number"
        return f"{name} {forms[link]}{predicate}"

    @property
    def sql(self) -> str:
        """The condition as SQL that is never NULL."""
        column = quoted(self.feature)
        if self._unbound:
            return f"{column} IS {'NULL' if self.missing else 'NOT NULL'}"
        comparisons = self._sql_comparisons(column)
        if self.missing:
            return f"({' AND '.join(comparisons)} OR {column} IS NULL)"
        return " AND ".join([*comparisons, f"{column} IS NOT NULL"])

    def _phrase(self, language: str) -> str:
        return printable(self.phrases.get(language, self.feature))

    @property
    def _is_flag(self) -> bool:
        return self.kind == "flag" or self.binary

    @property
    def _unbound(self) -> bool:
        return self.low is None and self.high is None and not self.categories

    def _holds_categories(self, column: nw.Series[Any]) -> Bools:
        missing: Bools = column.is_null().to_numpy().astype(bool)
        if self._unbound:
            return missing if self.missing else ~missing
        named = column.cast(nw.String).is_in(list(self.categories)).fill_null(False).to_numpy().astype(bool)
        selected: Bools = (named != self.excluded) & ~missing
        return selected | missing if self.missing else selected

    def predicate(self, language: str = "en", forms: Mapping[str, str] | None = None) -> str:
        """The condition as text without the column and missing values; `forms` replace those of the catalog."""
        forms = {**text(language, "rules", "conditions"), **(forms or {})}
        if self._is_flag:
            return forms["no" if self.low is None else "yes"]
        if self.kind == "category":
            return _any_of(self.categories, self.excluded, forms)
        form, bounds = self._range()
        phrase = self._phrase(language)
        unit = self.unit if self.unit in SHARES else unit_beside(phrase, self.unit, language)
        if form == "==":
            return forms["exactly"].format(amount(bounds[0], unit, language, digits=EXACT))
        # The unit follows the last number only, but each share has its own per cent sign.
        units = [unit if unit in (*SHARES, YEAR) else "", unit][-len(bounds) :]
        words = (
            amount(bound, u, language, genitive=True, digits=EXACT) for bound, u in zip(bounds, units, strict=True)
        )
        return forms[_FORMS[form]].format(*words)

    def _range(self) -> tuple[str, tuple[float, ...]]:
        """A form of the bounds, and its numbers."""
        if self.whole:
            lowest, highest = self.ends or (None, None)
            return whole_range(*self._next_values(), lowest=lowest, highest=highest)
        if self.ends is not None and self.high is None and self.low == self.ends[1]:
            return "==", (self.ends[1],)
        bounds = tuple(float(bound) for bound in (self.low, self.high) if bound is not None)
        return "between" if len(bounds) > 1 else ">=" if self.high is None else "<", bounds

    def _next_values(self) -> tuple[float | None, float | None]:
        """The bounds of whole numbers, moved inwards to the values of the column where these are few."""
        low = -np.inf if self.low is None else self.low
        high = np.inf if self.high is None else self.high
        inside = [value for value in self.values if low <= value < high]
        if not inside:
            return self.low, self.high
        return None if self.low is None else inside[0], None if self.high is None else inside[-1] + 1

    def _sql_comparisons(self, column: str) -> list[str]:
        if self.kind == "flag":
            return [f"{column} = {'FALSE' if self.low is None else 'TRUE'}"]
        if self.kind == "category":
            literals = ", ".join("'" + value.replace("'", "''") + "'" for value in self.categories)
            return [f"{column} {'NOT ' if self.excluded else ''}IN ({literals})"]
        comparisons = [] if self.low is None else [f"{column} >= {_literal(self.low)}"]
        return comparisons if self.high is None else [*comparisons, f"{column} < {_literal(self.high)}"]


def numbers_of(column: nw.Series[Any]) -> Floats:
    """A column of numbers or flags as floats; NaN where it is missing."""
    return column.cast(nw.Float64).fill_null(float("nan")).to_numpy().astype(np.float64, copy=True)


def quoted(identifier: str) -> str:
    """The name as an SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def _literal(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _any_of(categories: tuple[str, ...], excluded: bool, forms: Mapping[str, str]) -> str:
    quotes = [forms["quote"].format(value) for value in categories]
    if len(quotes) == 1:
        return forms["not"].format(quotes[0]) if excluded else quotes[0]
    return forms["neither"].format(forms["nor"].join(quotes)) if excluded else forms["or"].join(quotes)
