"""The settled segment of each customer: the last one that counts, by the length of the stay and by confidence.

A segment counts at a snapshot if the customer was in it in `min_stay` snapshots in a row, the last of which is this
one, and if the confidence there is at least `min_confidence`; where there is no confidence, as for customers in no
segment, it is not asked for. The settled segment is the latest that counted. Before any has, it is the first one of the
customer; a customer who was absent from a snapshot begins anew.

The search goes from the latest snapshot back and follows only the customers for whom earlier snapshots are needed:
mostly none after `min_stay` snapshots, however long the history is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from custseg._numerics import Bools, Floats, Integers

ABSENT = np.iinfo(np.int64).min
"""Stands for the segment of a customer who is not in a snapshot."""

State = tuple[Integers, "Floats | None"]
"""The codes of the segments of some customers at one snapshot, and the confidence, NaN where there is none."""

Lookup = Callable[[Integers], State]
"""The state of the customers with these indexes at one snapshot."""


def settled_segments(
    codes: Integers, lookups: Iterable[Lookup], *, min_stay: int, min_confidence: float, confidence: Floats | None
) -> Integers:
    """Codes of the settled segments at a snapshot; customers who are not in it stay absent.

    Parameters
    ----------
    codes : ndarray of int, shape (n_customers,)
        The segments at the snapshot.
    lookups : iterable of callable
        The snapshots before it, the latest first.
    min_stay : int
        How many snapshots in a row count as a stay.
    min_confidence : float
        From which confidence on a segment counts.
    confidence : ndarray of float, shape (n_customers,), optional
        The confidence at the snapshot.

    Returns
    -------
    ndarray of int, shape (n_customers,)
    """
    result = codes.copy()
    stay = _is_certain(confidence, len(codes), min_confidence).astype(np.int64)
    customers = np.flatnonzero((codes != ABSENT) & (stay < min_stay))
    current, stay = codes[customers], stay[customers]
    for lookup in lookups:
        if not len(customers):
            break
        earlier, confidence = lookup(customers)
        is_certain = _is_certain(confidence, len(earlier), min_confidence)
        # A stay is counted from its latest certain snapshot back.
        stay = np.where((earlier == current) & (stay > 0), stay + 1, is_certain)
        is_present = earlier != ABSENT
        result[customers[is_present]] = earlier[is_present]
        is_open = is_present & (stay < min_stay)
        customers, current, stay = customers[is_open], earlier[is_open], stay[is_open]
    return result


def _is_certain(confidence: Floats | None, size: int, min_confidence: float) -> Bools:
    """Whether the confidence of each customer is high enough, or missing."""
    if confidence is None or min_confidence <= 0:
        return np.ones(size, dtype=bool)
    return np.isnan(confidence) | (confidence >= min_confidence)
