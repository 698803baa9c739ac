"""Mixtures under a minimum size: components sorted by size."""

import numpy as np
import pytest

from custseg.clustering.min_size._em import Mixture, evaluated
from custseg.clustering.min_size._mixture_solution import mixture_solution, spherical_mixture
from custseg.clustering.rows._rows import distinct_rows


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_components_of_equal_means_keep_their_parameters(order):
    rows = distinct_rows(np.random.default_rng(0).normal(size=(200, 2)) * np.repeat([[1.0], [20.0]], [150, 50], axis=0))
    narrow, wide = spherical_mixture(np.zeros((1, 2)), 1.0), spherical_mixture(np.zeros((1, 2)), 400.0)
    names = ("weights", "means", "covariances", "factors")
    both = [np.concatenate([getattr(narrow, name), getattr(wide, name)])[order] for name in names]
    mixture = Mixture(both[0] / 2, *both[1:], fallbacks=((order.index(1), "diagonal"),))
    solution = mixture_solution(rows, evaluated(rows, mixture), 1.0)
    assert np.allclose(solution.result.mixture.covariances[:, 0, 0], [1, 400])
    assert np.allclose(solution.rule.factors[:, 0, 0], [1, 1 / 20])
    assert solution.result.mixture.fallbacks == ((1, "diagonal"),)
