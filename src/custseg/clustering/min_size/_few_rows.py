"""The best minimum over all power diagrams of a few rows, by branch and bound."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from custseg._arrays import Floats

_MOST_ROWS = 12
_PROGRAMS = 2_000
# Least margin, relative to the spread of the rows, that counts as apart.
_APART = 1e-9


@dataclass(eq=False)
class Partitions:
    """All partitions into k cells, rows one after the other; only those that beat the best are followed.

    A part of a power diagram is a power diagram of fewer rows, so a branch ends where its rows are none.
    """

    X: Floats
    weights: Floats
    k: int
    best: float
    step: float
    functions: Floats | None = None
    programs: int = 0
    _left: Floats = field(init=False)

    def __post_init__(self) -> None:
        self._left = np.append(np.cumsum(self.weights[::-1])[::-1], 0.0)

    def follow(self, labels: list[int], functions: Floats | None) -> None:
        """Put the next row into every cluster that leaves hope."""
        at = len(labels)
        used = max(labels, default=-1) + 1
        if not self._hope(labels, used):
            return
        if at == len(self.X):
            sizes = np.bincount(labels, self.weights, minlength=self.k)
            self.best, self.functions = float(sizes.min()), functions
            return
        for label in range(min(used + 1, self.k)):
            if self.programs >= _PROGRAMS:
                return
            following = [*labels, label]
            self.programs += 1
            apart = separating_functions(self.X[: at + 1], np.array(following))
            if apart is not None:
                self.follow(following, apart)

    def _hope(self, labels: list[int], used: int) -> bool:
        """Whether the rows that are left could lift every cluster above the best minimum."""
        at = len(labels)
        sizes = np.bincount(labels, self.weights[:at], minlength=self.k) if at else np.zeros(self.k)
        wanted = self.best + self.step
        lacking = float(np.maximum(wanted - sizes, 0.0).sum())
        return lacking <= self._left[at] * (1 + 1e-12) and self.k - used <= len(self.X) - at


def best_of_few(X: Floats, weights: Floats, k: int, *, above: float, step: float) -> Floats | None:
    """Centers of the power diagram of largest minimum, if that is `step` above; None for many rows.

    The search ends after a fixed number of linear programs, with the best until then.
    """
    if len(X) > _MOST_ROWS:
        return None
    mean = X.mean(axis=0)
    spread = np.abs(X - mean).max(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    order = np.argsort(-weights, kind="stable")
    search = Partitions(((X - mean) / spread)[order], weights[order], k, above, step)
    search.follow([], None)
    if search.functions is None:
        return None
    # argmax a·x + b is argmin ‖x - c‖² - offset for c = a / 2, times any factor: here the size of the rows.
    slopes = search.functions[:, :-1] / spread
    slopes -= slopes.mean(axis=0)
    largest = np.sqrt((slopes**2).sum(axis=1).max())
    centers: Floats = mean + slopes * (np.sqrt(((X - mean) ** 2).sum(axis=1).max()) / largest)
    return centers


def separating_functions(X: Floats, labels: NDArray[np.intp]) -> Floats | None:
    """One function a·x + b per cluster, in a row, each the largest on its own rows; None where there are none.

    A linear program for the widest margin with slopes up to 1.
    """
    (n, d), k = X.shape, int(labels.max()) + 1
    if k == 1:
        return np.zeros((1, d + 1))
    ones = np.column_stack([X, np.ones(n)])
    constraints = []
    for other in range(k):
        rows = np.flatnonzero(labels != other)
        block = np.zeros((len(rows), k, d + 1))
        block[np.arange(len(rows)), labels[rows]] = -ones[rows]
        block[:, other] = ones[rows]
        constraints.append(np.column_stack([block.reshape(len(rows), -1), np.ones(len(rows))]))
    bounds = [*([(-1.0, 1.0)] * d + [(None, None)]) * k, (0.0, 1.0)]
    aim = np.zeros(k * (d + 1) + 1)
    aim[-1] = -1.0
    matrix = np.concatenate(constraints)
    answer = linprog(aim, A_ub=matrix, b_ub=np.zeros(len(matrix)), bounds=bounds)
    if answer.status != 0 or answer.x[-1] <= _APART:
        return None
    functions: Floats = answer.x[:-1].reshape(k, d + 1)
    return functions
