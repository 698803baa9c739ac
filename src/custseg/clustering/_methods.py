"""The clustering methods: the only list of them. A new one is one file with its record, and one line here."""

from __future__ import annotations

from typing import Any

from custseg.clustering._gaussian_mixture import GAUSSIAN_MIXTURE
from custseg.clustering._hdbscan import HDBSCAN
from custseg.clustering._kmeans import KMEANS
from custseg.clustering._method import Method
from custseg.clustering._ward import WARD
from custseg.clustering.assignment._assessment import AssignmentRule
from custseg.texts import text

METHODS: tuple[Method, ...] = (
    KMEANS,
    GAUSSIAN_MIXTURE,
    HDBSCAN,
    WARD,
)
"""The clustering methods, as records; `method_names` gives their names."""

REFERENCE_METHOD = KMEANS
"""The method that clusters null data, and whose fit with one cluster is the candidate of a single segment."""

AUTO = "auto"


def method_names(*, auto: bool = False) -> tuple[str, ...]:
    """Return the names of the clustering methods.

    Parameters
    ----------
    auto : bool, default False
        Only those that "auto" tries.

    Returns
    -------
    tuple of str
        Names for `select_clustering(methods=...)` and `fit_segments(method=...)`.

    Examples
    --------
    >>> from custseg.clustering import method_names
    >>> method_names(auto=True)
    ('kmeans', 'gaussian_mixture', 'hdbscan')
    """
    return tuple(method.name for method in METHODS if method.in_auto or not auto)


def get_method(name: str) -> Method | None:
    """Return the record of a clustering method.

    Parameters
    ----------
    name : str
        Its name.

    Returns
    -------
    Method or None
        None if there is no method of this name.

    Examples
    --------
    >>> from custseg.clustering import get_method
    >>> get_method("hdbscan").finds_number
    True
    """
    return next((method for method in METHODS if method.name == name), None)


def method_label(name: str, language: str) -> str:
    """What people call a clustering method."""
    record = get_method(name)
    return str(text(language, "choice", "methods").get(name, name if record is None else record.label))


def rule_from_dict(plain: dict[str, Any]) -> AssignmentRule:
    """The assignment rule whose `to_dict` gave this; ValueError, KeyError or TypeError for anything else."""
    rules = {method.rule_class.kind: method.rule_class for method in METHODS}
    if (kind := plain.get("kind")) not in rules:
        raise ValueError(f"there is no rule {kind!r}")
    return rules[kind].from_dict(plain)
