"""The smallest change of one feature that moves a customer to another segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from custseg._arrays import Floats
from custseg._moments import unit_of
from custseg._numbers import roundest
from custseg.model import SegmentModel

_GRID = 201
_SECTIONS = 33
_ROUNDS = 7
_SLACKS = (0.1, 0.03, 0.01, 0.001)


@dataclass(frozen=True)
class Move:
    """A feature, the value that moves the customer, to which segment, and how far in standard deviations."""

    feature: str
    target: float
    segment: int
    size: float


def smallest_move(
    model: SegmentModel, values: Mapping[str, float], observed: Mapping[str, Floats], *, segment: int
) -> Move | None:
    """The smallest move, in prepared units, among all features that were clustered on.

    Values are looked for upwards and downwards within what is observed, first on a grid and then between its
    points, and made round as far as they still move the customer, which the model's own rule confirms.
    """
    found = []
    for column, plan in enumerate(model.preparation.columns):
        known = observed[plan.name]
        customer = _Customer(model, values, plan.name, segment)
        now = plan.fill if np.isnan(values[plan.name]) else values[plan.name]
        whole = bool((known == np.floor(known)).all())
        for sign in (1.0, -1.0):
            edge = customer.edge(now, known, sign)
            for target in () if edge is None else _round_targets(now, *edge, known=known, whole=whole):
                there = int(customer.labels(np.array([target]))[0])
                if there not in (segment, -1):
                    row = customer.matrix(np.array([now, target]))[:, column]
                    found.append(Move(plan.name, target, there, size=float(abs(row[1] - row[0]))))
                    break
    return min(found, key=lambda move: move.size, default=None)


@dataclass(frozen=True)
class _Customer:
    """One customer, of whom one feature may change."""

    model: SegmentModel
    values: Mapping[str, float]
    feature: str
    segment: int

    def matrix(self, changed: Floats) -> Floats:
        """The customer's row with each value of the feature."""
        columns = {name: np.full(len(changed), value) for name, value in self.values.items()}
        return self.model.preparation.matrix({**columns, self.feature: changed}, "explain")

    def labels(self, changed: Floats) -> NDArray[np.intp]:
        """The customer's segment with each value of the feature."""
        return self.model.rule.labels(self.matrix(changed))

    def edge(self, now: float, known: Floats, sign: float) -> tuple[float, float] | None:
        """The last value that stays and the first that moves, that way from now; nearly the same."""
        unit = unit_of(known)
        scaled = known / unit
        even = np.linspace(scaled.min(), scaled.max(), _GRID)
        grid = np.unique(np.concatenate([even, np.quantile(scaled, np.linspace(0, 1, _GRID))])) * unit
        path = np.concatenate([[now], grid[sign * grid > sign * now][:: int(sign)]])
        for _ in range(_ROUNDS):
            moved = ~np.isin(self.labels(path), (self.segment, -1))
            if not moved[1:].any():
                return None
            first = 1 + int(moved[1:].argmax())
            stays, moves = float(path[first - 1]), float(path[first])
            path = np.linspace(stays / unit, moves / unit, _SECTIONS) * unit
        return stays, moves


def _round_targets(now: float, stays: float, moves: float, *, known: Floats, whole: bool) -> Iterator[float]:
    """Values beyond the edge and within what is observed, the roundest first."""
    sign = 1.0 if moves > now else -1.0
    farthest = float(known.max() if sign > 0 else known.min())
    for slack in _SLACKS:
        beyond = min(sign * moves + slack * abs(moves - now), sign * farthest)
        target = roundest(sign * stays, beyond, whole=whole, near=sign * moves)
        if target is not None:
            yield sign * target
    nearest = sign * np.ceil(sign * moves) if whole else moves
    if sign * nearest <= sign * farthest:
        yield float(nearest)
