"""Cross tabulation of two RFM maps."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from custseg.classical_rfm._map import RFMMap, code_positions, opened_scores

_CALLER = "crosswalk"


def crosswalk(a: RFMMap, b: RFMMap, *, scores: object = None) -> dict[str, list[Any]]:
    """Cross tabulate two maps: the number of codes and customers for each pair of segments.

    Parameters
    ----------
    a, b : RFMMap
        Two maps on the same bins.
    scores : RFMScores or table, optional
        As for `RFMMap.apply`; customers are then counted too.

    Returns
    -------
    dict of columns
        One row per pair that occurs, in the order of the rows of `a`, then `b`, for any frame constructor:

        - `segment_a`, `segment_b` (str, None in a gap);
        - `same` (bool): whether both have the same name;
        - `codes` (int): codes with this pair; they add up to `bins ** 3`;
        - `customers` (int), `share` (float): with `scores`, the customers with one of these codes, and their
          share of all who have scores.

    Raises
    ------
    DataError, TypeError, ValueError
        If a or b is no map, they are on different bins, or the scores cannot be used.

    Examples
    --------
    >>> from custseg.classical_rfm import RFMMap, crosswalk
    >>> pairs = crosswalk(RFMMap.builtin("codes"), RFMMap.builtin("grid"))
    >>> sum(n for n, same in zip(pairs["codes"], pairs["same"]) if same)
    44
    """
    for argument, value in (("a", a), ("b", b)):
        if not isinstance(value, RFMMap):
            raise TypeError(f"{_CALLER}: {argument} must be an RFMMap, got {type(value).__name__}.")
    if a.bins != b.bins:
        raise ValueError(f"{_CALLER}: the maps must be on the same bins, got {a.bins} and {b.bins}.")
    pair_of_code = list(zip(a.by_code().values(), b.by_code().values(), strict=True))
    codes = Counter(pair_of_code)
    order_a, order_b = _order(a), _order(b)
    pairs = sorted(codes, key=lambda pair: (order_a[pair[0]], order_b[pair[1]]))
    columns: dict[str, list[Any]] = {
        "segment_a": [name for name, _ in pairs],
        "segment_b": [name for _, name in pairs],
        "same": [x is not None and x == y for x, y in pairs],
        "codes": [codes[pair] for pair in pairs],
    }
    if scores is not None:
        customers: Counter[tuple[str | None, str | None]] = Counter()
        for pair, count in zip(pair_of_code, _customers_by_code(scores, a.bins), strict=True):
            customers[pair] += count
        columns["customers"] = [customers[pair] for pair in pairs]
        columns["share"] = [customers[pair] / max(1, customers.total()) for pair in pairs]
    return columns


def _order(rfm_map: RFMMap) -> dict[str | None, int]:
    """Position of each name among the rows; a gap comes last."""
    names: list[str | None] = [row.name for row in rfm_map.rows]
    return {name: position for position, name in enumerate([*names, None])}


def _customers_by_code(scores: object, bins: int) -> list[int]:
    """Number of customers per code, from the best code to the worst."""
    local, _ = opened_scores(scores, bins, _CALLER)
    counts = np.bincount(code_positions(local, bins, _CALLER), minlength=bins**3 + 1)
    return [int(count) for count in counts[-2::-1]]
