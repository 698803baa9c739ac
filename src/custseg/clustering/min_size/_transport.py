"""Solver of the transportation problem of rows to clusters under a minimum size, compiled.

Successive shortest (augmenting) paths on the residual graph of the clusters (Ahuja, Magnanti and Orlin 1993,
section 9.7). The arc from cluster i to j stands for the row that is cheapest to reassign, at the top of a heap of
rows. Offsets are the node potentials: under them no arc has a negative reduced cost.
"""

# Numba finds the types, and takes arguments by position.
# ruff: noqa: PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators, no-check-untyped-defs

from __future__ import annotations

import numpy as np

from custseg._compiled import compiled, compiled_part
from custseg._numerics import Floats, Labels32


@compiled_part
def _merge_heaps(a, b, keys, children):
    """The root of the merged heap of two skew heaps (Sleator and Tarjan 1986): top-down along the right paths."""
    if a < 0:
        return b
    if b < 0:
        return a
    if keys[b] < keys[a]:
        a, b = b, a
    parent = a
    while True:
        x = children[1, parent]
        children[1, parent] = children[0, parent]
        if x < 0:
            children[0, parent] = b
            return a
        if keys[b] < keys[x]:
            x, b = b, x
        children[0, parent] = x
        parent = x


@compiled_part
def _push_row(entry, row, home, costs, offsets, reach, roots, keys, children):
    """Push a row onto the heap of every arc out of its cluster whose reduced cost is within reach."""
    k = len(offsets)
    for j in range(k):
        key = costs[row, j] - costs[row, home]
        if j != home and key - (offsets[j] - offsets[home]) <= reach:
            node = entry * k + j
            keys[node] = key
            children[0, node] = -1
            children[1, node] = -1
            roots[home, j] = _merge_heaps(roots[home, j], node, keys, children)


