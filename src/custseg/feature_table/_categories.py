"""Columns of categories as codes: which categories have a level of their own, and the level of each customer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np

from custseg._numerics import Floats
from custseg._privacy import SMALLEST_GROUP
from custseg.errors import DataError

MOST_LEVELS = 20
"""At most so many categories have a level of their own."""
SMALLEST_LEVEL = 0.01
"""The least share of the customers with a value that such a category has."""
_TEXTS = (nw.String, nw.Categorical, nw.Enum)


@dataclass(frozen=True)
class Levels:
    """The categories of a column that are told apart.

    Attributes
    ----------
    values : tuple of str
        The most frequent first; the code of a category is its position. Those of booleans are "true" and "false".
    has_other : bool
        Whether all other categories together are one more level, the last one. Without it they count as missing.
    kind : {"text", "flag"}
        What the column holds: text, or booleans.
    source : str
        The column of lists whose labels it has one of; "" for all others.
    """

    values: tuple[str, ...]
    has_other: bool
    kind: Literal["text", "flag"] = "text"
    source: str = ""

    def code(self, value: str) -> float:
        """The code of one value."""
        if value in self.values:
            return float(self.values.index(value))
        return float(len(self.values)) if self.has_other else float("nan")

    def codes(self, column: nw.Series[Any]) -> Floats:
        """The code of each value, of shape (n_customers,); NaN where it is missing."""
        texts = _as_text(column, self.kind)
        codes = {value: float("nan") if value is None else self.code(value) for value in set(texts)}
        return np.array([codes[value] for value in texts], dtype=np.float64)


def is_category(column: nw.Series[Any]) -> bool:
    """Whether a column holds text or booleans, and has a value."""
    return (column.dtype in _TEXTS or column.dtype == nw.Boolean) and not column.is_null().all()


def levels_of(column: nw.Series[Any]) -> Levels:
    """The levels of a column.

    Categories of at least 1 % of the customers with a value, and of ten of them, have a level of their own, at most the
    20 most frequent, of equal ones those that come first in the alphabet. All others are one level if ten customers or
    more have them.
    """
    kind: Literal["text", "flag"] = "flag" if column.dtype == nw.Boolean else "text"
    counts = Counter(value for value in _as_text(column, kind) if value is not None)
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    enough = max(SMALLEST_GROUP, SMALLEST_LEVEL * total)
    values = [value for value, count in ordered[:MOST_LEVELS] if count >= enough]
    n_others = total - sum(counts[value] for value in values)
    return Levels(tuple(values), n_others >= SMALLEST_GROUP, kind)


def check_categories(local: nw.DataFrame[Any], levels: Mapping[str, Levels], caller: str) -> None:
    """Raise unless the columns hold what their levels are of; a column without any value may be of any type."""
    faults = []
    for name, of_column in levels.items():
        column = local.get_column(name)
        is_right = column.dtype == nw.Boolean if of_column.kind == "flag" else column.dtype in _TEXTS
        # Whole numbers are what a file without types makes of categories such as 1, 2 and 3, and of booleans.
        if not is_right and not column.dtype.is_numeric() and not column.is_null().all():
            faults.append(f"{name!r} must hold {'booleans' if of_column.kind == 'flag' else 'text'}, {column.dtype}")
    if faults:
        raise DataError(f"{caller}: columns are not of the kind at the fit: {'; '.join(faults)}. Cast them.")


def _as_text(column: nw.Series[Any], kind: str) -> Sequence[str | None]:
    """The values as text, None where they are missing."""
    if column.dtype.is_numeric():
        numbers = column.cast(nw.Float64).fill_null(float("nan")).to_numpy()
        words = {0.0: "false", 1.0: "true"} if kind == "flag" else {}
        return [None if np.isnan(value) else words.get(value, f"{value:.15g}") for value in numbers.tolist()]
    if column.dtype == nw.Boolean:
        return [None if value is None else str(bool(value)).lower() for value in column.to_list()]
    texts: list[str | None] = column.cast(nw.String).to_list()
    return texts
