"""One customer at a time, as in an online service: its features as numbers, and its `Assignment`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_finite, did_you_mean
from custseg._frames import frame_from_columns
from custseg._numerics import Floats
from custseg.errors import DataError
from custseg.feature_table import RETURN_FEATURES, Feature, FeatureTable, Levels
from custseg.sql_dialects import WHITESPACE

_TYPES: Mapping[str, Any] = {"text": nw.String, "flag": nw.Boolean}
_WORDS = {"text": "text", "flag": "True, False"}


@dataclass(frozen=True)
class Assignment:
    """The segment of one customer.

    Attributes
    ----------
    segment : int or None
        Number of the segment; None for a customer that cannot be clustered.
    name : str
        Its name.
    confidence : float or None
        In [0, 1]: about 1/2 on the boundary of two segments.
    second_segment : int or None
        The second-best segment; None where there is only one.
    is_outlier : bool or None
        Whether the customer is farther from the segment than the ten farthest customers of the fit on average.
    """

    segment: int | None
    name: str
    confidence: float | None = None
    second_segment: int | None = None
    is_outlier: bool | None = None


def values_of_one(
    features: Mapping[str, Any],
    names: Sequence[str],
    *,
    further: Sequence[str] = (),
    coding: Mapping[str, Levels] | None = None,
) -> dict[str, Floats]:
    """The values of one customer as arrays of one: of the columns of a model, and of those that tell about returns.

    `further` are other columns that must be there; `coding` has the levels of categories, whose values are codes.
    """
    levels = coding or {}
    features = _with_label_flags(features, levels)
    if lacking := [name for name in dict.fromkeys((*names, *further)) if name not in features]:
        words = ", ".join(f"{name!r}{did_you_mean(name, list(map(str, features)))}" for name in lacking)
        raise DataError(f"assign_one: features lack {words}; give None where a value is missing.")
    columns_to_read = dict.fromkeys([*names, *(name for name in RETURN_FEATURES if name in features)])
    values = {
        name: _code(name, features[name], levels[name]) if name in levels else _number(name, features[name])
        for name in columns_to_read
    }
    check_finite("assign_one", values)
    return values


def table_of_one(
    features: Mapping[str, Any],
    values: Mapping[str, Floats],
    kinds: Mapping[str, str],
    *,
    coding: Mapping[str, Levels] | None = None,
) -> FeatureTable:
    """A table with one row: the numbers, and the columns of rules and categories, which hold what `kinds` says."""
    coding = coding or {}
    features = _with_label_flags(features, coding)
    kinds = {**kinds, **{name: levels.kind for name, levels in coding.items()}}
    numbers = {**values, **{n: _number(n, features[n]) for n, kind in kinds.items() if kind == "number"}}
    columns: dict[str, Any] = {name: column.tolist() for name, column in numbers.items()}
    for name, kind in kinds.items():
        if kind == "any" and name not in columns:
            columns[name] = [None if _is_missing(features[name]) else 0.0]
        if kind in _TYPES:
            value = None if _is_missing(features[name]) else features[name]
            if value is not None and not isinstance(value, str if kind == "text" else bool):
                raise DataError(f"assign_one: {name} must be {_WORDS[kind]} or None, got {type(value).__name__}.")
            columns[name] = [value]
    local = nw.from_native(frame_from_columns({"customer_id": [0], **columns}), eager_only=True)
    local = local.with_columns(nw.col(name).cast(_TYPES.get(kinds.get(name, ""), nw.Float64)) for name in columns)
    return FeatureTable(local, tuple(map(Feature, columns)), nw.to_native, coding=coding)


def _with_label_flags(features: object, coding: Mapping[str, Levels]) -> dict[str, Any]:
    """The values with yes and no for each label that the fit has made a column of, where they have the list of labels.

    Raises TypeError for another type than a mapping, and DataError for a list that is none.
    """
    if not isinstance(features, Mapping):
        raise TypeError(f"assign_one: features must map columns to numbers, got {type(features).__name__}.")
    flags = {}
    for name, levels in coding.items():
        if not levels.source or name in features or levels.source not in features:
            continue
        labels = features[levels.source]
        if labels is not None and not isinstance(labels, (list, tuple, set)):
            kind = type(labels).__name__
            raise DataError(f"assign_one: {levels.source} must be a list of labels or None, got {kind}.")
        label = name.removeprefix(f"{levels.source}: ")
        flags[name] = None if labels is None else label in map(str, labels)
    return {**features, **flags}


def _code(name: str, value: Any, levels: Levels) -> Floats:
    """The code of one category as an array of one; NaN where it is missing."""
    if _is_missing(value):
        return np.array([np.nan])
    if not isinstance(value, bool if levels.kind == "flag" else str):
        raise DataError(f"assign_one: {name} must be {_WORDS[levels.kind]} or None, got {type(value).__name__}.")
    return np.array([levels.code(str(value).lower() if levels.kind == "flag" else str(value))])


def _is_missing(value: Any) -> bool:
    """Whether there is no value: None, NaN, or text of white space alone, as in a table."""
    if isinstance(value, str):
        return not value.strip(WHITESPACE)
    return value is None or (isinstance(value, float) and np.isnan(value))


def _number(name: str, value: Any) -> Floats:
    """One value as an array of one; NaN where it is missing."""
    if value is None:
        return np.array([np.nan])
    if isinstance(value, (bool, str, bytes, Sequence)) or not np.isscalar(value):
        raise DataError(f"assign_one: {name} must be a number or None, got {type(value).__name__}.")
    try:
        return np.array([float(value)])  # type: ignore[arg-type]
    except (TypeError, OverflowError):
        raise DataError(f"assign_one: {name} must be a number or None, got {type(value).__name__}.") from None
