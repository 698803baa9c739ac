"""Bin edges of RFM scores: learned from data or given, and applied to any values."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from custseg._checks import did_you_mean
from custseg.errors import DataError
from custseg.texts import listed

FEWEST_BINS, MOST_BINS = 2, 9
"""One digit per score: 9 bins are the most that a code can spell."""


class FeatureEdges(TypedDict):
    """Bin edges of one feature, as plain numbers that can be written as JSON.

    A value has `scores[i]`, with i the number of `upper` values below it: up to `upper[0]` it is `scores[0]`,
    beyond the last of them `scores[-1]`. Empty bins appear in neither list.
    """

    bins: int
    upper: list[float]
    scores: list[int]


def learned_edges(values: NDArray[np.float64], bins: int, *, falling: bool, integers: bool = False) -> FeatureEdges:
    """Edges of ridit scores: the largest value of each occupied bin, so that training scores are reproduced.

    With `falling`, small values are better; `integers` values give integer edges.
    """
    levels, counts = np.unique(values, return_counts=True)
    worst_first = counts[::-1] if falling else counts
    # Twice the customers below the middle of each level: all in integers, so exact.
    middle = 2 * np.cumsum(worst_first) - worst_first
    scores = 1 + bins * middle // (2 * len(values))
    scores = scores[::-1] if falling else scores
    last_of_bin = np.flatnonzero(np.diff(scores))
    occupied = scores[np.append(last_of_bin, len(scores) - 1)]
    upper = levels[last_of_bin].tolist()
    return {"bins": bins, "upper": [int(v) for v in upper] if integers else upper, "scores": occupied.tolist()}


def scores_by_edges(values: NDArray[np.float64], edges: FeatureEdges) -> NDArray[np.int64]:
    """The score of every value."""
    position = np.searchsorted(np.asarray(edges["upper"], dtype=np.float64), values, side="left")
    return np.asarray(edges["scores"], dtype=np.int64)[position]


def given_edges(raw: Mapping[Any, Any], falling: Mapping[str, bool], caller: str) -> dict[str, FeatureEdges]:
    """The given edges in full form, for each feature of `falling`; one error lists all faults."""
    faults = [
        f"there are edges for {name!r}, which is not one of the three features.{did_you_mean(str(name), falling)}"
        for name in raw
        if name not in falling
    ]
    faults += [f"there are no edges for {name!r}." for name in falling if name not in raw]
    edges: dict[str, FeatureEdges] = {}
    for name, falls in falling.items():
        if name in raw:
            try:
                edges[name] = _full_form(raw[name], falling=falls)
            except ValueError as error:
                faults.append(f"those of {name!r} {error}")
    if len({entry["bins"] for entry in edges.values()}) > 1:
        bins = ", ".join(f"{name!r} has {entry['bins']}" for name, entry in edges.items())
        faults.append(f"all features must have the same number of bins, but {bins}.")
    if faults:
        raise DataError(f"{caller}: the edges given as bins cannot be used: {' '.join(faults)}")
    return edges


def _full_form(raw: object, *, falling: bool) -> FeatureEdges:
    """Edges of one feature in full form; a plain list of numbers gets consecutive scores."""
    if not isinstance(raw, Mapping):
        upper = _increasing(raw)
        bins = len(upper) + 1
        scores = list(range(1, bins + 1))
        entry: FeatureEdges = {"bins": bins, "upper": upper, "scores": scores[::-1] if falling else scores}
    else:
        if set(raw) != set(FeatureEdges.__annotations__):
            raise ValueError(
                f"must be a list of numbers, or have the keys {listed(FeatureEdges.__annotations__)}, "
                f"got {listed(raw)}."
            )
        upper = _increasing(raw["upper"], may_be_empty=True)
        scores = _whole_numbers(raw["scores"], "scores")
        entry = {"bins": _whole_numbers([raw["bins"]], "bins")[0], "upper": upper, "scores": scores}
    _check_scores(entry, falling=falling)
    return entry


def _check_scores(edges: FeatureEdges, *, falling: bool) -> None:
    bins, upper, scores = edges["bins"], edges["upper"], edges["scores"]
    if not FEWEST_BINS <= bins <= MOST_BINS:
        raise ValueError(f"must give {FEWEST_BINS} to {MOST_BINS} bins, got {bins}.")
    if len(scores) != len(upper) + 1:
        raise ValueError(f"must have one score more than upper values, got {len(scores)} and {len(upper)}.")
    step = -1 if falling else 1
    if any(step * (b - a) <= 0 for a, b in pairwise(scores)):
        raise ValueError(f"must have {'falling' if falling else 'rising'} scores, got {scores}.")
    if not all(1 <= score <= bins for score in scores):
        raise ValueError(f"must have scores from 1 to {bins}, got {scores}.")


def _increasing(raw: object, *, may_be_empty: bool = False) -> list[float]:
    values = _items(raw)
    numbers = [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
    if len(numbers) < len(values) or not np.isfinite(np.array(numbers, dtype=np.float64)).all():
        raise ValueError(f"must be finite numbers, got {listed(values)}.")
    if not numbers and not may_be_empty:
        raise ValueError("must be at least one number, got none.")
    if any(b <= a for a, b in pairwise(numbers)):
        raise ValueError(f"must increase, got {numbers}.")
    return numbers


def _whole_numbers(raw: object, key: str) -> list[int]:
    values = _items(raw)
    numbers = [v for v in values if isinstance(v, int) and not isinstance(v, bool)]
    if len(numbers) < len(values):
        raise ValueError(f"must have whole numbers as {key}, got {listed(values)}.")
    return numbers


def _items(raw: object) -> list[object]:
    if isinstance(raw, np.ndarray) and raw.ndim == 1:
        return list(raw.tolist())
    if not isinstance(raw, (list, tuple)):
        raise ValueError(f"must be a list of numbers, got {type(raw).__name__} {raw!r}.")
    # NumPy scalars cannot be written as JSON.
    return [v.item() if isinstance(v, np.generic) else v for v in raw]
