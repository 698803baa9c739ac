"""The clusterings that the segments of a result come from: one, or one for each stage of the lifecycle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from custseg.clustering import ClusteringChoice, Reassignment
from custseg.model import SegmentModel
from custseg.texts import printable, text


@dataclass(frozen=True, eq=False)
class Clustering:
    """A choice of clusters, and the segments that they are.

    Attributes
    ----------
    stage : str
        The stage of the lifecycle whose customers were clustered; "" for the customers of no rule and stage.
    choice : ClusteringChoice
        The clusterings that were tried, and the one that was selected.
    numbers : tuple of int
        The number of the segment that each cluster is.
    names : tuple of str
        Their names.
    """

    stage: str
    choice: ClusteringChoice
    numbers: tuple[int, ...]
    names: tuple[str, ...]

    def said(self, sentence: str) -> str:
        """A sentence about the clusters, which says the stage if there is one."""
        if not self.stage:
            return sentence
        form = text(self.choice.language, "lifecycle", "several")
        return str(form).format(name=printable(self.stage), reason=sentence)


def clusterings_of(
    choice: ClusteringChoice, model: SegmentModel, stages: Sequence[ClusteringChoice]
) -> tuple[Clustering, ...]:
    """The clusterings inside stages in the order of the stages, then that of the customers of no rule and stage.

    The latter is left out where no customer is left, of whom `choice` then has nothing to say.
    """
    clusterings, first = [], 0
    for position, branch in enumerate(model.branches.items):
        members = slice(first, first + branch.n_segments)
        if stages:
            stage = branch.names[choice.language]
            clusterings.append(Clustering(stage, stages[position], model.numbers[members], model.names[members]))
        first = members.stop
    if first < len(model.numbers) or not model.branches.items:
        clusterings.append(Clustering("", choice, model.numbers[first:], model.names[first:]))
    return tuple(clusterings)


def numbered(moves: Iterable[Reassignment], numbers: Sequence[int]) -> tuple[Reassignment, ...]:
    """Reassignments between clusters as those between segments; -1 stays noise."""
    by_cluster = (*numbers, -1)
    return tuple(replace(move, origin=by_cluster[move.origin], target=by_cluster[move.target]) for move in moves)


def notes_on_clusters(clusterings: Iterable[Clustering]) -> list[str]:
    """Remarks on the choices, then what the methods have to say about their fits."""
    rows = list(clusterings)
    remarks = [row.said(remark) for row in rows for remark in row.choice.remarks]
    of_fits = [row.said(note.text(row.names, row.choice.language)) for row in rows for note in row.choice.best.notes]
    return [*remarks, *of_fits]
