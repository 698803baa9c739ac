"""Matches the segments of two fits by the customers that both rules assign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from custseg._numerics import Floats, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.model import Relation

_HALF = 0.5


@dataclass(frozen=True)
class Lineage:
    """The numbers of the new segments and where these come from.

    Attributes
    ----------
    numbers : tuple of int
        Number of each new segment, by label.
    origins : tuple of (int or None)
        Label of the old segment that each new one is the same as.
    relations : tuple of Relation
        What became of each old segment, and where the new ones come from.
    next_number : int
        The next number that was never in use.
    """

    numbers: tuple[int, ...]
    origins: tuple[int | None, ...]
    relations: tuple[Relation, ...]
    next_number: int


def lineage(
    counts: Integers, numbers: Sequence[int], next_number: int, *, stated: Mapping[int, int] | None = None
) -> Lineage:
    """The lineage from the customers by old (row) and new (column) label.

    Pairs are matched so that the sum of their Jaccard similarities is the largest. A pair is the same segment if at
    least half of the customers of each are in the other. `stated` has pairs that are the same whoever is in them, as
    the segments of a rule are: the old label by the new one.
    """
    before, after = _shares(counts)
    sums = counts.sum(axis=1)[:, None] + counts.sum(axis=0)[None, :] - counts
    similarity = counts / np.maximum(sums, 1)
    for j, i in (stated or {}).items():
        similarity[i, :], similarity[:, j] = 0.0, 0.0
        similarity[i, j] = float(len(counts) + counts.shape[1])
    rows, columns = linear_sum_assignment(-similarity)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    same = {j: i for i, j in pairs if before[i, j] >= _HALF and after[i, j] >= _HALF} | dict(stated or {})
    final: list[int] = []
    for label in range(counts.shape[1]):
        if label in same:
            final.append(numbers[same[label]])
        else:
            final.append(next_number)
            next_number += 1
    relations = [
        Relation(
            kind,
            None if i is None else numbers[i],
            None if j is None else final[j],
            None if i is None or j is None else _share_shown(counts[i, j], counts[i].sum()),
            None if i is None or j is None else _share_shown(counts[i, j], counts[:, j].sum()),
        )
        for kind, i, j in _pairs(before, after, same)
    ]
    return Lineage(
        tuple(final), tuple(same.get(label) for label in range(counts.shape[1])), tuple(relations), next_number
    )


def _shares(counts: Integers) -> tuple[Floats, Floats]:
    """Share of each old segment that is in each new one, and share of each new one that comes from each old one."""
    old, new = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    return counts / np.maximum(old, 1), counts / np.maximum(new, 1)


def _pairs(before: Floats, after: Floats, same: dict[int, int]) -> list[tuple[str, int | None, int | None]]:
    """Kind, old and new label of each relation: the same segments, then what became of the other old and new ones."""
    relations: list[tuple[str, int | None, int | None]] = [("same", i, j) for j, i in sorted(same.items())]
    for i in range(before.shape[0]):
        if i in same.values():
            continue
        target = int(np.argmax(before[i]))
        descendants = [int(j) for j in np.flatnonzero(after[i] >= _HALF)]
        if before[i, target] >= _HALF:
            relations.append(("merged", i, target))
        relations += [("split", i, j) for j in descendants if ("merged", i, j) not in relations]
        if not descendants and before[i, target] < _HALF:
            relations.append(("gone", i, None))
    for j in range(after.shape[1]):
        if j in same or any(label == j for _, _, label in relations):
            continue
        origin = int(np.argmax(after[:, j]))
        relations.append(("split", origin, j) if after[origin, j] >= _HALF else ("new", None, j))
    return relations


def _share_shown(count: int, total: int) -> float | None:
    """The share as it is stored: None for 1 to 9 customers, 1 for all but 1 to 9."""
    if 0 < count < SMALLEST_GROUP:
        return None
    return 1.0 if total - count < SMALLEST_GROUP else round(float(count / total), 3)
