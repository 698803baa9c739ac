"""The minimum size as requested by the user, and the error for one that cannot be met."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np

from custseg._checks import as_share, check_min_size
from custseg._numerics import Floats
from custseg.clustering.min_size._fallback import FallbackSearch
from custseg.clustering.rows._rows import DistinctRows
from custseg.errors import InfeasibleMinimumError
from custseg.texts import plural


@dataclass(frozen=True)
class MinSize:
    """The minimum size as requested, and as an amount of the total: rows, or weight where there are weights."""

    requested: object
    amount: float
    total: float
    weighted: bool

    def formatted(self, amount: float) -> str:
        """An amount as text."""
        number = f"{amount:,.0f}" if amount == math.floor(amount) else f"{amount:.6g}"
        if self.weighted:
            return f"a weight of {number}"
        return plural(int(amount), "row")

    def as_argument(self, amount: float) -> str:
        """The argument that requests this amount: a share if a share was requested, or if the amount is below 1."""
        if isinstance(self.requested, Integral) and amount >= 1:
            return f"min_size={math.floor(amount)}"
        # Rounded down and below 1, so that it is a valid argument.
        share = min(math.floor(amount / self.total * 1e6) / 1e6, 0.999999)
        return f"min_size={share:g} ({self.formatted(amount)})"


def resolved_min_size(name: str, min_size: object, weights: Floats | None, *, n_rows: int) -> MinSize:
    """The minimum size as an amount; 0 for none."""
    total = float(n_rows) if weights is None else float(np.sort(weights).sum())
    weighted = weights is not None
    if min_size is None:
        return MinSize(None, 0.0, total, weighted)
    count = check_min_size(name, min_size, n_rows)
    if weights is None or isinstance(min_size, Integral):
        return MinSize(min_size, float(count), total, weighted)
    return MinSize(min_size, as_share(min_size) * total, total, weighted)


def check_distinct_rows(name: str, argument: str, rows: DistinctRows, *, clusters: int, weighted: bool) -> None:
    """Raise if there are fewer distinct rows than clusters."""
    n_distinct = len(rows.values)
    if clusters > n_distinct:
        of = "of positive weight in X" if weighted else "of X"
        raise ValueError(
            f"{name}: {argument}={clusters} is more than the {plural(n_distinct, 'distinct row')} {of} "
            f"(n_samples={len(rows.inverse)}). Ask for {n_distinct} or fewer."
        )


def usable_weight(rows: DistinctRows, min_size: float) -> float:
    """The weight that counts towards the minimum size: duplicates beyond it cannot help a second cluster."""
    return float(np.minimum(rows.weights, min_size).sum())


def is_weight_sufficient(rows: DistinctRows, k: int, min_size: float) -> bool:
    """Whether the usable weight suffices for k clusters, a necessary condition."""
    return usable_weight(rows, min_size) >= k * min_size * (1 - 1e-9)


def check_usable_weight(name: str, argument: str, minimum: MinSize, *, search: FallbackSearch[Any]) -> None:
    """Raise unless the usable weight suffices."""
    if not is_weight_sufficient(search.rows, search.k, minimum.amount):
        raise infeasible_error(name, argument, minimum, search=search)


def infeasible_error(
    name: str, argument: str, minimum: MinSize, *, search: FallbackSearch[Any]
) -> InfeasibleMinimumError:
    """The error for a minimum size that was not met, with a feasible one."""
    k, min_size = search.k, minimum.amount
    usable = usable_weight(search.rows, min_size)
    clusters = plural(k, "cluster")
    request = f"{name}: {clusters} ({argument}) of at least {minimum.formatted(min_size)}"
    if usable < k * min_size * (1 - 1e-9):
        limit = " once duplicate rows are kept together" if usable < minimum.total * (1 - 1e-9) else ""
        reason = f"{request} each take {minimum.formatted(k * min_size)}, and X has {minimum.formatted(usable)}{limit}."
        fewer = int(usable * (1 + 1e-9) // min_size)
    else:
        largest = minimum.formatted(float(search.rows.weights.max()))
        reason = f"{request} were not found without splitting duplicate rows; the largest group of them has {largest}."
        fewer = k - 1
    amount = search.feasible(below=min_size)
    feasible = amount if minimum.weighted else int(amount)
    remedy = f" With {clusters}, {minimum.as_argument(amount)} is feasible" if amount > 0 else f" Lower {argument}"
    # An upper bound: fewer clusters may fail as well, where duplicates cannot be separated evenly.
    bound = f"; with this minimum, {argument} may be at most {fewer}." if fewer else "."
    return InfeasibleMinimumError(f"{reason}{remedy}{bound}", feasible=feasible)
