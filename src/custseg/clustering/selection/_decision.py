"""Which candidate is taken, what kind of segmentation it is, and the sentence that says why."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from custseg.clustering._methods import get_method
from custseg.clustering.selection._candidates import Candidate

CRITERIA = ("silhouette_gain", "silhouette")
STABLE = 0.75
# Gaps so clear are there, also where refits on halves do not find them all.
_CLEAR_GAP = 0.4


def best_of(
    rows: Sequence[Candidate], numbers: Collection[int] | None, *, level: float, criterion: str = "silhouette_gain"
) -> tuple[Candidate, tuple[Candidate, ...]]:
    """The candidate to take, and those that come near; `numbers` may be taken, `level` is what chance reaches.

    1. Among clusterings whose clusters are all parted by gaps, and that come back in half of the rows (stability of
       0.75 or more) or have very clear gaps, the finest: one with fewer clusters has only joined some of these.
    2. Otherwise, of those that come back and stand out no less than by chance, the largest silhouette gain of the
       silhouette; within one standard error (of the difference) the most stable, then the one with fewer clusters.
       Where none of them is above chance, one with gaps that does not come back goes before.
    3. Where there is none, the same among all.

    Who cuts across the gaps of another is taken only where all do.
    """
    allowed = [row for row in rows if row.meets_min_size and (numbers is None or row.n_clusters in numbers)]
    allowed = [row for row in allowed if not row.cuts_gaps] or allowed
    stable = [row for row in allowed if stands_again(row, level=level)]
    parted = [row for row in allowed if row.has_gaps]
    lasting = [row for row in parted if is_stable(row) or (row.gap or 0.0) >= _CLEAR_GAP]
    if lasting or (parted and not any(_silhouette_gain(row) > level for row in stable)):
        return _finest(lasting or parted)
    alone = [row for row in allowed if row.n_clusters == 1]
    if not stable and alone:
        return alone[0], ()
    pool = stable or allowed
    value, error = (
        (_silhouette_gain, _gain_error) if criterion == "silhouette_gain" else (_silhouette, _silhouette_error)
    )
    top = max(pool, key=lambda row: (value(row), -row.n_clusters))
    near = [row for row in pool if value(top) - value(row) <= math.hypot(error(top), error(row))]
    best = max(near, key=lambda row: (round(row.stability or 0.0, 3), -row.n_clusters))
    return best, tuple(row for row in near if row is not best)


def _finest(parted: Sequence[Candidate]) -> tuple[Candidate, tuple[Candidate, ...]]:
    """The one with most clusters, and others with as many; a tie goes to stability and gap."""
    finest = max(parted, key=lambda row: (row.n_clusters, (row.stability or 0) + (row.gap or 0) - row.noise_share))
    return finest, tuple(row for row in parted if row is not finest and row.n_clusters == finest.n_clusters)


def is_stable(row: Candidate) -> bool:
    """Whether the clustering comes back in half of the rows."""
    return row.stability is not None and row.stability >= STABLE


def stands_again(row: Candidate, *, level: float) -> bool:
    """Whether the clustering comes back and is not worse than chance, as a cut between two shared values is."""
    return is_stable(row) and _silhouette_gain(row) >= -level


def verdict_of(row: Candidate, *, level: float, asked: bool) -> str:
    """Natural, reproducible, constructive or none (Dolnicar and Leisch 2010); `level` is what chance reaches."""
    if is_stable(row):
        return "natural" if row.has_gaps or _silhouette_gain(row) > level else "reproducible"
    return "constructive" if asked else "none"


def reason_for(
    row: Candidate, verdict: str, *, tried: Sequence[int], asked: bool, elsewhere: Sequence[int] = ()
) -> str:
    """The choice in a sentence or two, for people; `elsewhere` are numbers of natural groups that were not tried."""
    groups = f"{row.n_clusters} groups" if row.n_clusters > 1 else "one group"
    method = get_method(row.method)
    found = f"{method.label if method else row.method} into {groups}"
    back = "" if row.stability is None else f"agreement {row.stability:.2f} of 1 between two halves of the data"
    if row.n_clusters == 1:
        return "one group, with everybody in it."
    if verdict == "natural":
        parted = "the data thin out between them" if row.has_gaps else "they are denser than chance would make them"
        return f"{groups} stand apart by themselves: {parted}, and they come back ({back}); found by {found}."
    among = f"of {spoken_numbers(tried)} groups, " if len(tried) > 1 else ""
    chosen = f"asked for {groups}" if asked and len(tried) == 1 else f"{among}{row.n_clusters} were taken"
    if verdict == "reproducible":
        return f"no gaps part natural groups; {chosen}, a clear cut that comes back ({back}); made by {found}."
    if row.has_gaps:
        begin = f"{chosen}; the" if asked else f"{groups} are seen: the"
        return f"{begin} data thin out between them, but they come back only in part ({back}); found by {found}."
    if verdict == "constructive":
        return (
            f"{chosen}; a useful cut and no natural groups, for it comes back only in part ({back}); made by {found}."
        )
    natural = f"no natural grouping into {spoken_numbers(tried)}" if elsewhere else "no natural groups"
    return (
        f"{natural}, and no cut that comes back: the best, {found}, comes back only in part ({back}; "
        f"{STABLE} would be enough)."
    )


def explained(
    row: Candidate,
    verdict: str,
    candidates: Sequence[Candidate],
    *,
    numbers: Collection[int] | None,
    level: float,
    asked: bool,
) -> str:
    """The reason, and a sentence about natural groups of a number that was not to be taken, where there are."""
    usable = [other for other in candidates if other.meets_min_size]
    tried = sorted({other.n_clusters for other in usable if numbers is None or other.n_clusters in numbers})
    if verdict == "natural" or numbers is None:
        return reason_for(row, verdict, tried=tried, asked=asked)
    others = [other for other in usable if other.n_clusters not in numbers]
    natural = sorted({o.n_clusters for o in others if verdict_of(o, level=level, asked=False) == "natural"})
    reason = reason_for(row, verdict, tried=tried, asked=asked, elsewhere=natural)
    if not natural:
        return reason
    return f"{reason} {spoken_numbers(natural)} groups stand apart by themselves, but that number was not to be taken."


def spoken_numbers(numbers: Sequence[int]) -> str:
    """`3 to 8`, or `3, 5 and 8`."""
    if len(numbers) > 2 and max(numbers) - min(numbers) == len(numbers) - 1:
        return f"{min(numbers)} to {max(numbers)}"
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last


def _silhouette_gain(row: Candidate) -> float:
    return row.silhouette_gain if row.silhouette_gain is not None else float("-inf")


def _gain_error(row: Candidate) -> float:
    return row.silhouette_gain_error or 0.0


def _silhouette_error(row: Candidate) -> float:
    return row.silhouette_error or 0.0


def _silhouette(row: Candidate) -> float:
    return row.silhouette if row.silhouette is not None else float("-inf")
