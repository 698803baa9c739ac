"""`Profiles` and `SegmentProfile`: what a person needs to know about the segments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import frame_from_columns
from custseg.profiling._display import profiles_html, profiles_table, profiles_text
from custseg.profiling._long_form import profile_columns, tidy_columns
from custseg.profiling._markers import Marker
from custseg.profiling.measures._categories import CategoryShare
from custseg.profiling.measures._descriptor_tests import DescriptorTest
from custseg.profiling.measures._intervals import Effect
from custseg.profiling.naming._archetype_match import Evidence
from custseg.profiling.naming._playbook import Advice


@dataclass(frozen=True)
class FeatureProfile:
    """One feature of one segment.

    Attributes
    ----------
    name, unit : str
        The feature and its unit; "" where that is not known.
    coverage : float or None
        Share of the members with a value; None under 10 members, and where 1 to 9 have a value or lack one.
    quantiles : mapping of float to (float or None)
        The 0.05, 0.25, 0.5, 0.75 and 0.95 quantiles of the members in the feature's unit; empty for categories.
        None under 10 values (the outer two: under 21), and where nobody has one.
    others_median : float or None
        Median of all other clustered customers.
    effect : Effect or None
        Cliff's delta against all other clustered customers: P(member > other) - P(member < other), in [-1, 1], 0 for
        no difference. None for categories, and under 10 members or others with a value.
    categories : tuple of CategoryShare
        The most frequent first; empty for numbers.
    is_descriptor : bool
        Whether it was not used to make the segments.
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
class Stability:
    """How well a segment came back when the customers were drawn again.

    Attributes
    ----------
    jaccard : float
        Mean Jaccard similarity over the draws, in [0, 1].
    texts : mapping of str to str
        Hennig's reading by language: below 0.6 dissolved, from 0.6 a pattern, from 0.75 stable, from 0.85 very stable.
    """

    jaccard: float
    texts: Mapping[str, str]


@dataclass(frozen=True)
class SegmentProfile:
    """What a person needs to know about one segment.

    Attributes
    ----------
    segment : int, str or None
        Label of the segment; None for the customers that are in none.
    key : str
        What kind of name it has: the key of an archetype, or of a row of the playbook such as "described".
    language : str
        The asked language.
    names, descriptions : mapping of str to str
        The name, unique within the result, and one line about it, in each language.
    evidence : Evidence or None
        Why it has the name of an archetype; None for other names.
    size : int
        Customers.
    share : float or None
        Share of the clustered customers; None for those that are in no segment.
    revenue_share : float or None
        Share of the revenue of all rows with 10 customers or more; None under 10, and where there is no revenue.
    weight_share : float or None
        The same of `size_weight`.
    features : mapping of str to FeatureProfile
        Every feature, in the order of the table.
    markers : tuple of Marker
        What sets the segment apart, the largest effect first.
    nearest : int, str or None
        The segment that is most like this one.
    overlap : float or None
        How much: 1 - ``|Cliff's delta|`` between both in the feature that tells them apart best (for categories the
        shared part of both distributions). 0: each member of one is above all of the other; 1: nothing differs.
    stability : Stability or None
        Where it was given.
    reachable : mapping of str to (int or None)
        How many customers each channel reaches; None for 1 to 9, and in a segment under 10.
    playbook : mapping of str to Advice
        What to do, in each language.
    rule : object or None
        A rule whose text says who is in the segment.
    """

    segment: int | str | None
    key: str
    language: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str] = field(repr=False)
    evidence: Evidence | None = field(repr=False)
    size: int
    share: float | None
    revenue_share: float | None
    weight_share: float | None = field(repr=False)
    features: Mapping[str, FeatureProfile] = field(repr=False)
    markers: tuple[Marker, ...] = field(repr=False)
    nearest: int | str | None = field(repr=False)
    overlap: float | None = field(repr=False)
    stability: Stability | None = field(repr=False)
    reachable: Mapping[str, int | None] = field(repr=False)
    playbook: Mapping[str, Advice] = field(repr=False)
    rule: object | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The name in the asked language."""
        return self.names[self.language]

    @property
    def description(self) -> str:
        """One line about the segment in the asked language."""
        return self.descriptions[self.language]

    @property
    def advice(self) -> Advice:
        """What to do with the segment, in the asked language."""
        return self.playbook[self.language]

    @property
    def medians(self) -> dict[str, float | None]:
        """Median of each numeric feature in its own unit; None under 10 values."""
        return {name: one.quantiles[0.5] for name, one in self.features.items() if one.quantiles}

    @property
    def effects(self) -> dict[str, float | None]:
        """Cliff's delta of each numeric feature against all others; empty for customers in no segment."""
        if self.segment is None:
            return {}
        return {name: one.effect.value if one.effect else None for name, one in self.features.items() if one.quantiles}


