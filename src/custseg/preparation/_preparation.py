"""Fill, transform, standardize and clip: learned once, repeated exactly for new customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from custseg._arrays import Floats
from custseg._format import plural
from custseg._moments import median, skewness, unit_of
from custseg._texts import printable
from custseg.errors import DataError

CLIP = 4.0
"""Standard deviations beyond which a value is drawn in: a few extreme customers are no segment."""

_DECIMALS = 9
_SKEWED = 1.0
_SAME_SHARE = 0.99
_MISSING_SHARE = 0.5
# A few refunds make no two-sided column; with more the curve is nearly straight around 0.
_FEW, _TWO_SIDED_QUANTILE = 0.05, 0.9
_SCALE_QUANTILE = 0.05


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
        Of the log, in the column's own unit: the 5 % quantile of its absolute values other than 0.
        Money in cents or in thousands thus gives the same matrix, and for most columns of counts it is 1.
    fill : float
        The median, in the column's own unit, which stands in for a missing value.
    center, spread : float
        Mean and standard deviation after the transform.
    missing, clipped : int
        How many values were filled, and drawn in to ±4 standard deviations, when it was learned.
    unit : float
        What untransformed values are divided by first: 1 but for values so large or small that squares of them are
        no numbers; a power of two, so that nothing is rounded.
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

    def standardized(self, values: Floats) -> Floats:
        """The values after filling, transform and scaling, before the tails are clipped."""
        filled = np.where(np.isnan(values), self.fill, values)
        if self.transform == "log1p":
            moved = _log_transformed(filled, self.scale)
        else:
            # New customers may lie beyond all numbers in that unit: the tails are clipped afterwards.
            with np.errstate(over="ignore"):
                moved = filled / self.unit
        return (moved - self.center) / self.spread


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

        Missing values are NaN. Raises DataError for infinite ones. Every customer gets the same row alone
        or among others.
        """
        refuse_infinite({column.name: values[column.name] for column in self.columns}, caller)
        parts = [column.standardized(values[column.name]) for column in self.columns]
        # Money in cents or euros differs in the last bits: without them the same customers are the same rows.
        return np.ascontiguousarray(np.clip(np.column_stack(parts), -CLIP, CLIP).round(_DECIMALS))

    def notes(self) -> list[str]:
        """What a person should know: columns dropped, values filled and clipped."""
        notes = [f"{printable(name)} was not used: {reason}." for name, reason in self.dropped.items()]
        for column in self.columns:
            name = printable(column.name)
            if column.missing:
                filled = plural(column.missing, "missing value")
                notes.append(f"{filled} of {name} taken as the median, {column.fill:,.6g}.")
            if column.clipped:
                notes.append(
                    f"{plural(column.clipped, 'customer lies', 'customers lie')} beyond {CLIP:g} standard "
                    f"deviations on {name}, drawn in to that bound."
                )
        return notes


def plan_preparation(values: Mapping[str, Floats], caller: str = "plan_preparation") -> Preparation:
    """Learn how to prepare the columns.

    A column with skewness beyond ±1 takes ``log1p`` on its own scale where that lessens the skewness; values
    below 0 take it with their sign. Then each is standardized and its tails are drawn in to ±4 standard
    deviations. A column is left out when more than half of its values are missing, or more than 99 % of the
    rest are equal.

    Parameters
    ----------
    values : mapping of str to ndarray of shape (n_customers,)
        Columns in human units; NaN where a value is missing.
    caller : str, default "plan_preparation"
        Who asks, for the errors.

    Returns
    -------
    Preparation

    Raises
    ------
    DataError
        If values are infinite, or no column is left.

    Notes
    -----
    A missing value is filled with the column's median, counted, and takes no part in mean and spread.
    Nothing depends on the order of the customers, nor on the unit of a column.

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.preparation import plan_preparation
    >>> plan = plan_preparation({"order_count": np.array([1.0, 1.0, 2.0, 40.0]), "vip": np.zeros(4)})
    >>> plan.columns[0].transform, plan.columns[0].scale
    ('log1p', 1.0)
    >>> plan.notes()
    ['vip was not used: all of its values are equal.']
    """
    refuse_infinite(values, caller)
    dropped = {name: reason for name, column in values.items() if (reason := _useless(column))}
    kept = {name: column for name, column in values.items() if name not in dropped}
    if not kept:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in dropped.items())
        raise DataError(f"{caller}: no column is left to cluster on ({reasons}). Give other columns.")
    # Who has a value in dropped columns alone is not clustered, and so nothing is filled in for them.
    some = np.logical_or.reduce([~np.isnan(column) for column in kept.values()])
    return Preparation(tuple(_plan(name, column[some]) for name, column in kept.items()), dropped)


