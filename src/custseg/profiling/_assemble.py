"""Assembles the profile of each segment from the statistics, the names and the plays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from custseg._labels import Labels
from custseg._numerics import Bools, Floats, shares_of_groups
from custseg._privacy import SMALLEST_GROUP, SMALLEST_TAIL
from custseg.profiling._markers import Marker, RankedMarker, marker_texts, markers
from custseg.profiling._segment_profile import FeatureProfile, SegmentProfile, SegmentStability
from custseg.profiling.measures._categories import CategoryShare
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._ranked import QUANTILES, quantiles_of
from custseg.profiling.naming._archetypes import Play
from custseg.profiling.naming._playbook import advice, reachable
from custseg.profiling.naming._segment_names import Name
from custseg.profiling.naming._words import in_each_language
from custseg.texts import stability_level

RETURNED = -2
"""Code of customers in no segment whose orders were all returned, charged back or cancelled."""


@dataclass(frozen=True, eq=False)
class ProfileInputs:
    """The inputs of all profiles."""

    statistics: ColumnStatistics
    labels: Labels
    language: str
    plays: Mapping[str, Play]
    weights: Floats | None
    stability: Mapping[int | str, float]
    p_values: Mapping[tuple[str, int], float | None]

    def members(self, segment: int) -> Bools:
        """Which customers are in the segment with that index; -1 and `RETURNED` stand for customers in none."""
        return np.asarray(self.labels.codes == segment)

    @cached_property
    def revenue_shares(self) -> Mapping[int, float | None]:
        """Share of the revenue by index of the segment (below 0: customers in none), of those that may be shown."""
        table = self.statistics.table
        return self._shares(np.nan_to_num(table.values("revenue"), nan=0.0)) if "revenue" in table.numbers else {}

    @cached_property
    def weight_shares(self) -> Mapping[int, float | None]:
        """The share of the weights, likewise."""
        return {} if self.weights is None else self._shares(self.weights)

    def _shares(self, values: Floats) -> Mapping[int, float | None]:
        """The share of each segment in the sum over all segments that are large enough to be shown."""
        first = min(int(self.labels.codes.min()), -1)
        groups = self.labels.codes - first
        shown = np.bincount(groups) >= SMALLEST_GROUP
        shares = shares_of_groups(values, groups, shown)
        return {group + first: share for group, share in shares.items() if shown[group]}


def segment_markers(statistics: ColumnStatistics, clustered_on: Collection[str]) -> list[list[RankedMarker]]:
    """The markers of every segment, the strongest first."""
    correlations = statistics.correlations()
    return [
        markers(statistics.candidates(segment, clustered_on), correlations, preferred=clustered_on)
        for segment in range(statistics.n_segments)
    ]


def segment_row(
    inputs: ProfileInputs, segment: int, name: Name, *, ranked_markers: Sequence[RankedMarker]
) -> SegmentProfile:
    """The profile of the segment with that index; -1 and `RETURNED` stand for customers in none."""
    table, members = inputs.statistics.table, inputs.members(segment)
    size = int(members.sum())
    measured = {*inputs.statistics.ranked, *inputs.statistics.shares}
    features = {column: _feature(inputs, column, segment) for column in table.described if column in measured}
    medians = {column: feature.quantiles[0.5] for column, feature in features.items() if feature.quantiles}
    reach = reachable(table, members)
    label = None if segment < 0 else inputs.labels.segments[segment]
    return SegmentProfile(
        segment=label,
        key=name.key,
        language=inputs.language,
        names=dict(name.names),
        descriptions=dict(name.description),
        evidence=name.evidence,
        size=size,
        share=None if segment < 0 else size / int((inputs.labels.codes >= 0).sum()),
        revenue_share=inputs.revenue_shares.get(segment),
        weight_share=inputs.weight_shares.get(segment),
        features=features,
        markers=tuple(_marker(inputs, segment, marker) for marker in ranked_markers),
        nearest=None,
        overlap=None,
        stability=_stability(inputs.stability, label),
        reachable=reach,
        playbook=advice(
            inputs.plays.get(name.key, Play()), inputs.plays["every"], medians=medians, reach=reach, size=size
        ),
    )


def with_nearest(
    rows: Sequence[SegmentProfile], statistics: ColumnStatistics, names: Collection[str]
) -> list[SegmentProfile]:
    """The rows with the segment that overlaps most; of equal overlaps the one with the closest mean ranks.

    Segments that are too small to be described are never named as the nearest segment, and have none.
    """
    overlaps, distances = statistics.overlaps(names), statistics.distances(names)
    small = statistics.sizes() < SMALLEST_GROUP
    overlaps[small] = overlaps[:, small] = np.nan
    return [
        _with_neighbor(row, rows, overlaps=overlaps[segment], distances=distances[segment])
        for segment, row in enumerate(rows)
    ]


def _with_neighbor(
    row: SegmentProfile, rows: Sequence[SegmentProfile], *, overlaps: Floats, distances: Floats
) -> SegmentProfile:
    neighbors = np.flatnonzero(~np.isnan(overlaps)).tolist()
    if not neighbors:
        return row
    nearest = min(neighbors, key=lambda segment: (-overlaps[segment], distances[segment]))
    return replace(row, nearest=rows[nearest].segment, overlap=float(overlaps[nearest]))


def _feature(inputs: ProfileInputs, name: str, segment: int) -> FeatureProfile:
    members = inputs.members(segment)
    statistics, table = inputs.statistics, inputs.statistics.table
    quantiles: dict[float, float | None] = {}
    effect, others_median, categories = None, None, tuple[CategoryShare, ...]()
    if name in statistics.ranked:
        n_values, quantiles = _quantiles(inputs, name, segment)
        if segment >= 0:
            ranks, effect = statistics.ranked[name], statistics.effect(name, segment)
            comparable = min(n_values, ranks.others_counts[segment]) >= SMALLEST_GROUP
            others_median = float(ranks.others_medians[segment]) if comparable else None
    else:
        n_values = int((table.categories[name].codes[members] >= 0).sum())
        categories = statistics.shares[name][segment] if segment >= 0 else ()
    return FeatureProfile(
        name=name,
        unit=table.described[name].unit,
        coverage=_coverage(n_values, int(members.sum())),
        quantiles=quantiles,
        others_median=others_median,
        effect=effect,
        categories=categories,
        is_descriptor=name in table.descriptors,
        p_value=inputs.p_values.get((name, segment)),
    )


def _quantiles(inputs: ProfileInputs, name: str, segment: int) -> tuple[int, dict[float, float | None]]:
    """How many members have a value, and their quantiles; None where too few values support one."""
    ranks = inputs.statistics.ranked[name]
    if segment >= 0:
        n_values, values = int(ranks.counts[segment]), ranks.quantiles[segment]
    else:
        present = inputs.statistics.table.values(name)[inputs.members(segment)]
        present = present[~np.isnan(present)]
        n_values, values = len(present), quantiles_of(present)
    tails = QUANTILES[0], QUANTILES[-1]
    return n_values, {
        share: float(value) if n_values >= (SMALLEST_TAIL if share in tails else SMALLEST_GROUP) else None
        for share, value in zip(QUANTILES, values, strict=True)
    }


def _coverage(n_values: int, size: int) -> float | None:
    """The share of members with a value; None where members, values or missing values are too few to be shown."""
    few = size < SMALLEST_GROUP or 0 < n_values < SMALLEST_GROUP or 0 < size - n_values < SMALLEST_GROUP
    return None if few else n_values / size


def _marker(inputs: ProfileInputs, segment: int, marker: RankedMarker) -> Marker:
    candidate, folded = marker
    texts = marker_texts(candidate, segment, inputs.statistics)
    category = candidate.share.value if candidate.share else None
    return Marker(candidate.feature, category, candidate.effect, texts, folded)


def _stability(stability: Mapping[int | str, float], segment: int | str | None) -> SegmentStability | None:
    if segment is None or segment not in stability:
        return None
    jaccard = stability[segment]
    return SegmentStability(jaccard, in_each_language("stability", stability_level(jaccard)))
