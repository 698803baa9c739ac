"""What rules are made of: columns, labels, and who is learned from and who is held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._checks import check_distinct, check_named, check_no_nul
from custseg._format import listed, plural
from custseg._frames import collect, column_of, columns_of, frame_from_columns, open_table
from custseg._hashes import mix
from custseg.errors import DataError
from custseg.feature_table import FeatureTable, given_features
from custseg.rules._bins import Column, binned
from custseg.rules._conditions import numbers_of

Labels = NDArray[np.intp]
Places = NDArray[np.intp]

LEARNED_SHARE = 0.7
_MOST_LEARNED = 30_000
_LEAST_LEARNED = 1_000
_MOST_HELD_OUT = 100_000


@dataclass(frozen=True, eq=False)
class Split:
    """Rows that rules are learned from, with the weight of each segment among them, and rows held out."""

    learned: Places
    weights: NDArray[np.float64]
    held_out: Places


def given_columns(
    features: object, caller: str, *, customer_column: str | None = None
) -> tuple[nw.DataFrame[Any], dict[str, str]]:
    """The feature columns as a local table, and the unit of each where it is known."""
    if isinstance(features, Mapping):
        return _of_mapping(features, caller), {}
    table = given_features(features, customer_column, caller)
    return columns_of(table.local, table.names), {feature.name: feature.unit for feature in table.described}


def needed_columns(features: object, names: Sequence[str], caller: str) -> nw.DataFrame[Any]:
    """These columns of a feature table, a frame or a mapping, as a local table."""
    if isinstance(features, FeatureTable):
        _check_present(names, features.names, caller)
        return columns_of(features.local, names or ["customer_id"])
    if isinstance(features, Mapping):
        _check_present(names, list(features), caller)
        return _of_mapping({name: features[name] for name in names} or features, caller)
    opened = open_table(features, caller, whole=True)
    opened.check_types(caller, names or None)
    dialect = opened.dialect
    _check_present(names, dialect.columns, caller)
    wanted = names or dialect.columns
    check_distinct(caller, dialect.columns, wanted)
    return collect(dialect.select(dialect.plain_columns(wanted)))


def _check_present(names: Sequence[str], present: Sequence[str], caller: str) -> None:
    if lacking := [name for name in names if name not in present]:
        raise DataError(f"{caller}: features lacks {listed(lacking)}, which the rules name; it has {listed(present)}.")


def _of_mapping(columns: Mapping[Any, Any], caller: str) -> nw.DataFrame[Any]:
    if not columns:
        raise DataError(f"{caller}: features has no columns. Give at least one.")
    if unnamed := [name for name in columns if not isinstance(name, str)]:
        raise TypeError(f"{caller}: the names of features must be text, got {listed(unnamed)}.")
    check_no_nul(caller, columns)
    check_named(caller, list(columns))
    # Lists stay lists: NumPy would make one text of numbers and words.
    arrays = {name: values if isinstance(values, list) else np.asarray(values) for name, values in columns.items()}
    shapes = {name: (len(values),) if isinstance(values, list) else values.shape for name, values in arrays.items()}
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        raise DataError(f"{caller}: features must be columns of one length, got the shapes {shapes}.")
    try:
        return nw.from_native(frame_from_columns(arrays), eager_only=True)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"{caller}: each of the features must hold numbers, booleans or text alone (None where missing). "
            f"Mend one of {listed(columns)}."
        ) from error


def checked_labels(labels: object, rows: int, caller: str) -> Labels:
    """The labels as whole numbers from -1 up, one per customer, at least one of them a segment."""
    given = np.asarray(labels)
    if given.ndim != 1:
        raise ValueError(f"{caller}: labels must be one column, got {given.ndim} dimensions.")
    if len(given) != rows:
        raise ValueError(
            f"{caller}: labels must have one entry per customer, got {len(given):,} for {plural(rows, 'customer')}. "
            "Give -1 for customers without a segment."
        )
    if given.dtype.kind not in "iu":
        raise TypeError(f"{caller}: labels must be whole numbers, got {given.dtype}. Cast them, -1 for no segment.")
    if given.min(initial=0) < -1:
        raise ValueError(f"{caller}: labels must be -1 or segments from 0 up, got {int(given.min())}.")
    if not (given >= 0).any():
        raise DataError(f"{caller}: no customer has a segment: all labels are -1.")
    return given.astype(np.intp)


def columns_in_bins(table: nw.DataFrame[Any], units: Mapping[str, str]) -> list[Column]:
    """The columns that have something to say, in bins."""
    found = (binned(name, column_of(table, name), units.get(name, "")) for name in table.columns)
    return [column for column in found if column is not None]


def split_rows(table: nw.DataFrame[Any], labels: Labels, *, columns: Sequence[Column], seed: int) -> Split:
    """Seven in ten of each segment to learn from, the rest held out; large tables are sampled.

    Who is where hangs on values alone: equal customers of one segment may stand in for each other, so the
    rules do not depend on the order of the rows. In a large table every segment is learned from at least a
    thousand customers, and `weights` make up for it.
    """
    draw = _draws(table, labels, columns=columns, seed=seed)
    order = np.lexsort((draw, labels))
    order = order[labels[order] >= 0]
    sizes = np.bincount(labels[order])
    place = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    own = np.repeat(sizes, sizes)
    several = np.ceil(LEARNED_SHARE * sizes).astype(int)
    quota = np.minimum(
        several, np.maximum(_LEAST_LEARNED, several * min(1.0, _MOST_LEARNED / several.sum())).astype(int)
    )
    learned = order[place < np.repeat(quota, sizes)]
    rest = order[place >= np.ceil(LEARNED_SHARE * own)]
    held_out = rest[np.argsort(draw[rest])[:_MOST_HELD_OUT]]
    weights = np.divide(several, quota, out=np.zeros(len(sizes)), where=quota > 0)
    return Split(learned, weights, held_out)


def _draws(table: nw.DataFrame[Any], labels: Labels, *, columns: Sequence[Column], seed: int) -> NDArray[np.uint64]:
    """A number per row, as if drawn by chance: from its values, and from which of its equals it is."""
    hashes = np.full(len(labels), np.uint64(seed), dtype=np.uint64)
    for column in columns:
        values = column_of(table, column.about.feature)
        mix(hashes, column.codes(values).astype(float) if column.about.kind == "category" else numbers_of(values))
    order = np.lexsort((labels, hashes))
    first = np.ones(len(order), dtype=bool)
    first[1:] = hashes[order][1:] != hashes[order][:-1]
    position = np.arange(len(order))
    twin = np.empty(len(order))
    twin[order] = position - np.maximum.accumulate(np.where(first, position, 0))
    return mix(hashes, twin)
