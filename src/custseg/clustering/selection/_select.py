"""How many clusters, by which method, and whether there are any: candidates, evidence, choice."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from numbers import Integral
from typing import Any

import numpy as np

from custseg._arrays import Floats
from custseg._checks import check_choice, check_integer, check_min_size, check_random_state
from custseg._format import plural
from custseg.clustering._method import FitSpec, Method
from custseg.clustering._methods import AUTO, REFERENCE_METHOD, get_method, method_names
from custseg.clustering.rows._rows import checked_matrix, row_hashes
from custseg.clustering.selection._candidates import Candidate, fitted, numbers_worth_trying
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
from custseg.clustering.selection._evidence import Evaluator
from custseg.clustering.selection._null_reference import NullReference
from custseg.clustering.selection._reason import listed_numbers
from custseg.clustering.selection._settings_search import best_settings
from custseg.clustering.selection._stages import Progress, Stages
from custseg.errors import DataError, InfeasibleMinimumError

Tried = tuple[Candidate, FitSpec]

_CALLER = "select_clustering"
_USUAL_NUMBERS = range(2, 11)
# Fits of more rows take turns: each has threads and memory of its own.
_MANY = 100_000


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
    """Fit every method for every number of clusters under one minimum size, and choose by evidence.

    A clustering is worth taking when its clusters are parted by gaps, or at least stand out more than k-means
    makes them stand out in rows without groups, and when it comes back in half of the rows. The rule, in its
    order:

    1. Clusterings with gaps. By path distance every cluster has a silhouette of 0.1 or more, more than such candidates
       find, with as many clusters or more, in 95 % of ten draws of rows without groups, and 0.1 more than they find
       there on average; stability is 0.5 or more. Or every two clusters have a valley of density of 0.25 or more
       between them, with a stability of 0.92 or more and a silhouette gain above chance. Of these, where stability is
       0.75 or more or the silhouette by path distance 0.4 or more, the finest, because one with fewer clusters has
       only joined some of them.
    2. Otherwise those of stability 0.75 or more whose silhouette gain is not below chance (above -`null_level`): the
       largest silhouette gain; within one standard error (of the difference) the most stable, then the one with fewer
       clusters. Where none of them is above `null_level`, the finest of less stability with gaps goes before.
    3. Where there are none, the same among all.

    Who cuts across the gaps of another is taken last: whose clusters have more than a tenth of their rows on the
    wrong side, when the other's silhouette by path distance is larger by 0.3 or more.

    Parameters
    ----------
    X : array-like of shape (n_rows, n_columns)
        Finite rows, up to 1e100.
    methods : str or sequence of str, default "auto"
        Names of methods, see `method_names`; "auto" stands for all that are compared by default.
    n_clusters : int, sequence of int, "auto" or None, default 2 to 10
        The numbers to choose among. Those that the rows or the minimum size forbid are not tried. HDBSCAN finds
        its number itself; others than these are listed and not taken. None leaves it free, and the other
        methods at 2 to 10.
    min_size : int or float, default 0.05
        No cluster has fewer rows (int), or a smaller share of them (float below 1, rounded up).
    criterion : {"silhouette_gain", "silhouette"}, default "silhouette_gain"
        What the second rule compares: the silhouette gain, or the plain silhouette, which prefers few clusters.
    random_state : int, default 0
        Seed of the starts of the fits. The draws behind the evidence are the same for every seed, and for the
        same rows in any order: otherwise near-ties would be settled by the seed.
    n_jobs : int, optional
        Threads; by default as many as there are processors. The result is the same for any number.
    progress : callable, optional
        Called with (done, 100) as the work goes on.

    Returns
    -------
    ClusteringChoice

    Raises
    ------
    DataError
        If there are fewer distinct rows than the smallest number of clusters, or no candidate has a number
        that was asked for.
    InfeasibleMinimumError
        If no candidate meets the minimum; `feasible` is a minimum that one meets.
    ValueError, TypeError
        If an argument cannot be used.

    Notes
    -----
    - The rows are taken as they are. K-means spends clusters on the extreme values of heavy-tailed columns: call
      `custseg.preparation.compress_tails` first, as `fit_segments` does.
    - The rows without groups keep the marginals, rank correlations, point masses and joint patterns of these: a
      Gaussian copula within each pattern, 20 draws, the same for all candidates. The marginal of a continuous
      column is the nearest one with a single peak, for several peaks are groups. The silhouette gain compares every
      method with k-means on them, which makes the best groups by silhouette that can be made of such rows:
      so all methods are on one scale, and one that wanders is not rewarded for it.
    - Valleys are looked for along a straight line between two clusters and along one bend: the pieces of a thin curve
      that winds more may seem parted.
    - Stability: 12 times two halves that share no row, refits with the minimum in proportion, adjusted Rand of
      their labels on all rows. Mixtures and HDBSCAN are refitted only where they could still be taken.
    - Above 4,000 rows, gaps, stability and null look at seeded samples of 4,000; the silhouette at 10,000.

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
    known = _checked_methods(methods)
    request = _checked_request(n_clusters, known)
    check_choice(_CALLER, "criterion", criterion, allowed=CRITERIA)
    request = replace(request, criterion=criterion)
    seed = check_random_state(_CALLER, random_state)
    if n_jobs is not None:
        check_integer(_CALLER, "n_jobs", n_jobs, minimum=1)
    rows = checked_matrix(_CALLER, X)
    numbers = _up_to(request.n_clusters_allowed, len(rows))
    request = replace(request, n_clusters_allowed=numbers)
    least = check_min_size(_CALLER, min_size, len(rows))

    stages = Stages(_checked_progress(progress), n_jobs)
    # In the order of their hashes the rows are the same in whatever order they came.
    order = np.argsort(row_hashes(rows), kind="stable")
    evidence = Evaluator(rows[order], order, seed)
    attempts = _attempts(evidence, known, numbers, min_size=least, fine=request.n_clusters_fixed, stages=stages)
    stages.enter(10, 35, n_jobs=1 if len(rows) > _MANY else None)
    fits = stages.run(partial(fitted, X=rows), attempts)
    usable, others = _sorted_out(list(zip(fits, attempts, strict=True)))
    null = NullReference.empty()
    if usable:
        usable, null = _judged(usable, evidence, least, stages=stages)
    candidates = [row for row, _ in usable] + others
    _check_found(candidates, numbers, min_size=least, rows=rows)
    stages.enter(100, 100)
    decision = decide(candidates, null.level, request)
    choice = ClusteringChoice(tuple(candidates), decision.best, decision, least, null, request)
    return choice.single_cluster(rows) if decision.is_single else choice


