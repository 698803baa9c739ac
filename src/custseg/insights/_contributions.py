"""What each feature contributes to the margin between two segments, also where the matrix has scores of classes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from custseg._numerics import Floats, Integers
from custseg.model import SegmentModel


def contributions_of_features(
    model: SegmentModel,
    values: Mapping[str, float],
    members: Mapping[str, Floats],
    *,
    labels: Integers,
    pair: tuple[int, int],
) -> tuple[Floats, float]:
    """How much each feature makes the second cluster costlier than the first, and the remaining difference.

    Where each feature is a column of the matrix, these are the contributions of the rule. Of scores every feature has
    its part: the difference between its part of the customer and the mean of its part in both clusters moves the
    customer from the middle of the clusters, and is worth what it changes of the margin half-way. For costs that are
    quadratic in the scores, as those of centers and components are, these add up to the margin exactly.

    Parameters
    ----------
    model : SegmentModel
        The model.
    values : mapping of str to float
        The customer.
    members : mapping of str to ndarray of shape (n_customers,)
        The customers of the fit, in human units.
    labels : ndarray of int, shape (n_customers,)
        Their clusters.
    pair : (int, int)
        The labels of both clusters.

    Returns
    -------
    ndarray of shape (n_features,), float
        Their sum is the difference of the two costs.
    """
    columns = {name: np.array([value]) for name, value in values.items()}
    preparation, rule = model.preparation, model.rule
    row = preparation.matrix(columns, "explain")[0]
    by_column, residual = rule.contributions(row, *pair)
    if preparation.scores is None:
        return by_column, residual
    margin = float(by_column.sum()) + residual
    of_customer = [addend[0] for addend in preparation.parts(columns, "explain")]
    usual = _middle(preparation.parts(members, "explain"), labels, pair)
    half_way = (row + np.sum(usual, axis=0)) / 2

    def margin_at(point: Floats) -> float:
        by_score, remaining = rule.contributions(point, *pair)
        return float(by_score.sum()) + remaining

    steps = [(addend - middle) / 2 for addend, middle in zip(of_customer, usual, strict=True)]
    by_feature = np.array([margin_at(half_way + step) - margin_at(half_way - step) for step in steps])
    return by_feature, margin - float(by_feature.sum())


def _middle(addends: list[Floats], labels: Integers, pair: tuple[int, int]) -> list[Floats]:
    """The mean of each part in both clusters, each of which counts half."""
    return [np.mean([addend[labels == label].mean(axis=0) for label in pair], axis=0) for addend in addends]
