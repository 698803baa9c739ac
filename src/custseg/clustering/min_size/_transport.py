"""Successive shortest paths on the clusters: the exact assignment under a minimum size, compiled.

The length of a way from one cluster to another is the smallest cost of moving one row; it is kept at the top
of a heap. Offsets are the potentials of the clusters, under which no way has a negative reduced length
(Ahuja, Magnanti and Orlin 1993, chapter 9).
"""

# Numba finds the types, and takes arguments by position.
# ruff: noqa: PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators, no-check-untyped-defs

from __future__ import annotations

import numpy as np

from custseg._arrays import Floats, Labels32
from custseg._compiled import compiled, compiled_part


@compiled_part
def _merge_heaps(a, b, keys, below):
    """The root of two skew heaps made one (Sleator and Tarjan 1986)."""
    if a < 0:
        return b
    if b < 0:
        return a
    if keys[b] < keys[a]:
        a, b = b, a
    parent = a
    while True:
        x = below[1, parent]
        below[1, parent] = below[0, parent]
        if x < 0:
            below[0, parent] = b
            return a
        if keys[b] < keys[x]:
            x, b = b, x
        below[0, parent] = x
        parent = x


@compiled_part
def _push_row(entry, row, home, costs, offsets, reach, roots, keys, below):
    """Offer one entry to the heaps of the ways out of its cluster, where they are short enough."""
    k = len(offsets)
    for j in range(k):
        key = costs[row, j] - costs[row, home]
        if j != home and key - (offsets[j] - offsets[home]) <= reach:
            node = entry * k + j
            keys[node] = key
            below[0, node] = -1
            below[1, node] = -1
            roots[home, j] = _merge_heaps(roots[home, j], node, keys, below)


