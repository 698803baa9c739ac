"""Fill, transform, standardize, clip and compress heavy tails: learned once, repeated exactly for new customers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from custseg._checks import check_finite, check_min_size
from custseg._numerics import Bools, Floats
from custseg._privacy import with_count
from custseg.errors import DataError
from custseg.preparation._class_scores import CategoryPlan, ClassScores
from custseg.preparation._column_plan import CLIP, ColumnPlan, column_plan
from custseg.preparation._tails import HeavyTails
from custseg.texts import percent, plural_form, printable, text, value_text

DECIMALS = 9
"""Standardized values are rounded to so many decimals."""

_SAME_SHARE = 0.99
_MISSING_SHARE = 0.5


@dataclass(frozen=True)
class LeftOut:
    """Why a column cannot be used.

    Attributes
    ----------
    kind : {"missing", "mostly_missing", "constant", "nearly_constant", "all_rare"}
        The reason.
    share : float
        The share of missing or of equal values.
    """

    kind: str
    share: float = 1.0

    def text(self, language: str = "en") -> str:
        """The reason as part of a sentence."""
        decimals = 1 if self.kind == "nearly_constant" else 0
        template = text(language, "preparation", "reasons", self.kind)
        return str(template).format(share=percent(self.share, language, decimals=decimals))


@dataclass(frozen=True)
class Preparation:
    """How columns in human units become the matrix, as learned by `fit_preparation`.

    Attributes
    ----------
    columns : tuple of ColumnPlan
        The columns of the matrix, in order.
    dropped : mapping of str to LeftOut
        Columns that were left out, with the reason.
    tails : HeavyTails
        The heavy tails that are compressed in the matrix; none unless a minimum size was given.
    categories : tuple of CategoryPlan
        Columns of categories. Where there are any, the matrix has the scores of latent classes.
    scores : ClassScores or None
        How the numbers and categories become scores.
    """

    columns: tuple[ColumnPlan, ...]
    dropped: Mapping[str, LeftOut]
    tails: HeavyTails = field(default_factory=HeavyTails)
    categories: tuple[CategoryPlan, ...] = ()
    scores: ClassScores | None = None

    @property
    def names(self) -> list[str]:
        """The columns that customers are clustered on, numbers before categories."""
        return [plan.name for plan in self.plans]

    @property
    def plans(self) -> tuple[ColumnPlan | CategoryPlan, ...]:
        """How each of these columns is read."""
        return (*self.columns, *self.categories)

    @property
    def number_names(self) -> list[str]:
        """Those of the columns that hold numbers."""
        return [column.name for column in self.columns]

    @property
    def n_columns(self) -> int:
        """The number of columns of the matrix."""
        return len(self.columns) if self.scores is None else self.scores.n_scores

    def matrix(self, values: Mapping[str, Floats], caller: str = "matrix") -> Floats:
        """The values of customers, column by column in human units, as (n_customers, n_columns).

        Missing values are NaN, categories the positions of their levels. Raises DataError for infinite numbers. The row
        of a customer does not depend on the other customers.
        """
        if self.scores is not None:
            # The scores of customers with the same values are the same, in any order of summation.
            return np.ascontiguousarray(np.asarray(sum(self.parts(values, caller))).round(DECIMALS))
        rows = self.tails.transform(self._clipped(values, caller))
        weights = np.array([column.weight for column in self.columns])
        return rows if (weights == 1).all() else rows * weights

    def parts(self, values: Mapping[str, Floats], caller: str = "parts") -> list[Floats]:
        """What each of the columns adds to the rows of the matrix, of shape (n_customers, n_columns) each."""
        if self.scores is None:
            rows = self.matrix(values, caller)
            return [np.where(np.arange(rows.shape[1]) == column, rows, 0.0) for column in range(rows.shape[1])]
        return self.scores.parts(*self._cells(values, caller), weights=[plan.weight for plan in self.plans])

    def is_beyond_tails(self, values: Mapping[str, Floats], caller: str = "is_beyond_tails") -> Bools:
        """Which customers are farther out on a heavy tail than the mean of the ten outermost training customers."""
        return self.tails.is_beyond(self._clipped(values, caller))

    def with_weights(self, weights: Mapping[str, float]) -> Preparation:
        """The same with weights of columns; they do not change what is clipped or compressed."""
        return replace(
            self,
            columns=tuple(replace(c, weight=float(weights.get(c.name, 1.0))) for c in self.columns),
            categories=tuple(replace(c, weight=float(weights.get(c.name, 1.0))) for c in self.categories),
        )

    def with_scores(self, categories: Sequence[CategoryPlan], values: Mapping[str, Floats], caller: str) -> Preparation:
        """The same with categories beside the numbers, and the scores of the latent classes of these values."""
        mixed = replace(self, categories=tuple(categories))
        scores = ClassScores.fit(*mixed._cells(values, caller), [plan.n_levels for plan in categories])
        return replace(mixed, scores=scores)

    def notes(
        self, language: str = "en", phrases: Mapping[str, str] | None = None, units: Mapping[str, str] | None = None
    ) -> list[str]:
        """Sentences for the user: columns left out, values filled, clipped and compressed.

        `phrases` has what columns are called inside a sentence, by default their names; `units` their units.
        """
        words = text(language, "preparation")

        def called(column: str) -> str:
            return printable((phrases or {}).get(column, column))

        notes = [
            str(words["left_out"]).format(column=called(name), reason=reason.text(language))
            for name, reason in self.dropped.items()
        ]
        for column in self.columns:
            fields = {"column": called(column.name), "bound": f"{CLIP:g}"}
            if column.missing and self.scores is None:
                fields["value"] = value_text(column.fill, (units or {}).get(column.name, ""), language)
                notes.append(with_count(column.missing, words["filled"], language, **fields))
            if column.clipped:
                notes.append(with_count(column.clipped, words["clipped"], language, **fields))
        if self.tails.columns:
            names = ", ".join(called(self.names[index]) for index in self.tails.columns)
            notes.append(str(words["compressed"]).format(columns=names))
        return notes if self.scores is None else [*notes, *self._notes_on_scores(self.scores, language, called)]

    def _notes_on_scores(self, scores: ClassScores, language: str, called: Callable[[str], str]) -> list[str]:
        """Sentences about the latent classes, missing values, rare categories and weights."""
        words = text(language, "preparation")
        notes = [str(words["scored"]).format(classes=scores.n_scores + 1)]
        notes += [
            with_count(plan.missing, words["unknown"], language, column=called(plan.name))
            for plan in self.plans
            if plan.missing
        ]
        notes += [
            plural_form(len(plan.levels), words["rare"], language).format(
                count=len(plan.levels), column=called(plan.name)
            )
            for plan in self.categories
            if plan.has_other
        ]
        return notes

    def _clipped(self, values: Mapping[str, Floats], caller: str) -> Floats:
        """The standardized columns, clipped, before heavy tails are compressed."""
        check_finite(caller, {column.name: values[column.name] for column in self.columns})
        if not self.columns:
            return np.empty((len(values[self.names[0]]), 0))
        columns = [column.standardized(values[column.name]) for column in self.columns]
        # Money in cents or euros differs in the last bits: without them the same customers are the same rows.
        return np.ascontiguousarray(np.clip(np.column_stack(columns), -CLIP, CLIP).round(DECIMALS))

    def _cells(self, values: Mapping[str, Floats], caller: str) -> tuple[Floats, Floats]:
        """The standardized numbers, NaN where a value is missing, and the codes of the categories."""
        numbers = self.tails.transform(self._clipped(values, caller))
        for position, column in enumerate(self.columns):
            numbers[np.isnan(values[column.name]), position] = np.nan
        codes = [values[category.name] for category in self.categories]
        return numbers, np.column_stack(codes) if codes else np.empty((len(numbers), 0))


def fit_preparation(
    values: Mapping[str, Floats],
    caller: str = "fit_preparation",
    *,
    min_size: int | float | None = None,
    categories: Sequence[CategoryPlan] = (),
) -> Preparation:
    """Learn how to prepare the columns.

    A column with skewness beyond ±1 is transformed by the weakest ``log1p`` that makes it symmetric, if a logarithm
    lessens the skewness; between ±1 and ±1.1 a weaker one is used. Negative values keep their sign. Each column is
    then standardized and clipped to ±4 standard deviations, and heavy tails are compressed (see `HeavyTails`). A column
    is left out if more than half of its values are missing, or more than 99 % of the others are equal.

    Where there are categories, numbers and categories together become the scores of latent classes: what each value
    says about the class of the customer, added up; see `ClassScores`. A missing value adds nothing.

    Parameters
    ----------
    values : mapping of str to ndarray of shape (n_customers,)
        Columns in human units, of categories the positions of their levels; NaN where a value is missing.
    caller : str, default "fit_preparation"
        Name of the calling function, used in error messages.
    min_size : int or float, optional
        The minimum size of a segment: customers (int), or a share of them (float below 1). Without it no tail is
        compressed.
    categories : sequence of CategoryPlan
        The columns that hold categories, with their levels.

    Returns
    -------
    Preparation

    Raises
    ------
    DataError
        If values are infinite, or no column is left.

    Notes
    -----
    A missing value is filled with the median of the column, counted, and does not enter mean and spread.
    Nothing depends on the order of the customers or the unit of a column.

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.preparation import fit_preparation
    >>> plan = fit_preparation({"order_count": np.array([1.0, 1.0, 2.0, 40.0]), "vip": np.zeros(4)})
    >>> plan.columns[0].transform, plan.columns[0].scale
    ('log1p', 1.0)
    >>> plan.notes()
    ['Not used: vip, since all of its values are equal.']
    """
    check_finite(caller, values)
    levels = {category.name: category for category in categories}
    dropped = {
        name: reason
        for name, column in values.items()
        if (reason := _useless(column) if name not in levels else _useless_category(column, levels[name]))
    }
    usable = {name: column for name, column in values.items() if name not in dropped}
    if not usable:
        reasons = "; ".join(f"{name}: {reason.text()}" for name, reason in dropped.items())
        raise DataError(f"{caller}: no column is left to cluster on ({reasons}). Give other columns.")
    if len(usable) == 1 and set(usable) <= set(levels):
        raise DataError(
            f"{caller}: {next(iter(usable))!r} alone is no column to cluster on: its categories are groups already. "
            "Name further columns, or state the groups as rules."
        )
    # Customers with values in dropped columns alone are not clustered, so nothing is filled in for them.
    has_value = np.logical_or.reduce([~np.isnan(column) for column in usable.values()])
    usable = {name: column[has_value] for name, column in usable.items()}
    numbers = {name: column for name, column in usable.items() if name not in levels}
    preparation = Preparation(tuple(column_plan(name, column) for name, column in numbers.items()), dropped)
    if min_size is not None and numbers:
        n_members = check_min_size(caller, min_size, int(has_value.sum()))
        preparation = replace(
            preparation, tails=HeavyTails.fit(preparation.matrix(numbers, caller), min_size=n_members)
        )
    plans = [replace(levels[name], missing=int(np.isnan(usable[name]).sum())) for name in usable if name in levels]
    return preparation if not plans else preparation.with_scores(plans, usable, caller)


def _useless(column: Floats) -> LeftOut | None:
    """Why the column cannot be used; None if it can."""
    present = column[~np.isnan(column)]
    if len(present) == 0:
        return LeftOut("missing")
    if len(present) < (1 - _MISSING_SHARE) * len(column):
        return LeftOut("mostly_missing", 1 - len(present) / len(column))
    _, counts = np.unique(present, return_counts=True)
    share = float(counts.max() / len(present))
    if share > _SAME_SHARE:
        return LeftOut("constant" if share == 1 else "nearly_constant", share)
    return None


def _useless_category(codes: Floats, plan: CategoryPlan) -> LeftOut | None:
    """Why the column of categories cannot be used; None if it can."""
    if not plan.levels and plan.has_other:
        return LeftOut("all_rare")
    return _useless(codes)
