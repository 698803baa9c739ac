"""How many of the largest counts stand out: an id that is no customer, a date that stands for no date."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

_LEVEL = 0.01
_MOST = 3
_PRIOR = 10


def outstanding(counts: ArrayLike, *, least_share: float, spread: float = 1.0) -> int:
    r"""How many of the largest counts, at most 3, lie apart from all others and hold `least_share` each.

    Over a threshold, counts with a tail like Pareto's have logarithms that are exponential. So with m counts over
    the median of the upper half, and s the sum of their log-ratios to it, the ratio r of a count to the next
    smaller one exceeds what is seen with probability (1 + log(r) / s)^(-m): both are an exponential and a gamma
    variable of one unknown rate, and Pareto's tail is the heaviest that logs of customers have. Ten counts with
    a mean log-ratio of `spread` (1 is Zipf's law) are added to m and s, so that few or equal counts prove little:
    a shop of twelve customers, one of whom has half of the orders, is left alone.
    """
    values = np.sort(np.asarray(counts, dtype=np.float64))[::-1]
    values = values[values > 0]
    found = 0
    for place in range(min(_MOST, len(values) - 1)):
        if values[place] < least_share * values.sum():
            break
        others = values[place + 1 :]
        upper = others[: (len(others) + 1) // 2]
        total = np.log(upper / upper[-1]).sum() + _PRIOR * spread
        ratio = np.log(values[place] / others[0])
        chance = (1 + ratio / total) ** -(len(upper) - 1 + _PRIOR)
        if chance < _LEVEL:
            found = place + 1
    return found