@compiled_part
def _reduced_lengths(roots, amounts, offsets, keys, below, lengths):
    """Reduced length of each way between clusters: the smallest cost of moving one row."""
    k = len(offsets)
    for i in range(k):
        for j in range(k):
            root = roots[i, j]
            while root >= 0 and amounts[root // k] <= 0.0:
                root = _merge_heaps(below[0, root], below[1, root], keys, below)
            roots[i, j] = root
            length = np.inf
            if root >= 0:
                length = keys[root] - (offsets[j] - offsets[i])
                length = 0.0 if length < 0.0 else length
            lengths[i, j] = length


@compiled_part
def _shortest_paths(lengths, raising, distances, following, done):
    """Dijkstra: the distance of every cluster to the nearest goal, and the next cluster on the way.

    Goals have distance 0 from the start, all others an infinite one. If not `raising`, the ways are turned round:
    distances to the goal are then distances from it.
    """
    k = len(distances)
    for j in range(k):
        done[j] = False
        following[j] = -1
    for _ in range(k):
        near, far = -1, np.inf
        for j in range(k):
            if not done[j] and distances[j] < far:
                near, far = j, distances[j]
        if near < 0:
            return
        done[near] = True
        for i in range(k):
            length = lengths[i, near] if raising else lengths[near, i]
            if not done[i] and length + far < distances[i]:
                distances[i] = length + far
                following[i] = near


@compiled_part
def _raise_potentials(offsets, sizes, enough, reach, distances):
    """Raise the offsets, by `reach` at most, until a cluster can spare a row; that one, and how far."""
    source, far = -1, np.inf
    for j in range(len(sizes)):
        if sizes[j] > enough and distances[j] < far:
            source, far = j, distances[j]
    if far > reach:
        source, far = -1, reach
    for j in range(len(sizes)):
        if far < np.inf and distances[j] < far:
            offsets[j] += far - distances[j]
    return source, far


@compiled_part
def _lower_potentials(offsets, source, reach, distances, following):
    """Lower the offsets, by `reach` at most, until a cluster without one can take a row; it, and how far."""
    goal = source
    for j in range(len(offsets)):
        if distances[j] + offsets[j] < distances[goal] + offsets[goal]:
            goal = j
    far = distances[goal] + offsets[goal]
    if far > reach:
        goal, far = -1, reach
    for j in range(len(offsets)):
        if distances[j] < far:
            lower = offsets[j] - (far - distances[j])
            offsets[j] = lower if lower > 0.0 else 0.0
    if goal >= 0:
        offsets[goal] = 0.0
        previous, at = -1, goal
        while at >= 0:  # the chain from the goal becomes a chain to it
            after = following[at]
            following[at] = previous
            previous, at = at, after
    return goal, far


@compiled_part
def _augment(source, most, used, row, home, amounts, sizes, following, roots):
    """Move as much as all ways along the chain allow; the number of entries then."""
    k = len(sizes)
    amount, at = most, source
    while following[at] >= 0:
        free = amounts[roots[at, following[at]] // k]
        amount = free if free < amount else amount
        at = following[at]
    sizes[source] -= amount
    sizes[at] += amount
    at = source
    while following[at] >= 0:
        after = following[at]
        entry = roots[at, after] // k
        amounts[entry] -= amount
        row[used] = row[entry]
        home[used] = after
        amounts[used] = amount
        used += 1
        at = after
    return used


@compiled
def _solve_transport(
    costs, offsets, sizes, min_size, reach, row, home, amounts, roots, keys, below, lengths, distances, following, done
):
    """`solve_transport` in arrays: entries are parts of rows in a cluster, `used` of them; the last arrays are room."""
    c, k = costs.shape
    slack = 1e-9 * min_size
    inserted, used = 0, c
    while used + k < len(row):
        for entry in range(inserted, used):
            near = reach if entry < c else np.inf
            _push_row(entry, row[entry], home[entry], costs, offsets, near, roots, keys, below)
        inserted = used
        _reduced_lengths(roots, amounts, offsets, keys, below, lengths)
        smallest, source = np.inf, np.int64(-1)  # a plain -1 would have a type of its own
        for j in range(k):
            smallest = sizes[j] if sizes[j] < smallest else smallest
            source = j if offsets[j] > 0.0 and sizes[j] > min_size + slack else source
        raising = smallest < min_size - slack
        if not raising and source < 0:
            return True
        for j in range(k):
            goal = sizes[j] < min_size - slack if raising else j == source
            distances[j] = 0.0 if goal else np.inf
        _shortest_paths(lengths, raising, distances, following, done)
        if raising:
            source, far = _raise_potentials(offsets, sizes, min_size + slack, reach, distances)
            at = source
        else:
            at, far = _lower_potentials(offsets, source, reach, distances, following)
        if at < 0:
            return False
        reach -= far
        most = sizes[source] - min_size
        if raising:
            while following[at] >= 0:
                at = following[at]
            most = min_size - sizes[at] if min_size - sizes[at] < most else most
        if raising or at != source:
            used = _augment(source, most, used, row, home, amounts, sizes, following, roots)
    return False


def solve_transport(
    costs: Floats, weights: Floats, labels: Labels32, *, offsets: Floats, sizes: Floats, min_size: float, reach: float
) -> bool:
    """Raise and lower the offsets until the sizes meet the minimum at the least cost; rows may be split.

    `offsets` and `sizes` are changed; the rows given are all that lie within `reach` of a boundary, and no
    boundary is moved farther. Returns whether that was enough.
    """
    c, k = costs.shape
    room = 2 * c + 1024
    row, home, amounts = np.arange(room), np.empty(room, dtype=np.intp), np.empty(room)
    home[:c], amounts[:c] = labels, weights
    roots, keys, below = np.full((k, k), -1), np.empty(room * k), np.empty((2, room * k), dtype=np.intp)
    heaps = (row, home, amounts, roots, keys, below)
    room_of_search = np.empty((k, k)), np.empty(k), np.empty(k, dtype=np.intp), np.empty(k, dtype=np.bool_)
    return bool(_solve_transport(costs, offsets, sizes, float(min_size), float(reach), *heaps, *room_of_search))
