"""What is profiled: one row per customer, as numbers and as categories."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._arrays import Floats
from custseg._checks import check_columns, check_distinct, check_named, check_no_nul, did_you_mean
from custseg._format import listed
from custseg._frames import collect, column_of, frame_from_columns, open_table
from custseg._privacy import SMALLEST_GROUP
from custseg.errors import DataError
from custseg.feature_table import Feature, FeatureTable

_ID = "customer_id"
_MOST_CATEGORIES = 20
OTHER = "(other values)"
_YES, _NO = ("true", "yes"), ("false", "no")


@dataclass(frozen=True, eq=False)
class Categories:
    """One column of categories.

    Attributes
    ----------
    codes : ndarray of int, shape (n_customers,)
        Position of the category in `values`; -1 where it is missing.
    values : tuple of str
        The most frequent first. What fewer than 10 customers have, or is not among the 20 most frequent, is
        together in the last one.
    """

    codes: NDArray[np.intp]
    values: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ProfileTable:
    """The columns to profile, sorted into numbers and categories; ids are no part of it."""

    local: nw.DataFrame[Any]
    described: Mapping[str, Feature]
    descriptors: tuple[str, ...]
    give_back: Callable[[nw.DataFrame[Any]], Any]
    windowed: bool = False
    notes: tuple[str, ...] = ()
    categories: Mapping[str, Categories] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.local)

    @property
    def clustering_columns(self) -> list[str]:
        """The columns that are not descriptors, without those that the log does not determine reliably."""
        return [
            name for name, feature in self.described.items() if name not in self.descriptors and not feature.doubtful
        ]

    def values(self, name: str) -> Floats:
        """A column of numbers; NaN where it is missing."""
        column = column_of(self.local, name).cast(nw.Float64)
        return column.fill_null(float("nan")).to_numpy()


def read_table(features: object, descriptors: object, *, customer_column: str | None, caller: str) -> ProfileTable:
    """Open features and descriptors of any kind."""
    local, described, give_back, notes = _opened(features, "features", customer_column=customer_column, caller=caller)
    windowed = isinstance(features, FeatureTable) and _is_windowed(features)
    names: list[str] = []
    if descriptors is not None and _is_names(descriptors):
        names = list(descriptors)
        if lacking := [name for name in names if name not in described]:
            hints = ", ".join(f"{name!r}{did_you_mean(str(name), list(described))}" for name in lacking)
            raise DataError(f"{caller}: descriptors names columns that features lacks: {hints}.")
    elif descriptors is not None:
        more, more_described, _, more_notes = _opened(
            descriptors, "descriptors", customer_column=customer_column, caller=caller
        )
        _check_together(local, more, names=(described, more_described), caller=caller)
        local = local.with_columns(more.get_column(name) for name in more_described)
        described, notes = described | more_described, (*notes, *more_notes)
        names = list(more_described)
    return _sorted_into_kinds(local, described, tuple(names), give_back=give_back, windowed=windowed, notes=notes)


def checked_weights(size_weight: object, table: ProfileTable, caller: str) -> Floats | None:
    """The weight of each customer, from a column by name or an array; missing values count as 0."""
    if size_weight is None:
        return None
    if isinstance(size_weight, str):
        if size_weight not in table.numbers:
            raise DataError(
                f"{caller}: size_weight must name a numeric column, got {size_weight!r}; these are "
                f"{listed(table.numbers)}."
            )
        return np.asarray(np.nan_to_num(table.values(size_weight), nan=0.0))
    weights = np.asarray(size_weight, dtype=float)
    if weights.shape != (len(table),):
        raise DataError(
            f"{caller}: size_weight must hold one number per customer ({len(table):,}), got shape {weights.shape}."
        )
    if np.isinf(weights).any():
        raise DataError(f"{caller}: size_weight holds infinite values.")
    return np.asarray(np.nan_to_num(weights, nan=0.0))


_Opened = tuple[nw.DataFrame[Any], dict[str, Feature], Callable[[nw.DataFrame[Any]], Any], tuple[str, ...]]


def _opened(table: object, argument: str, *, customer_column: str | None, caller: str) -> _Opened:
    if isinstance(table, FeatureTable):
        return table.local, {feature.name: feature for feature in table.described}, table.give_back, ()
    if isinstance(table, Mapping):
        local = nw.from_native(_from_mapping(table, argument, caller), eager_only=True)
        ids: str | None = customer_column or _ID
        notes: tuple[str, ...] = ()
        give_back: Callable[[nw.DataFrame[Any]], Any] = nw.to_native
    else:
        opened = open_table(table, caller, whole=True)
        opened.check_types(caller)
        check_distinct(caller, opened.dialect.columns)
        local = collect(opened.dialect.select(opened.dialect.plain_columns(opened.dialect.columns)))
        check_columns(caller, {"customer_column": customer_column}, local.columns)
        ids, notes = (customer_column, ()) if customer_column else _ids_of(local, argument)
        give_back = opened.returner()
    check_named(caller, local.columns, ids=ids)
    described = {name: Feature(name) for name in local.columns if name != ids}
    if not described or len(local) == 0:
        raise DataError(f"{caller}: {argument} must have rows, and a column beside the ids; got {local.shape}.")
    if ids is not None and ids in local.columns and ids != _ID:
        local = local.rename({ids: _ID})
    return local, described, give_back, notes


def _ids_of(local: nw.DataFrame[Any], argument: str) -> tuple[str | None, tuple[str, ...]]:
    """Which column holds ids: they tell nothing of a segment, and are not to be shown."""
    if _ID in local.columns:
        return _ID, ()
    first = local.columns[0]
    kind = local.schema[first]
    column = column_of(local, first)
    if not (kind.is_integer() or kind == nw.String) or len(local) < 2 or column.n_unique() < len(local):
        return None, ()
    note = (
        f"column {first!r} of {argument} was taken for ids, since no two rows are equal in it; "
        "customer_column= says otherwise."
    )
    return first, (note,)


def _from_mapping(table: Mapping[Any, Any], argument: str, caller: str) -> Any:
    columns = {}
    for name, values in table.items():
        if not isinstance(name, str):
            raise TypeError(f"{caller}: {argument} must map names to columns, got a {type(name).__name__} as a name.")
        check_no_nul(caller, [name])
        array = np.asarray(values)
        columns[name] = array.astype(object) if array.dtype.kind in "US" else array
    shapes = {name: values.shape for name, values in columns.items()}
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        raise DataError(f"{caller}: the columns of {argument} must be of one length, got shapes {shapes}.")
    try:
        return frame_from_columns(columns)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{caller}: a column of {argument} mixes types that do not go together ({error}).") from error


def _is_names(descriptors: object) -> TypeGuard[Sequence[str]]:
    if isinstance(descriptors, str) or not isinstance(descriptors, Sequence):
        return False
    return all(isinstance(name, str) for name in descriptors)


def _check_together(
    local: nw.DataFrame[Any],
    more: nw.DataFrame[Any],
    *,
    names: tuple[Mapping[str, Feature], Mapping[str, Feature]],
    caller: str,
) -> None:
    if len(local) != len(more):
        raise DataError(
            f"{caller}: descriptors must have one row per customer of features, got {len(more):,} rows for "
            f"{len(local):,} customers."
        )
    if both := [name for name in names[1] if name in names[0]]:
        raise DataError(f"{caller}: descriptors and features both have {listed(both)}. Rename or drop one of each.")
    if _ID in local.columns and _ID in more.columns:
        ids = local.get_column(_ID), more.get_column(_ID)
        if ids[0].to_list() != ids[1].to_list():
            raise DataError(
                f"{caller}: the ids of descriptors are not those of features in the same order. "
                "Join both tables on the id first."
            )


def _sorted_into_kinds(
    local: nw.DataFrame[Any],
    described: Mapping[str, Feature],
    descriptors: tuple[str, ...],
    *,
    give_back: Callable[[nw.DataFrame[Any]], Any],
    windowed: bool,
    notes: tuple[str, ...],
) -> ProfileTable:
    categories: dict[str, Categories] = {}
    numbers, left_out = [], []
    for name in described:
        kind = local.schema[name]
        if kind.is_numeric() or kind == nw.Unknown:
            numbers.append(name)
        elif kind in (nw.Boolean, nw.String, nw.Categorical, nw.Enum):
            categories[name] = _coded(column_of(local, name))
        else:
            left_out.append(name)
    if left_out:
        notes = (*notes, f"columns {left_out} hold neither numbers, texts nor yes and no: left out.")
    return ProfileTable(
        local, described, descriptors, give_back=give_back, windowed=windowed, notes=notes, categories=categories,
        numbers=tuple(numbers),
    )  # fmt: skip


def _coded(column: nw.Series[Any]) -> Categories:
    if column.dtype == nw.Boolean:
        flags = column.cast(nw.Int8).fill_null(-1).to_numpy()
        return Categories(np.where(flags < 0, -1, 1 - flags).astype(np.intp), ("yes", "no"))
    words = column.cast(nw.String)
    counts = words.drop_nulls().alias("value").value_counts(name="count")
    counts = counts.sort("count", "value", descending=[True, False])
    marks = {value.lower() for value in counts.head(5).get_column("value").to_list()}
    if marks and marks <= {*_YES, *_NO}:
        # A CSV file holds flags as words.
        codes = np.where(words.str.to_lowercase().is_in(_YES).fill_null(value=False).to_numpy(), 0, 1)
        return Categories(np.where(words.is_null().to_numpy(), -1, codes).astype(np.intp), ("yes", "no"))
    common = counts.filter(nw.col("count") >= SMALLEST_GROUP).get_column("value").to_list()[:_MOST_CATEGORIES]
    codes = np.where(words.is_null().to_numpy(), -1, len(common)).astype(np.intp)
    for code, value in enumerate(common):
        codes[(words == value).fill_null(value=False).to_numpy()] = code
    others = (codes == len(common)).any()
    return Categories(codes, (*common, *[OTHER] * bool(others)))


def _is_windowed(table: FeatureTable) -> bool:
    return table.snapshot is not None and table.snapshot.window_days is not None
