"""Scores of latent classes: numbers and categories as columns that every clustering method can use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from custseg._numerics import Floats
from custseg.preparation._latent_classes import fit_latent_classes, rows_to_learn_from

_PARAMETER_DECIMALS = 9
# Of the mean variance of all scores: what the variance inside the classes is at least.
_RIDGE = 0.003


@dataclass(frozen=True)
class CategoryPlan:
    """How one column of categories is read.

    Attributes
    ----------
    name : str
        The column.
    levels : tuple of str
        The categories with a term of their own, the most frequent first; the code of a category is its position.
    has_other : bool
        Whether all other categories together are one more level, the last one. Without it they count as missing.
    kind : {"text", "flag"}
        Text, or booleans, whose levels are "true" and "false".
    missing : int
        Number of training values that are missing.
    weight : float
        Factor of the column in the matrix.
    source : str
        The column of lists whose labels it has one of; "" for all others.
    """

    name: str
    levels: tuple[str, ...]
    has_other: bool
    kind: Literal["text", "flag"] = "text"
    missing: int = 0
    weight: float = 1.0
    source: str = ""

    @property
    def n_levels(self) -> int:
        """The number of levels, with the one of all other categories."""
        return len(self.levels) + self.has_other


@dataclass(frozen=True)
class ClassScores:
    """A linear function of each number and a constant for each level, whose sums are the columns of the matrix.

    Attributes
    ----------
    slopes, constants : tuple of tuple of float
        For each number and score.
    levels : tuple of tuple of tuple of float
        For each category, level and score.
    """

    slopes: tuple[tuple[float, ...], ...]
    constants: tuple[tuple[float, ...], ...]
    levels: tuple[tuple[tuple[float, ...], ...], ...]

    @property
    def n_scores(self) -> int:
        """The number of scores: that of the classes less one."""
        return len(self.slopes[0] if self.slopes else self.levels[0][0])

    @classmethod
    def fit(cls, numbers: Floats, codes: Floats, n_levels: Sequence[int]) -> ClassScores:
        """Learn the scores.

        A latent class model with independent columns is fitted: normal distributions whose variances the classes
        share, and shares of the levels. The contrasts between the log-likelihoods of the classes are rotated and
        scaled so that inside the classes they are uncorrelated with variance 1; the first one separates them most.

        Parameters
        ----------
        numbers : ndarray of shape (n_rows, n_numbers)
            Standardized columns, NaN where a value is missing.
        codes : ndarray of shape (n_rows, n_categories)
            Position of the level, NaN where it is missing.
        n_levels : sequence of int
            The number of levels of each category.
        """
        rows = rows_to_learn_from(numbers, codes)
        numbers, codes = numbers[rows], codes[rows]
        classes, posterior = fit_latent_classes(numbers, codes, n_levels)
        slopes, constants, levels = classes.terms()
        contrasts = _contrasts(len(classes.shares))
        plain = _rounded(slopes @ contrasts, constants @ contrasts, [logs @ contrasts for logs in levels])
        rotation = _whitening(plain.of(numbers, codes), posterior)
        return _rounded(
            slopes @ contrasts @ rotation,
            constants @ contrasts @ rotation,
            [logs @ contrasts @ rotation for logs in levels],
        )

    def of(self, numbers: Floats, codes: Floats, weights: Sequence[float] | None = None) -> Floats:
        """The scores of rows; a missing cell adds nothing. `weights` are those of the numbers, then the categories."""
        return np.asarray(sum(self.parts(numbers, codes, weights)))

    def parts(self, numbers: Floats, codes: Floats, weights: Sequence[float] | None = None) -> list[Floats]:
        """What each column adds to the scores, in the order of the numbers and the categories."""
        n = len(self.slopes)
        factors = [1.0] * (n + len(self.levels)) if weights is None else list(weights)
        addends: list[Floats] = []
        for j in range(n):
            value, factor = numbers[:, [j]], factors[j]
            term = value * (factor * np.array(self.slopes[j])) + factor * np.array(self.constants[j])
            addends.append(np.where(np.isnan(value), 0.0, term))
        for c, of_levels in enumerate(self.levels):
            terms = factors[n + c] * np.vstack([np.array(of_levels), np.zeros(self.n_scores)])
            addends.append(terms[np.where(np.isnan(codes[:, c]), -1, codes[:, c]).astype(np.intp)])
        return addends


def _rounded(slopes: Floats, constants: Floats, levels: Sequence[Floats]) -> ClassScores:
    """The scores with their numbers rounded, so that sums in another order give the same ones."""

    def plain(values: Floats) -> tuple[tuple[float, ...], ...]:
        return tuple(map(tuple, (values.round(_PARAMETER_DECIMALS) + 0.0).tolist()))

    return ClassScores(plain(slopes), plain(constants), tuple(plain(of_levels) for of_levels in levels))


def _contrasts(n_classes: int) -> Floats:
    """Orthonormal contrasts between classes, of shape (n_classes, n_classes - 1): each class with all earlier ones."""
    contrasts = np.zeros((n_classes, n_classes - 1))
    for k in range(1, n_classes):
        contrasts[:k, k - 1] = -1.0
        contrasts[k, k - 1] = k
    scaled: Floats = contrasts / np.sqrt((contrasts**2).sum(axis=0))
    return scaled


def _whitening(scores: Floats, posterior: Floats) -> Floats:
    """The map to canonical variates: uncorrelated inside the classes, the one that separates them most first."""
    sizes = posterior.sum(axis=0)
    means = (posterior.T @ scores) / sizes[:, None]
    centered = scores - scores.mean(axis=0)
    total = centered.T @ centered / len(scores)
    between = ((means - scores.mean(axis=0)).T * (sizes / len(scores))) @ (means - scores.mean(axis=0))
    n_scores = len(total)
    inside = total - between + (_RIDGE * np.trace(total) / n_scores + 1e-12) * np.eye(n_scores)
    inverse = np.linalg.inv(np.linalg.cholesky(inside)).T
    values, vectors = np.linalg.eigh(inverse.T @ between @ inverse)
    rotation: Floats = inverse @ vectors[:, np.argsort(-values)]
    # The largest coefficient of each variate is positive.
    signs = np.sign(rotation[np.abs(rotation).argmax(axis=0), np.arange(n_scores)])
    oriented: Floats = rotation * signs
    return oriented