def _attempts(
    evidence: Evaluator,
    methods: Sequence[Method],
    numbers: Sequence[int] | None,
    *,
    min_size: int,
    fine: bool,
    stages: Stages,
) -> list[FitSpec]:
    """What to fit on all rows."""
    stages.enter(0, 10)
    attempts: list[FitSpec] = []
    for method in methods:
        spec = FitSpec(method, min_size, evidence.seed)
        if method.finds_number:
            attempts += best_settings(spec, evidence.X, evidence.sample, fine=fine, run=stages.run)
        else:
            worth = numbers_worth_trying(evidence.X, numbers or _USUAL_NUMBERS, min_size)
            attempts += [replace(spec, n_clusters=k) for k in worth]
    return attempts


def _sorted_out(tried: Sequence[Tried]) -> tuple[list[Tried], list[Candidate]]:
    """One of each method and number that can be judged; and the rows that only say what was not possible."""
    usable: dict[tuple[str, int], Tried] = {}
    others = []
    for row, attempt in tried:
        if row.meets_min_size and row.n_clusters > 0:
            usable.setdefault((row.method, row.n_clusters), (row, attempt))
        elif not row.meets_min_size and attempt.n_clusters is not None:
            others.append(row)
    return list(usable.values()), others


def _judged(
    tried: Sequence[Tried], evidence: Evaluator, min_size: int, *, stages: Stages
) -> tuple[list[Tried], NullReference]:
    """The candidates with their evidence; what is dear only for those that can still be taken."""
    attempts = [attempt for _, attempt in tried]
    stages.enter(35, 45)
    rows = evidence.separated([row for row, _ in tried], stages=stages)
    stages.enter(45, 60)
    first = [place for place, row in enumerate(rows) if row.method == REFERENCE_METHOD.name or might_be_separated(row)]
    rows = evidence.stable(rows, attempts, places=first, stages=stages)
    stages.enter(60, 70)
    open_still = [place for place, row in enumerate(rows) if row.stability is None and not _beaten(row, rows)]
    rows = evidence.stable(rows, attempts, places=open_still, stages=stages)
    stages.enter(70, 100)
    suspects = [attempt for row, attempt in zip(rows, attempts, strict=True) if seems_separated(row)]
    numbers = sorted({row.n_clusters for row in rows})
    null = evidence.null(numbers, suspects, min_size=min_size, stages=stages)
    judged = with_gaps([null.with_gain(row) for row in rows], null)
    return list(zip(judged, attempts, strict=True)), null


