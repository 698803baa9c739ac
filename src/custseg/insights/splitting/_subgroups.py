"""`subgroups`: parts of one segment that may get a letter of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_choice, check_min_size
from custseg._frames import frame_from_columns
from custseg._numerics import Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.errors import DataError
from custseg.feature_table import FeatureTable, distinct_phrases
from custseg.insights.splitting._preferences import (
    Preferences,
    Purchases,
    last_values,
    preferences,
    purchases_of,
)
from custseg.insights.splitting._split import check_shared, column_name, parts_of
from custseg.insights.splitting._text import Subgroup, groups_text
from custseg.logs import described_logs
from custseg.result import Segmentation
from custseg.texts import LANGUAGES

_CALLER = "subgroups"


@dataclass(frozen=True, eq=False, repr=False)
class Subgroups:
    """The sub-groups of one segment.

    Attributes
    ----------
    segment : int
        Number of the segment.
    name : str
        Its name.
    groups : tuple of Subgroup
        The largest first; a single one where no column splits the segment into parts that are large enough.
    table : table
        In the caller's kind, one row per customer of the segment: `customer_id`, `subgroup` (its number),
        `subgroup_name`, and the customer's own `category`, `channel` and `last_product`, missing where unknown.
    unused : tuple of str
        Columns of `by` that split nothing, since a part would have been too small.
    min_size : int
        The minimum size, in customers.
    language : {"en", "ru"}
        Language of names and `repr`.
    """

    segment: int
    name: str
    groups: tuple[Subgroup, ...]
    table: Any
    unused: tuple[str, ...]
    min_size: int
    language: str = field(default="en")

    def __repr__(self) -> str:
        return groups_text(self.groups, self.name, min_size=self.min_size, unused=self.unused, language=self.language)


def subgroups(
    result: Segmentation,
    segment: int,
    orders: object = None,
    *,
    by: Sequence[str] = ("channel", "source", "category", "discount", "stage"),
    min_size: int | float = 0.1,
    language: str = "en",
) -> Subgroups:
    """Split one segment by what its customers have in common, and say what each part prefers.

    Parameters
    ----------
    result : Segmentation
        A result of `fit_segments`.
    segment : int
        Number of the segment.
    orders : Orders or table, optional
        The order log, for the preferences. Rows at or after the moment of the result are ignored.
    by : sequence of str
        Columns of the features in the order in which they split, or the short names "channel" (of most purchases),
        "source" (first source), "category" (top category), "discount" (share of the money that was discounted, cut at
        one half) and "stage" (of the funnel). By default those of the short names that the features have.
    min_size : int or float, default 0.1
        Smallest sub-group, as a number of customers (10 or more) or as a share of the segment.
    language : {"en", "ru"}, default "en"
        Language of the names and of the printed result.

    Returns
    -------
    Subgroups

    Raises
    ------
    DataError
        If the segment does not exist, a column is missing, or has a value of its own for nearly every customer.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    A column splits a part only if every piece has the minimum size; else the part stays whole. Values that too few
    share are one piece, "other or unknown", joined by the next rarest until it is large enough. Numbers are cut in two:
    shares at one half, others at a round number near the median. A sub-group describes; whether a letter of its own
    pays, an experiment tells.

    Examples
    --------
    >>> from custseg import Orders, fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.insights import subgroups
    >>> shop = make_shop(600)
    >>> orders = Orders(shop.orders, channel="channel", category="category")
    >>> result = fit_segments(orders, as_of=shop.as_of, method="kmeans", n_segments=2)
    >>> parts = subgroups(result, 0, orders, by=["channel"], min_size=0.2)
    >>> parts.groups[0].name
    'preferred channel: web'
    """
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    if not isinstance(result, Segmentation):
        raise TypeError(f"{_CALLER}: result must be the result of `fit_segments`, got {type(result).__name__}.")
    rows = _rows_of(result, segment)
    smallest = check_min_size(_CALLER, min_size, len(rows))
    if smallest < SMALLEST_GROUP:
        if isinstance(min_size, int):
            raise ValueError(
                f"{_CALLER}: min_size must be at least {SMALLEST_GROUP} customers, so that no sub-group points at a "
                f"person, got {min_size}."
            )
        smallest = SMALLEST_GROUP
    features = result.features
    columns = _columns(features, by)
    for column in columns:
        check_shared(features, column, rows, min_size=smallest, caller=_CALLER)
    pieces, unused = _pieces(features, columns, rows, min_size=smallest, language=language)
    bought = _purchases(result, orders)
    name = next(row.name for row in result.profiles if row.segment == segment)
    return _assembled(
        result, (segment, name), pieces, bought=bought, unused=unused, min_size=smallest, language=language
    )


def _rows_of(result: Segmentation, segment: object) -> Integers:
    numbers = [row.segment for row in result.profiles if row.segment is not None]
    if isinstance(segment, bool) or not isinstance(segment, (int, np.integer)):
        raise TypeError(f"{_CALLER}: segment must be the number of a segment, got {type(segment).__name__}.")
    if segment not in numbers:
        raise DataError(f"{_CALLER}: there is no segment {segment}; there are {numbers}. Give one of these.")
    return np.flatnonzero(result.labels == segment)


def _columns(features: FeatureTable, by: object) -> list[str]:
    if isinstance(by, str) or not isinstance(by, Sequence) or not by:
        raise TypeError(f"{_CALLER}: by must list columns of the features, such as ['channel'], got {by!r}.")
    if tuple(by) == ("channel", "source", "category", "discount", "stage"):
        names = []
        for name in by:
            try:
                names.append(column_name(features, name, _CALLER))
            except DataError:
                continue
        if not names:
            column_name(features, by[0], _CALLER)
        return names
    columns = [column_name(features, name, _CALLER) for name in by]
    if len(set(columns)) < len(columns):
        raise ValueError(f"{_CALLER}: by names a column twice: {columns}. Name each once.")
    return columns


def _pieces(
    features: FeatureTable, columns: Sequence[str], rows: Integers, *, min_size: int, language: str
) -> tuple[list[tuple[str, Integers]], tuple[str, ...]]:
    """The pieces with their names, and the columns that split nothing."""
    phrases = distinct_phrases(features.described, language)
    pieces: list[tuple[str, Integers]] = [("", rows)]
    unused = []
    for column in columns:
        split: list[tuple[str, Integers]] = []
        for name, members in pieces:
            parts = parts_of(features, column, members, min_size=min_size, language=language)
            if len(parts) < 2:
                split.append((name, members))
                continue
            named = [(f"{phrases[column]}: {part.words}", part.rows) for part in parts]
            split += [(f"{name} · {words}" if name else words, part_rows) for words, part_rows in named]
        if len(split) == len(pieces):
            unused.append(column)
        pieces = split
    return sorted(pieces, key=lambda piece: (-len(piece[1]), piece[0])), tuple(unused)


def _purchases(result: Segmentation, orders: object) -> Purchases | None:
    if orders is None:
        return None
    if result.as_of is None:
        raise DataError(
            f"{_CALLER}: the result is that of a ready table, so that its moment, up to which orders count, is not "
            "known. Leave orders out, or fit the segments on the logs."
        )
    bought = purchases_of(described_logs(orders, None, as_of=result.as_of, caller=_CALLER), result.features.ids)
    if not len(bought.owner):
        raise DataError(
            f"{_CALLER}: no customer of the result has a purchase in orders. Check that the ids of both are those of "
            "the same customers, or leave orders out."
        )
    return bought


def _assembled(
    result: Segmentation,
    segment: tuple[int, str],
    pieces: Sequence[tuple[str, Integers]],
    *,
    bought: Purchases | None,
    unused: tuple[str, ...],
    min_size: int,
    language: str,
) -> Subgroups:
    n = len(result.features)
    groups = []
    for number, (name, rows) in enumerate(pieces):
        members = np.zeros(n, dtype=bool)
        members[rows] = True
        likes = Preferences() if bought is None else preferences(bought, members)
        groups.append(Subgroup(number, name or segment[1], len(rows), likes))
    rows = np.concatenate([rows for _, rows in pieces])
    numbers = np.concatenate([np.full(len(rows), number) for number, (_, rows) in enumerate(pieces)])
    order = np.argsort(rows, kind="stable")
    table = _customer_table(result.features, rows[order], numbers[order], bought=bought)
    names = [groups[number].name for number in numbers[order].tolist()]
    local = table.with_columns(nw.new_series("subgroup_name", names, nw.String, backend="polars"))
    local = local.select("customer_id", "subgroup", "subgroup_name", "category", "channel", "last_product")
    return Subgroups(
        int(segment[0]), segment[1], tuple(groups), result.features.give_back(local), unused, min_size, language
    )


def _customer_table(
    features: FeatureTable, rows: Integers, numbers: Integers, *, bought: Purchases | None
) -> nw.DataFrame[Any]:
    """The customers with their own top category, channel and last product."""
    last = dict(last_values(bought, "product")) if bought is not None else {}
    columns: dict[str, Any] = {"subgroup": numbers.astype(np.int64)}
    for name, sources in (("category", ("category_top",)), ("channel", ("preferred_channel", "channel_top"))):
        source = next((source for source in sources if source in features.names), None)
        values = [None] * len(features) if source is None else features.local.get_column(source).to_list()
        columns[name] = [None if values[row] is None else str(values[row]) for row in rows.tolist()]
    columns["last_product"] = [last.get(row) for row in rows.tolist()]
    table = nw.from_native(frame_from_columns(columns), eager_only=True)
    texts = [nw.col(name).cast(nw.String) for name in ("category", "channel", "last_product")]
    ids = features.ids.to_frame().with_row_index("row").filter(nw.col("row").is_in(rows.tolist()))
    return table.with_columns(*texts, ids.get_column("customer_id").alias("customer_id"))
