"""The best single rule for one segment: a beam search over the bins of all columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from custseg._arrays import Bools, Floats
from custseg.rules._bins import FEWEST, Codes, Column
from custseg.rules._conditions import Term

_BEAM = 6
_PER_COLUMN = 2
_PER_WORD = 0.005
_ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Sample:
    """The customers that rules are learned from.

    Attributes
    ----------
    columns : sequence of Column
        What rules choose among.
    codes : list of ndarray of shape (n_customers,)
        The bin of each customer, by column.
    labels : ndarray of int, shape (n_customers,)
        Segment of each customer, from 0 up.
    weights : ndarray of shape (n_segments,)
        For how many customers each one of a segment stands.
    """

    columns: Sequence[Column]
    codes: list[Codes]
    labels: NDArray[np.intp]
    weights: Floats

    @property
    def fewest(self) -> int:
        """On how many customers a rule must rest."""
        return min(FEWEST, len(self.labels))

    @cached_property
    def sizes(self) -> Floats:
        """For how many customers each segment stands."""
        return np.bincount(self.labels, minlength=len(self.weights)) * self.weights

    def histogram(self, column: int, rows: NDArray[np.intp]) -> Floats:
        """Customers by bin and segment, unweighted."""
        k, bins = len(self.weights), self.columns[column].n_bins
        pairs = self.codes[column][rows].astype(np.intp) * k + self.labels[rows]
        return np.bincount(pairs, minlength=bins * k).reshape(bins, k).astype(float)

    def meant(self, sets: Mapping[int, int]) -> dict[int, Bools]:
        """The bins that numbered sets of columns mean."""
        return {column: self.columns[column].sets[place] for column, place in sets.items()}

    def holds(self, choice: Mapping[int, Bools]) -> Bools:
        """Which customers are in the meant bins of every column."""
        held = np.ones(len(self.labels), dtype=bool)
        for column, meant in choice.items():
            held &= meant[self.codes[column]]
        return held

    def terms(self, choice: Mapping[int, Bools]) -> tuple[Term, ...]:
        """The meant bins as terms, in the order of the columns."""
        found = (self.columns[column].term(choice[column]) for column in sorted(choice))
        return tuple(term for term in found if term is not None)


@dataclass(frozen=True)
class _State:
    """A rule on the way: a set of bins by column, and F1 less what there is to say."""

    sets: Mapping[int, int] = field(default_factory=dict)
    score: float = -np.inf


def best_terms(sample: Sample, segment: int, *, max_terms: int) -> tuple[Term, ...]:
    """The terms of the rule with the largest F1, of precision and recall, less 0.005 for each bound said.

    Terms are added one by one to the six best rules so far; then each is chosen anew, given the others. Where there
    are several segments, a rule without terms tells none of them apart and is no candidate.
    """
    best = _State(score=-np.inf if len(sample.weights) > 1 else 1.0)
    beam = [best]
    for _ in range(max_terms):
        found = {frozenset(child.sets.items()): child for state in beam for child in _children(sample, segment, state)}
        beam = sorted(found.values(), key=lambda state: -state.score)[:_BEAM]
        if not beam or beam[0].score <= best.score:
            break
        best = beam[0]
    best = _chosen_anew(sample, segment, best)
    return sample.terms(sample.meant(best.sets))


def _children(sample: Sample, segment: int, state: _State) -> list[_State]:
    """The rule with one term more: the two best sets of each further column."""
    rows = np.flatnonzero(sample.holds(sample.meant(state.sets)))
    children: list[_State] = []
    for column in range(len(sample.columns)):
        if column in state.sets:
            continue
        scores = _scores(sample, segment, column, rows=rows) - _said(sample, state.sets)
        # The first set is everything: no term.
        scores[0] = -np.inf
        for _ in range(_PER_COLUMN):
            place = int(scores.argmax())
            if np.isfinite(scores[place]):
                children.append(_State({**state.sets, column: place}, float(scores[place])))
                scores[place] = -np.inf
    return children


def _chosen_anew(sample: Sample, segment: int, best: _State) -> _State:
    """The rule with each term in turn replaced by the best one of its column, or left out."""
    for _ in range(_ROUNDS):
        before = best.score
        for column in list(best.sets):
            others = {name: place for name, place in best.sets.items() if name != column}
            rows = np.flatnonzero(sample.holds(sample.meant(others)))
            scores = _scores(sample, segment, column, rows=rows) - _said(sample, others)
            if not others:
                scores[0] = -np.inf
            place = int(scores.argmax())
            if scores[place] > best.score:
                best = _State({**others, column: place} if place > 0 else others, float(scores[place]))
        if best.score == before:
            break
    return best


def _scores(sample: Sample, segment: int, column: int, *, rows: NDArray[np.intp]) -> Floats:
    """F1 of those of the rows that are in each set of the column, less what the set costs to say.

    -inf where too few customers are in it, or all of them.
    """
    counts, choices = sample.histogram(column, rows), sample.columns[column]
    wanted = (counts[:, segment] * sample.weights[segment], counts @ sample.weights, counts.sum(axis=1))
    hits, covered, customers = (choices.sums @ np.column_stack(wanted)).T
    scores: Floats = 2 * hits / (covered + sample.sizes[segment]) - _PER_WORD * choices.costs
    scores[customers < sample.fewest] = -np.inf
    # A set that leaves nobody out is no term, save the first, which says so.
    scores[1:][customers[1:] == len(rows)] = -np.inf
    return scores


def _said(sample: Sample, sets: Mapping[int, int]) -> float:
    return _PER_WORD * sum(float(sample.columns[column].costs[place]) for column, place in sets.items())