@compiled_part
def _update_reduced_costs(roots, amounts, offsets, keys, children, reduced_costs):
    """Reduced cost of each arc: the top of its heap, once entries without remaining flow are popped."""
    k = len(offsets)
    for i in range(k):
        for j in range(k):
            root = roots[i, j]
            while root >= 0 and amounts[root // k] <= 0.0:
                root = _merge_heaps(children[0, root], children[1, root], keys, children)
            roots[i, j] = root
            reduced_cost = np.inf
            if root >= 0:
                reduced_cost = keys[root] - (offsets[j] - offsets[i])
                reduced_cost = 0.0 if reduced_cost < 0.0 else reduced_cost
            reduced_costs[i, j] = reduced_cost


@compiled_part
def _shortest_paths(reduced_costs, raising, distances, following, settled):
    """Dijkstra's algorithm: the distance of every cluster to the nearest sink, and the next cluster on that path.

    `distances` starts as 0 for sinks and infinite otherwise. If not `raising`, arcs are reversed: distances are then
    those from the sink.
    """
    k = len(distances)
    for j in range(k):
        settled[j] = False
        following[j] = -1
    for _ in range(k):
        near, far = -1, np.inf
        for j in range(k):
            if not settled[j] and distances[j] < far:
                near, far = j, distances[j]
        if near < 0:
            return
        settled[near] = True
        for i in range(k):
            reduced_cost = reduced_costs[i, near] if raising else reduced_costs[near, i]
            if not settled[i] and reduced_cost + far < distances[i]:
                distances[i] = reduced_cost + far
                following[i] = near


@compiled_part
def _raise_potentials(offsets, sizes, threshold, reach, distances):
    """Update the potentials along the shortest path, by `reach` at most, to the nearest cluster with an excess.

    Returns this source (-1 for none within reach) and the change of potential.
    """
    source, far = -1, np.inf
    for j in range(len(sizes)):
        if sizes[j] > threshold and distances[j] < far:
            source, far = j, distances[j]
    if far > reach:
        source, far = -1, reach
    for j in range(len(sizes)):
        if far < np.inf and distances[j] < far:
            offsets[j] += far - distances[j]
    return source, far


@compiled_part
def _lower_potentials(offsets, source, reach, distances, following):
    """Lower the potentials, by `reach` at most, until a cluster of potential 0 can take a row.

    Returns this cluster (-1 for none within reach) and the change of potential.
    """
    sink = source
    for j in range(len(offsets)):
        if distances[j] + offsets[j] < distances[sink] + offsets[sink]:
            sink = j
    far = distances[sink] + offsets[sink]
    if far > reach:
        sink, far = -1, reach
    for j in range(len(offsets)):
        if distances[j] < far:
            lower = offsets[j] - (far - distances[j])
            offsets[j] = lower if lower > 0.0 else 0.0
    if sink >= 0:
        offsets[sink] = 0.0
        previous, node = -1, sink
        while node >= 0:  # reverse the path: it leads to the sink afterwards
            after = following[node]
            following[node] = previous
            previous, node = node, after
    return sink, far


@compiled_part
def _augment(source, excess, used, row, home, amounts, sizes, following, roots):
    """Augment: send flow along the path, up to its residual capacity. Returns the new number of entries."""
    k = len(sizes)
    amount, node = excess, source
    while following[node] >= 0:
        residual = amounts[roots[node, following[node]] // k]
        amount = residual if residual < amount else amount
        node = following[node]
    sizes[source] -= amount
    sizes[node] += amount
    node = source
    while following[node] >= 0:
        after = following[node]
        entry = roots[node, after] // k
        amounts[entry] -= amount
        row[used] = row[entry]
        home[used] = after
        amounts[used] = amount
        used += 1
        node = after
    return used


@compiled
def _solve_transport(
    costs, offsets, sizes, min_size, reach, row, home, amounts, roots, keys, children, reduced_costs, distances,
    following, settled,
):  # fmt: skip
    """`solve_transport` on arrays; the last arrays are work space.

    An entry is flow from a row to a cluster: `row`, `home` (the cluster) and `amounts`; the first `used` are in use.
    """
    c, k = costs.shape
    tolerance = 1e-9 * min_size
    inserted, used = 0, c
    while used + k < len(row):
        for entry in range(inserted, used):
            limit = reach if entry < c else np.inf
            _push_row(entry, row[entry], home[entry], costs, offsets, limit, roots, keys, children)
        inserted = used
        # Step 1: reduced costs of the residual graph.
        _update_reduced_costs(roots, amounts, offsets, keys, children, reduced_costs)
        smallest, source = np.inf, np.int64(-1)  # a plain -1 would have a type of its own
        for j in range(k):
            smallest = sizes[j] if sizes[j] < smallest else smallest
            source = j if offsets[j] > 0.0 and sizes[j] > min_size + tolerance else source
        # Step 2: the sinks are the clusters below the minimum size; if there are none, a cluster above
        # it with a positive offset is the source.
        raising = smallest < min_size - tolerance
        if not raising and source < 0:
            return True
        for j in range(k):
            sink = sizes[j] < min_size - tolerance if raising else j == source
            distances[j] = 0.0 if sink else np.inf
        # Step 3: shortest paths, and with them the new potentials.
        _shortest_paths(reduced_costs, raising, distances, following, settled)
        if raising:
            source, far = _raise_potentials(offsets, sizes, min_size + tolerance, reach, distances)
            node = source
        else:
            node, far = _lower_potentials(offsets, source, reach, distances, following)
        if node < 0:
            return False
        reach -= far
        # Step 4: augment along the path.
        excess = sizes[source] - min_size
        if raising:
            while following[node] >= 0:
                node = following[node]
            excess = min_size - sizes[node] if min_size - sizes[node] < excess else excess
        if raising or node != source:
            used = _augment(source, excess, used, row, home, amounts, sizes, following, roots)
    return False


def solve_transport(
    costs: Floats, weights: Floats, labels: Labels32, *, offsets: Floats, sizes: Floats, min_size: float, reach: float
) -> bool:
    """Change offsets and sizes, in place, to the optimum under the minimum size; rows may be split.

    The rows are all whose margin is at most `reach`, and no boundary is moved farther. Returns whether the
    optimum was reached.
    """
    c, k = costs.shape
    capacity = 2 * c + 1024
    row, home, amounts = np.arange(capacity), np.empty(capacity, dtype=np.intp), np.empty(capacity)
    home[:c], amounts[:c] = labels, weights
    roots, keys, children = np.full((k, k), -1), np.empty(capacity * k), np.empty((2, capacity * k), dtype=np.intp)
    heaps = (row, home, amounts, roots, keys, children)
    work_space = np.empty((k, k)), np.empty(k), np.empty(k, dtype=np.intp), np.empty(k, dtype=np.bool_)
    return bool(_solve_transport(costs, offsets, sizes, float(min_size), float(reach), *heaps, *work_space))
