"""Terms of the conditions of archetypes: comparisons with a value, or with a quantile of all customers."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from custseg._numerics import Bools
from custseg.profiling._markers import value_text
from custseg.profiling.measures._table import ProfileTable
from custseg.texts import percent, single_line, text

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operators.le, ">=": operators.ge, "<": operators.lt, ">": operators.gt, "==": operators.eq,
}  # fmt: skip
MISSING = "missing"
"""An operator without a value, for the terms of traits alone."""


@dataclass(frozen=True)
class Term:
    """One comparison of a feature: with a value in its unit, or with a quantile (0 to 1) of all customers."""

    feature: str
    operator: str
    value: float | str | bool | None = None
    quantile: float | None = None

    def bound(self, bounds: Mapping[tuple[str, float], float]) -> tuple[str, float | str | bool | None]:
        """The operator and value of the comparison; a quantile is looked up in the feature's `bounds`."""
        if self.quantile is None:
            return self.operator, self.value
        # The bound of "<" is the largest value below the quantile, that of ">" the smallest above it.
        return ("<=" if "<" in self.operator else ">="), bounds[self.operator, self.quantile]

    def holds(self, table: ProfileTable, bounds: Mapping[tuple[str, float], float]) -> Bools:
        """Which customers meet the term; a missing value does not."""
        operator, value = self.bound(bounds)
        if self.feature in table.categories:
            column = table.categories[self.feature]
            if operator == MISSING:
                return np.asarray(column.codes < 0)
            category = ("yes" if value else "no") if isinstance(value, bool) else str(value)
            code = column.values.index(category) if category in column.values else -2
            return np.asarray(column.codes == code)
        values = table.values(self.feature)
        return np.isnan(values) if operator == MISSING else np.asarray(OPERATORS[operator](values, value))

    def meets(self, value: float | None) -> bool | None:
        """Whether a value meets the term; None where it is missing, or the term compares with a quantile."""
        if value is None or self.quantile is not None:
            return None
        return bool(OPERATORS[self.operator](value, self.value))

    def words(self, bounds: Mapping[tuple[str, float], float], language: str, *, unit: str = "") -> str:
        """The term as text, with the value at its quantile."""
        operator, value = self.bound(bounds)
        if operator == MISSING:
            return f"{single_line(self.feature)} {text(language, 'profiling', 'terms', MISSING)}"
        if isinstance(value, bool):
            formatted = text(language, "profiling", "terms", str(value).lower())
        elif isinstance(value, str):
            formatted = single_line(value)
        else:
            formatted = value_text(value, unit, language)
        comparison = f"{single_line(self.feature)} {text(language, 'profiling', 'terms', operator).format(formatted)}"
        if self.quantile is None:
            return comparison
        share = percent(self.quantile if operator == "<=" else 1 - self.quantile, language)
        return f"{comparison} ({text(language, 'profiling', 'quantiles', operator).format(share)})"
