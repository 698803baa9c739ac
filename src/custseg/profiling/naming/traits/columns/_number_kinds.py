"""What the numbers of a column are, which decides the words for them: amounts, counts, few values, scores, years."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from custseg._column_kinds import (
    is_amount_or_count,
    is_counted_name,
    is_cycle_name,
    is_kind_name,
    is_label_column,
    is_money_name,
    is_scale_name,
)
from custseg._numerics import Floats
from custseg.feature_table import GIVEN_FAMILIES
from custseg.profiling.measures._column_statistics import NEARLY_ALL, SCALES, ColumnStatistics, is_on_scale
from custseg.profiling.naming.traits.columns._column_topics import topic_of
from custseg.profiling.naming.traits.columns._last_times import last_time_of
from custseg.texts import LANGUAGES, YEAR

AMOUNT, COUNT, FEW, LABELS, SCORE = "amount", "count", "few", "labels", "score"
RATING, SCALE, CYCLE, YEARS = "rating", "scale", "cycle", "years"
BY_VALUES = frozenset({FEW, LABELS, RATING, SCALE, CYCLE, YEARS})
"""Kinds that are said by their values, such as "rating: 4 or 5", rather than as low and high."""
# So many different whole numbers are said one by one: "children: 1 or more".
_FEW_VALUES = 12
# Of these units a feature that is 0 where there is nothing is a number of things, such as days with an order.
_THINGS = ("days", "orders", "mails", "sessions")
_SCORES = (5, 10)
# So many columns on one scale are the answers to a questionnaire.
_QUESTIONS = 3
# "arrival_month", but not "visits_per_month".
_OF_A_CYCLE = re.compile(r"(?:.*[\W_])?(?<!per[\W_])(?:month|hour|weekday)", re.IGNORECASE)
_HOURS = 24
# "car_age_years" is a time, not a number of things.
_OF_TIME = re.compile(r".+[\W_](?:years?|yrs|months?)", re.IGNORECASE)


@dataclass(eq=False)
class NumberKinds:
    """The kind of each numeric column, computed on demand."""

    statistics: ColumnStatistics
    _kinds: dict[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The kind of a column.

        ``score`` (recency, frequency or money as whole numbers from 1 to 5 or 10, the best highest), ``rating`` (one
        of several questions with the same scale), ``scale`` (any other column on such a scale), ``years``, ``cycle``
        (hours, weekdays and months), ``labels``, ``few`` (up to 12 different whole numbers), ``count`` (whole numbers
        of things) or ``amount``.
        """
        if name not in self._kinds:
            self._kinds[name] = self._of(name)
        return self._kinds[name]

    def _of(self, name: str) -> str:
        feature = self.statistics.table.described[name]
        grid = self.statistics.ranked[name].grid
        if not _is_whole(grid):
            return AMOUNT
        if feature.family not in GIVEN_FAMILIES:
            return COUNT if feature.absent == 0 and feature.unit in _THINGS else AMOUNT
        if feature.unit:
            return YEARS if feature.unit == YEAR else AMOUNT
        if self._is_score(name, grid):
            return SCORE
        table = self.statistics.table
        if last_time_of(name, tuple((code, table.phrase(name, code)) for code in LANGUAGES)) is not None:
            return AMOUNT
        is_answer = is_on_scale(grid) and not is_kind_name(name)
        if is_answer and self._n_alike(name, grid) >= _QUESTIONS:
            return RATING
        if _is_scale(name, grid) or (is_answer and any(map(is_scale_name, (name, *self._phrases(name))))):
            return SCALE
        if is_cycle_name(name) or (_OF_A_CYCLE.fullmatch(name) and grid[0] >= 0 and grid[-1] <= _HOURS):
            return CYCLE
        is_label = is_kind_name(name) or is_label_column(name, self.statistics.clustered_values(name)[0])
        if self.statistics.codes(name) or is_label:
            return LABELS if len(grid) <= _FEW_VALUES else AMOUNT
        if len(grid) <= _FEW_VALUES and (0 <= grid[0] <= 1 or self._are_steps(name)):
            return FEW
        return (
            COUNT
            if grid[0] >= 0 and is_counted_name(name) and not (_OF_TIME.fullmatch(name) or _is_money(name))
            else AMOUNT
        )

    def _are_steps(self, name: str) -> bool:
        """Whether nearly all members of each segment have one value, and these differ: packs of 3, 6 and 12."""
        values, labels = self.statistics.clustered_values(name)
        usual = set()
        for segment in range(self.statistics.n_segments):
            distinct, counts = np.unique(values[labels == segment], return_counts=True)
            if not len(distinct) or counts.max() < NEARLY_ALL * counts.sum():
                return False
            usual.add(float(distinct[counts.argmax()]))
        return len(usual) > 1

    def _is_score(self, name: str, grid: Floats) -> bool:
        """Whether a column is a score of recency or money, or one of frequency beside such a score."""
        topic = topic_of(name)
        if topic is None or not _is_scored(grid):
            return False
        return topic.key in ("recency", "money") or (
            topic.key == "frequency" and any(_is_scored_main(column, self._grid(column)) for column in self._columns)
        )

    def _n_alike(self, name: str, grid: Floats) -> int:
        """How many columns are on a scale that ends like this one, whatever this one is called."""
        alike = (
            column
            for column in self._columns
            if column != name and is_on_scale(self._grid(column)) and not is_kind_name(column)
        )
        ends = [self._grid(column)[[0, -1]] for column in alike if not is_amount_or_count(column)]
        # Nobody may have given the lowest answer to one of the questions.
        is_any_lowest = grid[0] == 1 or any(first == 1 for first, last in ends if last == grid[-1])
        return is_any_lowest + sum(bool(last == grid[-1] and first >= 1) for first, last in ends)

    def _phrases(self, name: str) -> list[str]:
        return [self.statistics.table.phrase(name, code) for code in LANGUAGES]

    @property
    def _columns(self) -> Collection[str]:
        return self.statistics.ranked

    def _grid(self, name: str) -> Floats:
        return self.statistics.ranked[name].grid


def _is_whole(grid: Floats) -> bool:
    return len(grid) > 0 and bool((grid == np.floor(grid)).all())


def _is_scored(grid: Floats) -> bool:
    return _is_whole(grid) and len(grid) >= 3 and grid[0] >= 1 and grid[-1] <= max(_SCORES)


def _is_scored_main(name: str, grid: Floats) -> bool:
    topic = topic_of(name)
    return topic is not None and topic.key in ("recency", "money") and _is_scored(grid)


def _spans_scale(grid: Floats) -> bool:
    return _is_whole(grid) and len(grid) >= 4 and grid[0] == 1 and grid[-1] in SCALES


def _is_scale(name: str, grid: Floats) -> bool:
    return _spans_scale(grid) and not is_amount_or_count(name) and not is_kind_name(name)


def _is_money(name: str) -> bool:
    topic = topic_of(name)
    return is_money_name(name) or (topic is not None and topic.key in ("money", "income", "product"))
