"""Successive shortest paths on the clusters: the exact assignment under a minimum size, compiled.

The length of a way from one cluster to another is the smallest cost of moving one row; it is kept at the top
of a heap. Offsets are the potentials of the clusters, under which no way has a negative reduced length
(Ahuja, Magnanti and Orlin 1993, chapter 9).
"""

# Numba finds the types, and takes arguments by position.
# ruff: noqa: PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from custseg._compiled import compiled
from custseg.clustering._kernels import cheapest

# Share of the rows that are looked at beside those that must move.
_NEAR = 0.1


@compiled
def _meld(a, b, keys, left, right):
    """The root of two skew heaps made one (Sleator and Tarjan 1986)."""
    if a < 0:
        return b
    if b < 0:
        return a
    if keys[b] < keys[a]:
        a, b = b, a
    parent = a
    while True:
        x = right[parent]
        right[parent] = left[parent]
        if x < 0:
            left[parent] = b
            return a
        if keys[b] < keys[x]:
            x, b = b, x
        left[parent] = x
        parent = x


@compiled
def _insert(entry, row, home, costs, offsets, reach, roots, keys, left, right):
    """Offer one entry to the heaps of the ways out of its cluster, where they are short enough."""
    k = costs.shape[1]
    for j in range(k):
        if j == home:
            continue
        key = costs[row, j] - costs[row, home]
        if key - (offsets[j] - offsets[home]) <= reach:
            node = entry * k + j
            keys[node] = key
            left[node] = -1
            right[node] = -1
            roots[home, j] = _meld(roots[home, j], node, keys, left, right)


