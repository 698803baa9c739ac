"""`select_clustering`: how many clusters, by which method, and whether there are any."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np

from custseg._checks import (
    check_choice,
    check_integer,
    check_min_size,
    check_preferred,
    check_previous,
    check_random_state,
)
from custseg._numerics import Floats, Integers
from custseg.clustering._method import Method
from custseg.clustering._methods import AUTO, get_method, method_names
from custseg.clustering.rows._rows import checked_matrix
from custseg.clustering.rows._sample import selection_sample
from custseg.clustering.selection._candidates import Candidate
from custseg.clustering.selection._choice import ClusteringChoice, FittedRows
from custseg.clustering.selection._consensus import decide_by_consensus, resampled_numbers
from custseg.clustering.selection._decision import AUTO_NUMBERS, CRITERIA, PREFERRED, Request
from custseg.clustering.selection._evidence import Evaluator, fitted
from custseg.clustering.selection._reason import listed_numbers
from custseg.clustering.selection._search import USUAL_NUMBERS, Search
from custseg.clustering.selection._stages import Progress, Stages
from custseg.errors import DataError, InfeasibleMinimumError
from custseg.texts import plural

_CALLER = "select_clustering"


def select_clustering(
    X: Any,
    *,
    methods: str | Sequence[str] = AUTO,
    n_clusters: int | Sequence[int] | str | None = range(2, 11),
    min_size: int | float = 0.05,
    criterion: str = "silhouette_gain",
    prefer: int | Sequence[int] = PREFERRED,
    previous: int | ClusteringChoice | None = None,
    worth: Mapping[int, float] | None = None,
    random_state: int = 0,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> ClusteringChoice:
    """Fit methods for every number of clusters under one minimum size, and select a clustering by evidence.

    Separated clusters are selected first, then stable ones. The rule:

    1. Very stable clusters (0.9) that at least touch a sparser region (separation above -0.25), each of which recurs in
       refits (Jaccard similarity 0.6 or more): the clustering with the most clusters.
    2. Otherwise clearly separated clusters (above 0.1) that recur in refits (stability 0.3): the largest stability
       + 0.1 log(number of clusters).
    3. Otherwise stable k-means clusters (0.75; Jaccard similarity 0.6). Silhouette gains that do not differ
       significantly from the largest are near ties: of these the number of `previous`, otherwise one nearest to
       `prefer`. Of several the most clusters, unless their stability is lower than the largest by more than its
       spread over the draws.
    4. Otherwise the largest gain of any candidate that was refitted.

    Separation must hold in the sample and in most halves of it, exceed the 95th percentile in null data (of two
    clusters the 99th), and be larger between each cluster and its neighbor than between the pieces of one cloud like
    the two. If most samples of 80 % of the rows select another number, that number is selected. See the guide for the
    conditions where many rows share values.

    Parameters
    ----------
    X : array-like of shape (n_rows, n_columns)
        Finite rows, up to 1e100.
    methods : str or sequence of str, default "auto"
        Names of methods, see `method_names`; "auto" stands for all that are compared by default.
    n_clusters : int, sequence of int, "auto" or None, default 2 to 10
        The numbers to choose among. Numbers that the rows or the minimum size rule out are not tried. HDBSCAN finds
        its number itself; its other numbers are listed and not selected. None allows any number, and tries the other
        methods at 2 to 10. "auto" is what `fit_segments` does by default: 2 to 8 (any number for HDBSCAN alone),
        otherwise separated clusters of another number, otherwise one cluster with all rows.
    min_size : int or float, default 0.05
        The minimum size of a cluster, in rows (int) or as a share of them (float below 1, rounded up).
    criterion : {"silhouette_gain", "silhouette"}, default "silhouette_gain"
        What the third step compares: the silhouette gain, or the silhouette itself, which prefers few clusters.
    prefer : int or sequence of int, default 5 to 7
        The numbers that are preferred among equally good ones.
    previous : int or ClusteringChoice, optional
        An earlier choice or its number of clusters, which is kept unless another number is clearly better. A single
        number in `n_clusters` goes first.
    worth : mapping of int to float, optional
        What each number of clusters is worth for a purpose, such as the share of a later outcome that it explained in
        the past. Of the stable numbers the one that is worth most is selected, unless `previous` is stable.
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
    - Separation: 1 - (mean path distance within the denser half of a cluster) / (shortest path distance between the
      denser halves of two clusters), where a path distance is the longest step on the best path between two rows.
      Values that 5 % of the rows share are spread to their neighbors first: whole numbers make no gaps.
    - Null reference data keep the marginals, rank correlations, point masses and joint patterns of the rows: a
      Gaussian copula within each pattern of 50 rows or more, 20 draws, the same for all candidates. The marginal of a
      continuous column is the nearest one with a single peak, because several peaks are groups. The silhouette gain
      compares every method with k-means on these data, so all methods are on one scale.
    - Stability: mean adjusted Rand index of 12 pairs of refits on disjoint halves with the minimum size in
      proportion. Mixtures and HDBSCAN are tried only if some cluster is separated from all others, not with fewer
      clusters than very stable ones that were found, and refitted only if they can still be selected.
    - Samples: 20 of 80 % of the rows, and 20 more if fewer than 15 of these select the same number. In each of them the
      k-means candidates that may be selected are refitted to two halves; their stability is the mean of this agreement
      (weight 0.6) and that of all rows. Separation is not refitted: its halves and the null data are drawn with
      replacement, as is the stability of other methods.
    - Everything is measured on at most 10,000 rows, drawn by a hash of the row and its running number among equal ones;
      trees, halves and null data on 4,000 of these. Only the selected clustering is fitted to all rows, where the
      minimum size holds. A group of 0.5 % of the rows has fewer than 25 rows in the sample with a probability of 3e-5.
      For a smaller minimum size the sample is drawn within the cells of 64 distant seeds, at least 50 rows of each: a
      small group is missed if no seed falls into it, which is unlikely only for one far from all others.

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
    request = replace(
        request,
        criterion=criterion,
        preferred=check_preferred(_CALLER, prefer),
        previous=_checked_previous(previous),
        worth=_checked_worth(worth),
    )
    seed = check_random_state(_CALLER, random_state)
    if n_jobs is not None:
        check_integer(_CALLER, "n_jobs", n_jobs, minimum=1)
    rows = checked_matrix(_CALLER, X)
    numbers = _up_to(request.n_clusters_allowed, len(rows))
    request = replace(request, n_clusters_allowed=numbers)
    n_members = check_min_size(_CALLER, min_size, len(rows))

    stages = Stages(_checked_progress(progress), n_jobs)
    sample = selection_sample(rows, n_members)
    X_sample = rows[sample]
    share = len(sample) / len(rows)
    min_members = _on_sample(n_members, share, numbers, n_sample=len(sample))
    search = Search(
        X_sample,
        Evaluator.of(X_sample, seed=seed, min_size=min_members),
        numbers,
        request.n_clusters_fixed,
        stages,
    )
    search.run(selected_methods)
    stages.enter(90, 100)
    choice = _choice(search, rows, sample, min_size=n_members, request=request)
    stages.enter(100, 100)
    return choice


