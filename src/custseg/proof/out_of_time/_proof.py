"""`Proof`: what segments told about what happened afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from custseg._display import Columnar, DisplayTable, html_block
from custseg._privacy import SMALLEST_GROUP, bound_words
from custseg.result import Segmentation
from custseg.texts import DASH, listed, number, percent, plural_form, table, text

CLEAR = 0.01
"""P-value up to which segments tell more than chance: of segments that tell nothing one in a hundred passes."""
NULL_PERCENTILE = 99
_MOST_UNSEEN = 0.1
"""Share of the period that may be without rows at its end: days on which nobody buys are usual."""


@dataclass(frozen=True)
class Comparison:
    """How much one way of grouping the customers, or of predicting, explained of what happened.

    Attributes
    ----------
    kind : {"segments", "flat", "grid", "codes", "plain_kmeans", "boosting"}
        The segments; those without rules or stages; the 25 cells of recency × number of orders; the eleven segments of
        the map of 125 codes; k-means on plain z-scores with as many clusters as segments; gradient boosting on the same
        columns, cross-validated, which is about the limit.
    n_groups : int or None
        Number of groups that have customers; None for boosting.
    share : float
        Share of the variance that lies between the groups, of yes and no that of the deviance.
    adjusted : float
        The share without what as many groups explain by chance: 1 - (1 - share) (n - 1) / (n - k).
    low, high : float or None
        95 % bootstrap interval of the share; None for boosting.
    behind_low, behind_high : float or None
        95 % bootstrap interval of the share of the segments minus this one, in the same resamples.
    """

    kind: str
    n_groups: int | None
    share: float
    adjusted: float
    low: float | None = None
    high: float | None = None
    behind_low: float | None = None
    behind_high: float | None = None


@dataclass(frozen=True)
class SegmentOutcome:
    """What the customers of one segment did afterwards.

    Attributes
    ----------
    segment : int
        Number of the segment.
    name : str
        Its name at the cut.
    customers : int
        Its customers with an outcome.
    mean : float or None
        Mean of their outcome in its own unit, of yes and no the share. None for fewer than ten customers, and where 1
        to 9 of them did anything, or of yes and no all but 1 to 9.
    low, high : float or None
        95 % interval of the mean; None where it cannot be told.
    expected : {"above", "below", ""}
        What the name promises: that the customers do more or less of it than all; "" if nothing.
    verdict : {"as named", "not as named", "unclear", ""}
        Whether they did: the interval lies on the promised side of the mean of all, on the other side, or on both.
    bound : str
        Of yes and no, what may be said of a mean that is hidden, such as "<17%"; "" otherwise.
    """

    segment: int
    name: str
    customers: int
    mean: float | None
    low: float | None
    high: float | None
    expected: str
    verdict: str
    bound: str = ""


@dataclass(frozen=True, repr=False, eq=False)
class Proof(Columnar):
    """What segments made of the past told about what happened afterwards.

    Attributes
    ----------
    goal : str or None
        Name of the goal; None without one.
    outcome : str
        What was looked at, see `custseg.goals.Goal`.
    is_yes_no : bool
        Whether the outcome is yes or no.
    cut, until : datetime
        The segments were made of what was known at the cut; the outcome is that from the cut on, before `until`.
    n_customers : int
        Customers in segments whose outcome is known.
    mean : float
        Mean outcome of all of them.
    comparisons : tuple of Comparison
        The segments first.
    null_level : float
        99th percentile of what as many segments of the same sizes explain of outcomes dealt out at random.
    p_value : float
        How often these explain as much as the segments do of the real outcome.
    segments : tuple of SegmentOutcome
        What happened in each segment, the largest mean first.
    left_out : tuple of str
        Attributes that were left out, because it is not known whether they were known at the cut.
    result : Segmentation
        The segments at the cut.
    unseen_days : int
        Days at the end of the period for which the logs have no row: what happened then is not in the outcome.
    language : {"en", "ru"}
        Language of the texts.
    """

    goal: str | None
    outcome: str
    is_yes_no: bool
    cut: datetime
    until: datetime
    n_customers: int
    mean: float
    comparisons: tuple[Comparison, ...]
    null_level: float
    p_value: float
    segments: tuple[SegmentOutcome, ...]
    left_out: tuple[str, ...]
    result: Segmentation = field(repr=False)
    unseen_days: int = 0
    language: str = "en"

    @property
    def share(self) -> float:
        """The share of the outcome that lies between the segments."""
        return self.comparisons[0].share

    @property
    def is_shown(self) -> bool:
        """Whether the segments tell more than chance would: the p-value is 0.01 or less."""
        return self.p_value <= CLEAR

    def comparison(self, kind: str) -> Comparison | None:
        """The comparison of this kind; None if it could not be made."""
        return next((row for row in self.comparisons if row.kind == kind), None)

    def columns(self) -> dict[str, list[Any]]:
        """The comparisons as columns, for any frame constructor."""
        names = ("kind", "n_groups", "share", "adjusted", "low", "high", "behind_low", "behind_high")
        return {name: [getattr(row, name) for row in self.comparisons] for name in names}

    def segment_columns(self) -> dict[str, list[Any]]:
        """What happened in each segment as columns, for any frame constructor; counts of 1 to 9 are missing."""
        names = ("segment", "name", "customers", "mean", "low", "high", "expected", "verdict")
        columns: dict[str, list[Any]] = {name: [getattr(row, name) for row in self.segments] for name in names}
        columns["customers"] = [count if count >= SMALLEST_GROUP else None for count in columns["customers"]]
        return columns

    @property
    def sentence(self) -> str:
        """The result in words."""
        words = self._words
        first = self.comparisons[0]
        key = "shown" if self.is_shown else "not_shown"
        n_segments = first.n_groups or 0
        sentences = [
            plural_form(n_segments, words[key], self.language).format(
                segments=number(n_segments, self.language),
                outcome=self._outcome,
                share=self._percent(first.share),
                low=self._percent(first.low),
                high=self._percent(first.high),
                chance=self._percent(self.null_level),
                days=(self.until - self.cut).days,
            )
        ]
        grid, limit = self.comparison("grid"), self.comparison("boosting")
        if grid is not None and self.is_shown:
            sentences.append(words[self._against(grid)].format(share=self._percent(grid.share)))
        if limit is not None and self.is_shown and limit.share > first.share:
            sentences.append(words["limit"].format(share=self._percent(limit.share)))
        if wrong := [row.name for row in self.segments if row.verdict == "not as named"]:
            sentences.append(plural_form(len(wrong), words["wrong"], self.language).format(names=listed(wrong)))
        if self.unseen_days > _MOST_UNSEEN * (self.until - self.cut).days:
            sentences.append(self._unseen)
        if self.left_out:
            sentences.append(words["left_out"].format(columns=listed(self.left_out)))
        return " ".join(sentences)

    @property
    def headline(self) -> str:
        """What was looked at: the cut, the outcome, the period and the customers."""
        return str(self._words["head"]).format(
            cut=f"{self.cut:%Y-%m-%d}",
            until=f"{self.until:%Y-%m-%d}",
            customers=number(self.n_customers, self.language),
            outcome=self._outcome,
        )

    def __repr__(self) -> str:
        tables = [table(rows, left={0, 1} if index else {0}) for index, rows in enumerate(self.tables())]
        return "\n".join([self.headline, "", *tables[0], "", *tables[1], "", self.sentence])

    def _repr_html_(self) -> str:
        comparisons, segments = self.tables()
        shares = {2: [row.share for row in self.comparisons] + [self.null_level]}
        means = {3: [None if row.bound else row.mean for row in self.segments]} if self.is_yes_no else {}
        tables = [DisplayTable.of(comparisons, bars=shares), DisplayTable.of(segments, bars=means)]
        return html_block(self.language, lead=[self.headline], tables=tables, sentences=[self.sentence])

    def tables(self) -> tuple[list[list[str]], list[list[str]]]:
        """The comparisons and the segments as texts, each with its headings first."""
        words = self._words
        comparisons = [list(words["ways"].values())]
        for row in self.comparisons:
            interval = "" if row.low is None else f"{self._percent(row.low)} {DASH} {self._percent(row.high)}"
            groups = "" if row.n_groups is None else number(row.n_groups, self.language)
            comparisons.append([words["kinds"][row.kind], groups, self._percent(row.share), self._percent(row.adjusted),
                         interval])  # fmt: skip
        comparisons.append([words["kinds"]["chance"], "", self._percent(self.null_level), "", ""])
        segments = [[str(outcome.segment), *self._cells(outcome)] for outcome in self.segments]
        return comparisons, [list(words["segments"].values()), *segments]

    def _cells(self, row: SegmentOutcome) -> list[str]:
        """Name, customers, mean with its interval, and verdict."""
        words = self._words
        size = number(row.customers, self.language) if row.customers >= SMALLEST_GROUP else bound_words(row.customers)
        formatted = percent if self.is_yes_no else number
        mean, low, high = (DASH if v is None else formatted(v, self.language) for v in (row.mean, row.low, row.high))
        interval = f"{low} {DASH} {high}" if DASH not in (low, high) else ""
        verdict = words["verdicts"][row.verdict] if row.verdict else ""
        return [row.name, size, row.bound or mean, interval, verdict]

    @property
    def _unseen(self) -> str:
        """That the logs end before the period does."""
        end = f"{self.until - timedelta(days=self.unseen_days):%Y-%m-%d}"
        return plural_form(self.unseen_days, self._words["unseen"], self.language).format(
            days=number(self.unseen_days, self.language), end=end
        )

    @property
    def _outcome(self) -> str:
        return str(text(self.language, "goals", "outcomes", self.outcome))

    @property
    def _words(self) -> dict[str, Any]:
        words: dict[str, Any] = text(self.language, "proof")
        return words

    def _against(self, grid: Comparison) -> str:
        if grid.behind_low is not None and grid.behind_low > 0:
            return "above_grid"
        return "below_grid" if grid.behind_high is not None and grid.behind_high < 0 else "like_grid"

    def _percent(self, share: float | None) -> str:
        return "" if share is None else percent(max(share, 0.0), self.language, decimals=1)


def largest_first(rows: Sequence[SegmentOutcome]) -> tuple[SegmentOutcome, ...]:
    """By mean, the largest first; those without one last."""
    return tuple(sorted(rows, key=lambda row: (row.mean is None, -(row.mean or 0.0), row.segment)))
