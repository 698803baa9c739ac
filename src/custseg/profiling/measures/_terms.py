"""Terms: comparisons of a column with a value or with a quantile of all customers, evaluated and put into words."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from custseg._numerics import Bools, Floats
from custseg.profiling.measures._table import ProfileTable
from custseg.texts import POINTS, RATES, number, percent, single_line, text, value_text, whole_range

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operators.le, ">=": operators.ge, "<": operators.lt, ">": operators.gt, "==": operators.eq,
}  # fmt: skip
MISSING, KNOWN, OTHER_THAN = "missing", "known", "!="
"""Operators of traits and markers alone: without a value, with any, and for any other category."""
PRESENCE = (MISSING, KNOWN)
"""Operators that ask whether there is a value at all."""


@dataclass(frozen=True)
class Term:
    """One comparison of a feature: with a value in its unit, or with a quantile (0 to 1) of all customers.

    Attributes
    ----------
    feature : str
        The column.
    operator : str
        One of `OPERATORS`, or `MISSING`.
    value : float, str, bool or None
        A number, a category, or yes and no.
    quantile : float or None
        The quantile instead of a value.
    optional : bool
        Whether the term is left out where the table lacks the column.
    """

    feature: str
    operator: str
    value: float | str | bool | None = None
    quantile: float | None = None
    optional: bool = False

    def bound(self, bounds: Mapping[tuple[str, float], float]) -> tuple[str, float | str | bool | None]:
        """The operator and value of the comparison; a quantile is looked up in the feature's `bounds`."""
        if self.quantile is None:
            return self.operator, self.value
        # The bound of "<" is the largest value below the quantile, that of ">" the smallest above it.
        return ("<=" if "<" in self.operator else ">="), bounds[self.operator, self.quantile]

    def holds(self, table: ProfileTable, bounds: Mapping[tuple[str, float], float]) -> Bools:
        """Which customers meet the term; a missing value does not, but for `MISSING`."""
        operator, value = self.bound(bounds)
        if self.feature in table.categories:
            column = table.categories[self.feature]
            if operator in PRESENCE:
                return np.asarray((column.codes < 0) == (operator == MISSING))
            category = ("yes" if value else "no") if isinstance(value, bool) else str(value)
            code = column.values.index(category) if category in column.values else -2
            if operator == OTHER_THAN:
                return np.asarray((column.codes != code) & (column.codes >= 0))
            return np.asarray(column.codes == code)
        values = table.values(self.feature)
        if operator in PRESENCE:
            return np.asarray(np.isnan(values) == (operator == MISSING))
        return np.asarray(OPERATORS[operator](values, value))

    def meets(self, value: float | str | None) -> bool | None:
        """Whether a value meets the term; None where it is missing, or the term compares with a quantile."""
        if value is None or self.quantile is not None:
            return None
        if isinstance(value, str) != isinstance(self.value, str):
            return False
        return bool(OPERATORS[self.operator](value, self.value))

    def words(self, bounds: Mapping[tuple[str, float], float], language: str, *, table: ProfileTable) -> str:
        """The term as text, with the value at its quantile."""
        operator, value = self.bound(bounds)
        unit = table.described[self.feature].unit
        label = table.phrase(self.feature, language)
        comparison = f"{label} {_compared(operator, value, unit, language=language)}"
        if self.quantile is None:
            return comparison
        share = percent(self.quantile if operator == "<=" else 1 - self.quantile, language)
        return f"{comparison} ({text(language, 'profiling', 'quantiles', operator).format(share)})"


def condition_words(terms: Sequence[Term], table: ProfileTable, language: str) -> str:
    """Terms of one column as text: "income 45 to under 60", "rating 5", "parcels at least 1"."""
    feature = terms[0].feature
    label, unit = table.phrase(feature, language), table.described[feature].unit
    if is_answer(terms[0], table):
        return f"{label}: {_compared('==', terms[0].value, unit, language=language)}"
    if feature not in table.numbers or terms[0].operator in PRESENCE:
        return f"{label} {_compared(terms[0].operator, terms[0].value, unit, language=language)}"
    form, bounds = comparison_of(terms, table)
    shown = (bound_text(bound, unit, language) for bound in bounds)
    return f"{label} {text(language, 'profiling', 'terms', form).format(*shown)}"


def comparison_of(terms: Sequence[Term], table: ProfileTable) -> tuple[str, tuple[float, ...]]:
    """How the bounds of a column of numbers are said: a key of ``[profiling.terms]``, and its numbers."""
    feature = terms[0].feature
    bounds = {term.operator: float(term.value or 0) for term in terms}
    if set(bounds) <= {">=", "<"} and _is_whole(values := table.values(feature)):
        low, high = (bounds.get(operator) for operator in (">=", "<"))
        return whole_range(low, high, lowest=float(np.nanmin(values)), highest=float(np.nanmax(values)))
    if len(bounds) > 1:
        form = "between" if "<" in bounds else "from_to"
        return form, tuple(bounds[operator] for operator in sorted(bounds, reverse=True))
    [(operator, bound)] = bounds.items()
    return operator, (bound,)


def _is_whole(values: Floats) -> bool:
    """Whether all values are whole numbers; of a column of others the first ones show it."""
    for some in (values[:1000], values):
        present = some[~np.isnan(some)]
        if not (present == np.floor(present)).all():
            return False
    return True


def is_answer(term: Term, table: ProfileTable) -> bool:
    """Whether the term says yes or no of a flag: "app_user: yes"."""
    is_flag = term.feature in table.categories and table.categories[term.feature].values == ("yes", "no")
    return term.operator == "==" and (isinstance(term.value, bool) or is_flag)


def category_words(category: str, unit: str, language: str) -> str:
    """A category as text: yes and no of a flag and stages of the funnel in the language, others as they are."""
    words = {"yes": "true", "no": "false"}
    if category in words:
        return str(text(language, "profiling", "terms", words[category]))
    stages = text(language, "profiling", "funnel_stages") if unit == "stage" else {}
    return str(stages.get(category, single_line(category)))


def _compared(operator: str, value: float | str | bool | None, unit: str, *, language: str) -> str:
    """The comparison without its column."""
    words = text(language, "profiling", "terms")
    if operator in PRESENCE:
        return str(words[operator])
    if isinstance(value, bool):
        formatted = words[str(value).lower()]
    elif isinstance(value, str):
        formatted = category_words(value, unit, language)
    else:
        formatted = bound_text(value, unit, language)
    return str(words[operator]).format(formatted)


def bound_text(value: float | None, unit: str, language: str) -> str:
    """A bound as text: few points in full, since "under <0.05" says nothing, and rates as they are compared."""
    return number(value, language) if unit in (POINTS, *RATES) else value_text(value, unit, language)
