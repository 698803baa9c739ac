"""Published scales which turn a number into a word: the one place of each of their bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

StabilityLevel = Literal["dissolved", "pattern", "stable", "very_stable"]
STABILITY_BOUNDS: Mapping[StabilityLevel, float] = {
    "dissolved": 0.0,
    "pattern": 0.6,
    "stable": 0.75,
    "very_stable": 0.85,
}
"""Mean Jaccard similarity from which on each level is reached, the lowest first."""


def stability_level(jaccard: float) -> StabilityLevel:
    """What a mean Jaccard similarity between a cluster and its most similar cluster in refits means.

    Below 0.6 "dissolved", from 0.6 "pattern", from 0.75 "stable", from 0.85 "very_stable": keys of the texts
    under `profiling.stability`.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics and Data Analysis
    52, 258-271. doi:10.1016/j.csda.2006.11.025
    """
    return [level for level, bound in STABILITY_BOUNDS.items() if jaccard >= bound or not bound][-1]
