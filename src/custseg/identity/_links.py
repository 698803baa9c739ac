"""The rule that gives ids to customers, on arrays: kinds of ids from the strongest to the weakest, level by level.

Level 0 are the customer ids: each is a group of its own. An id of a later level joins the group of the strongest id
beside which it stands in a row. If there are several groups, it joins none: it is in conflict. Ids of a kind that may
merge customers join their groups instead. Every step looks at all ids of its level at once, so that no order of rows
or tables plays a part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from custseg._numerics import Bools, Integers

NOBODY = -1


@dataclass(frozen=True)
class LinkedIds:
    """The ids of all levels with their groups.

    Attributes
    ----------
    groups : list of ndarray of int
        For each level the group of each of its ids; -1 if it is in conflict.
    n_candidates : list of ndarray of int
        For each level, beside how many groups an id in conflict stands; 0 for all others.
    """

    groups: list[Integers]
    n_candidates: list[Integers]


def linked_ids(
    rows: Sequence[Integers], levels: Sequence[Integers], sizes: Sequence[int], *, limits: Sequence[int]
) -> LinkedIds:
    """The groups of all ids.

    Parameters
    ----------
    rows : sequence of ndarray of int, shape (n_rows, n_columns)
        For each table the ids of each row, counted within their level; -1 where there is none.
    levels : sequence of ndarray of int
        For each table the levels of its columns.
    sizes : sequence of int
        The number of ids of each level.
    limits : sequence of int
        For each level, how many groups one id may merge; 1 for kinds that merge none.
    """
    groups: list[Integers] = []
    n_candidates: list[Integers] = []
    n_groups = 0
    tables = list(zip(rows, levels, strict=True))
    for level, (size, limit) in enumerate(zip(sizes, limits, strict=True)):
        clusters = _peers(tables, level, size)
        ids, anchors, strength = _anchored(tables, level, groups)
        clustered = clusters[ids]
        if limit == 1:
            clustered, anchors = _strongest(clustered, anchors, strength, n=int(clusters.max(initial=-1)) + 1)
        pairs = np.unique(np.column_stack([clustered, anchors]), axis=0) if len(anchors) else np.empty((0, 2), np.int64)
        n_clusters = int(clusters.max(initial=-1)) + 1
        counts = np.bincount(pairs[:, 0], minlength=n_clusters)
        is_refused = counts > limit
        merged = _merged(pairs[~is_refused[pairs[:, 0]]], n_groups)
        groups = [np.where(of_level >= 0, merged[of_level], NOBODY) for of_level in groups]
        n_groups = int(merged.max(initial=-1)) + 1
        of_clusters = np.full(n_clusters, NOBODY)
        of_clusters[pairs[:, 0]] = merged[pairs[:, 1]]
        of_clusters[is_refused] = NOBODY
        is_new = counts == 0
        of_clusters[is_new] = n_groups + np.arange(int(is_new.sum()))
        n_groups += int(is_new.sum())
        groups.append(of_clusters[clusters])
        n_candidates.append(np.where(is_refused, counts, 0)[clusters])
    return LinkedIds(groups, n_candidates)


def _peers(tables: Sequence[tuple[Integers, Integers]], level: int, size: int) -> Integers:
    """Ids of one level that stand in one row without a stronger id are the same customer: the cluster of each id."""
    firsts, seconds = [], []
    for table, levels in tables:
        own = table[:, levels == level]
        if own.shape[1] < 2:
            continue
        own = own[~(table[:, levels < level] >= 0).any(axis=1)]
        first = _first_present(own)
        for column in own.T:
            is_pair = (column >= 0) & (first >= 0)
            firsts.append(first[is_pair])
            seconds.append(column[is_pair])
    if not firsts:
        return np.arange(size)
    return _components(np.concatenate(firsts), np.concatenate(seconds), size)


def _anchored(
    tables: Sequence[tuple[Integers, Integers]], level: int, groups: Sequence[Integers]
) -> tuple[Integers, Integers, Integers]:
    """Each id of the level with the group of the strongest other id of its row, and the level of that id."""
    ids, anchors, strengths = [], [], []
    for table, levels in tables:
        anchor = np.full(len(table), NOBODY)
        strength = np.full(len(table), level)
        for column in np.argsort(levels, kind="stable"):
            if levels[column] >= level:
                break
            of_column = np.append(groups[levels[column]], NOBODY)[table[:, column]]
            is_free = (anchor < 0) & (of_column >= 0)
            anchor[is_free], strength[is_free] = of_column[is_free], levels[column]
        for column in np.flatnonzero(levels == level):
            is_linked = (table[:, column] >= 0) & (anchor >= 0)
            ids.append(table[is_linked, column])
            anchors.append(anchor[is_linked])
            strengths.append(strength[is_linked])
    if not ids:
        return (np.empty(0, np.int64),) * 3
    return np.concatenate(ids), np.concatenate(anchors), np.concatenate(strengths)


def _strongest(clusters: Integers, anchors: Integers, strength: Integers, *, n: int) -> tuple[Integers, Integers]:
    """Only the links of each cluster to the strongest level that it is linked to."""
    best = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(best, clusters, strength)
    is_best: Bools = strength == best[clusters]
    return clusters[is_best], anchors[is_best]


def _merged(pairs: Integers, n_groups: int) -> Integers:
    """The new group of each group, where groups of one cluster become one."""
    if not n_groups:
        return np.empty(0, np.int64)
    order = pairs[np.argsort(pairs[:, 0], kind="stable")]
    is_same = order[1:, 0] == order[:-1, 0]
    return _components(order[:-1][is_same, 1], order[1:][is_same, 1], n_groups)


def _components(firsts: Integers, seconds: Integers, size: int) -> Integers:
    """The connected component of each of `size` nodes."""
    edges = coo_matrix((np.ones(len(firsts), np.int8), (firsts, seconds)), shape=(size, size))
    return np.asarray(connected_components(edges, directed=False)[1], dtype=np.int64)


def _first_present(columns: Integers) -> Integers:
    """The first id of each row; -1 if it has none."""
    first = np.full(len(columns), NOBODY)
    for column in columns.T:
        first = np.where(first < 0, column, first)
    return first
