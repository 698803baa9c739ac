"""The best single rule for one segment: a beam search over the bins of all columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from custseg._numerics import Bools, Floats, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.rules._bins import Codes, Column
from custseg.rules._conditions import Condition

_BEAM_WIDTH = 6
_SETS_PER_COLUMN = 2
_COMPLEXITY_PENALTY = 0.005
_MAX_ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Sample:
    """The customers that rules are learned from.

    Attributes
    ----------
    columns : sequence of Column
        The columns that rules may use.
    codes : list of ndarray of shape (n_customers,)
        The bin of each customer, by column.
    labels : ndarray of int, shape (n_customers,)
        Segment of each customer, from 0 up.
    weights : ndarray of shape (n_segments,)
        How many customers each sampled customer of a segment represents.
    """

    columns: Sequence[Column]
    codes: list[Codes]
    labels: Integers
    weights: Floats

    @property
    def min_customers(self) -> int:
        """The minimum number of customers for which a rule holds."""
        return min(SMALLEST_GROUP, len(self.labels))

    @cached_property
    def sizes(self) -> Floats:
        """The weighted number of customers of each segment."""
        return np.bincount(self.labels, minlength=len(self.weights)) * self.weights

    def histogram(self, column: int, rows: Integers) -> Floats:
        """Customers by bin and segment, unweighted."""
        k, bins = len(self.weights), self.columns[column].n_bins
        pairs = self.codes[column][rows].astype(np.intp) * k + self.labels[rows]
        return np.bincount(pairs, minlength=bins * k).reshape(bins, k).astype(float)

    def bins(self, sets: Mapping[int, int]) -> dict[int, Bools]:
        """The selected bins by column, from the indexes of sets."""
        return {column: self.columns[column].sets[index] for column, index in sets.items()}

    def holds(self, selection: Mapping[int, Bools]) -> Bools:
        """Which customers are in the selected bins of every column."""
        mask = np.ones(len(self.labels), dtype=bool)
        for column, bins in selection.items():
            mask &= bins[self.codes[column]]
        return mask

    def conditions(self, selection: Mapping[int, Bools]) -> tuple[Condition, ...]:
        """The selected bins as conditions, in the order of the columns."""
        conditions = (self.columns[column].condition(selection[column]) for column in sorted(selection))
        return tuple(condition for condition in conditions if condition is not None)


@dataclass(frozen=True)
class _State:
    """A candidate rule: the index of a set of bins by column, and its penalized F1 score."""

    sets: Mapping[int, int] = field(default_factory=dict)
    score: float = -np.inf


def best_conditions(sample: Sample, segment: int, *, max_conditions: int) -> tuple[Condition, ...]:
    """The conditions of the rule with the largest F1 score less 0.005 per bound or category.

    Conditions are added one by one to the six best rules so far (beam search); then each condition is optimized again,
    given the others. A rule without conditions is a candidate only if there is a single segment.
    """
    best = _State(score=-np.inf if len(sample.weights) > 1 else 1.0)
    beam = [best]
    for _ in range(max_conditions):
        candidates = {
            frozenset(child.sets.items()): child for state in beam for child in _children(sample, segment, state)
        }
        beam = sorted(candidates.values(), key=lambda state: -state.score)[:_BEAM_WIDTH]
        if not beam or beam[0].score <= best.score:
            break
        best = beam[0]
    best = _refined(sample, segment, best)
    return sample.conditions(sample.bins(best.sets))


def _children(sample: Sample, segment: int, state: _State) -> list[_State]:
    """The rule with one more condition: the two best sets of each unused column."""
    rows = np.flatnonzero(sample.holds(sample.bins(state.sets)))
    children: list[_State] = []
    for column in range(len(sample.columns)):
        if column in state.sets:
            continue
        scores = _scores(sample, segment, column, rows=rows) - _penalty(sample, state.sets)
        # The first set has all bins, so it is no condition.
        scores[0] = -np.inf
        for _ in range(_SETS_PER_COLUMN):
            index = int(scores.argmax())
            if np.isfinite(scores[index]):
                children.append(_State({**state.sets, column: index}, float(scores[index])))
                scores[index] = -np.inf
    return children


def _refined(sample: Sample, segment: int, best: _State) -> _State:
    """The rule with each condition in turn replaced by the best one of its column, or removed."""
    for _ in range(_MAX_ROUNDS):
        before = best.score
        for column in list(best.sets):
            fixed = {name: index for name, index in best.sets.items() if name != column}
            rows = np.flatnonzero(sample.holds(sample.bins(fixed)))
            scores = _scores(sample, segment, column, rows=rows) - _penalty(sample, fixed)
            if not fixed:
                scores[0] = -np.inf
            index = int(scores.argmax())
            if scores[index] > best.score:
                best = _State({**fixed, column: index} if index > 0 else fixed, float(scores[index]))
        if best.score == before:
            break
    return best


def _scores(sample: Sample, segment: int, column: int, *, rows: Integers) -> Floats:
    """F1 score of the rows in each set of the column, less the penalty of the set.

    -inf for sets of too few customers, and for those of all rows.
    """
    counts, binned = sample.histogram(column, rows), sample.columns[column]
    measured = (counts[:, segment] * sample.weights[segment], counts @ sample.weights, counts.sum(axis=1))
    hits, covered, customers = (binned.sums @ np.column_stack(measured)).T
    scores: Floats = 2 * hits / (covered + sample.sizes[segment]) - _COMPLEXITY_PENALTY * binned.costs
    scores[customers < sample.min_customers] = -np.inf
    # A set that excludes no customer is no condition; the first set, with all bins, represents that.
    scores[1:][customers[1:] == len(rows)] = -np.inf
    return scores


def _penalty(sample: Sample, sets: Mapping[int, int]) -> float:
    return _COMPLEXITY_PENALTY * sum(float(sample.columns[column].costs[index]) for column, index in sets.items())
