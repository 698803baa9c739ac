"""Estimators of all clustering methods, for tests that hold for each of them: a new method is tested by its record."""

from __future__ import annotations

from typing import Any

from custseg.clustering import METHODS, Method

OF_A_NUMBER = [method for method in METHODS if not method.finds_number]


def estimator(method: Method, n_clusters: int, **parameters: Any) -> Any:
    """The method's estimator with as many clusters, if it takes a number, and with those parameters that it has."""
    names = method.estimator_class().get_params()
    wanted = {"n_clusters": n_clusters, "n_components": n_clusters, **parameters}
    return method.estimator_class(**{name: value for name, value in wanted.items() if name in names})


def estimators(n_clusters: int, methods: Any = METHODS, **parameters: Any) -> list[Any]:
    """One estimator of each method."""
    return [estimator(method, n_clusters, **parameters) for method in methods]
