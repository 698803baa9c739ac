"""`Uplift`: what a treatment changed, in each segment and overall."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

from custseg._display import Columnar, DisplayTable, html_block
from custseg._privacy import bound_words
from custseg.proof.experiments._sample_ratio import SampleRatio, p_text
from custseg.texts import DASH, filled, number, percent, table, text


@dataclass(frozen=True)
class SegmentUplift:
    """What the treatment changed in one segment.

    Attributes
    ----------
    segment : str or None
        Value of the column `by`; None for all customers.
    n_treated, n_held_out : int or None
        Customers of each group; None for 1 to 9.
    treated, held_out : float
        Rate or mean amount of each group. NaN, as all figures below, where there are not enough data to test.
    difference, difference_low, difference_high : float
        Treated minus held out, with the 1 - alpha interval; adjusted by the past where `variance_reduction` is not 0.
    lift, lift_low, lift_high : float
        The same relative to those held out.
    p_value, p_holm : float
        Of the difference; and adjusted for the number of segments that were tested.
    verdict : {"more", "less", "no_difference", "not_enough_data"}
        "more" and "less" where the adjusted p-value is below alpha. Else "no_difference" if the segment is large enough
        for the lift that was asked for, and "not_enough_data" if not.
    shows : float
        The lift that the segment can show with the planned power; NaN where it was not tested.
    variance_reduction : float
        Share of the variance that the customers' past explains and CUPED removed; 0 where it was not used.
    """

    segment: str | None
    n_treated: int | None
    n_held_out: int | None
    treated: float
    held_out: float
    difference: float
    difference_low: float
    difference_high: float
    lift: float
    lift_low: float
    lift_high: float
    p_value: float
    p_holm: float
    verdict: str
    shows: float
    variance_reduction: float


@dataclass(frozen=True, repr=False)
class Uplift(Columnar):
    """The result of an experiment.

    Attributes
    ----------
    segments : tuple of SegmentUplift
        Each segment, by name; empty if no column was given.
    overall : SegmentUplift
        All customers.
    is_rate : bool
        Whether the outcome is yes or no; else it is an amount.
    alpha, lift : float
        As given.
    has_past : bool
        Whether a column of the past was given.
    n_filled : int
        Customers of the experiment without an outcome that were counted as 0.
    n_outside : int
        Customers with an outcome who are not in the experiment and were left out.
    ratio : SampleRatio or None
        The check of the group sizes, if the planned holdout was given.
    language : str
        Language of the texts.
    """

    segments: tuple[SegmentUplift, ...]
    overall: SegmentUplift
    is_rate: bool
    alpha: float
    lift: float
    has_past: bool
    n_filled: int
    n_outside: int
    ratio: SampleRatio | None
    language: str = "en"

    def columns(self) -> dict[str, list[Any]]:
        """One row per segment, then all customers (segment None), as columns for any frame constructor."""
        rows = (*self.segments, self.overall)
        return {field.name: [getattr(row, field.name) for row in rows] for field in fields(SegmentUplift)}

    @property
    def notes(self) -> list[str]:
        """Whether the groups have the planned sizes, whether the past helped, and customers without an outcome."""
        words, language = text(self.language, "uplift"), self.language
        notes = []
        if self.ratio is not None and not self.ratio.is_ok:
            holdout = percent(self.ratio.holdout, language, decimals=1)
            notes.append(text(language, "sample_ratio", "alarm").format(holdout=holdout))
        if self.has_past:
            helped = [row for row in (*self.segments, self.overall) if row.variance_reduction]
            best = max((row.variance_reduction for row in helped), default=0.0)
            width = percent(1 - math.sqrt(1 - best), language)
            notes.append(
                words["cuped" if helped else "no_cuped"].format(reduction=percent(best, language), width=width)
            )
        for key, count in (("filled", self.n_filled), ("outside", self.n_outside)):
            if count:
                shown_count = bound_words(count) if count < 10 else number(count, language)
                notes.append(words[key].format(count=shown_count))
        return notes

    def __repr__(self) -> str:
        rows = self.table()
        lines = table(rows, left=(0, len(rows[0]) - 1))
        return "\n".join([*lines, *([""] if self.notes else []), *self.notes])

    def _repr_html_(self) -> str:
        return html_block(self.language, tables=[DisplayTable.of(self.table())], notes=self.notes)

    def table(self) -> list[list[str]]:
        """The segments and all customers as texts, the headings first."""
        words, language = text(self.language, "uplift"), self.language
        rows = [self._cells(row) for row in (*self.segments, self.overall)]
        heads = words["columns_of_rates" if self.is_rate else "columns_of_amounts"]
        confidence = percent(1 - self.alpha, language)
        heads = [head.format(confidence=confidence) for head in heads]
        return [heads, *rows]

    def _cells(self, row: SegmentUplift) -> list[str]:
        words, language = text(self.language, "uplift"), self.language
        name = words["all"] if row.segment is None else filled("{name}", {"name": row.segment})
        sizes = [bound_words(1) if n is None else number(n, language) for n in (row.n_treated, row.n_held_out)]
        levels = [self._level(row.treated), self._level(row.held_out)]
        answer = words["verdicts"][row.verdict].format(
            shows=lift_text(row.shows, language), asked=lift_text(self.lift, language)
        )
        if row.verdict == "not_enough_data" and not math.isfinite(row.shows):
            answer = words["too_few"]
        interval = DASH
        if not math.isnan(row.lift_low):
            interval = words["interval"].format(
                low=lift_text(row.lift_low, language), high=lift_text(row.lift_high, language)
            )
        return [name, *sizes, *levels, lift_text(row.lift, language), interval, p_text(row.p_holm, language), answer]

    def _level(self, value: float) -> str:
        return percent(value, self.language, decimals=1) if self.is_rate else number(value, self.language)


def lift_text(lift: float, language: str) -> str:
    """A relative change with its sign, such as +31%; a dash where there is none."""
    if math.isnan(lift):
        return DASH
    if math.isinf(lift):
        return "+∞" if lift > 0 else "-∞"
    return ("+" if lift > 0 else "") + percent(lift, language)
