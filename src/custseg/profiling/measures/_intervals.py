"""Intervals in closed form: a share, the difference and ratio of two shares, and Cliff's delta."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtri, stdtrit

from custseg._numerics import wilson_ends

LEVEL = 0.95


@dataclass(frozen=True)
class Effect:
    """The difference of a segment from all other clustered customers, with a 95 % interval.

    Attributes
    ----------
    value : float
        The estimate.
    low, high : float
        The interval; `high` is infinite if the share of the others is 0.
    """

    value: float
    low: float
    high: float


def wilson(hits: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval of a share. Wilson (1927), JASA 22, 209-212, doi:10.1080/01621459.1927.10502953.

    Equal to that of `scipy.stats.binomtest`.
    """
    low, high = wilson_ends(hits / n, n, float(ndtri(0.5 + level / 2)))
    return (0.0 if hits == 0 else low, 1.0 if hits == n else high)


def share_difference(hits: float, n: float, *, others: tuple[float, float], level: float = LEVEL) -> Effect:
    """The share among n minus that among others (hits, n), with Newcombe's hybrid score interval (method 10).

    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions. Statistics in
    Medicine 17(8), 873-890. doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
    """
    low, high = wilson(hits, n, level)
    others_low, others_high = wilson(*others, level)
    share, others_share = hits / n, others[0] / others[1]
    value = share - others_share
    below = math.hypot(share - low, others_high - others_share)
    above = math.hypot(high - share, others_share - others_low)
    return Effect(value, max(-1.0, value - below), min(1.0, value + above))


def share_ratio(hits: float, n: float, *, others: tuple[float, float]) -> Effect | None:
    """The share among n divided by that among others (hits, n); None where both are 0.

    The interval combines two Wilson intervals (MOVER-R). Donner, A. and Zou, G. Y. (2012). Closed-form confidence
    intervals for functions of the normal mean and standard deviation. Statistical Methods in Medical Research 21(4),
    347-359. doi:10.1177/0962280210383082
    """
    if hits == 0 and others[0] == 0:
        return None
    low, high = wilson(hits, n)
    others_low, others_high = wilson(*others)
    share, others_share = hits / n, others[0] / others[1]
    product = share * others_share
    under = max(0.0, product**2 - low * others_high * (2 * share - low) * (2 * others_share - others_high))
    bottom = others_high * (2 * others_share - others_high)
    # The two roots have the product low (2 share - low) / bottom: the stable form divides by the larger one.
    lowest = low * (2 * share - low) / (product + math.sqrt(under)) if product or under else 0.0
    if others_share == 0:
        return Effect(math.inf, math.sqrt(low * (2 * share - low)) / math.sqrt(-bottom), math.inf)
    over = max(0.0, product**2 - high * others_low * (2 * share - high) * (2 * others_share - others_low))
    return Effect(
        share / others_share, lowest, (product + math.sqrt(over)) / (others_low * (2 * others_share - others_low))
    )


def delta_effect(delta: float, variance: float, n: float) -> Effect:
    """Cliff's delta with its asymmetric interval; `n` is the smaller of both groups.

    The interval is wider towards 0, and stays in [-1, 1]. If every member is above (or below) all others, the estimated
    variance is 0; then the far end is (n - t²) / (n + t²).

    Feng, D. and Cliff, N. (2004). Monte Carlo evaluation of ordinal d with improved confidence interval. Journal of
    Modern Applied Statistical Methods 3(2), 322-332. doi:10.22237/jmasm/1099267560
    """
    if n < 2:
        return Effect(delta, -1.0, 1.0)
    t2 = float(stdtrit(n - 1, 0.5 + LEVEL / 2)) ** 2
    if abs(delta) == 1:
        end = (n - t2) / (n + t2)
        return Effect(delta, end, 1.0) if delta > 0 else Effect(delta, -1.0, -end)
    remainder = 1 - delta * delta
    width = math.sqrt(t2 * variance * (remainder * remainder + t2 * variance))
    scale = remainder + t2 * variance
    return Effect(delta, (delta * remainder - width) / scale, (delta * remainder + width) / scale)
