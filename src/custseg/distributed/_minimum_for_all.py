"""`choice_for_all`: the clustering that is selected on a sample, with a minimum size that holds for all customers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from custseg._numerics import Floats
from custseg.clustering import ClusteringChoice, offsets_for_all_rows
from custseg.distributed._base import SampledBase, SampledMinimum
from custseg.distributed._counted import CountedCustomers, Totals, counted_customers
from custseg.distributed._whole_base import WholeBase
from custseg.errors import DataError, InfeasibleMinimumError
from custseg.matrix import CustomerMatrix

_TRIES = 4
Select = Callable[..., ClusteringChoice]
"""The clustering that is selected on the sample under `min_size` in it."""


def choice_for_all(
    base: SampledBase, matrix: CustomerMatrix, minimum: SampledMinimum, *, select: Select, caller: str
) -> tuple[ClusteringChoice, WholeBase]:
    """The clustering of the sample whose segments have the minimum size among all customers, and their counts.

    Where the rule of the clustering has offsets, these are corrected, see `offsets_for_all_rows`. Prototypes have none:
    then a clustering is selected under a larger minimum in the sample, so that the segment that is too small joins its
    neighbor, up to four times.

    Raises
    ------
    InfeasibleMinimumError
        If no such boundaries were found; the message names a feasible minimum.
    DataError
        If the table has changed between two passes.
    """
    size = minimum.in_sample
    feasible = 0
    for _ in range(_TRIES):
        choice = _selected(base, minimum, partial(select, min_size=size), n_sample=len(matrix.rows), caller=caller)
        rule = choice.best.estimator.assignment_rule_
        with counted_customers(base.features, matrix.preparation, rule) as rows:
            counts = _counts(rows, rule, matrix.rows, min_size=minimum.count, caller=caller)
        if counts.totals.n_customers != base.n_customers:
            raise DataError(
                f"{caller}: the table had {base.n_customers:,} customers in one pass and "
                f"{counts.totals.n_customers:,} in a later one. Give one that does not change: write it, or persist it."
            )
        sizes = counts.totals.of_clusters(choice.best.n_clusters)
        if sizes.min() >= minimum.count:
            return _result(base, choice, counts, minimum=minimum)
        feasible = max(feasible, int(sizes.min()))
        of_sample = np.bincount(choice.best.labels, minlength=len(sizes))
        size = int(of_sample[sizes < minimum.count].max()) + 1
    raise InfeasibleMinimumError(
        f"{caller}: no clustering of the sample was found whose segments have {minimum.count:,} of all "
        f"{minimum.n_clustered:,} customers. Give min_size={feasible:,} or less, or another method.",
        feasible,
    )


def _selected(
    base: SampledBase, minimum: SampledMinimum, select: Callable[[], ClusteringChoice], *, n_sample: int, caller: str
) -> ClusteringChoice:
    """The clustering of the sample; an error about its minimum size speaks of all customers."""
    try:
        return select()
    except InfeasibleMinimumError as error:
        if base.is_whole:
            raise
        feasible = math.floor(error.feasible * minimum.n_clustered / n_sample)
        advice = f"min_size={feasible:,} or less" if feasible else "a smaller min_size"
        raise InfeasibleMinimumError(
            f"{caller}: the sample has no such segments of {minimum.count:,} or more of all {minimum.n_clustered:,} "
            f"customers each. Give {advice}, or fewer segments.",
            feasible,
        ) from None


@dataclass(frozen=True, eq=False)
class _Counts:
    """The offsets for all customers, None for a rule without; what they give; and the passes that it took."""

    offsets: Floats | None
    totals: Totals
    passes: int


def _counts(rows: CountedCustomers, rule: Any, sample: Floats, *, min_size: int, caller: str) -> _Counts:
    if not hasattr(rule, "offsets"):
        return _Counts(None, rows.totals(None), 1)
    met = offsets_for_all_rows(rows, rule.costs(sample), min_size, start=rule.offsets, caller=caller)
    return _Counts(met.offsets, rows.totals(met.offsets), met.passes + 1)


def _result(
    base: SampledBase, choice: ClusteringChoice, counts: _Counts, *, minimum: SampledMinimum
) -> tuple[ClusteringChoice, WholeBase]:
    totals = counts.totals
    if counts.offsets is not None:
        choice = choice.with_offsets(counts.offsets)
    whole = WholeBase(
        base.features,
        n_sample=len(base.sample),
        n_customers=base.n_customers,
        n_clustered=minimum.n_clustered,
        min_size=minimum.count,
        sizes=totals.sizes,
        revenue=totals.revenue,
        reassignments=totals.reassignments if counts.offsets is not None else choice.best.reassignments,
        passes=counts.passes,
    )
    return choice, whole
