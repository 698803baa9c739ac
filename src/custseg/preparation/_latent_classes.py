"""A latent class model of numbers and categories: classes within which the columns are independent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Floats, Integers
from custseg._privacy import SMALLEST_GROUP

# Classes are looked for in so many rows, which bounds the time of a fit.
_MOST_ROWS = 5_000
_MOST_CLASSES = 8
# A number of classes is given up after so many larger ones with a worse criterion.
_PATIENCE = 2
_STARTS, _SHORT, _LONG, _TOLERANCE = 8, 10, 200, 1e-6
_SMALLEST_VARIANCE = 0.05
# Each class has one more row that is like all rows: no share is 0.
_PRIOR_ROWS = 1.0


@dataclass(frozen=True, eq=False)
class LatentClasses:
    """Classes of rows, each with a mean of every number and shares of the levels of every category.

    Attributes
    ----------
    shares : ndarray of shape (n_classes,)
        The share of each class.
    means : ndarray of shape (n_numbers, n_classes)
        The means.
    variances : ndarray of shape (n_numbers,)
        The variance of each number inside the classes, which all share.
    levels : list of ndarray of shape (n_levels, n_classes)
        For each category the shares of its levels.
    bic : float
        The Bayesian information criterion; smaller is better.
    """

    shares: Floats
    means: Floats
    variances: Floats
    levels: list[Floats]
    bic: float

    def terms(self) -> tuple[Floats, Floats, list[Floats]]:
        """What each cell adds to the log-likelihoods of the classes: slopes and constants of numbers, and of levels.

        Terms that are equal in all classes are left out.
        """
        slopes = self.means / self.variances[:, None]
        constants = -0.5 * self.means * slopes
        return slopes, constants, [np.log(shares) for shares in self.levels]


class _Design:
    """The rows as the columns of a linear model: each number, whether it is there, and each level as 0 or 1."""

    def __init__(self, numbers: Floats, codes: Floats, n_levels: Sequence[int]) -> None:
        present = ~np.isnan(numbers)
        self.n_numbers = numbers.shape[1]
        self.n_levels = list(n_levels)
        filled = np.where(present, numbers, 0.0)
        of_levels = [codes[:, [c]] == np.arange(n) for c, n in enumerate(n_levels)]
        self.cells = np.hstack([filled, present, *of_levels]).astype(np.float64)
        self.squares = filled**2
        self.present = present.astype(np.float64)
        totals = self.cells.sum(axis=0)
        self.usual = [counts / max(counts.sum(), 1.0) for counts in self.of_levels(totals)]

    def of_levels(self, sums: Floats) -> list[Floats]:
        """The columns of each category of an array of sums of cells."""
        ends = np.cumsum(self.n_levels) + 2 * self.n_numbers
        return [sums[..., end - n : end] for end, n in zip(ends, self.n_levels, strict=True)]

    def maximized(self, posterior: Floats) -> LatentClasses:
        """The classes of most likelihood, given the share of each row in each class."""
        sums, sizes, m = posterior.T @ self.cells, posterior.sum(axis=0), self.n_numbers
        totals, counts = sums[:, :m], sums[:, m : 2 * m]
        means = totals / (counts + _PRIOR_ROWS)
        spread = self.squares.sum(axis=0) - (2 * means * totals - means**2 * counts).sum(axis=0)
        variances = np.maximum(spread / np.maximum(counts.sum(axis=0), 1.0), _SMALLEST_VARIANCE)
        levels = [
            (of_levels + _PRIOR_ROWS * usual) / (of_levels.sum(axis=1, keepdims=True) + _PRIOR_ROWS)
            for of_levels, usual in zip(self.of_levels(sums), self.usual, strict=True)
        ]
        shares = (sizes + 1) / (sizes + 1).sum()
        return LatentClasses(shares, means.T, variances, [of_levels.T for of_levels in levels], np.inf)

    def expected(self, classes: LatentClasses) -> tuple[Floats, float]:
        """The share of each row in each class, and the log-likelihood of all rows."""
        slopes, constants, levels = classes.terms()
        joint = self.cells @ np.vstack([slopes, constants, *levels]) + np.log(classes.shares)
        largest = joint.max(axis=1, keepdims=True)
        posterior = np.exp(joint - largest)
        total = posterior.sum(axis=1, keepdims=True)
        common = self.present @ np.log(2 * np.pi * classes.variances) + self.squares @ (1 / classes.variances)
        return posterior / total, float((np.log(total) + largest).sum() - 0.5 * common.sum())

    def started(self, n_classes: int, rng: np.random.Generator) -> LatentClasses:
        """Classes around random rows."""
        chosen = rng.choice(len(self.cells), size=n_classes, replace=False)
        similar = self.cells @ self.cells[chosen].T - 0.5 * (self.squares.sum(axis=1)[chosen])
        return self.maximized(_softmax(similar))

    def climbed(self, classes: LatentClasses, n_steps: int) -> tuple[LatentClasses, float]:
        """The classes after steps of expectation and maximization, and their log-likelihood."""
        before = -np.inf
        for _ in range(n_steps):
            posterior, likelihood = self.expected(classes)
            if likelihood - before < _TOLERANCE * len(self.cells):
                break
            classes, before = self.maximized(posterior), likelihood
        return classes, self.expected(classes)[1]

    def n_parameters(self, n_classes: int) -> int:
        """The number of free parameters of so many classes."""
        of_class = self.n_numbers + sum(n - 1 for n in self.n_levels)
        return int(n_classes * of_class + self.n_numbers + n_classes - 1)

    def best(self, n_classes: int, rng: np.random.Generator) -> LatentClasses:
        """The best classes of several starts, with their criterion."""
        starts = [self.climbed(self.started(n_classes, rng), _SHORT) for _ in range(_STARTS if n_classes > 1 else 1)]
        classes, likelihood = self.climbed(max(starts, key=lambda start: start[1])[0], _LONG)
        bic = -2 * likelihood + self.n_parameters(n_classes) * np.log(len(self.cells))
        return LatentClasses(classes.shares, classes.means, classes.variances, classes.levels, float(bic))


def fit_latent_classes(numbers: Floats, codes: Floats, n_levels: Sequence[int]) -> tuple[LatentClasses, Floats]:
    """The latent classes of the rows, and the share of each of the rows that they were learned from in each class.

    Missing cells add nothing. The number of classes, at least two, is that of the least BIC, and more than two have ten
    rows or more each; the starts of the expectation-maximization are random, with a fixed seed, and do not depend on
    the order of the rows.
    """
    design = _Design(numbers, codes, n_levels)
    rng = np.random.default_rng(0)
    best: LatentClasses | None = None
    n_worse = 0
    for n_classes in range(2, min(_MOST_CLASSES, len(numbers)) + 1):
        classes = design.best(n_classes, rng)
        # No number of a model describes fewer customers.
        is_shown = float(classes.shares.min()) * len(numbers) >= SMALLEST_GROUP
        if best is None or (is_shown and classes.bic < best.bic):
            best, n_worse = classes, 0
        else:
            n_worse += 1
        if n_worse == _PATIENCE:
            break
    assert best is not None
    return best, design.expected(best)[0]


def rows_to_learn_from(numbers: Floats, codes: Floats) -> Integers:
    """The positions of the rows to learn from, in an order that does not depend on that of the rows."""
    cells = np.nan_to_num(np.hstack([numbers, codes]), nan=np.inf)
    order = np.lexsort(cells.T[::-1])
    if len(order) <= _MOST_ROWS:
        return order
    positions: Integers = order[np.linspace(0, len(order) - 1, _MOST_ROWS).round().astype(np.intp)]
    return positions


def _softmax(values: Floats) -> Floats:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    result: Floats = powers / powers.sum(axis=1, keepdims=True)
    return result
