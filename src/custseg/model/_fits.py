"""What a model stores of how it was fitted, and of the fits before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from custseg.goals import Goal
from custseg.rule_segments import RuleSegments


@dataclass(frozen=True)
class FitOptions:
    """Arguments of `fit_segments` that a refit repeats.

    Attributes
    ----------
    columns : tuple of str or None
        The features to cluster on, as requested.
    n_segments : tuple of int or None
        The numbers of segments to choose from, as requested.
    min_size : int or float
        Minimum segment size.
    prefer : tuple of int
        Numbers of segments that can be served.
    random_state : int
        The seed.
    goal : Goal or None
        What the segments are for.
    rules : RuleSegments or None
        Rules that come before the clusters.
    lifecycle : bool
        Whether stages of the lifecycle come before the clusters.
    weights : mapping of str to float
        Weights of columns, as requested.
    """

    columns: tuple[str, ...] | None
    n_segments: tuple[int, ...] | None
    min_size: int | float
    prefer: tuple[int, ...]
    random_state: int
    goal: Goal | None = None
    rules: RuleSegments | None = None
    lifecycle: bool = False
    weights: Mapping[str, float] = field(default_factory=dict)

    def arguments(self) -> dict[str, Any]:
        """As arguments of `fit_segments`."""
        numbers = None
        if self.n_segments is not None:
            step = self.n_segments[1] - self.n_segments[0] if len(self.n_segments) > 1 else 1
            numbers = range(self.n_segments[0], self.n_segments[-1] + 1, step)
        return {
            "columns": self.columns,
            "n_segments": numbers,
            "min_size": self.min_size,
            "prefer": self.prefer,
            "random_state": self.random_state,
            "goal": self.goal,
            "rules": self.rules,
            "lifecycle": self.lifecycle,
            "weights": dict(self.weights) or None,
        }


@dataclass(frozen=True)
class Relation:
    """What became of a segment in a refit, or where one came from.

    Attributes
    ----------
    kind : {"same", "split", "merged", "new", "gone"}
        "same": at least half of the customers of each are in the other. "merged": at least half of the old segment is
        in the new one. "split": at least half of the new segment comes from the old one. "new" and "gone": neither.
    before, after : int or None
        Numbers of the old and of the new segment; None before for a new one, None after for one that is gone.
    share_before, share_after : float or None
        Share of the old segment's customers that are in the new one, and of the new segment's that come from the old
        one; None for 1 to 9 customers, 1 for all but 1 to 9.
    """

    kind: str
    before: int | None
    after: int | None
    share_before: float | None = None
    share_after: float | None = None


@dataclass(frozen=True)
class RefitRecord:
    """One refit of a model.

    Attributes
    ----------
    as_of : datetime or None
        Its snapshot; for a ready table the moment that was given with it, or None.
    relations : tuple of Relation
        What became of the segments.
    renamed : tuple of int
        Numbers of the segments whose name was changed because its evidence was gone.
    """

    as_of: datetime | None
    relations: tuple[Relation, ...]
    renamed: tuple[int, ...] = ()