def _plan(name: str, column: Floats) -> ColumnPlan:
    # Sorted, so that sums do not depend on the order of the customers.
    known = np.sort(column[~np.isnan(column)])
    unit = unit_of(known)
    scaled = known / unit
    fill = median(known)
    scale = _log_scale_that_helps(known, abs(skewness(scaled)))
    moved = scaled if scale is None else _log_transformed(known, scale)
    # The filled values sit at the median: they take no part in the center and the spread.
    plan = ColumnPlan(
        name,
        "none" if scale is None else "log1p",
        scale=1.0 if scale is None else scale,
        fill=fill,
        center=float(moved.mean()),
        spread=float(moved.std()),
        missing=len(column) - len(known),
        unit=unit,
    )
    return replace(plan, clipped=int((np.abs(plan.standardized(known)) > CLIP).sum()))


def _log_scale_that_helps(known: Floats, skew: float) -> float | None:
    """The scale of a logarithm that lessens the skewness of the values; None where none is wanted or none does."""
    if skew <= _SKEWED:
        return None
    scale = _log_scale(known[known != 0])
    return scale if abs(skewness(_log_transformed(known, scale))) < skew else None


def _log_scale(values: Floats) -> float:
    """Where the logarithm sets in; beyond most values where both signs are common, or it would tear them apart at 0."""
    rarer_sign = min(float((values < 0).mean()), float((values > 0).mean()))
    quantile = _SCALE_QUANTILE if rarer_sign < _FEW else _TWO_SIDED_QUANTILE
    return float(np.quantile(np.abs(values), quantile))


def _log_transformed(values: Floats, scale: float) -> Floats:
    with np.errstate(over="ignore", divide="ignore"):
        ratios = np.abs(values) / scale
        # Beyond the largest number the 1 is nothing beside the ratio.
        logs = np.where(np.isinf(ratios), np.log(np.abs(values)) - np.log(scale), np.log1p(ratios))
    return np.sign(values) * logs


def _useless(column: Floats) -> str:
    """Why the column cannot serve, or nothing."""
    known = column[~np.isnan(column)]
    if len(known) == 0:
        return "all of its values are missing"
    if len(known) < (1 - _MISSING_SHARE) * len(column):
        return f"{1 - len(known) / len(column):.0%} of its values are missing"
    _, counts = np.unique(known, return_counts=True)
    share = counts.max() / len(known)
    if share == 1:
        return "all of its values are equal"
    if share > _SAME_SHARE:
        return f"{share:.1%} of its values are equal"
    return ""


def refuse_infinite(values: Mapping[str, Floats], caller: str) -> None:
    """Raise where a column holds infinite values: no step can work with them.

    Parameters
    ----------
    values : mapping of str to ndarray of shape (n_customers,)
        Columns in human units.
    caller : str
        Who asks, for the error.

    Raises
    ------
    DataError
        Naming every such column, with how many values.

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.preparation import refuse_infinite
    >>> refuse_infinite({"revenue": np.array([1.0, np.nan])}, "fit_segments")
    """
    counts = {name: int(np.isinf(column).sum()) for name, column in values.items()}
    if bad := {name: count for name, count in counts.items() if count}:
        told = ", ".join(f"{name!r} ({plural(count, 'value')})" for name, count in bad.items())
        raise DataError(f"{caller}: infinite values in {told}. Mend or leave out these customers.")
