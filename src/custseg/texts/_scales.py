"""Published scales which turn a number into a word: the one place of each of their bounds."""

from __future__ import annotations

from typing import Literal

StabilityLevel = Literal["dissolved", "pattern", "stable", "very_stable"]


def stability_level(jaccard: float) -> StabilityLevel:
    """What a mean Jaccard similarity between a cluster and its most similar cluster in refits means.

    Below 0.6 "dissolved", from 0.6 "pattern", from 0.75 "stable", from 0.85 "very_stable": keys of the texts
    under `profiling.stability`.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics and Data Analysis
    52, 258-271. doi:10.1016/j.csda.2006.11.025
    """
    if jaccard < 0.6:
        return "dissolved"
    if jaccard < 0.75:
        return "pattern"
    return "stable" if jaccard < 0.85 else "very_stable"
