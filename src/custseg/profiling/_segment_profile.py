"""Records of a profile: `SegmentProfile`, and `FeatureProfile` and `SegmentStability`, which it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from custseg._column_kinds import answer_of
from custseg._privacy import shown_sizes
from custseg.profiling.markers._markers import Marker
from custseg.profiling.measures._categories import CategoryShare
from custseg.profiling.measures._intervals import Effect
from custseg.profiling.measures._terms import MISSING, OTHER_THAN, Term
from custseg.profiling.naming._archetype_match import NameEvidence
from custseg.profiling.naming._playbook import Advice
from custseg.profiling.naming.traits._words import Trait

_MAIN_MARKERS = 3


@dataclass(frozen=True)
class FeatureProfile:
    """One feature of one segment.

    Attributes
    ----------
    name, unit : str
        The feature and its unit; "" where the unit is unknown.
    coverage : float or None
        Share of the members with a value; None under 10 members, and where 1 to 9 have a value or lack one.
    quantiles : mapping of float to (float or None)
        The 0.05, 0.25, 0.5, 0.75 and 0.95 quantiles of the members in the feature's unit; empty for categories.
        None under 10 values (for the outer two, under 21).
    others_median : float or None
        Median of all other clustered customers.
    effect : Effect or None
        Cliff's delta against all other clustered customers: P(member > other) - P(member < other), in [-1, 1]; 0 is no
        difference. None for categories, and under 10 members or others with a value.
    categories : tuple of CategoryShare
        The most frequent first; empty for numbers.
    is_descriptor : bool
        Whether the feature was not used for clustering.
    p_value : float or None
        For a descriptor: of the difference from all other customers, after Holm over all segments and descriptors.
        Always None for other features, see `profile_segments`.
    """

    name: str
    unit: str
    coverage: float | None
    quantiles: Mapping[float, float | None]
    others_median: float | None
    effect: Effect | None
    categories: tuple[CategoryShare, ...]
    is_descriptor: bool
    p_value: float | None


@dataclass(frozen=True)
class SegmentStability:
    """How reproducible a segment is when the customers are resampled.

    Attributes
    ----------
    jaccard : float
        Mean Jaccard similarity over the resamples, in [0, 1].
    texts : mapping of str to str
        Hennig's reading by language: below 0.6 dissolved, from 0.6 a pattern, from 0.75 stable, from 0.85 very stable.
    """

    jaccard: float
    texts: Mapping[str, str]


@dataclass(frozen=True)
class SegmentProfile:
    """The profile of one segment: its name, size, figures, markers and advice.

    Attributes
    ----------
    segment : int, str or None
        Label of the segment; None for the customers that are in none.
    key : str
        What kind of name it has: the key of an archetype, or of a row of the playbook such as "described".
    language : str
        The requested language.
    names, descriptions : mapping of str to str
        The name, unique within the result, and one line about it, in each language.
    evidence : NameEvidence or None
        The evidence for the name of an archetype; None for other names.
    traits : tuple of Trait
        What a name made of traits says, or what is added to that of an archetype: the words, the condition that each
        of them states, and the share of the members that meet it, at least 0.6.
    size : int
        Customers.
    share : float or None
        Share of the clustered customers; None for the row of customers in no segment.
    revenue_share : float or None
        Share of the revenue of all rows with 10 customers or more; None under 10, and where there is no revenue.
    weight_share : float or None
        Likewise, the share of `size_weight`.
    features : mapping of str to FeatureProfile
        Every feature, in the order of the table.
    markers : tuple of Marker
        The largest differences from all other customers, the largest effect first, but for what an archetype claims,
        which comes before all; what is derived from logs and was not clustered on comes before others only if its
        effect is larger by 0.2.
    nearest : int, str or None
        The most similar segment.
    overlap : float or None
        Similarity to it: 1 - ``|Cliff's delta|`` in the feature that separates both best (for categories the overlap of
        both distributions). 0: complete separation in that feature; 1: no difference in any.
    stability : SegmentStability or None
        None where it was not given.
    reachable : mapping of str to (int or None)
        How many customers each channel reaches; None for 1 to 9, and in a segment under 10.
    playbook : mapping of str to Advice
        What to do, in each language.
    rule : object or None
        A rule that describes the members of the segment.
    """

    segment: int | str | None
    key: str
    language: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str] = field(repr=False)
    evidence: NameEvidence | None = field(repr=False)
    size: int
    share: float | None
    revenue_share: float | None
    weight_share: float | None = field(repr=False)
    features: Mapping[str, FeatureProfile] = field(repr=False)
    markers: tuple[Marker, ...] = field(repr=False)
    nearest: int | str | None = field(repr=False)
    overlap: float | None = field(repr=False)
    stability: SegmentStability | None = field(repr=False)
    reachable: Mapping[str, int | None] = field(repr=False)
    playbook: Mapping[str, Advice] = field(repr=False)
    rule: object | None = field(default=None, repr=False)
    traits: tuple[Trait, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """The name in the language of the profile."""
        return self.names[self.language]

    @property
    def description(self) -> str:
        """One line about the segment, in the language of the profile."""
        return self.descriptions[self.language]

    @property
    def advice(self) -> Advice:
        """What to do with the segment, in the language of the profile."""
        return self.playbook[self.language]

    def in_language(self, language: str) -> SegmentProfile:
        """The same profile with the texts of another language."""
        markers = tuple(replace(marker, language=language) for marker in self.markers)
        return replace(self, language=language, markers=markers)

    def name_holds(self, values: Mapping[str, float | str | None]) -> bool:
        """Whether what the name says is true of a customer with these values; None is a missing one.

        The name of an archetype says its condition, and what is added to it; a name made of traits the conditions of
        these; other names hold for everyone.
        """
        terms = [
            *(self.evidence.terms if self.evidence else ()),
            *(term for trait in self.traits for term in trait.terms),
        ]
        return all(_meets(term, values.get(term.feature)) for term in terms)

    @property
    def main_markers(self) -> tuple[Marker, ...]:
        """The first three markers, and those of what a name made of traits says."""
        named = {trait.feature for trait in self.traits}
        return tuple(
            marker
            for rank, marker in enumerate(self.markers)
            if rank < _MAIN_MARKERS or not named.isdisjoint((marker.feature, *marker.folded))
        )

    @property
    def medians(self) -> dict[str, float | None]:
        """Median of each numeric feature in its own unit; None under 10 values."""
        return {name: feature.quantiles[0.5] for name, feature in self.features.items() if feature.quantiles}

    @property
    def effects(self) -> dict[str, float | None]:
        """Cliff's delta of each numeric feature against all others; empty for customers in no segment."""
        if self.segment is None:
            return {}
        return {
            name: feature.effect.value if feature.effect else None
            for name, feature in self.features.items()
            if feature.quantiles
        }


