"""Cuts the customers of a segment into parts by the values of one column, none smaller than a minimum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import did_you_mean
from custseg._numerics import Floats, Integers
from custseg.errors import DataError
from custseg.feature_table import CODE, FeatureTable
from custseg.texts import amount, listed, printable, roundest, text

_HALF = 0.5
SHORT_NAMES = {
    "channel": ("preferred_channel", "channel_top"),
    "source": ("first_source",),
    "category": ("category_top",),
    "discount": ("discount_share",),
    "stage": ("funnel_stage",),
}
"""Short names for the columns of features that sub-groups are usually made by."""


@dataclass(frozen=True)
class Part:
    """Rows of the feature table with one value, or one range of values, of a column."""

    words: str
    rows: Integers


def column_name(features: FeatureTable, name: object, caller: str) -> str:
    """The column of a name or short name; DataError where the features lack it or each customer has another value."""
    if not isinstance(name, str):
        raise TypeError(f"{caller}: by must name columns of the features, got {type(name).__name__}.")
    candidates = [column for column in SHORT_NAMES.get(name, (name,)) if column in features.names]
    if not candidates:
        raise DataError(
            f"{caller}: the features have no column for by={name!r}."
            f"{did_you_mean(name, [*SHORT_NAMES, *features.names])} Short names are {list(SHORT_NAMES)}, for logs in "
            f"which these columns are described; the columns are {listed(features.names)}."
        )
    return candidates[0]


def check_shared(features: FeatureTable, column: str, rows: Integers, *, min_size: int, caller: str) -> None:
    """Raise for a column with a value of its own for nearly every customer, such as a name or a number."""
    values = features.local.get_column(column)
    described = next(feature for feature in features.described if feature.name == column)
    is_number = values.dtype.is_numeric()
    if is_number and described.unit != CODE:
        return
    chosen = values.cast(nw.String).to_list()
    present = [chosen[row] for row in rows.tolist() if chosen[row] is not None]
    if len(set(present)) > len(present) / 2 and len(present) >= min_size:
        raise DataError(
            f"{caller}: column {column!r} has {len(set(present)):,} different values for {len(present):,} customers of "
            "the segment, so that no sub-group shares one. Leave it out of by, or group its values first."
        )


def parts_of(features: FeatureTable, column: str, rows: Integers, *, min_size: int, language: str) -> list[Part]:
    """The parts of these rows, the largest first; a single part where the column cannot cut them."""
    values = features.local.get_column(column)
    if values.dtype.is_numeric():
        return _ranges(features, column, rows, min_size=min_size, language=language)
    return _categories(values, rows, min_size=min_size, language=language)


def _categories(values: nw.Series[Any], rows: Integers, *, min_size: int, language: str) -> list[Part]:
    """A part for each value with enough customers; rare values and missing ones are one part, "other or unknown".

    Where these are too few for a part, the smallest values join them.
    """
    texts = values.cast(nw.String).to_list()
    by_value: dict[str, list[int]] = {}
    remainder: list[int] = []
    for row in rows.tolist():
        if texts[row] is None:
            remainder.append(row)
        else:
            by_value.setdefault(texts[row], []).append(row)
    named = sorted(by_value.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    for value, members in named[::-1]:
        if len(members) < min_size or 0 < len(remainder) < min_size:
            remainder += members
            del by_value[value]
    pieces = [Part(printable(value), np.array(members)) for value, members in named if value in by_value]
    if remainder:
        pieces.append(Part(text(language, "subgroups", "other"), np.array(sorted(remainder))))
    if any(len(piece.rows) < min_size for piece in pieces):
        return [Part("", rows)]
    return pieces


def _ranges(features: FeatureTable, column: str, rows: Integers, *, min_size: int, language: str) -> list[Part]:
    """Two parts: shares cut at one half, other numbers at a round number near the median; missing values apart."""
    values = features.values(column)[rows]
    described = next(feature for feature in features.described if feature.name == column)
    is_known = ~np.isnan(values)
    cut = _HALF if described.unit == "share" else _cut(values[is_known])
    words = text(language, "subgroups")
    pieces = []
    if cut is not None:
        bound = amount(cut, described.unit, language)
        ranges = (("below", is_known & (values < cut)), ("from", is_known & (values >= cut)))
        pieces = [Part(words[name].format(bound=bound), rows[mask]) for name, mask in ranges if mask.any()]
    if not is_known.all():
        pieces.append(Part(words["unknown"], rows[~is_known]))
    if len(pieces) < 2 or any(len(piece.rows) < min_size for piece in pieces):
        return [Part("", rows)]
    return sorted(pieces, key=lambda piece: -len(piece.rows))


def _cut(values: Floats) -> float | None:
    if len(values) < 2:
        return None
    low, middle, high = np.quantile(values, [0.4, 0.5, 0.6])
    return roundest(float(low), float(high), near=float(middle)) if low < high else float(middle)
