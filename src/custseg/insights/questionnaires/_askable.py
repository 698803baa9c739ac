"""Which columns of a result can be asked of a customer, or looked up by somebody on the phone."""

from __future__ import annotations

from collections.abc import Sequence

from custseg._checks import did_you_mean
from custseg._column_kinds import is_sensitive_name
from custseg.errors import DataError
from custseg.feature_table import CODE, Feature, FeatureTable
from custseg.texts import POINTS, listed

_COMPUTED_UNITS = (POINTS, "log ratio", "probability", "ratio", "score", "step")
_COMPUTED_FAMILIES = ("foresight",)


def column_choices(features: FeatureTable, columns: object, caller: str) -> list[list[str]]:
    """The columns that questions may be about: lists to try one after the other.

    Parameters
    ----------
    features : FeatureTable
        The table of the result.
    columns : sequence of str or None
        Those that the caller names; None for those that people can answer, then computed ones too, and never sensitive
        ones.
    caller : str
        Name of the function, for errors.

    Raises
    ------
    DataError
        If a column does not exist, or none is left.
    TypeError
        If `columns` is no sequence of names, or names one twice.
    """
    if columns is not None:
        return [_named(features, columns, caller)]
    allowed = [feature for feature in features.described if not is_sensitive_name(feature.name)]
    allowed = [feature for feature in allowed if feature.unit != CODE]
    if not allowed:
        raise DataError(
            f"{caller}: no column can be asked: all are sensitive or codes. Name some of {listed(features.names)} in "
            "columns=."
        )
    answerable = [feature.name for feature in allowed if not is_computed(feature)]
    return [names for names in (answerable, [feature.name for feature in allowed]) if names]


def _named(features: FeatureTable, columns: object, caller: str) -> list[str]:
    is_list = isinstance(columns, Sequence) and not isinstance(columns, str) and len(columns) > 0
    if not is_list or not all(isinstance(name, str) for name in columns):  # type: ignore[attr-defined]
        raise TypeError(f"{caller}: columns must list names, as in ['order_count', 'region'], got {columns!r}.")
    names: list[str] = list(columns)  # type: ignore[call-overload]
    if len(set(names)) < len(names):
        raise TypeError(f"{caller}: columns must name each column once, got {listed(names)}.")
    if unknown := [name for name in names if name not in features.names]:
        hint = did_you_mean(unknown[0], features.names)
        raise DataError(
            f"{caller}: the result has no columns {listed(unknown)}.{hint} It has {listed(features.names, 80)}."
        )
    return names


def is_computed(feature: Feature) -> bool:
    """Whether nobody can answer and the value must be looked up: a score, a probability, a ratio or a smoothed rate."""
    return feature.unit in _COMPUTED_UNITS or feature.family in _COMPUTED_FAMILIES or feature.shrunk
