"""`min_size="auto"`: segments as many, and so large, that each can show a lift; and what each of them can show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from custseg._privacy import SMALLEST_GROUP, is_small
from custseg.texts import number, percent, text
from custseg.trials._outcome import PastOutcome
from custseg.trials._power import TrialDesign, customers_of

MOST_SEGMENTS, FEWEST_SEGMENTS = 8, 3
"""Practice serves at most about 8 segments; two are one threshold."""

USUAL_SHARE = 0.05
"""The minimum where the log cannot tell: survey practice."""


@dataclass(frozen=True)
class SegmentPower:
    """What a segment can show in an experiment.

    Attributes
    ----------
    segment : int
        Its number.
    customers : int or None
        Its size; None for 1 to 9.
    base_rate : float
        How often the outcome came among the customers who were in the segment when the past period began (or the mean
        amount). Where fewer than ten of them acted, or did not, it is as if nine had; where fewer than ten were in it,
        it is that of all customers.
    shows : float
        The smallest rise that it can show with half of its reachable customers held out; infinite for none.
    shows_pooled, shows_clicks : float
        The same over three periods, and for clicks; NaN where the log does not tell.
    """

    segment: int
    customers: int | None
    base_rate: float
    shows: float
    shows_pooled: float = math.nan
    shows_clicks: float = math.nan


@dataclass(frozen=True, eq=False)
class AutoMinimum:
    """The minimum size that `min_size="auto"` stands for, and why.

    Attributes
    ----------
    min_size : int or float
        Customers; or .05, the usual share, if the log cannot tell or not even three segments would be large enough.
    n_segments : int
        The largest number of segments, up to 8, that can each show the lift; 0 where the minimum is the usual share.
    needed : int
        Customers that each of so many segments needs (of three, where not even three are possible); 0 where the log
        cannot tell.
    lift : float
        The rise to show.
    outcome, pooled, clicks : PastOutcome or None
        The outcome in the past of the log; the same over three periods; and clicks.
    n_customers : int
        Customers to cluster.
    reachable : float
        Share of them that mails reach; 1 where the log does not say.
    segments : tuple of SegmentPower
        What each segment can show, after the fit.
    """

    min_size: int | float
    n_segments: int
    needed: int
    lift: float
    outcome: PastOutcome | None = field(repr=False)
    pooled: PastOutcome | None = field(default=None, repr=False)
    clicks: PastOutcome | None = field(default=None, repr=False)
    n_customers: int = 0
    reachable: float = 1.0
    segments: tuple[SegmentPower, ...] = field(default=())

    def with_segments(
        self, sizes: Mapping[int, tuple[int, float]], members: Mapping[int, Mapping[int, Sequence[Any]]]
    ) -> AutoMinimum:
        """The same with what each segment shows.

        Parameters
        ----------
        sizes : mapping of int to (int, float)
            Size and reachable share of each segment.
        members : mapping of int to mapping
            By the length of the period in days: customers who were in each segment when the period began.
        """
        if self.outcome is None:
            return self
        design = TrialDesign(comparisons=max(len(sizes), 1))
        kinds = {"outcome": self.outcome, "pooled": self.pooled, "clicks": self.clicks}
        outcomes = {kind: _by_segment(item, list(sizes), members) for kind, item in kinds.items() if item is not None}
        rows = []
        for segment, (size, reachable) in sizes.items():
            customers = size * reachable
            shows = {kind: of_segments[segment].shows(customers, design) for kind, of_segments in outcomes.items()}
            rows.append(
                SegmentPower(
                    segment,
                    None if is_small(np.array(size)) else size,
                    outcomes["outcome"][segment].mean,
                    shows["outcome"],
                    shows.get("pooled", math.nan),
                    shows.get("clicks", math.nan),
                )
            )
        return replace(self, segments=tuple(rows))

    def numbered(self, numbers: Sequence[int]) -> AutoMinimum:
        """The same with other numbers for the segments 0, 1, ...."""
        return replace(self, segments=tuple(replace(row, segment=numbers[row.segment]) for row in self.segments))

    def text(self, language: str) -> str:
        """What was needed, in words."""
        words = text(language, "auto_minimum")
        fields = {
            "lift": _signed(self.lift, language),
            "needed": number(self.needed, language),
            "customers": number(self.n_customers, language),
            "segments": number(self.n_segments, language),
            "reachable": percent(self.reachable, language),
            "usual": percent(USUAL_SHARE, language),
        }
        if self.outcome is None:
            return str(words["no_outcome"].format(**fields))
        fields["outcome"] = self._outcome_words(language)
        return str(words["enough" if self.n_segments else "not_enough"].format(**fields))

    def segment_texts(self, names: Mapping[int, str], language: str) -> list[str]:
        """What each segment can show, one sentence per segment, in the order of `names`."""
        by_segment = {row.segment: row for row in self.segments}
        return [
            self._segment_text(by_segment[segment], names[segment], language)
            for segment in names
            if segment in by_segment
        ]

    @property
    def _pooled_days(self) -> int:
        return 0 if self.pooled is None else self.pooled.horizon_days

    def _segment_text(self, row: SegmentPower, name: str, language: str) -> str:
        words = text(language, "auto_minimum")
        is_finite = math.isfinite(row.shows)
        sentence = words["shows" if is_finite else "shows_nothing"].format(
            name=name, lift=_signed(row.shows, language) if is_finite else ""
        )
        ways = [
            words[key].format(lift=_signed(shows, language), days=number(self._pooled_days, language))
            for key, shows in (("pool", row.shows_pooled), ("use_clicks", row.shows_clicks))
            if shows < row.shows
        ]
        if ways:
            sentence += words["for_less"].format(ways=words["or"].join(ways))
        return str(sentence + ".")

    def _outcome_words(self, language: str) -> str:
        """The outcome with its base rate or mean, and the period."""
        assert self.outcome is not None
        words = text(language, "auto_minimum", "outcomes")
        return str(
            words[self.outcome.name].format(
                rate=percent(self.outcome.mean, language, decimals=1),
                mean=number(self.outcome.mean, language),
                cv=number(self.outcome.cv, language),
                days=number(self.outcome.horizon_days, language),
            )
        )


def auto_minimum(
    outcomes: Sequence[PastOutcome],
    *,
    n_customers: int,
    reachable: float,
    lift: float,
    pooled: PastOutcome | None = None,
    clicks: PastOutcome | None = None,
) -> AutoMinimum:
    """The minimum size for as many segments as can each show the lift.

    Of m segments of equal size each has n / m customers, of whom the reachable ones are split in halves, and each is
    tested at alpha / m. Of the outcomes the first is taken that can rise by the lift.
    """
    outcome = next((item for item in outcomes if item.can_rise(lift)), None)
    if outcome is None or reachable <= 0:
        return AutoMinimum(USUAL_SHARE, 0, 0, lift, None, n_customers=n_customers, reachable=reachable)
    needed = {}
    for n_segments in range(FEWEST_SEGMENTS, MOST_SEGMENTS + 1):
        design = TrialDesign(comparisons=n_segments)
        customers = sum(customers_of(outcome.treated(lift, design), design))
        needed[n_segments] = math.ceil(round(customers / reachable, 9))
    possible = [count for count, size in needed.items() if count * size <= n_customers]
    count = max(possible, default=0)
    size = needed[count or FEWEST_SEGMENTS]
    return AutoMinimum(
        size if count else USUAL_SHARE, count, size, lift, outcome, pooled, clicks, n_customers, reachable
    )


def _by_segment(
    outcome: PastOutcome, segments: Sequence[int], members: Mapping[int, Mapping[int, Sequence[Any]]]
) -> dict[int, PastOutcome]:
    """The outcome of the customers of each segment; of all customers where fewer than ten were in it."""
    by_segment = {}
    positions = {value: i for i, value in enumerate(outcome.ids)}
    for segment in segments:
        is_member = np.zeros(len(positions), dtype=bool)
        ids = members.get(outcome.horizon_days, {}).get(segment, ())
        is_member[[positions[value] for value in ids if value in positions]] = True
        of_members = outcome.among(is_member)
        by_segment[segment] = outcome if len(of_members.ids) < SMALLEST_GROUP else _with_nine(of_members, outcome)
    return by_segment


def _with_nine(of_members: PastOutcome, outcome: PastOutcome) -> PastOutcome:
    """The outcome of a segment; where 0 to 9 of its customers acted, or of yes and no did not, as if nine had.

    So many show the smallest lift that the segment can show, and their number is not told.
    """
    n, few = len(of_members.ids), SMALLEST_GROUP - 1
    n_active = int(np.count_nonzero(of_members.values))
    if n_active <= few:
        active = outcome.values[outcome.values != 0]
        values = np.where(np.arange(n) < few, active.mean() if len(active) else 0.0, 0.0)
    elif outcome.is_rate and n - n_active <= few:
        values = np.where(np.arange(n) < few, 0.0, 1.0)
    else:
        return of_members
    return PastOutcome(outcome.name, outcome.horizon_days, of_members.ids, values)


def _signed(lift: float, language: str) -> str:
    return "+" + percent(lift, language)
