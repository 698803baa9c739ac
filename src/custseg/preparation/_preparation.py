"""Fill, transform, standardize, clip and compress heavy tails: learned once, repeated exactly for new customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from scipy.optimize import brentq

from custseg._checks import check_finite, check_min_size
from custseg._numerics import Bools, Floats, median, skewness, unit_of
from custseg._privacy import SMALLEST_GROUP, with_count
from custseg.errors import DataError
from custseg.preparation._tails import HeavyTails
from custseg.texts import percent, printable, text, value_text

CLIP = 4.0
"""Standard deviations at which values are clipped: a few extreme customers are not a segment."""

DECIMALS = 9
"""Standardized values are rounded to so many decimals."""

_SKEWED = (1.0, 1.1)
_SAME_SHARE = 0.99
_MISSING_SHARE = 0.5
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


@dataclass(frozen=True)
class LeftOut:
    """Why a column cannot be used.

    Attributes
    ----------
    kind : {"missing", "mostly_missing", "constant", "nearly_constant"}
        The reason.
    share : float
        The share of missing or of equal values.
    """

    kind: str
    share: float = 1.0

    def text(self, language: str = "en") -> str:
        """The reason as part of a sentence."""
        decimals = 1 if self.kind == "nearly_constant" else 0
        template = text(language, "preparation", "reasons", self.kind)
        return str(template).format(share=percent(self.share, language, decimals=decimals))


@dataclass(frozen=True)
class Preparation:
    """How columns in human units become the matrix, as learned by `fit_preparation`.

    Attributes
    ----------
    columns : tuple of ColumnPlan
        The columns of the matrix, in order.
    dropped : mapping of str to LeftOut
        Columns that were left out, with the reason.
    tails : HeavyTails
        The heavy tails that are compressed in the matrix; none unless a minimum size was given.
    """

    columns: tuple[ColumnPlan, ...]
    dropped: Mapping[str, LeftOut]
    tails: HeavyTails = field(default_factory=HeavyTails)

    @property
    def names(self) -> list[str]:
        """The columns of the matrix."""
        return [column.name for column in self.columns]

    def matrix(self, values: Mapping[str, Floats], caller: str = "matrix") -> Floats:
        """The values of customers, column by column in human units, as (n_customers, n_columns).

        Missing values are NaN. Raises DataError for infinite ones. The row of a customer does not depend on the
        other customers.
        """
        rows = self.tails.transform(self._clipped(values, caller))
        weights = np.array([column.weight for column in self.columns])
        return rows if (weights == 1).all() else rows * weights

    def is_beyond_tails(self, values: Mapping[str, Floats], caller: str = "is_beyond_tails") -> Bools:
        """Which customers are farther out on a heavy tail than the mean of the ten outermost training customers."""
        return self.tails.is_beyond(self._clipped(values, caller))

    def with_weights(self, weights: Mapping[str, float]) -> Preparation:
        """The same with weights of columns; they do not change what is clipped or compressed."""
        return replace(self, columns=tuple(replace(c, weight=float(weights.get(c.name, 1.0))) for c in self.columns))

    def notes(
        self, language: str = "en", phrases: Mapping[str, str] | None = None, units: Mapping[str, str] | None = None
    ) -> list[str]:
        """Sentences for the user: columns left out, values filled, clipped and compressed.

        `phrases` has what columns are called inside a sentence, by default their names; `units` their units.
        """
        words = text(language, "preparation")

        def called(column: str) -> str:
            return printable((phrases or {}).get(column, column))

        notes = [
            str(words["left_out"]).format(column=called(name), reason=reason.text(language))
            for name, reason in self.dropped.items()
        ]
        for column in self.columns:
            fields = {"column": called(column.name), "bound": f"{CLIP:g}"}
            if column.missing:
                fields["value"] = value_text(column.fill, (units or {}).get(column.name, ""), language)
                notes.append(with_count(column.missing, words["filled"], language, **fields))
            if column.clipped:
                notes.append(with_count(column.clipped, words["clipped"], language, **fields))
        if self.tails.columns:
            names = ", ".join(called(self.names[index]) for index in self.tails.columns)
            notes.append(str(words["compressed"]).format(columns=names))
        return notes

    def _clipped(self, values: Mapping[str, Floats], caller: str) -> Floats:
        """The standardized columns, clipped, before heavy tails are compressed."""
        check_finite(caller, {column.name: values[column.name] for column in self.columns})
        columns = [column.standardized(values[column.name]) for column in self.columns]
        # Money in cents or euros differs in the last bits: without them the same customers are the same rows.
        return np.ascontiguousarray(np.clip(np.column_stack(columns), -CLIP, CLIP).round(DECIMALS))


def fit_preparation(
    values: Mapping[str, Floats], caller: str = "fit_preparation", *, min_size: int | float | None = None
) -> Preparation:
    """Learn how to prepare the columns.

    A column with skewness beyond ±1 is transformed by the weakest ``log1p`` that makes it symmetric, if a logarithm
    lessens the skewness; between ±1 and ±1.1 a weaker one is used. Negative values keep their sign. Each column is
    then standardized and clipped to ±4 standard deviations, and heavy tails are compressed (see `HeavyTails`). A column
    is left out if more than half of its values are missing, or more than 99 % of the others are equal.

    Parameters
    ----------
    values : mapping of str to ndarray of shape (n_customers,)
        Columns in human units; NaN where a value is missing.
    caller : str, default "fit_preparation"
        Name of the calling function, used in error messages.
    min_size : int or float, optional
        The minimum size of a segment: customers (int), or a share of them (float below 1). Without it no tail is
        compressed.

    Returns
    -------
    Preparation

    Raises
    ------
    DataError
        If values are infinite, or no column is left.

    Notes
    -----
    A missing value is filled with the median of the column, counted, and does not enter mean and spread.
    Nothing depends on the order of the customers or the unit of a column.

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.preparation import fit_preparation
    >>> plan = fit_preparation({"order_count": np.array([1.0, 1.0, 2.0, 40.0]), "vip": np.zeros(4)})
    >>> plan.columns[0].transform, plan.columns[0].scale
    ('log1p', 1.0)
    >>> plan.notes()
    ['Not used: vip, since all of its values are equal.']
    """
    check_finite(caller, values)
    dropped = {name: reason for name, column in values.items() if (reason := _useless(column))}
    usable = {name: column for name, column in values.items() if name not in dropped}
    if not usable:
        reasons = "; ".join(f"{name}: {reason.text()}" for name, reason in dropped.items())
        raise DataError(f"{caller}: no column is left to cluster on ({reasons}). Give other columns.")
    # Customers with values in dropped columns alone are not clustered, so nothing is filled in for them.
    has_value = np.logical_or.reduce([~np.isnan(column) for column in usable.values()])
    usable = {name: column[has_value] for name, column in usable.items()}
    preparation = Preparation(tuple(_plan(name, column) for name, column in usable.items()), dropped)
    if min_size is None:
        return preparation
    n_members = check_min_size(caller, min_size, int(has_value.sum()))
    return replace(preparation, tails=HeavyTails.fit(preparation.matrix(usable, caller), min_size=n_members))


def _plan(name: str, column: Floats) -> ColumnPlan:
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


def _useless(column: Floats) -> LeftOut | None:
    """Why the column cannot be used; None if it can."""
    present = column[~np.isnan(column)]
    if len(present) == 0:
        return LeftOut("missing")
    if len(present) < (1 - _MISSING_SHARE) * len(column):
        return LeftOut("mostly_missing", 1 - len(present) / len(column))
    _, counts = np.unique(present, return_counts=True)
    share = float(counts.max() / len(present))
    if share > _SAME_SHARE:
        return LeftOut("constant" if share == 1 else "nearly_constant", share)
    return None
