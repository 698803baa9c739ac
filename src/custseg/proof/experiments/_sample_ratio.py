"""`sample_ratio`: whether as many customers were held out as planned; if not, no result can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from custseg._checks import check_choice
from custseg._numerics import Bools, holm
from custseg._privacy import bound_words, is_small
from custseg.errors import DataError
from custseg.proof.experiments._customer_keys import CustomerTable, read_customers
from custseg.texts import DASH, LANGUAGES, filled, listed, number, percent, table, text
from custseg.trials import GROUPS, HELD_OUT, open_share

ALARM = 0.001
"""P-value below which the groups do not have the planned sizes: a false alarm in one of a thousand experiments."""

_CALLER = "sample_ratio"


@dataclass(frozen=True)
class RatioRow:
    """The group sizes of all customers, or of a segment.

    Attributes
    ----------
    segment : str or None
        Value of the column `by`; None for all customers.
    treated, held_out : int
        Customers of each group.
    p_value : float
        Of the exact binomial test; over the segments adjusted by Holm's method.
    """

    segment: str | None
    treated: int
    held_out: int
    p_value: float


@dataclass(frozen=True, repr=False)
class SampleRatio:
    """The check of the group sizes.

    Attributes
    ----------
    holdout : float
        The planned share.
    overall : RatioRow
        All customers.
    segments : tuple of RatioRow
        Each segment, if a column was given.
    language : str
        Language of the text.
    """

    holdout: float
    overall: RatioRow
    segments: tuple[RatioRow, ...]
    language: str = "en"

    @property
    def is_ok(self) -> bool:
        """Whether no p-value is below .001."""
        return all(row.p_value >= ALARM for row in (self.overall, *self.segments))

    def __repr__(self) -> str:
        words = text(self.language, "sample_ratio")
        rows = [self._cells(row, words["all"]) for row in (*self.segments, self.overall)]
        verdict = words["ok" if self.is_ok else "alarm"].format(
            holdout=percent(self.holdout, self.language, decimals=1)
        )
        return "\n".join([*table([words["columns"], *rows], left=(0,)), "", verdict])

    def _cells(self, row: RatioRow, everybody: str) -> list[str]:
        counts = [row.treated, row.held_out]
        small = is_small(np.array(counts)).any()
        share = DASH if small else percent(row.held_out / sum(counts), self.language, decimals=1)
        name = everybody if row.segment is None else filled("{name}", {"name": row.segment})
        sizes = [bound_words(count) if is_small(np.array(count)) else number(count, self.language) for count in counts]
        return [name, *sizes, share, p_text(row.p_value, self.language)]


def sample_ratio(
    assignment: object,
    *,
    holdout: float,
    by: str | None = None,
    customer_column: str = "customer_id",
    language: str = "en",
) -> SampleRatio:
    """Check that the groups of an experiment have the planned sizes.

    A mismatch says that customers got lost from one group, for instance because mails bounced or the list was filtered
    after the split. Then the groups differ in more than the treatment, and the result means nothing.

    Parameters
    ----------
    assignment : table or path
        One row per customer who took part, with the column `group` of `split`: "treated" or "held_out".
    holdout : float
        The planned share to hold out, as given to `split`.
    by : str, optional
        Column of segments, each of which is checked too.
    customer_column : str, default "customer_id"
        Column of ids.
    language : {"en", "ru"}, default "en"
        Language of the text.

    Returns
    -------
    SampleRatio
        Sizes and p-values; `is_ok` is false if one is below .001.

    Raises
    ------
    DataError
        If a column is missing, a group is neither "treated" nor "held_out", or an id is missing or repeated.
    TypeError, ValueError
        If `holdout` does not lie between 0 and 1 (both excluded).

    References
    ----------
    Fabijan, A. et al. (2019). Diagnosing sample ratio mismatch in online controlled experiments. KDD, 2156-2164.
    doi:10.1145/3292500.3330722

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.proof import sample_ratio, split
    >>> groups = split(pl.DataFrame({"customer_id": range(5000)}), holdout=0.1, salt="spring")
    >>> sample_ratio(groups, holdout=0.1).is_ok
    True
    """
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    share = open_share(_CALLER, "holdout", holdout, usual="the share that was given to split")
    columns = ["group"] if by is None else ["group", by]
    customers = read_customers(assignment, _CALLER, "assignment", customer_column=customer_column, columns=columns)
    is_held_out = held_out_flags(customers, _CALLER)
    names = None if by is None else segment_names(customers, by, _CALLER)
    return checked_ratio(is_held_out, names, share, language=language)


def checked_ratio(is_held_out: Bools, names: Sequence[str] | None, holdout: float, *, language: str) -> SampleRatio:
    """The check from the flags of the customers and the names of their segments."""
    overall = _row(None, is_held_out, holdout)
    labels = np.array([] if names is None else list(names), dtype=object)
    rows = [_row(name, is_held_out[labels == name], holdout) for name in sorted(set(labels.tolist()))]
    adjusted = holm([row.p_value for row in rows])
    segments = tuple(
        RatioRow(row.segment, row.treated, row.held_out, float(p)) for row, p in zip(rows, adjusted, strict=True)
    )
    return SampleRatio(holdout, overall, segments, language)


def _row(segment: str | None, is_held_out: Bools, holdout: float) -> RatioRow:
    n_held_out, n = int(is_held_out.sum()), len(is_held_out)
    return RatioRow(segment, n - n_held_out, n_held_out, float(binomtest(n_held_out, n, holdout).pvalue))


def held_out_flags(customers: CustomerTable, caller: str) -> Bools:
    """Whether each customer is held out; raises for other words in the column `group`."""
    groups = customers.column("group").to_list()
    if odd := sorted({str(value) for value in groups if value not in GROUPS}):
        raise DataError(
            f"{caller}: column 'group' must hold 'treated' and 'held_out', as split writes it, "
            f"got {listed(odd[:5])}. Rename the groups."
        )
    return np.array([value == HELD_OUT for value in groups], dtype=bool)


def segment_names(customers: CustomerTable, by: str, caller: str) -> list[str]:
    """The segment of each customer as text; raises where it is missing."""
    values = customers.column(by).to_list()
    if missing := sum(value is None for value in values):
        raise DataError(
            f"{caller}: column {by!r} (by=) of assignment is missing for {bound_or_number(missing)} customers. "
            "Give them a name, such as 'No data', or leave them out."
        )
    return [str(value) for value in values]


def bound_or_number(count: int) -> str:
    """The count for a message; "<10" for 1 to 9."""
    return bound_words(count) if is_small(np.array(count)) else f"{count:,}"


def p_text(p_value: float, language: str) -> str:
    """A p-value with three decimals."""
    if np.isnan(p_value):
        return DASH
    return "<" + number(0.001, language) if p_value < 0.001 else number(round(p_value, 3), language)