def _on_sample(min_size: int, share: float, numbers: Collection[int] | None, *, n_sample: int) -> int:
    """The minimum size in the sample: in proportion, and with room for the numbers that have room in all rows."""
    if share == 1:
        return min_size
    proportional = math.ceil(round(min_size * share, 9))
    fitting = [k for k in numbers or USUAL_NUMBERS if k * min_size * share <= n_sample]
    return max(1, min(proportional, n_sample // max(fitting, default=1)))


def _choice(search: Search, rows: Floats, sample: Integers, *, min_size: int, request: Request) -> ClusteringChoice:
    """Decide, and fit the selected candidate to all rows; another one if it does not meet the minimum size there."""
    refused = [row for row, _ in search.infeasible]
    if len(sample) < len(rows) and not search.tried:
        # What is feasible is said in rows of the table.
        refused = [fitted(replace(spec, min_size=min_size), rows) for _, spec in search.infeasible]
    while True:
        candidates = [row for row, _ in search.tried] + refused
        _check_selectable(candidates, search.numbers, min_size=min_size, rows=rows)
        consensus = resampled_numbers(candidates, search.null, request, refit=search.in_sample, stages=search.stages)
        decision = decide_by_consensus(candidates, search.null, request, consensus=consensus)
        # Comparing clusters with a cloud like theirs takes long: only for those that would be selected. Shared values
        # make no such cloud; there the silhouette gain is compared.
        is_doubtful = decision.verdict == "natural" and not search.null.shared_values
        if is_doubtful and decision.best.separation_margin is None:
            search.with_margin(decision.best)
            continue
        fitted_rows = FittedRows(rows, sample, {(row.method, row.n_clusters): spec for row, spec in search.tried})
        choice = ClusteringChoice(
            tuple(candidates),
            decision.best,
            fitted_rows.checked(decision),
            min_size,
            search.null,
            request,
            consensus,
            search.skipped,
            fitted_rows,
        )
        if decision.is_single:
            return choice.single_cluster()
        final = choice.on_all_rows(decision.best)
        if final.meets_min_size and final.n_clusters == decision.best.n_clusters:
            return choice.with_best(final)
        search.drop(decision.best)
        if not final.meets_min_size:
            refused.append(final)


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
        raise _infeasible(refused, numbers or USUAL_NUMBERS, min_size, rows=len(rows))
    smallest_number, n_distinct = min(numbers or USUAL_NUMBERS), len(np.unique(rows, axis=0))
    if n_distinct < smallest_number:
        raise DataError(
            f"{len(rows):,} rows have {plural(n_distinct, 'distinct value')} in {plural(rows.shape[1], 'column')}, "
            f"too few for {plural(smallest_number, 'group')}."
        )
    found_numbers = sorted({row.n_clusters for row in candidates})
    missing = "no groups" if numbers is None else f"no clustering into {_groups(numbers)}"
    message = f"the numbers it found: {listed_numbers(found_numbers)}" if found_numbers else "it found none at all"
    raise DataError(f"HDBSCAN found {missing} of {min_size:,} or more; {message}.")


def _groups(numbers: Sequence[int]) -> str:
    return plural(numbers[0], "group") if len(numbers) == 1 else f"{listed_numbers(numbers)} groups"


def _infeasible(
    refused: Sequence[Candidate], numbers: Sequence[int], min_size: int, *, rows: int
) -> InfeasibleMinimumError:
    closest = max(refused, key=lambda candidate: candidate.smallest)
    smallest_number = min(numbers)
    n_needed = smallest_number * min_size
    if n_needed > rows:
        why = f"{plural(smallest_number, 'group')} of {min_size:,} or more need {n_needed:,}, and there are {rows:,}."
    else:
        why = f"{_groups(numbers)} cannot all have {min_size:,} or more without splitting duplicate rows."
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
        return Request(allowed, or_any_natural=True, or_single=True)
    numbers = _checked_numbers(n_clusters)
    is_fixed = isinstance(n_clusters, Integral)
    return Request(numbers, n_clusters_fixed=is_fixed, is_required=is_fixed)


def _checked_previous(previous: object) -> int | None:
    """The number of clusters of an earlier choice."""
    number = previous.best.n_clusters if isinstance(previous, ClusteringChoice) else previous
    return check_previous(_CALLER, number, kinds="an earlier choice or its number of clusters")


def _checked_worth(worth: object) -> Mapping[int, float] | None:
    """What numbers of clusters are worth, as finite numbers."""
    if worth is None:
        return None
    if not isinstance(worth, Mapping):
        raise TypeError(f"{_CALLER}: worth must map numbers of clusters to numbers, got {type(worth).__name__}.")
    checked = {check_integer(_CALLER, "worth", k, minimum=1): float(value) for k, value in worth.items()}
    if infinite := [k for k, value in checked.items() if not math.isfinite(value)]:
        raise ValueError(f"{_CALLER}: worth must be finite, got {worth[infinite[0]]!r} for {infinite[0]} clusters.")
    return checked


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
