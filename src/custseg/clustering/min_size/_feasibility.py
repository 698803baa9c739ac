"""The minimum size as it was asked, and the words for one that cannot be met."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np

from custseg._arrays import Floats
from custseg._checks import as_share, check_min_size
from custseg._format import plural
from custseg.clustering.min_size._fallback import FallbackSearch
from custseg.clustering.rows._rows import DistinctRows
from custseg.errors import InfeasibleMinimumError


@dataclass(frozen=True)
class Minimum:
    """The minimum size as asked, and as an amount of the total: rows, or weight where there are weights."""

    asked: object
    least: float
    total: float
    weighted: bool

    def amount(self, held: float) -> str:
        """An amount in words."""
        number = f"{held:,.0f}" if held == math.floor(held) else f"{held:.6g}"
        if self.weighted:
            return f"a weight of {number}"
        return plural(int(held), "row")

    def again(self, held: float) -> str:
        """How to ask for this amount: as a share if one was asked for, or if it is below 1."""
        if isinstance(self.asked, Integral) and held >= 1:
            return f"min_size={math.floor(held)}"
        # Rounded down and below 1, so that what is said can be asked.
        share = min(math.floor(held / self.total * 1e6) / 1e6, 0.999999)
        return f"min_size={share:g} ({self.amount(held)})"


def asked_minimum(name: str, min_size: object, weights: Floats | None, *, n_rows: int) -> Minimum:
    """The minimum as an amount; 0 for none."""
    total = float(n_rows) if weights is None else float(np.sort(weights).sum())
    weighted = weights is not None
    if min_size is None:
        return Minimum(None, 0.0, total, weighted)
    count = check_min_size(name, min_size, n_rows)
    if weights is None or isinstance(min_size, Integral):
        return Minimum(min_size, float(count), total, weighted)
    return Minimum(min_size, as_share(min_size) * total, total, weighted)


def check_distinct_rows(name: str, argument: str, rows: DistinctRows, *, clusters: int, weighted: bool) -> None:
    """Raise if there are fewer distinct rows than clusters."""
    distinct = len(rows.values)
    if clusters > distinct:
        of = "of positive weight in X" if weighted else "of X"
        raise ValueError(
            f"{name}: {argument}={clusters} is more than the {plural(distinct, 'distinct row')} {of} "
            f"(n_samples={len(rows.inverse)}). Ask for {distinct} or fewer."
        )


def useful_amount(rows: DistinctRows, least: float) -> float:
    """What clusters of that minimum can use: what equal rows hold beyond it helps no second cluster."""
    return float(np.minimum(rows.weights, least).sum())


def is_useful(rows: DistinctRows, k: int, least: float) -> bool:
    """Whether so many clusters of that size can exist, whatever their shape."""
    return useful_amount(rows, least) >= k * least * (1 - 1e-9)


def check_useful(name: str, argument: str, minimum: Minimum, *, search: FallbackSearch[Any]) -> None:
    """Raise unless so many clusters of that size can exist, whatever their shape."""
    if not is_useful(search.rows, search.k, minimum.least):
        raise infeasible(name, argument, minimum, search=search)


def infeasible(name: str, argument: str, minimum: Minimum, *, search: FallbackSearch[Any]) -> InfeasibleMinimumError:
    """The error for a minimum that was not met, with the largest that every seed meets."""
    k, least = search.k, minimum.least
    useful = useful_amount(search.rows, least)
    clusters = plural(k, "cluster")
    wanted = f"{name}: {clusters} ({argument}) of at least {minimum.amount(least)}"
    if useful < k * least * (1 - 1e-9):
        twins = " that equal rows, which stay together, allow" if useful < minimum.total * (1 - 1e-9) else ""
        why = f"{wanted} each take {minimum.amount(k * least)}, and X has {minimum.amount(useful)}{twins}."
        fewer = int(useful * (1 + 1e-9) // least)
    else:
        largest = minimum.amount(float(search.rows.weights.max()))
        why = f"{wanted} were not found without splitting equal rows, of which the largest group holds {largest}."
        fewer = k - 1
    held = search.feasible(below=least)
    feasible = held if minimum.weighted else int(held)
    remedy = f" With {clusters}, {minimum.again(held)} is feasible" if held > 0 else f" Lower {argument}"
    # Fewer may fail as well: equal rows need not lie so that lines part them.
    rest = f"; with this minimum, {argument} may be at most {fewer}." if fewer else "."
    return InfeasibleMinimumError(f"{why}{remedy}{rest}", feasible=feasible)