@dataclass(frozen=True, repr=False)
class Profiles:
    """The profiles of one result: a sequence of `SegmentProfile`.

    Attributes
    ----------
    rows : tuple of SegmentProfile
        In the order of the labels, the row of customers in no segment last.
    tests : tuple of DescriptorTest
        Whether each descriptor differs between segments at all.
    notes : tuple of str
        What was left out, or taken for ids.
    give_back : callable
        Turns a local frame into the caller's kind of table.
    """

    rows: tuple[SegmentProfile, ...]
    tests: tuple[DescriptorTest, ...] = ()
    notes: tuple[str, ...] = ()
    give_back: Callable[[nw.DataFrame[Any]], Any] = field(default=nw.to_native, compare=False)

    def __iter__(self) -> Iterator[SegmentProfile]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, position: int) -> SegmentProfile:
        return self.rows[position]

    @property
    def segments(self) -> tuple[SegmentProfile, ...]:
        """The profiles of the segments alone, without the row of customers in none."""
        return tuple(row for row in self.rows if row.segment is not None)

    def renamed(self, names: Mapping[int | str, str]) -> Profiles:
        """The same profiles with other names for some segments, in every language."""
        rows = tuple(
            replace(row, names=dict.fromkeys(row.names, names[row.segment]))
            if row.segment is not None and row.segment in names
            else row
            for row in self.rows
        )
        return replace(self, rows=rows)

    def with_rules(self, rules: Mapping[int | str, object]) -> Profiles:
        """The same profiles with a rule for some segments."""
        rows = tuple(
            replace(row, rule=rules.get(row.segment, row.rule)) if row.segment is not None else row for row in self.rows
        )
        return replace(self, rows=rows)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """The segments as people read them: heads, and a row of texts per segment."""
        return profiles_table(self.rows)

    def columns(self) -> dict[str, list[object]]:
        """One row per profile as columns, for any frame constructor; medians as `median_<feature>`."""
        return profile_columns(self.rows)

    def to_frame(self) -> Any:
        """All figures in long form, in the kind of table that the features came in.

        Returns
        -------
        table
            `segment` (missing for customers in none), `name`, `feature` and `category` (missing where a figure is of
            the whole segment, or of a number), `statistic` (such as "size", "q50", "effect_low", "lift"), `value`
            (Float64; missing where it is not told). Texts that a spreadsheet would take for a formula have an
            apostrophe in front.
        """
        local = nw.from_native(frame_from_columns(tidy_columns(self.rows)), eager_only=True)
        kind = nw.String if any(isinstance(row.segment, str) for row in self.rows) else nw.Int64
        texts = [nw.col(name).cast(nw.String) for name in ("name", "feature", "category", "statistic")]
        return self.give_back(local.select(nw.col("segment").cast(kind), *texts, nw.col("value").cast(nw.Float64)))

    def __repr__(self) -> str:
        return profiles_text(self.rows)

    def _repr_html_(self) -> str:
        return profiles_html(self.rows)
