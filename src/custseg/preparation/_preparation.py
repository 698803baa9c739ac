"""Fill, transform, standardise and clip: learned once, repeated exactly for new customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from custseg._checks import plural
from custseg.errors import DataError

Floats = NDArray[np.float64]

CLIP = 4.0
"""Standard deviations beyond which a value is drawn in: a few extreme customers are no segment."""

_SKEWED = 1.0
_SAME_SHARE = 0.99
_MISSING_SHARE = 0.5
_SCALE_QUANTILE = 0.05


@dataclass(frozen=True)
class ColumnPlan:
    """How one column becomes a standardised one.

    Attributes
    ----------
    name : str
        The column.
    transform : {"log1p", "signed_log", "none"}
        ``log(1 + x)``; ``sign(x) log(1 + |x| / scale)``; or as it is.
    scale : float
        Of the signed log: the 5 % quantile of the column's absolute values other than 0.
    fill : float
        The median, in the column's own unit, which stands in for a missing value.
    centre, spread : float
        Mean and standard deviation after the transform.
    missing, clipped : int
        How many values were filled, and drawn in to ±4 standard deviations, when it was learned.
    """

    name: str
    transform: Literal["log1p", "signed_log", "none"]
    scale: float
    fill: float
    centre: float
    spread: float
    missing: int = 0
    clipped: int = 0

    def standardised(self, values: Floats) -> Floats:
        """The values after filling, transform and scaling, before the tails are clipped."""
        filled = np.where(np.isnan(values), self.fill, values)
        return (_transformed(filled, self.transform, self.scale) - self.centre) / self.spread


@dataclass(frozen=True)
class Preparation:
    """What was learned about the columns: the way from human units to the matrix.

    Attributes
    ----------
    columns : tuple of ColumnPlan
        The columns of the matrix, in order.
    dropped : mapping of str to str
        Columns that were left out, with the reason.
    """

    columns: tuple[ColumnPlan, ...]
    dropped: Mapping[str, str]

    @property
    def names(self) -> list[str]:
        """The columns of the matrix."""
        return [column.name for column in self.columns]

    def matrix(self, values: Mapping[str, Floats], caller: str = "matrix") -> Floats:
        """The values of customers, column by column in human units, as (n_customers, n_columns).

        Missing values are NaN. Raises DataError for infinite ones.
        """
        _refuse_infinite({column.name: values[column.name] for column in self.columns}, caller)
        parts = [column.standardised(values[column.name]) for column in self.columns]
        return np.ascontiguousarray(np.clip(np.column_stack(parts), -CLIP, CLIP))

    def notes(self) -> list[str]:
        """What a person should know: columns dropped, values filled and clipped."""
        notes = [f"{name} was not used: {reason}" for name, reason in self.dropped.items()]
        for column in self.columns:
            if column.missing:
                notes.append(
                    f"{plural(column.missing, 'missing value')} of {column.name} "
                    f"taken as the median, {column.fill:,.6g}."
                )
            if column.clipped:
                notes.append(
                    f"{plural(column.clipped, 'customer')} lie beyond {CLIP:g} standard deviations "
                    f"on {column.name} and were drawn in to that bound."
                )
        return notes


def plan_preparation(values: Mapping[str, Floats], caller: str = "plan_preparation") -> Preparation:
    """Learn how to prepare the columns.

    A non-negative column with skewness above 1 takes ``log1p`` where that lessens its skewness; a skewed one
    with negative values takes a signed log on its own scale. Then each is standardised and its tails are
    drawn in to ±4 standard deviations. A column is left out when more than half of its values are missing,
    or 99 % of the rest are equal.

    Parameters
    ----------
    values : mapping of str to ndarray of shape (n_customers,)
        Columns in human units; NaN where a value is missing.

    Raises
    ------
    DataError
        If values are infinite, or no column is left.
    """
    _refuse_infinite(values, caller)
    plans: list[ColumnPlan] = []
    dropped: dict[str, str] = {}
    for name, column in values.items():
        if reason := _useless(column):
            dropped[name] = reason
        else:
            plans.append(_plan(name, column))
    if not plans:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in dropped.items())
        raise DataError(f"{caller}: no column is left to cluster on ({reasons}). Give other columns.")
    return Preparation(tuple(plans), dropped)


def _plan(name: str, column: Floats) -> ColumnPlan:
    known = column[~np.isnan(column)]
    transform, scale = _choose_transform(known)
    fill = float(np.median(known))
    moved = _transformed(known, transform, scale)
    # The filled values sit at the median: they take no part in the centre and the spread.
    plan = ColumnPlan(name, transform, scale, fill, float(moved.mean()), float(moved.std()))
    clipped = int((np.abs(plan.standardised(known)) > CLIP).sum())
    missing = len(column) - len(known)
    return ColumnPlan(name, transform, scale, fill, plan.centre, plan.spread, missing, clipped)


def _choose_transform(known: Floats) -> tuple[Literal["log1p", "signed_log", "none"], float]:
    skewness = _skewness(known)
    if abs(skewness) <= _SKEWED:
        return "none", 1.0
    if known.min() >= 0:
        better = abs(_skewness(np.log1p(known))) < abs(skewness)
        return ("log1p" if better else "none"), 1.0
    size = np.abs(known[known != 0])
    return "signed_log", float(np.quantile(size, _SCALE_QUANTILE))


def _transformed(values: Floats, transform: str, scale: float) -> Floats:
    if transform == "log1p":
        # A new customer may be below 0 where none was before; below 0 the signed log goes on smoothly.
        return np.sign(values) * np.log1p(np.abs(values))
    if transform == "signed_log":
        return np.sign(values) * np.log1p(np.abs(values) / scale)
    return values


def _skewness(values: Floats) -> float:
    spread = float(values.std())
    if spread == 0:
        return 0.0
    return float(np.mean(((values - values.mean()) / spread) ** 3))


def _useless(column: Floats) -> str:
    """Why the column cannot serve, or nothing."""
    known = column[~np.isnan(column)]
    if len(known) == 0:
        return "all of its values are missing."
    if len(known) < (1 - _MISSING_SHARE) * len(column):
        return f"{1 - len(known) / len(column):.0%} of its values are missing."
    _, counts = np.unique(known, return_counts=True)
    share = counts.max() / len(known)
    if share == 1:
        return "all of its values are equal."
    if share > _SAME_SHARE:
        return f"{share:.1%} of its values are equal."
    return ""


def _refuse_infinite(values: Mapping[str, Floats], caller: str) -> None:
    counts = {name: int(np.isinf(column).sum()) for name, column in values.items()}
    if bad := {name: count for name, count in counts.items() if count}:
        told = ", ".join(f"{name!r} ({plural(count, 'value')})" for name, count in bad.items())
        raise DataError(f"{caller}: infinite values in {told}. Mend or leave out these customers.")
