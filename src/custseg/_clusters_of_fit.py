"""The clusters of a fit: of all customers, of those whom rules leave, or of a sample of customers in Spark."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from custseg._checks import check_min_size, check_previous
from custseg._numerics import Bools
from custseg._privacy import few
from custseg.clustering import ClusteringChoice, select_clustering
from custseg.distributed import SampledBase, WholeBase, choice_for_all
from custseg.errors import DataError, InfeasibleMinimumError
from custseg.feature_table import FeatureTable
from custseg.goals import Goal, column_weights, worth_of_numbers
from custseg.logs import Logs
from custseg.matrix import CustomerMatrix, customer_matrix, requested_clusters
from custseg.model import SegmentModel
from custseg.result import Segmentation
from custseg.rule_groups import RuleGroups, WhatComesFirst, rest_of, with_clusters
from custseg.sizes import check_enough
from custseg.texts import listed

__all__ = ["ClustersOfFit", "EarlierNumbers", "Request", "clusters_of_fit"]


@dataclass(frozen=True)
class Request:
    """What was asked of a fit.

    Attributes
    ----------
    method : str
        The clustering method.
    n_segments : int, range or None
        The number of segments, as given.
    numbers : range
        The numbers to try.
    min_size : int or float
        The minimum size.
    first : WhatComesFirst
        Rules or stages before the clusters.
    goal : Goal or None
        What the segments are for.
    weights : mapping of str to float
        Weights of columns that the caller gave.
    options : mapping of str to object
        Further arguments of `select_clustering`; `previous` is an `EarlierNumbers`.
    """

    method: str
    n_segments: int | range | None
    numbers: range
    min_size: int | float
    first: WhatComesFirst
    goal: Goal | None
    weights: Mapping[str, float]
    options: Mapping[str, Any]


@dataclass(frozen=True)
class EarlierNumbers:
    """How many segments an earlier result had.

    Attributes
    ----------
    of_clusters : int or None
        Segments that were found by clustering: all but those of rules. None without an earlier result.
    of_stages : mapping of str to int
        Those of each stage of the lifecycle, by its English name.
    """

    of_clusters: int | None
    of_stages: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, previous: object, caller: str) -> EarlierNumbers:
        """Those of a result, of its model or choice, or a number."""
        if isinstance(previous, ClusteringChoice):
            return cls(previous.best.n_clusters)
        model = previous.model if isinstance(previous, Segmentation) else previous
        if not isinstance(model, SegmentModel):
            return cls(check_previous(caller, model, kinds="an earlier result, its model or its number of segments"))
        if model.options.lifecycle:
            return cls(len(model.numbers), {row.names["en"]: row.n_segments for row in model.branches.items})
        return cls(max(len(model.numbers) - model.branches.n_segments, 1))


@dataclass(frozen=True, eq=False)
class ClustersOfFit:
    """The selected clustering.

    Attributes
    ----------
    matrix : CustomerMatrix
        What was clustered.
    choice : ClusteringChoice
        The candidates and the selected one.
    groups : RuleGroups or None
        The customers of rules or stages; None without these.
    whole : WholeBase or None
        What is known of all customers, where the table is a sample.
    """

    matrix: CustomerMatrix
    choice: ClusteringChoice
    groups: RuleGroups | None
    whole: WholeBase | None


def clusters_of_fit(
    request: Request,
    table: FeatureTable,
    names: Sequence[str],
    *,
    base: SampledBase | None,
    logs: Logs | None,
    tell: Callable[..., None],
    caller: str,
) -> ClustersOfFit:
    """The clusters of the customers of the table on the columns with these names; `base` if the table is a sample."""
    if base is not None and table.coding:
        raise DataError(
            f"{caller}: columns= names {listed(list(table.coding))}, which hold categories, and a table in Spark is "
            "clustered on numbers alone. Collect a sample of customers, as in df.sample(...).toArrow(), fit it, and "
            "assign all customers by the SQL of its model, custseg.exports.to_sql."
        )
    goal, earlier, seed = request.goal, request.options["previous"], int(request.options["random_state"])
    options = {**request.options, "previous": earlier.of_clusters}
    of_all = None if base is None else base.minimum(names, request.min_size, caller)
    size = request.min_size if of_all is None else of_all.in_sample
    groups = request.first.groups(table, names, min_size=size, logs=logs, is_sample=base is not None, caller=caller)
    n_segments, numbers, among, size_of_rest = rest_of(groups, request.n_segments, request.numbers, size=size)
    check_enough(table, names, n_segments=n_segments, n_required=numbers[0], min_size=size, caller=caller, among=among)
    weights = _weights(request, table)
    with _errors_about(among):
        matrix = customer_matrix(table, names, min_size=size, caller=caller, weights=weights, among=among)
    tell("clustering", 2, 4)
    if groups is not None and request.first.lifecycle:
        groups = with_clusters(
            groups,
            matrix,
            method=request.method,
            earlier=earlier.of_stages,
            language=table.language,
            tell=tell,
            **options,
        )
    if goal is not None and logs is not None and len(numbers) > 1:
        share = size_of_rest if size_of_rest < 1 else size_of_rest / len(matrix.rows)
        options["worth"] = worth_of_numbers(logs, goal, names, numbers=numbers, min_share=share, seed=seed)
    select = partial(_selected, matrix, request.method, n_segments=n_segments, tell=tell, caller=caller, **options)
    if base is None or of_all is None:
        choice, whole = select(min_size=size_of_rest), None
    else:
        choice, whole = choice_for_all(base.like(table), matrix, of_all, select=select, caller=caller)
    return ClustersOfFit(matrix, replace(choice, language=table.language), groups, whole)


@contextmanager
def _errors_about(among: Bools | None) -> Iterator[None]:
    """Errors about the columns say that they speak of the customers who are left by rules, if any are."""
    try:
        yield
    except DataError as error:
        if among is None:
            raise
        raise DataError(
            f"{error} This is about the {few(int(among.sum()), 'customer')} of whom no rule is true: name columns that "
            "differ among them, or state them as a last rule."
        ) from None


def _weights(request: Request, table: FeatureTable) -> Callable[[Sequence[str]], Mapping[str, float]] | None:
    """From the columns that are left to their weights, those of the goal or of the caller; None if all count alike."""
    if request.goal is not None:
        return partial(column_weights, table, goal=request.goal)
    return (lambda _: request.weights) if request.weights else None


def _selected(
    matrix: CustomerMatrix,
    method: str,
    *,
    n_segments: int | range | None,
    min_size: int | float,
    tell: Callable[..., None],
    caller: str,
    **options: Any,
) -> ClusteringChoice:
    """The selected clustering; errors name the arguments that can correct them."""
    try:
        choice = select_clustering(
            matrix.rows,
            methods=[method],
            n_clusters=requested_clusters(n_segments),
            min_size=check_min_size(caller, min_size, len(matrix.rows)),
            **options,
            progress=lambda done, steps: tell("clustering_part", 2, 4, done=done, steps=steps),
        )
    except InfeasibleMinimumError as error:
        advice = f"min_size={error.feasible:g} or less" if error.feasible else "a smaller min_size"
        raise InfeasibleMinimumError(f"{caller}: {error} Give {advice}, or fewer segments.", error.feasible) from None
    except DataError as error:
        raise DataError(f"{caller}: {error} Give a smaller n_segments, other columns or another method.") from None
    return choice if n_segments is None else choice.as_requested()
