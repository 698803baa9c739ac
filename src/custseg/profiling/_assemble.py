"""The profile of each segment, put together from what was measured."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from custseg._arrays import Floats
from custseg._moments import shares_of_groups
from custseg._scales import stability_interpretation
from custseg.profiling._markers import Candidate, Marker, marker_texts, markers
from custseg.profiling._profiles import FeatureProfile, SegmentProfile, Stability
from custseg.profiling.measures._categories import CategoryShare
from custseg.profiling.measures._labels import Labels
from custseg.profiling.measures._measures import Measures
from custseg.profiling.measures._privacy import SMALLEST, SMALLEST_TAIL
from custseg.profiling.measures._ranked import QUANTILES, quantiles_of
from custseg.profiling.naming._archetypes import Play
from custseg.profiling.naming._playbook import advice, reachable
from custseg.profiling.naming._segment_names import Name
from custseg.profiling.naming._words import STABILITY


@dataclass(frozen=True, eq=False)
class Sources:
    """All that profiles are put together from."""

    measures: Measures
    labels: Labels
    language: str
    plays: Mapping[str, Play]
    weights: Floats | None
    stability: Mapping[int | str, float]
    p_values: Mapping[tuple[str, int], float | None]

    def members(self, place: int | None) -> NDArray[np.bool_]:
        """Who is in the segment; None stands for those in none."""
        return np.asarray(self.labels.codes == (-1 if place is None else place))

    @cached_property
    def revenue_shares(self) -> Mapping[int, float | None]:
        """The share of the revenue by segment, as far as it may be shown; -1 are the customers in none."""
        table = self.measures.table
        return self._shares(np.nan_to_num(table.values("revenue"), nan=0.0)) if "revenue" in table.numbers else {}

    @cached_property
    def weight_shares(self) -> Mapping[int, float | None]:
        """The same of the weights."""
        return {} if self.weights is None else self._shares(self.weights)

    def _shares(self, values: Floats) -> Mapping[int, float | None]:
        """The share of each segment in the sum over all that are large enough to be shown."""
        groups = self.labels.codes + 1
        shown = np.bincount(groups) >= SMALLEST
        shares = shares_of_groups(values, groups, shown)
        return {place - 1: share for place, share in shares.items() if shown[place]}


def segment_markers(measures: Measures, clustered_on: Collection[str]) -> list[list[tuple[Candidate, tuple[str, ...]]]]:
    """The markers of every segment, the strongest first."""
    likeness = measures.likeness()
    return [
        markers(measures.candidates(segment, clustered_on), likeness, preferred=clustered_on)
        for segment in range(measures.n_segments)
    ]


def segment_row(
    sources: Sources, place: int | None, name: Name, *, found: Sequence[tuple[Candidate, tuple[str, ...]]]
) -> SegmentProfile:
    """The profile of the segment at that place; of the customers in none for None."""
    table, members = sources.measures.table, sources.members(place)
    size = int(members.sum())
    features = {one: _feature(sources, one, place) for one in table.described if _is_shown(sources, one)}
    medians = {one: feature.quantiles[0.5] for one, feature in features.items() if feature.quantiles}
    reach = reachable(table, members)
    segment = None if place is None else sources.labels.segments[place]
    return SegmentProfile(
        segment=segment,
        key=name.key,
        language=sources.language,
        names=dict(name.names),
        descriptions=dict(name.description),
        evidence=name.evidence,
        size=size,
        share=None if place is None else size / int((sources.labels.codes >= 0).sum()),
        revenue_share=sources.revenue_shares.get(-1 if place is None else place),
        weight_share=sources.weight_shares.get(-1 if place is None else place),
        features=features,
        markers=tuple(_marker(sources, place, one) for one in found if place is not None),
        nearest=None,
        overlap=None,
        stability=_stability(sources.stability, segment),
        reachable=reach,
        playbook=advice(
            sources.plays.get(name.key, Play()), sources.plays["every"], medians=medians, reach=reach, size=size
        ),
    )


def with_nearest(rows: Sequence[SegmentProfile], measures: Measures, names: Collection[str]) -> list[SegmentProfile]:
    """The rows with the segment that overlaps most, of equals the one closest in ranks.

    Small segments are nobody's neighbor.
    """
    overlaps, distances = measures.overlaps(names), measures.distances(names)
    small = measures.sizes() < SMALLEST
    overlaps[small] = overlaps[:, small] = np.nan
    found = []
    for place, row in enumerate(rows):
        others = np.flatnonzero(~np.isnan(overlaps[place]))
        if len(others):
            nearest = min(others.tolist(), key=lambda one: (-overlaps[place, one], distances[place, one]))
            row = replace(row, nearest=rows[nearest].segment, overlap=float(overlaps[place, nearest]))
        found.append(row)
    return found


def _is_shown(sources: Sources, name: str) -> bool:
    return name in sources.measures.ranked or name in sources.measures.shares


def _feature(sources: Sources, name: str, place: int | None) -> FeatureProfile:
    members = sources.members(place)
    measures, table = sources.measures, sources.measures.table
    quantiles: dict[float, float | None] = {}
    effect, others, categories = None, None, tuple[CategoryShare, ...]()
    if name in measures.ranked:
        one = measures.ranked[name]
        if place is None:
            values = table.values(name)[members]
            ordered = np.sort(values[~np.isnan(values)])
            known, found = len(ordered), quantiles_of(ordered)
        else:
            known, found = int(one.known[place]), one.quantiles[place]
            effect = measures.effect(name, place)
            enough = min(known, one.others_known[place]) >= SMALLEST
            others = float(one.others_medians[place]) if enough else None
        quantiles = {
            share: float(value) if known >= _least(share) else None
            for share, value in zip(QUANTILES, found, strict=True)
        }
    else:
        known = int((table.categories[name].codes[members] >= 0).sum())
        categories = measures.shares[name][place] if place is not None else ()
    return FeatureProfile(
        name=name,
        unit=table.described[name].unit,
        coverage=_coverage(known, int(members.sum())),
        quantiles=quantiles,
        others_median=others,
        effect=effect,
        categories=categories,
        is_descriptor=name in table.descriptors,
        p_value=None if place is None else sources.p_values.get((name, place)),
    )


def _coverage(known: int, size: int) -> float | None:
    """The share with a value; None where those with one, without one, or all are so few that it tells of them."""
    few = size < SMALLEST or 0 < known < SMALLEST or 0 < size - known < SMALLEST
    return None if few else known / size


def _least(share: float) -> int:
    """How many values must stand behind a quantile."""
    return SMALLEST_TAIL if share in (QUANTILES[0], QUANTILES[-1]) else SMALLEST


def _marker(sources: Sources, place: int, found: tuple[Candidate, tuple[str, ...]]) -> Marker:
    candidate, folded = found
    measures = sources.measures
    texts = marker_texts(
        candidate, place, measures.table, ranked=measures.ranked.get(candidate.feature), labels=measures.labels
    )
    category = candidate.share.value if candidate.share else None
    return Marker(candidate.feature, category, candidate.effect, texts, folded)


def _stability(stability: Mapping[int | str, float], segment: int | str | None) -> Stability | None:
    if segment is None or segment not in stability:
        return None
    jaccard = stability[segment]
    return Stability(jaccard, STABILITY[stability_interpretation(jaccard)])