def _beaten(row: Candidate, rows: Sequence[Candidate]) -> bool:
    """Whether a stable k-means candidate with as many clusters has the larger silhouette, so the larger gain."""
    return any(
        other.method == REFERENCE_METHOD.name
        and other.n_clusters == row.n_clusters
        and is_stable(other)
        and (other.silhouette or 0.0) >= (row.silhouette or 0.0)
        for other in rows
    )


def _check_found(
    candidates: Sequence[Candidate],
    numbers: Sequence[int] | None,
    *,
    min_size: int,
    rows: Floats,
) -> None:
    """Raise unless there is something to take."""
    if any(row.meets_min_size and (numbers is None or row.n_clusters in numbers) for row in candidates):
        return
    refused = [row for row in candidates if not row.meets_min_size]
    if refused:
        raise _infeasible(refused, numbers or _USUAL_NUMBERS, min_size, rows=len(rows))
    fewest, distinct = min(numbers or _USUAL_NUMBERS), len(np.unique(rows, axis=0))
    if distinct < fewest:
        raise DataError(
            f"{len(rows):,} rows have {plural(distinct, 'distinct value')} in {plural(rows.shape[1], 'column')}, "
            f"too few for {plural(fewest, 'group')}."
        )
    found = sorted({row.n_clusters for row in candidates})
    missing = "no groups" if numbers is None else f"no clustering into {listed_numbers(numbers)} groups"
    message = f"the numbers it found: {listed_numbers(found)}" if found else "it found none at all"
    raise DataError(f"HDBSCAN found {missing} of {min_size:,} or more; {message}.")


def _infeasible(
    refused: Sequence[Candidate], asked: Sequence[int], min_size: int, *, rows: int
) -> InfeasibleMinimumError:
    closest = max(refused, key=lambda candidate: candidate.smallest)
    fewest = min(asked)
    if fewest * min_size > rows:
        why = f"{plural(fewest, 'group')} of {min_size:,} or more need {fewest * min_size:,}, and there are {rows:,}."
    else:
        why = f"{listed_numbers(asked)} groups cannot all have {min_size:,} or more without splitting duplicate rows."
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
    chosen = [name for given in names for name in (method_names(auto=True) if given == AUTO else (given,))]
    return [method for name in dict.fromkeys(chosen) if (method := get_method(name))]


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
    return Request(numbers, n_clusters_fixed=is_fixed, is_required=is_fixed, fallbacks=(numbers,))


def _checked_numbers(n_clusters: object) -> Sequence[int] | None:
    """The numbers to choose among, each once, rising."""
    if n_clusters is None:
        return None
    if isinstance(n_clusters, range) and n_clusters:
        rising = n_clusters if n_clusters.step > 0 else n_clusters[::-1]
        check_integer(_CALLER, "n_clusters", rising[0], minimum=1)
        return rising
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
    """The numbers that do not exceed the rows; the smallest in any case, to see how far it is out of reach."""
    if numbers is None:
        return None
    return list(itertools.takewhile(lambda k: k <= n_rows, numbers)) or [min(numbers)]
