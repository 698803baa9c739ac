"""`select_clustering`: how many clusters, by which method, and whether there are any."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from numbers import Integral
from typing import Any

import numpy as np

from custseg._checks import check_choice, check_integer, check_min_size, check_random_state
from custseg._numerics import Floats
from custseg.clustering._method import FitSpec, Method
from custseg.clustering._methods import AUTO, REFERENCE_METHOD, get_method, method_names
from custseg.clustering.rows._rows import checked_matrix, row_hashes
from custseg.clustering.selection._candidates import Candidate
from custseg.clustering.selection._choice import ClusteringChoice
from custseg.clustering.selection._decision import (
    AUTO_NUMBERS,
    CRITERIA,
    Request,
    decide,
    is_stable,
    might_be_separated,
    seems_separated,
    with_gaps,
)
from custseg.clustering.selection._evidence import Evaluator, fitted
from custseg.clustering.selection._null_model import NullReference
from custseg.clustering.selection._reason import listed_numbers
from custseg.clustering.selection._stages import Progress, Stages
from custseg.errors import DataError, InfeasibleMinimumError
from custseg.texts import plural

Tried = tuple[Candidate, FitSpec]

_CALLER = "select_clustering"
_USUAL_NUMBERS = range(2, 11)
# Fits of more rows run one at a time: each uses threads and memory of its own.
_SEQUENTIAL_ROWS = 100_000


def select_clustering(
    X: Any,
    *,
    methods: str | Sequence[str] = AUTO,
    n_clusters: int | Sequence[int] | str | None = range(2, 11),
    min_size: int | float = 0.05,
    criterion: str = "silhouette_gain",
    random_state: int = 0,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> ClusteringChoice:
    """Fit every method for every number of clusters under one minimum size, and select by evidence.

    A clustering is selected if its clusters are separated by gaps, or at least have a larger silhouette than
    k-means gives on null reference data, and if it is stable under refits on halves of the rows. The rule:

    1. Clusterings with gaps. Every cluster has a path-based silhouette of 0.1 or more; the smallest is above the
       95th percentile of such candidates with as many clusters or more in ten draws of null data, and 0.1 above
       their mean; stability is 0.5 or more. Or every two clusters have a density valley of 0.25 or more between
       them, stability is 0.92 or more, and the silhouette gain is above `null_level`. Among those with a stability of
       0.75 or more, or a path-based silhouette of 0.4 or more, the one with the most clusters is selected, because one
       with fewer clusters has only merged some of them.
    2. Otherwise, among clusterings with a stability of 0.75 or more and a silhouette gain above -`null_level`, the
       largest gain; within one standard error (of the difference) the most stable, then the one with fewer clusters.
       If none of them is above `null_level`, the finest clustering with gaps that is less stable goes first.
    3. If there are none, the same among all.

    Candidates that split clearly separated clusters of another candidate (more than a tenth of the rows misplaced,
    path-based silhouette smaller by 0.3 or more) are used only as a last resort. With `n_clusters="auto"`, a stable
    candidate replaces one that is not, where there is one.

    Parameters
    ----------
    X : array-like of shape (n_rows, n_columns)
        Finite rows, up to 1e100.
    methods : str or sequence of str, default "auto"
        Names of methods, see `method_names`; "auto" stands for all that are compared by default.
    n_clusters : int, sequence of int, "auto" or None, default 2 to 10
        The numbers to choose among. Numbers that the rows or the minimum size rule out are not tried. HDBSCAN finds
        its number itself; its other numbers are listed and not selected. None allows any number, and tries the other
        methods at 2 to 10. "auto" is what `fit_segments` does by default: 3 to 8 (any number for HDBSCAN alone),
        otherwise a stable clustering of another number, otherwise one cluster with all rows.
    min_size : int or float, default 0.05
        The minimum size of a cluster, in rows (int) or as a share of them (float below 1, rounded up).
    criterion : {"silhouette_gain", "silhouette"}, default "silhouette_gain"
        What the second step compares: the silhouette gain, or the silhouette itself, which prefers few clusters.
    random_state : int, default 0
        Seed of the starts of the fits. The draws behind the evidence are the same for every seed, and for the same
        rows in any order; otherwise the seed would decide near ties.
    n_jobs : int, optional
        Threads; by default as many as there are processors. The result is the same for any number.
    progress : callable, optional
        Called with (done, 100).

    Returns
    -------
    ClusteringChoice

    Raises
    ------
    DataError
        If there are fewer distinct rows than the smallest number of clusters, or no candidate has a number
        that was requested.
    InfeasibleMinimumError
        If no candidate meets the minimum; `feasible` is a minimum that a candidate meets.
    ValueError, TypeError
        If an argument cannot be used.

    Notes
    -----
    - The rows are taken as they are. K-means spends clusters on the extreme values of heavy-tailed columns: call
      `custseg.preparation.compress_tails` first, as `fit_segments` does.
    - Null reference data keep the marginals, rank correlations, point masses and joint patterns of the rows: a
      Gaussian copula within each pattern, 20 draws, the same for all candidates. The marginal of a continuous column
      is the nearest one with a single peak, because several peaks are groups. The silhouette gain compares every
      method with k-means on these data, so all methods are on one scale.
    - Valleys are searched along a straight line between two clusters and along one bend: pieces of a thin curve with
      more turns may seem separated.
    - Stability: mean adjusted Rand index, on all rows, of 12 pairs of refits on disjoint halves with the minimum size
      in proportion. Mixtures and HDBSCAN are refitted only if they can still be selected.
    - Above 4,000 rows, gaps, stability and null data use seeded samples of 4,000; above 10,000 the silhouette uses a
      sample of 10,000.

    References
    ----------
    Rousseeuw (1987), doi:10.1016/0377-0427(87)90125-7 (silhouette). Dolnicar and Leisch (2010),
    doi:10.1007/s11002-009-9083-4 (natural, reproducible, constructive). Hennig (2007),
    doi:10.1016/j.csda.2006.11.025 (stability of clusters). Fischer and Buhmann (2003),
    doi:10.1109/TPAMI.2003.1190577 (path distance).

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.clustering import select_clustering
    >>> X = np.random.default_rng(0).normal(size=(150, 2)) + np.repeat([[0, 0], [9, 0], [0, 9]], 50, axis=0)
    >>> choice = select_clustering(X, n_clusters=range(2, 6), random_state=0)
    >>> choice.best.n_clusters, choice.verdict
    (3, 'natural')
    """
    selected_methods = _checked_methods(methods)
    request = _checked_request(n_clusters, selected_methods)
    check_choice(_CALLER, "criterion", criterion, allowed=CRITERIA)
    request = replace(request, criterion=criterion)
    seed = check_random_state(_CALLER, random_state)
    if n_jobs is not None:
        check_integer(_CALLER, "n_jobs", n_jobs, minimum=1)
    rows = checked_matrix(_CALLER, X)
    numbers = _up_to(request.n_clusters_allowed, len(rows))
    request = replace(request, n_clusters_allowed=numbers)
    n_members = check_min_size(_CALLER, min_size, len(rows))

    stages = Stages(_checked_progress(progress), n_jobs)
    # In the order of their hashes the rows are the same in whatever order they came.
    order = np.argsort(row_hashes(rows), kind="stable")
    evaluator = Evaluator(rows[order], order, seed)
    specs = _specs(
        evaluator, selected_methods, numbers, min_size=n_members, fine=request.n_clusters_fixed, stages=stages
    )
    stages.enter(10, 35, n_jobs=1 if len(rows) > _SEQUENTIAL_ROWS else None)
    fits = stages.run(partial(fitted, X=rows), specs)
    usable, infeasible = _usable_and_infeasible(list(zip(fits, specs, strict=True)))
    null = NullReference.empty()
    if usable:
        usable, null = _measured(usable, evaluator, n_members, stages=stages)
    candidates = [row for row, _ in usable] + infeasible
    _check_selectable(candidates, numbers, min_size=n_members, rows=rows)
    stages.enter(100, 100)
    decision = decide(candidates, null.level, request)
    choice = ClusteringChoice(tuple(candidates), decision.best, decision, n_members, null, request)
    return choice.single_cluster(rows) if decision.is_single else choice


def _specs(
    evaluator: Evaluator,
    methods: Sequence[Method],
    numbers: Sequence[int] | None,
    *,
    min_size: int,
    fine: bool,
    stages: Stages,
) -> list[FitSpec]:
    """What to fit on all rows."""
    stages.enter(0, 10)
    specs: list[FitSpec] = []
    for method in methods:
        spec = FitSpec(method, min_size, evaluator.seed)
        if method.finds_number:
            specs += evaluator.best_settings(spec, fine=fine, stages=stages)
        else:
            specs += evaluator.with_possible_numbers(spec, numbers or _USUAL_NUMBERS)
    return specs


def _usable_and_infeasible(tried: Sequence[Tried]) -> tuple[list[Tried], list[Candidate]]:
    """One candidate of each method and number, and the ones that only report an infeasible minimum size."""
    usable: dict[tuple[str, int], Tried] = {}
    infeasible = []
    for row, spec in tried:
        if row.meets_min_size and row.n_clusters > 0:
            usable.setdefault((row.method, row.n_clusters), (row, spec))
        elif not row.meets_min_size and spec.n_clusters is not None:
            infeasible.append(row)
    return list(usable.values()), infeasible


def _measured(
    tried: Sequence[Tried], evaluator: Evaluator, min_size: int, *, stages: Stages
) -> tuple[list[Tried], NullReference]:
    """The candidates with their measures; expensive ones only for candidates that can still be selected."""
    specs = [spec for _, spec in tried]
    stages.enter(35, 45)
    rows = evaluator.separated([row for row, _ in tried], stages=stages)
    stages.enter(45, 60)
    first = [index for index, row in enumerate(rows) if row.method == REFERENCE_METHOD.name or might_be_separated(row)]
    rows = evaluator.stable(rows, specs, indices=first, stages=stages)
    stages.enter(60, 70)
    undecided = [index for index, row in enumerate(rows) if row.stability is None and not _beaten(row, rows)]
    rows = evaluator.stable(rows, specs, indices=undecided, stages=stages)
    stages.enter(70, 100)
    suspects = [spec for row, spec in zip(rows, specs, strict=True) if seems_separated(row)]
    numbers = sorted({row.n_clusters for row in rows})
    references = [FitSpec(REFERENCE_METHOD, min_size, evaluator.seed, n_clusters=k) for k in numbers]
    null = evaluator.null(references, suspects, stages=stages)
    judged = with_gaps([null.with_gain(row) for row in rows], null)
    return list(zip(judged, specs, strict=True)), null


def _beaten(row: Candidate, rows: Sequence[Candidate]) -> bool:
    """Whether a stable k-means candidate with as many clusters has the larger silhouette, hence the larger gain."""
    return any(
        rival.method == REFERENCE_METHOD.name
        and rival.n_clusters == row.n_clusters
        and is_stable(rival)
        and (rival.silhouette or 0.0) >= (row.silhouette or 0.0)
        for rival in rows
    )


def _check_selectable(
    candidates: Sequence[Candidate],
    numbers: Sequence[int] | None,
    *,
    min_size: int,
    rows: Floats,
) -> None:
    """Raise unless a candidate can be selected."""
    if any(row.meets_min_size and (numbers is None or row.n_clusters in numbers) for row in candidates):
        return
    refused = [row for row in candidates if not row.meets_min_size]
    if refused:
        raise _infeasible(refused, numbers or _USUAL_NUMBERS, min_size, rows=len(rows))
    smallest_number, n_distinct = min(numbers or _USUAL_NUMBERS), len(np.unique(rows, axis=0))
    if n_distinct < smallest_number:
        raise DataError(
            f"{len(rows):,} rows have {plural(n_distinct, 'distinct value')} in {plural(rows.shape[1], 'column')}, "
            f"too few for {plural(smallest_number, 'group')}."
        )
    found_numbers = sorted({row.n_clusters for row in candidates})
    missing = "no groups" if numbers is None else f"no clustering into {listed_numbers(numbers)} groups"
    message = f"the numbers it found: {listed_numbers(found_numbers)}" if found_numbers else "it found none at all"
    raise DataError(f"HDBSCAN found {missing} of {min_size:,} or more; {message}.")


def _infeasible(
    refused: Sequence[Candidate], numbers: Sequence[int], min_size: int, *, rows: int
) -> InfeasibleMinimumError:
    closest = max(refused, key=lambda candidate: candidate.smallest)
    smallest_number = min(numbers)
    n_needed = smallest_number * min_size
    if n_needed > rows:
        why = f"{plural(smallest_number, 'group')} of {min_size:,} or more need {n_needed:,}, and there are {rows:,}."
    else:
        why = f"{listed_numbers(numbers)} groups cannot all have {min_size:,} or more without splitting duplicate rows."
    return InfeasibleMinimumError(
        f"{why} {plural(closest.n_clusters, 'group')} can have {closest.smallest:,} each.",
        feasible=closest.smallest,
    )


def _checked_methods(methods: object) -> list[Method]:
    """The methods, each once; "auto" stands for several."""
    names = [methods] if isinstance(methods, str) else list(methods) if isinstance(methods, Sequence) else []
    if not names:
        raise TypeError(f"{_CALLER}: methods must name one or more of {list(method_names())}, got {methods!r}.")
    for name in names:
        check_choice(_CALLER, "methods", name, allowed=(AUTO, *method_names()))
    expanded = [method for name in names for method in (method_names(auto=True) if name == AUTO else (name,))]
    return [method for name in dict.fromkeys(expanded) if (method := get_method(name))]


def _checked_progress(progress: object) -> Progress:
    if progress is None:
        return lambda done, steps: None
    if not callable(progress):
        raise TypeError(f"{_CALLER}: progress must be a function of (done, steps), got {type(progress).__name__}.")
    return progress


def _checked_request(n_clusters: object, methods: Sequence[Method]) -> Request:
    """Which numbers may be selected; "auto" prefers a few, and falls back to stable clusters or to a single one."""
    if isinstance(n_clusters, str) and n_clusters == AUTO:
        allowed = None if all(method.finds_number for method in methods) else AUTO_NUMBERS
        return Request(allowed, fallbacks=(AUTO_NUMBERS, None), or_single=True)
    numbers = _checked_numbers(n_clusters)
    is_fixed = isinstance(n_clusters, Integral)
    return Request(numbers, n_clusters_fixed=is_fixed, is_required=is_fixed)


def _checked_numbers(n_clusters: object) -> Sequence[int] | None:
    """The numbers to choose among, each once, in ascending order."""
    if n_clusters is None:
        return None
    if isinstance(n_clusters, range) and n_clusters:
        ascending = n_clusters if n_clusters.step > 0 else n_clusters[::-1]
        check_integer(_CALLER, "n_clusters", ascending[0], minimum=1)
        return ascending
    if isinstance(n_clusters, Integral):
        return [check_integer(_CALLER, "n_clusters", n_clusters, minimum=1)]
    if isinstance(n_clusters, np.ndarray):
        n_clusters = n_clusters.tolist()
    if isinstance(n_clusters, str | bytes) or not isinstance(n_clusters, Sequence) or not n_clusters:
        raise TypeError(
            f"{_CALLER}: n_clusters must be a whole number, some numbers such as range(2, 11), or None, "
            f"got {type(n_clusters).__name__} {n_clusters!r}."
        )
    return sorted({check_integer(_CALLER, "n_clusters", k, minimum=1) for k in n_clusters})


def _up_to(numbers: Collection[int] | None, n_rows: int) -> list[int] | None:
    """The numbers up to that of the rows; the smallest in any case, for the error message."""
    if numbers is None:
        return None
    return list(itertools.takewhile(lambda k: k <= n_rows, numbers)) or [min(numbers)]
