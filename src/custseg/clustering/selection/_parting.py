"""Whether gaps or valleys part the clusters of a candidate, more than they would by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from custseg._arrays import Floats, Integers
from custseg.clustering.selection._candidates import Candidate

if TYPE_CHECKING:
    from custseg.clustering.selection._evidence import NullReference


# Set apart by paths, or by valleys between all pairs; a valley alone needs clusters that come back.
_GAP, _GAP_STABILITY = 0.1, 0.5
_VALLEY, _VALLEY_STABILITY = 0.25, 0.92
# So much clearer gaps are not to be cut across by more than this share of the rows.
_CLEARER, _CUT = 0.3, 0.1


def might_be_parted(row: Candidate) -> bool:
    """Whether gaps or valleys are there, whatever the stability."""
    return (row.gap or 0.0) >= _GAP or (row.valley or 0.0) >= _VALLEY


def seems_parted(row: Candidate) -> bool:
    """Whether gaps are there and the clusters come back well enough; chance is not ruled out yet."""
    return (row.gap or 0.0) >= _GAP and (row.stability or 0.0) >= _GAP_STABILITY


def with_gaps(rows: Sequence[Candidate], null: NullReference) -> list[Candidate]:
    """The candidates, told whether gaps part their clusters, and whether they cut across the gaps of others."""
    parted = [_by_paths(row, null) for row in rows]
    clear = [row for row, by_paths in zip(rows, parted, strict=True) if by_paths]
    told = []
    for row, by_paths in zip(rows, parted, strict=True):
        cuts = any(_is_clearer(other, row) and _share_cut(row.labels, other.labels) > _CUT for other in clear)
        told.append(replace(row, cuts_gaps=cuts, has_gaps=not cuts and (by_paths or _by_valleys(row, null.level))))
    return told


def _by_paths(row: Candidate, null: NullReference) -> bool:
    # Where many rows share values, and other columns follow from those, gaps may be only between the values.
    if null.shared_values and (row.silhouette_gain or 0.0) < -null.level:
        return False
    return seems_parted(row) and _beyond(row.gap, null.chance_gaps(row.n_clusters))


def _by_valleys(row: Candidate, level: float) -> bool:
    # On columns with few values every cut between two of them is a valley; it groups nothing.
    return (
        (row.valley or 0.0) >= _VALLEY
        and (row.stability or 0.0) >= _VALLEY_STABILITY
        and row.silhouette_gain is not None
        and row.silhouette_gain > level
    )


def _beyond(value: float | None, chance: Floats) -> bool:
    """Whether the value is above the 95th percentile of the draws, and by a gap above their mean."""
    if value is None or not len(chance):
        return False
    return bool(value > np.quantile(chance, 0.95) and value >= chance.mean() + _GAP)


def _is_clearer(other: Candidate, row: Candidate) -> bool:
    return (other.gap or 0.0) >= max(row.gap or 0.0, 0.0) + _CLEARER


def _share_cut(labels: Integers, others: Integers) -> float:
    """Share of the rows that are not in the other cluster in which most of their own cluster is."""
    k = int(others.max()) + 1
    both = np.bincount(labels * k + others, minlength=(int(labels.max()) + 1) * k).reshape(-1, k)
    return 1 - float(both.max(axis=1).sum()) / len(labels)