def _meets(term: Term, value: float | str | None) -> bool:
    """Whether a value meets a term; yes and no of a flag are 1 and 0 where it is kept as a number."""
    if value is None or term.operator == MISSING:
        return value is None and term.operator == MISSING
    wanted = term.value
    if isinstance(wanted, (str, bool)) and isinstance(value, str) != isinstance(wanted, str):
        wanted = ("yes" if wanted else "no") if isinstance(wanted, bool) else float(wanted == "yes")
    if isinstance(value, str) and wanted in ("yes", "no"):
        value = answer_of(value) or value
    if term.operator == OTHER_THAN:
        return value != wanted
    return bool(Term(term.feature, term.operator, wanted).meets(value))


def shares_to_show(rows: Sequence[SegmentProfile]) -> list[float | None]:
    """The shares of the customers that may be shown: none where the size is hidden."""
    return [None if size is None else row.share for row, size in zip(rows, sizes_to_show(rows), strict=True)]


def sizes_to_show(rows: Sequence[SegmentProfile]) -> list[int | None]:
    """The sizes that may be shown; shares tell how many customers all segments have, but not how many are in none."""
    segments = iter(shown_sizes([row.size for row in rows if row.segment is not None]))
    return [next(segments) if row.segment is not None else shown_sizes([row.size])[0] for row in rows]
