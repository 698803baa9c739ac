"""Many labelings of the same rows: consecutive cluster numbers, common refinement, stratified samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from custseg._numerics import Floats, Integers

NOISE = -1
# Members that each cluster has in a sample if possible: enough for the mean of its distances.
_MIN_MEMBERS = 30
_LARGEST_KEY = 2**62


@dataclass(frozen=True, eq=False)
class Labelings:
    """Labelings as slots: one for each cluster, and a last one for noise, possibly empty.

    Attributes
    ----------
    slots : ndarray of int32, shape (n_labelings, n_rows)
        Slot of each row in each labeling; the slots of all labelings are numbered through.
    starts : ndarray of shape (n_labelings + 1,)
        First slot of each labeling, and the number of slots.
    sizes : ndarray of shape (n_slots,)
        Rows in each slot.
    names : tuple of ndarray
        The labels of the clusters of each labeling, in the order of its slots.
    """

    slots: NDArray[np.int32]
    starts: Integers
    sizes: Integers
    names: tuple[NDArray[np.int64], ...]

    def only(self, rows: Integers) -> Labelings:
        """The same labelings of these rows; the sizes stay those of all rows."""
        return replace(self, slots=self.slots[:, rows])


@dataclass(frozen=True, eq=False)
class Cells:
    """The common refinement: rows that share their cluster in every labeling are one cell.

    Attributes
    ----------
    order : ndarray of shape (n_rows,)
        The rows, cell by cell.
    ends : ndarray of shape (n_cells,)
        Where each cell ends in `order`.
    slots : ndarray of int32, shape (n_cells, n_labelings)
        Slot of each cell in each labeling.
    """

    order: Integers
    ends: Integers
    slots: NDArray[np.int32]


def checked_labelings(caller: str, labelings: Iterable[object], *, n_rows: int) -> Labelings:
    """The labelings as slots, or an error that says which one cannot be used."""
    if isinstance(labelings, str | Mapping | Set) or not isinstance(labelings, Iterable):
        raise TypeError(
            f"{caller}: labelings must be a sequence of arrays of labels, got {type(labelings).__name__}. "
            "Give [first, second]; of a dict, list(labelings.values())."
        )
    listed = list(labelings)
    if listed and np.ndim(listed[0]) == 0:  # type: ignore[arg-type]
        listed = [np.asarray(labelings)]
    if not listed:
        raise ValueError(f"{caller}: labelings must hold at least one labeling, got none.")
    slots = np.empty((len(listed), n_rows), dtype=np.int32)
    names: list[NDArray[np.int64]] = []
    sizes: list[Integers] = []
    starts = [0]
    for number, labeling in enumerate(listed):
        labels = _checked_labels(f"{caller}: labelings[{number}]", labeling, n_rows)
        codes, clusters = _coded(labels)
        slots[number] = codes + starts[-1]
        names.append(clusters)
        sizes.append(np.bincount(codes, minlength=len(clusters) + 1))
        starts.append(starts[-1] + len(clusters) + 1)
    return Labelings(slots, np.array(starts), np.concatenate(sizes), tuple(names))


def _checked_labels(where: str, labeling: object, n_rows: int) -> NDArray[np.int64]:
    """One labeling as int64."""
    labels = np.asarray(labeling)
    if labels.ndim != 1:
        raise ValueError(f"{where} must be one array of labels, got {labels.ndim} dimensions.")
    if len(labels) != n_rows:
        raise ValueError(f"{where} must have one label per row of X, got {len(labels):,} labels for {n_rows:,} rows.")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"{where} must hold whole numbers, got {labels.dtype}. Cast it to an integer type.")
    if int(labels.max()) > np.iinfo(np.int64).max:
        raise ValueError(f"{where} must hold labels below 2**63, got {labels.max()}. Number the clusters from 0.")
    return labels.astype(np.int64, copy=False)


def _coded(labels: NDArray[np.int64]) -> tuple[Integers, NDArray[np.int64]]:
    """Labels as 0, 1, … in their order, noise after the last; and the labels that they stand for."""
    low, high = int(labels.min()), int(labels.max())
    if high - low <= len(labels):
        # A table of all labels in the range is far cheaper than sorting a million.
        values, inverse = np.arange(low, high + 1), labels - low
    else:
        values, inverse = np.unique(labels, return_inverse=True)
    is_cluster = (np.bincount(inverse, minlength=len(values)) > 0) & (values != NOISE)
    codes = np.where(is_cluster, np.cumsum(is_cluster) - 1, is_cluster.sum())
    return codes[inverse], values[is_cluster]


def common_refinement(labelings: Labelings) -> Cells:
    """The cells of all labelings together."""
    keys = np.zeros(labelings.slots.shape[1], dtype=np.int64)
    n_keys = 1
    for slots, start, stop in zip(labelings.slots, labelings.starts, labelings.starts[1:], strict=False):
        if n_keys * int(stop - start) > _LARGEST_KEY:
            distinct, keys = np.unique(keys, return_inverse=True)
            n_keys = len(distinct)
        keys = keys * (stop - start) + (slots - start)
        n_keys *= int(stop - start)
    order = np.argsort(keys, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(keys[order])) + 1, len(keys))
    return Cells(order, ends, np.ascontiguousarray(labelings.slots[:, order[ends - 1]].T))


def stratified_sample(caller: str, labelings: Labelings, *, max_rows: int, seed: int) -> tuple[Integers, Floats]:
    """At most `max_rows` rows with members of every cluster of every labeling, and the weight of each row.

    All rows get one random order, and each cluster takes its first few in it: the same share of each
    cluster, and at least `_MIN_MEMBERS`. One order for all labelings makes them take the same rows. Given the order
    of the others, a row is taken if it comes before the first member that its cluster leaves: that is the
    chance by which it is weighted (rank conditioning, Cohen & Kaplan 2008).
    """
    n_rows = labelings.slots.shape[1]
    drawn = np.random.default_rng(seed).permutation(n_rows)
    min_members, share = _quotas(caller, labelings, drawn, max_rows=max_rows)
    chance = np.zeros(n_rows)
    for slots, ranks in _ranked(labelings, drawn):
        is_sampled = (ranks < min_members) | (ranks / labelings.sizes[slots] < share)
        quota = np.bincount(slots[is_sampled], minlength=len(labelings.sizes))
        following = np.ones(len(quota))
        left = np.flatnonzero(ranks == quota[slots])
        following[slots[left]] = left / n_rows
        np.maximum(chance, following[slots], out=chance, where=is_sampled)
    rows = np.sort(drawn[chance > 0])
    weights = np.empty(n_rows)
    weights[drawn] = 1 / np.where(chance > 0, chance, 1.0)
    return rows, weights[rows]


def _quotas(caller: str, labelings: Labelings, drawn: Integers, *, max_rows: int) -> tuple[int, float]:
    """How many members each cluster takes at least, and which share of a large one, to fill `max_rows`."""
    n_rows = len(drawn)
    rank, share = np.full(n_rows, np.inf), np.full(n_rows, np.inf)
    for slots, ranks in _ranked(labelings, drawn):
        np.minimum(rank, ranks, out=rank)
        np.minimum(share, ranks / labelings.sizes[slots], out=share)
    needed = [int((rank < members).sum()) for members in range(_MIN_MEMBERS + 1)]
    min_members = int(np.searchsorted(needed, max_rows, side="right")) - 1
    if min_members < 2:
        raise ValueError(
            f"{caller}: max_rows must leave two rows of every cluster of every labeling, which takes "
            f"{needed[2]:,} rows here, got {max_rows:,}. Give max_rows={needed[2]} or more, or None for all rows."
        )
    return min_members, float(np.partition(np.where(rank < min_members, 0.0, share), max_rows)[max_rows])


def _ranked(labelings: Labelings, drawn: Integers) -> Iterator[tuple[NDArray[np.int32], Floats]]:
    """For each labeling: the slots of the drawn rows, and how many of the slot were drawn before; inf for noise."""
    for slots, start, stop in zip(labelings.slots, labelings.starts, labelings.starts[1:], strict=False):
        codes = slots[drawn] - start
        # NumPy sorts 16 bits without comparing.
        order = np.argsort(codes.astype(np.uint16) if stop - start < 2**16 else codes, kind="stable")
        sizes = labelings.sizes[start:stop]
        ranks = np.empty(len(drawn))
        ranks[order] = np.arange(len(drawn)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        ranks[codes == stop - start - 1] = np.inf
        yield slots[drawn], ranks
