"""Search for the smallest change of one feature that puts a customer into another segment, whose name fits them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from custseg._numerics import Floats, unit_of
from custseg.model import SegmentModel
from custseg.texts import roundest

_GRID_POINTS = 201
_SECTIONS, _ROUNDS = 33, 7
# To be a round number, a target may lie beyond the boundary by up to these shares of the change.
_TOLERANCES = (0.02, 0.005, 0.001)
# Of the first of two features there is never more than of the second.
_AT_MOST = (
    ("recency_days", "age_days"),
    ("order_days", "order_count"),
    ("emails_opened", "emails_delivered"),
    ("active_days", "sessions"),
)
# Of customers with one order both are of that order.
_OF_ONE_ORDER = ("recency_days", "age_days")

NameHolds = Callable[[int, str, float], bool]
"""Whether the name of a segment is true of the customer with another value of a feature."""


def is_possible(values: Mapping[str, float | str | None], feature: str, value: float) -> bool:
    """Whether one feature alone can change to a value: the last order is not before the first one.

    Values that contradict each other already do not count.
    """
    changed = {**values, feature: value}
    if feature in _OF_ONE_ORDER and values.get("order_count") == 1 and _equal(values, _OF_ONE_ORDER):
        return _equal(changed, _OF_ONE_ORDER)
    return all(_is_at_most(changed, pair) or not _is_at_most(values, pair) for pair in _AT_MOST if feature in pair)


def _equal(values: Mapping[str, float | str | None], pair: tuple[str, str]) -> bool:
    return pair[0] in values and values[pair[0]] == values.get(pair[1])


def _is_at_most(values: Mapping[str, float | str | None], pair: tuple[str, str]) -> bool:
    low, high = (values.get(name) for name in pair)
    return not isinstance(low, float) or not isinstance(high, float) or low <= high


@dataclass(frozen=True)
class Crossing:
    """A value of one feature beyond the boundary, the segment there, and the distance in prepared units."""

    feature: str
    target: float
    segment: int
    size: float


def smallest_crossing(
    model: SegmentModel,
    values: Mapping[str, float],
    observed: Mapping[str, Floats],
    *,
    segment: int,
    name_holds: NameHolds,
) -> Crossing | None:
    """The smallest crossing, in prepared units, among all features that were used for clustering.

    A value that puts the customer into a segment whose name is not true of them is no crossing.
    Each feature is searched upwards and downwards within its observed values, first on a grid and then between grid
    points. Targets are rounded as far as the assignment rule of the model confirms that they change the segment.
    """
    crossings = []
    for column, plan in enumerate(model.preparation.columns):
        feature_values = observed[plan.name]
        customer = _Customer(model, values, plan.name, segment, name_holds)
        if np.isnan(values[plan.name]) and model.preparation.scores is not None:
            # A missing value adds nothing to the scores: there is no value to start from.
            continue
        current = plan.fill if np.isnan(values[plan.name]) else values[plan.name]
        is_integer = bool((feature_values == np.floor(feature_values)).all())
        for sign in (1.0, -1.0):
            edge = customer.edge(current, feature_values, sign)
            targets = () if edge is None else _targets(current, *edge, observed=feature_values, is_integer=is_integer)
            for target in targets:
                label = int(customer.labels(np.array([target]))[0])
                if label not in (segment, -1):
                    start, end = customer.matrix(np.array([current, target]))
                    step = end - start if model.preparation.scores is not None else (end - start)[[column]]
                    crossings.append(Crossing(plan.name, target, label, size=float(np.linalg.norm(step))))
                    break
    return min(crossings, key=lambda crossing: crossing.size, default=None)


@dataclass(frozen=True)
class _Customer:
    """One customer with one feature that is varied."""

    model: SegmentModel
    values: Mapping[str, float]
    feature: str
    segment: int
    name_holds: NameHolds

    def matrix(self, feature_values: Floats) -> Floats:
        """The customer's prepared row for each value of the feature."""
        columns = {name: np.full(len(feature_values), value) for name, value in self.values.items()}
        return self.model.preparation.matrix({**columns, self.feature: feature_values}, "explain")

    def labels(self, feature_values: Floats) -> NDArray[np.intp]:
        """The customer's segment for each value of the feature; -1 where its name would not be true of them."""
        labels = self.model.rule.labels(self.matrix(feature_values))
        for position in np.flatnonzero((labels != self.segment) & (labels >= 0)).tolist():
            if not self.name_holds(int(labels[position]), self.feature, float(feature_values[position])):
                labels[position] = -1
        return labels

    def edge(self, current: float, observed: Floats, sign: float) -> tuple[float, float] | None:
        """The last value inside the segment and the first outside, nearly equal, in the direction of the sign."""
        unit = unit_of(observed)
        scaled = observed / unit
        even = np.linspace(scaled.min(), scaled.max(), _GRID_POINTS)
        grid = np.unique(np.concatenate([even, np.quantile(scaled, np.linspace(0, 1, _GRID_POINTS))])) * unit
        path = np.concatenate([[current], grid[sign * grid > sign * current][:: int(sign)]])
        for _ in range(_ROUNDS):
            is_outside = ~np.isin(self.labels(path), (self.segment, -1))
            if not is_outside[1:].any():
                return None
            first = 1 + int(is_outside[1:].argmax())
            inside, outside = float(path[first - 1]), float(path[first])
            path = np.linspace(inside / unit, outside / unit, _SECTIONS) * unit
        return inside, outside


def _targets(current: float, inside: float, outside: float, *, observed: Floats, is_integer: bool) -> Iterator[float]:
    """Values outside the segment and within the observed range, the roundest first."""
    sign = 1.0 if outside > current else -1.0
    farthest = float(observed.max() if sign > 0 else observed.min())
    for tolerance in _TOLERANCES:
        limit = min(sign * outside + tolerance * abs(outside - current), sign * farthest)
        target = roundest(sign * inside, limit, whole=is_integer, near=sign * outside)
        if target is not None:
            yield sign * target
    nearest = sign * np.ceil(sign * outside) if is_integer else outside
    if sign * nearest <= sign * farthest:
        yield float(nearest)