@compiled
def _lengths(roots, amounts, offsets, keys, left, right, lengths):
    """Reduced length of each way between clusters: the smallest cost of moving one row."""
    k = len(offsets)
    for i in range(k):
        for j in range(k):
            root = roots[i, j]
            while root >= 0 and amounts[root // k] <= 0.0:
                root = _meld(left[root], right[root], keys, left, right)
            roots[i, j] = root
            if root < 0:
                lengths[i, j] = np.inf
            else:
                lengths[i, j] = max(0.0, keys[root] - (offsets[j] - offsets[i]))


@compiled
def _distances(lengths, goals, distances, following):
    """Dijkstra: the distance of every cluster to the nearest goal, and the next one on the way."""
    k = len(goals)
    done = np.zeros(k, dtype=np.bool_)
    for j in range(k):
        distances[j] = 0.0 if goals[j] else np.inf
        following[j] = -1
    for _ in range(k):
        near = -1
        for j in range(k):
            if not done[j] and (near < 0 or distances[j] < distances[near]):
                near = j
        if not np.isfinite(distances[near]):
            return
        done[near] = True
        for i in range(k):
            if not done[i] and lengths[i, near] + distances[near] < distances[i]:
                distances[i] = lengths[i, near] + distances[near]
                following[i] = near


@compiled
def _nearest_spare(lengths, sizes, offsets, least, slack, reach, distances, following):
    """Raise the offsets, by `reach` at most, until a cluster can spare a row; that one, and how far."""
    goals = sizes < least - slack
    _distances(lengths, goals, distances, following)
    source = -1
    for j in range(len(sizes)):
        spare = sizes[j] > least + slack and np.isfinite(distances[j])
        if spare and (source < 0 or distances[j] < distances[source]):
            source = j
    far = distances[source] if source >= 0 else np.inf
    if far > reach:
        source, far = -1, reach
    if np.isfinite(far):
        for j in range(len(sizes)):
            offsets[j] += max(0.0, far - distances[j])
    return source, far


@compiled
def _nearest_free(lengths, source, offsets, reach, distances, following):
    """Lower the offsets, by `reach` at most, until a cluster without one can take a row; it, and how far."""
    goals = np.zeros(len(offsets), dtype=np.bool_)
    goals[source] = True
    # Distances from the source are distances to it along the ways turned round.
    _distances(lengths.T, goals, distances, following)
    goal = source
    for j in range(len(offsets)):
        if distances[j] + offsets[j] < distances[goal] + offsets[goal]:
            goal = j
    far = distances[goal] + offsets[goal]
    if far > reach:
        goal, far = -1, reach
    for j in range(len(offsets)):
        offsets[j] = max(0.0, offsets[j] - max(0.0, far - distances[j]))
    if goal < 0:
        return goal, far
    offsets[goal] = 0.0
    previous, at = -1, goal
    while at >= 0:  # the chain from the goal becomes a chain to it
        after = following[at]
        following[at] = previous
        previous, at = at, after
    return goal, far


@compiled
def _send(source, most, entries, used, costs, offsets, sizes, following, roots, heaps):
    """Move as much as all ways along the chain allow; the number of entries then."""
    row, home, amounts = entries
    keys, left, right = heaps
    k = len(sizes)
    amount, at = most, source
    while following[at] >= 0:
        amount = min(amount, amounts[roots[at, following[at]] // k])
        at = following[at]
    sizes[source] -= amount
    sizes[at] += amount
    at = source
    while following[at] >= 0:
        after = following[at]
        entry = roots[at, after] // k
        amounts[entry] -= amount
        row[used], home[used], amounts[used] = row[entry], after, amount
        _insert(used, row[entry], after, costs, offsets, np.inf, roots, keys, left, right)
        used += 1
        at = after
    return used


@compiled
def balance(costs, weights, labels, offsets, sizes, least, reach):
    """Raise and lower the offsets until the sizes meet the minimum at the least cost; rows may be split.

    `offsets` and `sizes` are changed; the rows given are all that lie within `reach` of a boundary, and no
    boundary is moved farther. Returns whether that was enough.
    """
    c, k = costs.shape
    slack = 1e-9 * max(least, 1e-300)
    room = 2 * c + 1024
    entries = (np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32), np.empty(room))
    heaps = (np.empty(room * k), np.empty(room * k, dtype=np.int32), np.empty(room * k, dtype=np.int32))
    roots = np.full((k, k), -1, dtype=np.int32)
    for e in range(c):
        entries[0][e], entries[1][e], entries[2][e] = e, labels[e], weights[e]
        _insert(e, e, labels[e], costs, offsets, reach, roots, heaps[0], heaps[1], heaps[2])
    used = c
    lengths, distances, following = np.empty((k, k)), np.empty(k), np.empty(k, dtype=np.int32)
    while used + k < room:
        _lengths(roots, entries[2], offsets, heaps[0], heaps[1], heaps[2], lengths)
        if sizes.min() < least - slack:
            source, far = _nearest_spare(lengths, sizes, offsets, least, slack, reach, distances, following)
            if source < 0:
                return False
            at = source
            while following[at] >= 0:
                at = following[at]
            most = min(sizes[source] - least, least - sizes[at])
        else:
            source = -1
            for j in range(k):
                if offsets[j] > 0.0 and sizes[j] > least + slack:
                    source = j
            if source < 0:
                return True
            goal, far = _nearest_free(lengths, source, offsets, reach, distances, following)
            if goal < 0:
                return False
            if goal == source:
                reach -= far
                continue
            most = sizes[source] - least
        reach -= far
        used = _send(source, most, entries, used, costs, offsets, sizes, following, roots, heaps)
    return False


@compiled
def optimum(costs, weights, offsets, least, rounds):
    """The exact assignment of all rows of a matrix of costs; `offsets` are changed. Returns the labels.

    First with the rows near a boundary: within their reach no other row would be moved.
    """
    n, k = costs.shape
    labels, gaps, sizes = np.empty(n, dtype=np.int32), np.empty(n), np.empty(k)
    total = weights.sum()
    before, known = np.inf, False
    expected = np.empty(k)
    for _ in range(rounds):
        cheapest(costs, offsets, labels, gaps)
        sizes[:] = 0.0
        for r in range(n):
            sizes[labels[r]] += weights[r]
        need = 0.0
        for j in range(k):
            if sizes[j] < least or offsets[j] > 0.0:
                need += abs(sizes[j] - least)
        if need <= 1e-9 * least * k:
            break
        if known:
            # Typical gaps set what counts as none: costs may have any unit, and one far row none of the say.
            none = 1e-9 * np.median(gaps) + 8 * np.spacing(offsets.max())
            tied = 0.0
            for r in range(n):
                if gaps[r] <= none:
                    tied += weights[r]
            if need >= before or np.abs(sizes - expected).sum() <= 2 * tied:
                break
        before = need
        share = 4.0 * need / total + _NEAR
        tried = offsets.copy()
        expected[:] = sizes
        known = False
        if share < 0.5:
            reach = np.partition(gaps, int(share * n))[int(share * n)]
            near = np.flatnonzero(gaps <= reach)
            known = balance(costs[near], weights[near], labels[near], tried, expected, least, reach)
        if not known:
            tried[:] = offsets
            expected[:] = sizes
            known = balance(costs, weights, labels, tried, expected, least, np.inf)
        offsets[:] = tried
    return labels
