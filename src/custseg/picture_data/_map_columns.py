"""The columns that name the axes of the map: those of the matrix or, with categories, numbers and each category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Floats
from custseg.feature_table import Feature
from custseg.preparation import CLIP, Preparation
from custseg.texts import printable


@dataclass(frozen=True, eq=False)
class MapColumns:
    """The matrix of a map, and what its axes are named by.

    Attributes
    ----------
    rows : ndarray of shape (n_customers, n_columns)
        The matrix, with at least two columns.
    features : list of Feature
        What names the axes.
    phrases : mapping of str to str
        What these are called inside a sentence.
    meanings : ndarray of shape (n_customers, n_features) or None
        Their values; None where they are the columns of the matrix.
    """

    rows: Floats
    features: list[Feature]
    phrases: Mapping[str, str]
    meanings: Floats | None = None


def map_columns(
    preparation: Preparation,
    values: Mapping[str, Floats],
    *,
    features: Sequence[Feature],
    phrases: Mapping[str, str],
) -> MapColumns:
    """The columns of clustered customers; `phrases` has what their features are called.

    A category of a column that is clustered on is a column of 0 and 1, called by both names. A missing number
    counts as the median.
    """
    described = {feature.name: feature for feature in features}
    rows = preparation.matrix(values, "segment_map")
    if preparation.scores is None:
        return MapColumns(rows, [described[name] for name in preparation.names], phrases)
    named, columns, called = [], [], dict(phrases)
    for plan in preparation.columns:
        named.append(described[plan.name])
        columns.append(np.clip(plan.standardized(values[plan.name]), -CLIP, CLIP))
    for category in preparation.categories:
        for code, level in enumerate(category.levels):
            name = f"{category.name} {level}"
            named.append(Feature(name))
            called[name] = f"{phrases[category.name]} {printable(level)}"
            columns.append((values[category.name] == code).astype(np.float64))
    # A map has two dimensions, in one of which the customers do not differ where there is one score.
    wide = rows if rows.shape[1] > 1 else np.column_stack([rows, np.zeros(len(rows))])
    return MapColumns(wide, named, called, np.column_stack(columns))
