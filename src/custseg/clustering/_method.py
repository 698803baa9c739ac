"""Records of a clustering method (`Method`), of what it fits (`FitSpec`) and of its notes on a fit (`FitNote`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from custseg._numerics import Floats
from custseg._privacy import with_count
from custseg.clustering.assignment._assessment import AssignmentRule, Reassignment
from custseg.clustering.rows._rows import DistinctRows
from custseg.texts import text


@dataclass(frozen=True)
class FitNote:
    """A sentence about a fit.

    Attributes
    ----------
    key : str
        Key of the sentence in `fit_notes` of the catalogs. In the sentence, `{count}` stands for the number of rows,
        `{0}` and `{1}` for the names of clusters.
    n_rows : int, default 0
        Number of rows.
    clusters : tuple of int, default ()
        Numbers of the clusters.
    """

    key: str
    n_rows: int = 0
    clusters: tuple[int, ...] = ()

    def text(self, names: Sequence[str], language: str = "en") -> str:
        """The sentence with the names of the clusters."""
        words = text(language, "fit_notes")
        quotes = [words["quote"].format(names[j]) for j in self.clusters]
        return with_count(self.n_rows, words[self.key], language, quotes=quotes)


def no_notes(estimator: Any) -> tuple[FitNote, ...]:
    """The notes of a method that has none."""
    return ()


def convergence_notes(estimator: Any) -> tuple[FitNote, ...]:
    """A note where `max_iter` stopped the fit."""
    return () if estimator.converged_ else (FitNote("not_converged"),)


def reassignment_notes(reassignments: Sequence[Reassignment]) -> tuple[FitNote, ...]:
    """A note for each pair of clusters between which rows were reassigned."""
    return tuple(
        FitNote("reassigned", round(move.count), (move.origin, move.target))
        if move.origin >= 0
        else FitNote("assigned", round(move.count), (move.target,))
        for move in reassignments
    )


def no_measures(estimator: Any) -> Mapping[str, Any]:
    """The measures of a method that has none of its own."""
    return {}


@dataclass(frozen=True)
class TriedSetting:
    """A setting that was fitted to a sample.

    Attributes
    ----------
    spec : FitSpec
        The setting, for all rows.
    separation : float
        How well its clusters are separated.
    smallest : int
        Size of its smallest cluster, scaled to all rows.
    """

    spec: FitSpec
    separation: float
    smallest: int


@dataclass(frozen=True)
class SettingsGrid:
    """The settings to try of a method that finds its number of clusters itself.

    Attributes
    ----------
    settings : callable
        All settings to try, of the keywords `n_rows`, `n_sample` (rows they are tried on), `min_size` and `fine`
        (whether the grid is to be finer).
    select : callable
        Of settings that find one number of clusters, the one to fit on all rows.
    """

    settings: Callable[..., Sequence[Any]]
    select: Callable[[Sequence[TriedSetting]], FitSpec]


@dataclass(frozen=True, eq=False, kw_only=True)
class Method:
    """A clustering method.

    Attributes
    ----------
    name : str
        As given in `method` and `methods`.
    label : str
        Name for people, such as "Gaussian mixture".
    estimator_class : type
        The estimator.
    rule_class : type
        The assignment rule that its fits end with; it has `kind` and `from_dict`.
    make : callable
        The estimator for a specification, not fitted.
    refit : callable
        Fits an estimator to the distinct rows of a subsample and returns the assignment rule alone, which is cheaper
        than `fit`; None where the minimum size cannot be met. Nothing is checked.
    extend : callable
        Fits an estimator to all rows, starting from the clusters of one that was fitted to a sample of them.
    notes : callable
        Notes on a fit for users, beyond its clusters and reassignments.
    measures : callable
        Fields of a `Candidate` that only this method fills, such as `bic`.
    grid : SettingsGrid or None
        For a method that finds its number of clusters itself.
    in_auto : bool
        Whether "auto" includes it.
    to_sql, to_file : callable or None
        Room for the assignment rule as a SQL expression and as a document that other programs read; not used yet.
    """

    name: str
    label: str
    estimator_class: type
    rule_class: type[AssignmentRule]
    make: Callable[[FitSpec], Any]
    refit: Callable[[Any, DistinctRows], AssignmentRule | None]
    extend: Callable[[Any, Any, Floats], Any]
    notes: Callable[[Any], tuple[FitNote, ...]] = no_notes
    measures: Callable[[Any], Mapping[str, Any]] = no_measures
    grid: SettingsGrid | None = None
    in_auto: bool = True
    to_sql: Callable[[AssignmentRule], str] | None = None
    to_file: Callable[[AssignmentRule], Mapping[str, Any]] | None = None

    @property
    def finds_number(self) -> bool:
        """Whether the method finds its number of clusters itself."""
        return self.grid is not None


@dataclass(frozen=True)
class FitSpec:
    """What to fit.

    Attributes
    ----------
    method : Method
        The method.
    min_size : int
        Rows of the smallest cluster.
    random_state : int
        Seed.
    n_clusters : int or None
        Number of clusters; None where the method finds it.
    setting : object
        One of the method's grid.
    is_refit : bool
        Whether this is a refit on a subsample, for which fewer starts are enough.
    """

    method: Method
    min_size: int
    random_state: int
    n_clusters: int | None = None
    setting: Any = None
    is_refit: bool = field(default=False, kw_only=True)

    def estimator(self) -> Any:
        """The estimator, not fitted."""
        return self.method.make(self)

    def on_share(self, share: float) -> FitSpec:
        """The same for a subsample with this share of the rows: the minimum size in proportion."""
        return replace(self, min_size=max(1, math.ceil(round(self.min_size * share, 9))), is_refit=True)
