"""Assembles the profile of each segment from the statistics, the names and the plays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from custseg._labels import Labels
from custseg._numerics import Bools, Floats, mean, shares_of_groups
from custseg._privacy import SMALLEST_GROUP, SMALLEST_TAIL, shown_share
from custseg.profiling._descriptions import described
from custseg.profiling._segment_profile import FeatureProfile, SegmentProfile, SegmentStability
from custseg.profiling.markers._marker_texts import marker_texts
from custseg.profiling.markers._markers import Marker, RankedMarker, markers, statement_of_claim
from custseg.profiling.measures._categories import CategoryShare
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._effects import Candidate
from custseg.profiling.measures._ranked import QUANTILES, quantiles_of
from custseg.profiling.measures._terms import Term
from custseg.profiling.naming._archetypes import Play
from custseg.profiling.naming._mail_reading import mail_reading
from custseg.profiling.naming._own_rhythm import SegmentRhythm, holds_by_own_rhythm
from custseg.profiling.naming._playbook import Typical, advice, reachable
from custseg.profiling.naming._season_words import season_play
from custseg.profiling.naming._segment_names import Name
from custseg.profiling.naming.traits._levels import MAJORITY
from custseg.profiling.naming.traits._words import in_each_language
from custseg.texts import LANGUAGES, stability_level

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

    def share(self, terms: Sequence[Term], segment: int) -> float:
        """The share of the members that meet all terms; 0 where the table lacks a column, or they are under 10."""
        return self._share(terms, self.members(segment))

    def share_of_others(self, terms: Sequence[Term], segment: int) -> float:
        """The same of all customers in other segments."""
        return self._share(terms, (self.labels.codes >= 0) & ~self.members(segment))

    def _share(self, terms: Sequence[Term], customers: Bools) -> float:
        table, meeting = self.statistics.table, customers
        if not terms:
            return 1.0
        if int(customers.sum()) < SMALLEST_GROUP:
            return 0.0
        for term in terms:
            is_number = term.feature in table.numbers
            is_word = term.quantile is None and term.feature in table.categories
            if not (is_number or is_word) or (is_number and isinstance(term.value, str)):
                return 0.0
            if term not in self._holds_of:
                bounds = self.statistics.bounds.get(term.feature, {})
                self._holds_of[term] = holds_by_own_rhythm(term, table, bounds)
            meeting = meeting & self._holds_of[term]
        return float(meeting.sum() / customers.sum())

    @cached_property
    def _holds_of(self) -> dict[Term, Bools]:
        """Which customers meet a term, by the terms asked for."""
        return {}

    @cached_property
    def rhythm(self) -> SegmentRhythm:
        """What is known of the gaps between orders of the members of each segment."""
        return SegmentRhythm(self.statistics)

    @cached_property
    def averages(self) -> Mapping[str, float]:
        """The mean of each column of numbers over the clustered customers."""
        values = {name: self.statistics.clustered_values(name)[0] for name in self.statistics.ranked}
        return {name: mean(present) for name, present in values.items() if len(present)}

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


def segment_markers(
    statistics: ColumnStatistics, clustered_on: Collection[str], names: Sequence[Name]
) -> list[list[RankedMarker]]:
    """The markers of every segment, the strongest first; of features that say the same those that its name states."""
    return [
        markers(
            statistics.candidates(segment, clustered_on),
            statistics,
            segment,
            preferred=clustered_on,
            named=name.claims,
            stated=name.stated,
        )
        for segment, name in enumerate(names)
    ]


def segment_row(
    inputs: ProfileInputs, segment: int, name: Name, *, ranked_markers: Sequence[RankedMarker]
) -> SegmentProfile:
    """The profile of the segment with that index; -1 and `RETURNED` stand for customers in none."""
    table, members = inputs.statistics.table, inputs.members(segment)
    size = int(members.sum())
    measured = {*inputs.statistics.ranked, *inputs.statistics.shares}
    features = {column: _feature(inputs, column, segment) for column in table.described if column in measured}
    reach = reachable(table, members)
    is_described = name.key == "described"
    description = described(ranked_markers, segment, inputs.statistics, stated=name.stated) if is_described else {}
    label = None if segment < 0 else inputs.labels.segments[segment]
    return SegmentProfile(
        segment=label,
        key=name.key,
        language=inputs.language,
        names=dict(name.names),
        descriptions=dict(description or name.description),
        evidence=name.evidence,
        size=size,
        share=None if segment < 0 else size / int((inputs.labels.codes >= 0).sum()),
        revenue_share=inputs.revenue_shares.get(segment),
        weight_share=inputs.weight_shares.get(segment),
        features=features,
        markers=_markers(inputs, segment, ranked_markers, name=name),
        traits=name.traits,
        nearest=None,
        overlap=None,
        stability=_stability(inputs.stability, label),
        reachable=reach,
        playbook=advice(
            inputs.plays.get(name.key, Play()),
            inputs.plays["every"],
            traits=name.traits,
            typical=_typical(features),
            share=lambda terms: inputs.share(terms, segment),
            share_of_others=lambda terms: inputs.share_of_others(terms, segment),
            mails=(mail_reading(table, members), mail_reading(table, (inputs.labels.codes >= 0) & ~members)),
            reach=reach,
            size=size,
            rhythm=inputs.rhythm.of(segment) if segment >= 0 else "",
            averages=inputs.averages,
            season_plays={language: season_play(table, language) for language in LANGUAGES},
            known=name.candidates,
            steps=name.steps,
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


def _typical(features: Mapping[str, FeatureProfile]) -> dict[str, Typical]:
    """The median of each number, and the category that most members have, where they may be shown."""
    typical: dict[str, Typical] = {}
    for name, feature in features.items():
        if feature.quantiles:
            # A median of few members says nothing about most: "remind them of the cart" needs carts.
            is_covered = feature.coverage is None or feature.coverage >= MAJORITY
            typical[name] = feature.quantiles[0.5] if is_covered else None
        else:
            frequent = (share.value for share in feature.categories if (share.share or 0.0) >= MAJORITY)
            typical[name] = next(frequent, None)
    return typical


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
        coverage=shown_share(n_values, int(members.sum())),
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


def _markers(
    inputs: ProfileInputs, segment: int, ranked_markers: Sequence[RankedMarker], *, name: Name
) -> tuple[Marker, ...]:
    """The markers, and what the name states that no marker mentions: a middling value has no effect of ranks.

    What an archetype claims comes first, so that readers can see why the segment has its name.
    """
    claimed = name.claims.keys() if name.evidence is not None else set()
    result = [_marker(inputs, segment, marker) for marker in ranked_markers]
    result = [
        replace(marker, folded=tuple(feature for feature in marker.folded if feature not in claimed))
        for marker in result
    ]
    mentioned = {feature for marker in result for feature in (marker.feature, *marker.folded)}
    statistics = inputs.statistics
    for feature, terms in name.claims.items():
        if feature in mentioned:
            continue
        statement = statement_of_claim(terms, segment, statistics, is_exact=name.evidence is None)
        if statement is not None:
            effect, said = statement
            texts = marker_texts(Candidate(feature, effect), said, segment, statistics=statistics)
            weaker = (rank for rank, marker in enumerate(result) if abs(marker.effect.value) < abs(effect.value))
            result.insert(next(weaker, len(result)), Marker(feature, None, effect, texts, language=inputs.language))
    return tuple(sorted(result, key=lambda marker: marker.feature not in claimed))


def _marker(inputs: ProfileInputs, segment: int, marker: RankedMarker) -> Marker:
    candidate, statement, folded = marker
    texts = marker_texts(candidate, statement, segment, statistics=inputs.statistics)
    category = candidate.share.value if candidate.share else None
    return Marker(candidate.feature, category, candidate.effect, texts, folded, inputs.language)


def _stability(stability: Mapping[int | str, float], segment: int | str | None) -> SegmentStability | None:
    if segment is None or segment not in stability:
        return None
    jaccard = stability[segment]
    return SegmentStability(jaccard, in_each_language("stability", stability_level(jaccard)))
