"""`ColumnPlan`: how one column of numbers becomes a standardized one, and how that is learned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.optimize import brentq

from custseg._numerics import Floats, median, skewness, unit_of
from custseg._privacy import SMALLEST_GROUP

CLIP = 4.0
"""Standard deviations at which values are clipped: a few extreme customers are not a segment."""

_SKEWED = (1.0, 1.1)
# A few refunds make no two-sided column; with more the curve is nearly straight around 0.
_FEW, _TWO_SIDED_QUANTILE = 0.05, 0.9
_SCALE_QUANTILE = 0.05
# The scale of the log is searched on so many ranks of the values, to a thousandth, up to exp(12) times the largest one.
_RANKS, _LOG_SCALE_TOLERANCE, _NEARLY_LINEAR = 20_000, 1e-3, 12.0


@dataclass(frozen=True)
class ColumnPlan:
    """How one column becomes a standardized one.

    Attributes
    ----------
    name : str
        The column.
    transform : {"log1p", "none"}
        ``sign(x) log(1 + |x| / scale)``, or as it is.
    scale : float
        Of the log, in the column's own unit: the largest one with which the column is symmetric, or else the 5 %
        quantile of the absolute values other than 0 (1 for most columns of counts), of fewer than 200 values the
        quantile that has ten below it, at most the quartile. Money in cents or in thousands thus gives the same matrix.
    fill : float
        The median, in the column's own unit, used in place of a missing value.
    center, spread : float
        Mean and standard deviation after the transform.
    missing, clipped : int
        Number of training values that were filled, and clipped to ±4 standard deviations.
    unit : float
        Divisor of untransformed values: 1 except for values whose squares overflow or vanish; a power of two, so that
        nothing is rounded.
    weight : float
        Factor of the standardized column in the matrix: with 2 it counts four times in squared distances.
    """

    name: str
    transform: Literal["log1p", "none"]
    scale: float
    fill: float
    center: float
    spread: float
    missing: int = 0
    clipped: int = 0
    unit: float = 1.0
    weight: float = 1.0

    def standardized(self, values: Floats) -> Floats:
        """The values after filling, transform and scaling, before the tails are clipped."""
        filled = np.where(np.isnan(values), self.fill, values)
        if self.transform == "log1p":
            transformed = _log_transformed(filled, self.scale)
        # Values of new customers may overflow in this unit; they are clipped afterwards.
        with np.errstate(over="ignore"):
            if self.transform == "none":
                transformed = filled / self.unit
            return np.asarray((transformed - self.center) / self.spread)


def column_plan(name: str, column: Floats) -> ColumnPlan:
    """Learn the plan of a column that has values."""
    # Sorted, so that sums do not depend on the order of the customers.
    present = np.sort(column[~np.isnan(column)])
    unit = unit_of(present)
    scaled = present / unit
    fill = median(present)
    scale = _log_scale_that_helps(present, abs(skewness(scaled)))
    transformed = scaled if scale is None else _log_transformed(present, scale)
    # Filled values do not enter the center and the spread.
    plan = ColumnPlan(
        name,
        "none" if scale is None else "log1p",
        scale=1.0 if scale is None else scale,
        fill=fill,
        center=float(transformed.mean()),
        spread=float(transformed.std()),
        missing=len(column) - len(present),
        unit=unit,
    )
    return replace(plan, clipped=int((np.abs(plan.standardized(present)) > CLIP).sum()))


def _log_scale_that_helps(values: Floats, skew: float) -> float | None:
    """The scale of the weakest logarithm that makes the column symmetric; the smallest scale if none does.

    None if the values are not skewed, or a logarithm does not lessen their skewness. Between the two limits of
    `_SKEWED` the logarithm sets in gradually: a column that passes them from one month to the next does not jump.
    """
    if skew <= _SKEWED[0]:
        return None
    smallest = _log_scale(values[values != 0])
    if abs(skewness(_log_transformed(values, smallest))) >= skew:
        return None
    ordered = _evenly_ranked(values)
    direction = np.sign(skewness(ordered / unit_of(ordered)))
    target = float(np.interp(skew, _SKEWED, (skew, 0.0)))

    def excess(log_scale: float) -> float:
        return float(direction * skewness(_log_transformed(ordered, float(np.exp(log_scale)))) - target)

    low, high = np.log(smallest), min(np.log(np.abs(values).max()) + _NEARLY_LINEAR, np.log(np.finfo(np.float64).max))
    if low >= high or excess(low) >= 0 or excess(high) <= 0:
        return smallest
    return float(np.exp(brentq(excess, low, high, xtol=_LOG_SCALE_TOLERANCE)))


def _evenly_ranked(ordered: Floats) -> Floats:
    """The sorted values, of many only evenly spaced ranks."""
    if len(ordered) <= _RANKS:
        return ordered
    return ordered[np.linspace(0, len(ordered) - 1, _RANKS).astype(np.intp)]


def _log_scale(values: Floats) -> float:
    """A small quantile of the absolute values; a large one if both signs are common, lest the log split them at 0."""
    rarer_sign = min(float((values < 0).mean()), float((values > 0).mean()))
    lowest = min(SMALLEST_GROUP / len(values), 0.25)
    quantile = max(_SCALE_QUANTILE, lowest) if rarer_sign < _FEW else min(_TWO_SIDED_QUANTILE, 1 - lowest)
    return float(np.quantile(np.abs(values), quantile))


def _log_transformed(values: Floats, scale: float) -> Floats:
    with np.errstate(over="ignore", divide="ignore"):
        ratios = np.abs(values) / scale
        # If the ratio overflows, the 1 does not matter.
        logs = np.where(np.isinf(ratios), np.log(np.abs(values)) - np.log(scale), np.log1p(ratios))
    return np.sign(values) * logs
