"""`cross_check`: what crossing columns does to customers: cells, empty and small ones, and what has to be sent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_choice, check_columns, check_integer, check_min_size
from custseg._frames import collect, open_table
from custseg._numerics import Floats, Integers
from custseg._privacy import share_words
from custseg.errors import DataError
from custseg.proof._further_segments import FurtherSegment, explained_share, further_segments
from custseg.result import Segmentation
from custseg.texts import DASH, LANGUAGES, counted, filled, listed, number, percent, table, text
from custseg.trials import PastOutcome, TrialDesign

_CALLER = "cross_check"
_ROW_PER_CUSTOMER = 0.5
"""A column with more values than this share of the customers is no grouping of them."""


@dataclass(frozen=True)
class CrossedColumns:
    """The cells of the first columns, crossed.

    Attributes
    ----------
    columns : tuple of str
        The columns.
    n_cells : int
        Combinations of their values.
    n_empty : int
        Combinations that no customer has.
    n_small : int
        Cells with customers, but fewer than the minimum.
    n_customers_in_small : int
        Customers in these cells.
    n_sends : int
        What has to be made per cycle: cells × channels × messages.
    explained : float
        Share of the variance of the outcome that the cells explain, adjusted for their number; NaN without an outcome.
    shows : float
        The lift that a cell of average size can show, if all cells are compared; NaN without an outcome.
    """

    columns: tuple[str, ...]
    n_cells: int
    n_empty: int
    n_small: int
    n_customers_in_small: int
    n_sends: int
    explained: float
    shows: float


@dataclass(frozen=True, repr=False)
class CrossCheck:
    """What crossing columns does, one column after the other.

    Attributes
    ----------
    steps : tuple of CrossedColumns
        The first column, the first two, and so on.
    n_customers : int
        Rows of the table.
    min_size : int
        The minimum, in customers.
    channels, messages : int
        As given.
    segments : tuple of FurtherSegment
        What each further segment of a clustering adds; empty without a result.
    n_missing : int
        Missing values in the columns; they count as a value of their own.
    language : str
        Language of the text.
    """

    steps: tuple[CrossedColumns, ...]
    n_customers: int
    min_size: int
    channels: int
    messages: int
    segments: tuple[FurtherSegment, ...] = ()
    n_missing: int = 0
    language: str = "en"

    @property
    def room(self) -> int:
        """The largest number of segments that can all have the minimum size."""
        return self.n_customers // self.min_size

    def __repr__(self) -> str:
        words = text(self.language, "cross_check")
        lines = table([words["columns"], *map(self._cells, self.steps)], left=(0,))
        lines += ["", *self._sentences()]
        if self.segments:
            rows = [row.cells(self.language) for row in self.segments]
            lines += ["", words["further"], *table([words["columns_of_segments"], *rows])]
        return "\n".join(lines)

    def _cells(self, row: CrossedColumns) -> list[str]:
        language = self.language
        names = " × ".join(filled("{name}", {"name": name}) for name in row.columns)
        counts = (row.n_cells, row.n_empty, row.n_small)
        share = share_words(row.n_customers_in_small, self.n_customers, language) or DASH
        explained = DASH if math.isnan(row.explained) else percent(row.explained, language, decimals=1)
        shows = DASH
        if not math.isnan(row.shows):
            shows = "∞" if math.isinf(row.shows) else "+" + percent(row.shows, language)
        return [names, *(number(n, language) for n in counts), share, number(row.n_sends, language), explained, shows]

    def _sentences(self) -> list[str]:
        words, language, last = text(self.language, "cross_check"), self.language, self.steps[-1]
        fields = {
            "cells": number(last.n_cells, language),
            "customers": number(self.n_customers, language),
            "average": number(self.n_customers / last.n_cells, language),
            "share": share_words(last.n_customers_in_small, self.n_customers, language) or DASH,
            "min_size": number(self.min_size, language),
            "sends": number(last.n_sends, language),
            "room": number(self.room, language),
        }
        factors = {"cells": last.n_cells, "channels": self.channels, "messages": self.messages}
        forms = {name: counted(count, words[f"n_{name}"], language) for name, count in factors.items()}
        lines = [words["cells"].format(**fields), words["sends"].format(**(fields | forms))]
        lines.append(words["room"].format(**fields))
        if self.n_missing:
            lines.append(words["missing"])
        return lines


def cross_check(
    table: object,
    columns: Sequence[str],
    *,
    min_size: int | float,
    channels: int = 1,
    messages: int = 1,
    outcome: str | None = None,
    result: Segmentation | None = None,
    customer_column: str = "customer_id",
    language: str = "en",
) -> CrossCheck:
    """Check whether segments that are made by crossing columns are too many.

    Parameters
    ----------
    table : table or path
        One row per customer.
    columns : sequence of str
        The columns that are crossed, such as ``["age_band", "income", "behaviour"]``, in the order in which they are
        added. A missing value counts as a value of its own.
    min_size : int or float
        The minimum size of a segment, in customers or as a share below 1; `sample_size` computes it.
    channels, messages : int, default 1
        Channels, and messages per channel and cycle, that each segment gets.
    outcome : str, optional
        A numeric column of what happened afterwards; of money take the logarithm of one plus it. Then the check says
        what each column adds to the share that is explained, and which lift an average cell can show.
    result : Segmentation, optional
        A fit of the same customers: the check then says what each further segment of its method adds, to the silhouette
        over that of structureless data and, with an outcome, to the share that is explained. Segments that are rules
        are counted; of a fit with clusters inside stages of the lifecycle the check says nothing.
    customer_column : str, default "customer_id"
        Column of ids, by which `result` and the outcome are joined.
    language : {"en", "ru"}, default "en"
        Language of the text.

    Returns
    -------
    CrossCheck
        One row per column that is added; printed, it is a table and sentences.

    Raises
    ------
    DataError
        If a column is missing, the outcome is not numeric, missing for customers or the same for all, a column has a
        value for more than half of the customers each, or the table lacks customers of `result`.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    The explained share is 1 less the mean variance within cells over the variance of all customers, each with n - 1
    below it: cells that say nothing have 0 on average, whatever their number, and a negative value is no more than
    that. A cell of one customer counts with the mean variance of the others.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.proof import cross_check
    >>> customers = pl.DataFrame({"age": ["20s", "30s"] * 50, "city": ["A", "B", "C", "D"] * 25})
    >>> check = cross_check(customers, ["age", "city"], min_size=30, channels=2, messages=3)
    >>> [(row.n_cells, row.n_empty, row.n_small, row.n_sends) for row in check.steps]
    [(2, 0, 0, 12), (8, 4, 4, 48)]
    """
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    n_channels = check_integer(_CALLER, "channels", channels, minimum=1)
    n_messages = check_integer(_CALLER, "messages", messages, minimum=1)
    check_min_size(_CALLER, min_size)
    if result is not None and not isinstance(result, Segmentation):
        raise TypeError(f"{_CALLER}: result must be a Segmentation, got {type(result).__name__}.")
    local = _read(table, columns, outcome, customer_column=None if result is None else customer_column)
    codes = [_codes(local.get_column(name), name) for name in columns]
    values = None if outcome is None else _outcome_values(local, outcome)
    limit = check_min_size(_CALLER, min_size, len(local))
    steps = [
        _step(columns[:n], codes[:n], values, limit=limit, sends=n_channels * n_messages)
        for n in range(1, len(columns) + 1)
    ]
    segments: tuple[FurtherSegment, ...] = ()
    if result is not None:
        ids = local.get_column(customer_column).to_list()
        sends = n_channels * n_messages
        segments = further_segments(result, None if values is None else (ids, values), sends=sends, caller=_CALLER)
    n_missing = sum(int(local.get_column(name).is_null().sum()) for name in columns)
    return CrossCheck(tuple(steps), len(local), limit, n_channels, n_messages, segments, n_missing, language)


def _read(
    table: object, columns: Sequence[str], outcome: str | None, *, customer_column: str | None
) -> nw.DataFrame[Any]:
    """The columns in memory."""
    if isinstance(columns, str) or not columns or not all(isinstance(name, str) for name in columns):
        raise TypeError(f"{_CALLER}: columns must be a list of names, such as ['age_band', 'income'], got {columns!r}.")
    if len(set(columns)) < len(columns):
        raise ValueError(f"{_CALLER}: columns must name each column once, got {listed(columns)}.")
    further = {"outcome": outcome, "customer_column": customer_column}
    opened = open_table(table, _CALLER, in_memory=True)
    named = {f"columns[{index}]": name for index, name in enumerate(columns)}
    check_columns(_CALLER, {**named, **further}, opened.dialect.columns, advice=opened.advice)
    names = [*columns, *(name for name in further.values() if name is not None)]
    expressions = dict(opened.dialect.plain_columns(list(dict.fromkeys(names))))
    if customer_column is not None:
        expressions[customer_column] = opened.dialect.identity(customer_column)
    local = collect(opened.dialect.select(expressions))
    if len(local) == 0:
        raise DataError(f"{_CALLER}: the table has no rows.")
    return local


def _codes(column: nw.Series[Any], name: str) -> Integers:
    """The values of a column as whole numbers from 0; a missing value is one of its own."""
    cells = column.to_list()
    levels = {value: i for i, value in enumerate(dict.fromkeys(cells))}
    if len(levels) > max(2, _ROW_PER_CUSTOMER * len(cells)):
        raise DataError(
            f"{_CALLER}: column {name!r} has {len(levels):,} values for {len(cells):,} customers, which is no group. "
            "Cut it into bands, or leave it out."
        )
    return np.array([levels[value] for value in cells], dtype=np.intp)


def _outcome_values(local: nw.DataFrame[Any], outcome: str) -> Floats:
    """The outcome of each customer."""
    column = local.get_column(outcome)
    if column.dtype == nw.Boolean:
        column = column.cast(nw.Int64)
    if not column.dtype.is_numeric():
        raise DataError(
            f"{_CALLER}: column {outcome!r} (outcome=) must hold numbers or true and false, got {column.dtype}."
        )
    values = column.cast(nw.Float64).fill_null(math.nan).to_numpy()
    if not np.isfinite(values).all():
        raise DataError(
            f"{_CALLER}: column {outcome!r} (outcome=) has missing or infinite values. Fill those of customers without "
            "an outcome with 0, or leave the customers out."
        )
    if (values == values[0]).all():
        raise DataError(f"{_CALLER}: column {outcome!r} (outcome=) is the same for all customers: it proves nothing.")
    return np.asarray(values)


def _step(
    columns: Sequence[str], codes: Sequence[Integers], values: Floats | None, *, limit: int, sends: int
) -> CrossedColumns:
    """The cells of these columns."""
    n_cells = math.prod(int(column.max()) + 1 for column in codes)
    _, cells, sizes = np.unique(np.column_stack(codes), axis=0, return_inverse=True, return_counts=True)
    is_small = sizes < limit
    explained = shows = math.nan
    if values is not None:
        explained = explained_share(values, cells.ravel())
        past = PastOutcome("", 0, (), values)
        shows = past.shows(len(values) / n_cells, TrialDesign(comparisons=n_cells))
    return CrossedColumns(
        tuple(columns), n_cells, n_cells - len(sizes), int(is_small.sum()), int(sizes[is_small].sum()),
        n_cells * sends, explained, shows,
    )  # fmt: skip
