"""A condition on one customer, in terms of their own values or of their place among all."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custseg.profiling._text import clean, in_language, number_text, percent_text
from custseg.profiling.measures._table import ProfileTable

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operators.le, ">=": operators.ge, "<": operators.lt, ">": operators.gt, "==": operators.eq,
}  # fmt: skip

_WORDS = {
    "en": {"<=": "at most", ">=": "at least", "<": "under", ">": "over", "==": ""},
    "ru": {"<=": "не больше", ">=": "не меньше", "<": "меньше", ">": "больше", "==": ""},
}
_PLACES = {
    "en": {"<=": "lowest {} of all", ">=": "highest {} of all"},
    "ru": {"<=": "нижние {} всех", ">=": "верхние {} всех"},
}


@dataclass(frozen=True)
class Term:
    """One comparison: with a value in the feature's unit, or with a place among all (0 to 1)."""

    feature: str
    operator: str
    value: float | str | bool | None = None
    quantile: float | None = None

    def bound(self, bounds: Mapping[tuple[str, float], float]) -> tuple[str, float | str | bool | None]:
        """The comparison with a value that stands for it: a place is looked up in the feature's `bounds`."""
        if self.quantile is None:
            return self.operator, self.value
        # The bound of "<" is the largest value below the place, that of ">" the smallest above it.
        return ("<=" if "<" in self.operator else ">="), bounds[self.operator, self.quantile]

    def holds(self, table: ProfileTable, bounds: Mapping[tuple[str, float], float]) -> NDArray[np.bool_]:
        """Who meets it; nobody whose value is missing."""
        operator, value = self.bound(bounds)
        if self.feature in table.categories:
            column = table.categories[self.feature]
            wanted = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else str(value)
            code = column.values.index(wanted) if wanted in column.values else -2
            return np.asarray(column.codes == code)
        return np.asarray(OPERATORS[operator](table.values(self.feature), value))

    def meets(self, value: float | None) -> bool | None:
        """Whether one known value meets it; None where it cannot be said."""
        if value is None or self.quantile is not None:
            return None
        return bool(OPERATORS[self.operator](value, self.value))

    def words(self, bounds: Mapping[tuple[str, float], float], language: str, *, unit: str = "") -> str:
        """The term as people read it, with the value that a place among all stands for."""
        operator, value = self.bound(bounds)
        if isinstance(value, bool):
            text = {"en": ("no", "yes"), "ru": ("нет", "да")}[language][value]
        elif isinstance(value, str):
            text = clean(value)
        else:
            text = in_language(percent_text(value) if unit == "share" else number_text(value), language)
        said = " ".join(part for part in (clean(self.feature), _WORDS[language][operator], text) if part)
        if self.quantile is None:
            return said
        share = self.quantile if operator == "<=" else 1 - self.quantile
        place = _PLACES[language][operator].format(in_language(percent_text(share), language))
        return f"{said} ({place})"
