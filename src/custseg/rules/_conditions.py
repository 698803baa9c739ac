"""One term of a rule: what it says of a column, as a test of values, as text and as SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._format import EXACT, SHARES, amount, number
from custseg._texts import printable

Kind = Literal["number", "flag", "category"]


@dataclass(frozen=True)
class Term:
    """A condition on one column: low <= value < high, or one of some categories, or missing.

    Attributes
    ----------
    feature : str
        The column.
    kind : {"number", "flag", "category"}
        A flag is a boolean: its bounds are about 1 for yes and 0 for no.
    low, high : float or None
        Bounds of a number in human units; `low` belongs to the range, `high` does not. None is no bound.
    categories : tuple of str
        The categories that are meant.
    excluded : bool
        Whether all categories but these are meant.
    missing : bool
        Whether a missing value fulfils the term; without it, it never does.
    unit : str
        Unit of the numbers, for the text.
    whole : bool
        Whether the numbers are whole.
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

    @property
    def only_missing(self) -> bool:
        """Whether nothing but a missing value fulfils the term."""
        return self.missing and self._unbound

    def holds(self, column: nw.Series[Any]) -> NDArray[np.bool_]:
        """Which values of the column fulfil the term."""
        if self.kind == "category":
            return self._holds_words(column)
        return self.holds_numbers(numbers_of(column))

    def holds_numbers(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which of the numbers, or flags as 0 and 1, fulfil the term; NaN is missing."""
        unknown = np.isnan(values)
        if self.only_missing:
            return unknown
        within = ~unknown
        if self.low is not None:
            within &= values >= self.low
        if self.high is not None:
            within &= values < self.high
        return within | unknown if self.missing else within

    def text(self, language: str = "en") -> str:
        """The term in words."""
        said, name = _SAYINGS[language], printable(self.feature)
        if self._unbound:
            return f"{name} {said['missing' if self.missing else 'known']}"
        what = self._words(language)
        if self.missing:
            return f"{name} {said['either'].format(what)}"
        return f"{name} {what if self.kind == 'number' else said['is'] + what}"

    @property
    def sql(self) -> str:
        """The term as SQL that is never NULL."""
        column = quoted(self.feature)
        if self._unbound:
            return f"{column} IS {'NULL' if self.missing else 'NOT NULL'}"
        parts = self._sql_parts(column)
        if self.missing:
            return f"({' AND '.join(parts)} OR {column} IS NULL)"
        return " AND ".join([*parts, f"{column} IS NOT NULL"])

    @property
    def _unbound(self) -> bool:
        return self.low is None and self.high is None and not self.categories

    def _holds_words(self, column: nw.Series[Any]) -> NDArray[np.bool_]:
        unknown: NDArray[np.bool_] = column.is_null().to_numpy().astype(bool)
        if self._unbound:
            return unknown if self.missing else ~unknown
        named = column.cast(nw.String).is_in(list(self.categories)).fill_null(False).to_numpy().astype(bool)
        meant = (named != self.excluded) & ~unknown
        held: NDArray[np.bool_] = meant | unknown if self.missing else meant
        return held

    def _words(self, language: str) -> str:
        said = _SAYINGS[language]
        # "recency_days under 30" has its unit in the name.
        unit = "" if language == "en" and self.feature.endswith(f"_{self.unit}") else self.unit
        if self.kind == "flag":
            return said["no" if self.low is None else "yes"]
        if self.kind == "category":
            return _listed(self.categories, self.excluded, language)
        if self.low is not None and self.high is not None:
            if self.whole and self.high == self.low + 1:
                return said["exactly"].format(number(self.low, language, digits=EXACT))
            return said["between"].format(
                amount(self.low, unit if unit in SHARES else "", language, genitive=True, digits=EXACT),
                amount(self.high, unit, language, genitive=True, digits=EXACT),
            )
        side, bound = ("least", self.low) if self.high is None else ("under", self.high)
        return said[side].format(amount(float(bound or 0.0), unit, language, genitive=True, digits=EXACT))

    def _sql_parts(self, column: str) -> list[str]:
        if self.kind == "flag":
            return [f"{column} = {'FALSE' if self.low is None else 'TRUE'}"]
        if self.kind == "category":
            literals = ", ".join("'" + value.replace("'", "''") + "'" for value in self.categories)
            return [f"{column} {'NOT ' if self.excluded else ''}IN ({literals})"]
        parts = [] if self.low is None else [f"{column} >= {_literal(self.low)}"]
        return parts if self.high is None else [*parts, f"{column} < {_literal(self.high)}"]


def numbers_of(column: nw.Series[Any]) -> NDArray[np.float64]:
    """A column of numbers or flags as floats; NaN where it is missing."""
    return column.cast(nw.Float64).fill_null(float("nan")).to_numpy().astype(np.float64, copy=True)


def quoted(identifier: str) -> str:
    """The name as an SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def _literal(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _listed(categories: tuple[str, ...], excluded: bool, language: str) -> str:
    said = _SAYINGS[language]
    words = [said["quote"].format(value) for value in categories]
    if len(words) == 1:
        return said["not"].format(words[0]) if excluded else words[0]
    return said["neither"].format(said["nor"].join(words)) if excluded else said["or"].join(words)


_SAYINGS = {
    "en": {
        "least": "at least {}",
        "under": "under {}",
        "between": "from {} to under {}",
        "exactly": "exactly {}",
        "missing": "is missing",
        "known": "is known",
        "either": "is either missing or {}",
        "is": "is ",
        "yes": "yes",
        "no": "no",
        "quote": "'{}'",
        "not": "not {}",
        "or": " or ",
        "neither": "neither {}",
        "nor": " nor ",
    },
    "ru": {
        "least": "не меньше {}",
        "under": "меньше {}",
        "between": "не меньше {}, но меньше {}",
        "exactly": "ровно {}",
        "missing": "неизвестно",
        "known": "известно",
        "either": "либо неизвестно, либо {}",
        "is": "— ",
        "yes": "да",
        "no": "нет",
        "quote": "«{}»",
        "not": "не {}",
        "or": " или ",
        "neither": "ни {}",
        "nor": ", ни ",
    },
}
