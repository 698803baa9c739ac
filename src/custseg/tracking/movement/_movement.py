"""`Transitions`: how many customers moved from which segment to which, and who they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import narwhals.stable.v2 as nw
import numpy as np

from custseg._display import Tabular
from custseg._frames import MONEY_UNIT, Rows, local_table
from custseg._numerics import Floats, Integers
from custseg._privacy import bound_text
from custseg.errors import DataError
from custseg.texts import number
from custseg.tracking.movement._display import MovementView
from custseg.tracking.movement._sums import ShownSum, drawn_movement, hidden_movement, movement_sums


@dataclass(frozen=True)
class TrackedSegment:
    """A segment, or a group of customers in none.

    Attributes
    ----------
    segment : int or None
        Its number; None for customers in no segment.
    name : str
        Its name.
    key : int
        Its number in `Transitions.customers`; below 0 for customers in no segment.
    """

    segment: int | None
    name: str
    key: int


@dataclass(frozen=True)
class Flow:
    """The customers that went from one segment to another, or stayed.

    Attributes
    ----------
    before, after : TrackedSegment or None
        Where they were and are; None before for new customers, None after for those that are gone.
    customers : int
        How many.
    revenue : float or None
        Sum of their revenue; None without values.
    """

    before: TrackedSegment | None
    after: TrackedSegment | None
    customers: int
    revenue: float | None


@dataclass(frozen=True, eq=False, repr=False)
class Transitions(Tabular):
    """Two snapshots compared: who stayed, who moved, who is new and who is gone.

    Printed, and as HTML in a notebook, counts of 1 to 9 customers are hidden, and so is what they could be computed
    from. All other figures and tables are exact, for further computation.

    Attributes
    ----------
    segments : tuple of TrackedSegment
        By number; customers in no segment last, by their names.
    flows : tuple of Flow
        All pairs of segments that have customers.
    customers : narwhals DataFrame, or LazyFrame on Spark
        One row per customer of either snapshot, those of the later one first: `customer_id`; `before` and `after`, the
        keys of the segments (missing where the customer is not in the snapshot); `units`, the revenue in
        ten-thousandths, if there are values; and `cause`, if models and logs were given, for those who changed.
    as_of, since : str or None
        The moments of the two snapshots, the later one first; None where they were not given.
    notes : tuple of str
        What was counted in which way, in the language of the result.
    language : {"en", "ru"}
        Language of `repr`.
    give_back : callable
        Converts a local frame to the caller's kind of table.
    """

    segments: tuple[TrackedSegment, ...]
    flows: tuple[Flow, ...]
    customers: Rows
    as_of: str | None = None
    since: str | None = None
    notes: tuple[str, ...] = ()
    language: str = "en"
    give_back: Callable[[Any], Any] = field(default=nw.to_native)

    @property
    def has_revenue(self) -> bool:
        """Whether revenue was given."""
        return "units" in self.customers.collect_schema()

    @property
    def has_causes(self) -> bool:
        """Whether models and logs were given."""
        return "cause" in self.customers.collect_schema()

    @property
    def causes(self) -> Any:
        """How many customers changed segments for which cause, in the caller's kind of table.

        One row per flow between two segments and cause: `from_segment`, `from_name`, `to_segment`, `to_name`, `cause`
        ("time": because time passed without new rows; "behavior": because of new rows; "model": because of another
        model; "correction": because rows before the earlier snapshot were added or changed since) and `customers`.
        The causes of a flow add up to its customers. Counts are exact. Raises DataError without models and logs.
        """
        if not self.has_causes:
            raise DataError("causes: give transitions() the model and the logs: model_before= and orders=.")
        moved: Any = self.customers.filter(~nw.col("cause").is_null())
        counts = moved.group_by("before", "after", "cause").agg(nw.len().alias("customers"))
        rows = counts.sort("before", "after", "cause")
        columns = [
            self._number("before").alias("from_segment"),
            self._name("before").alias("from_name"),
            self._number("after").alias("to_segment"),
            self._name("after").alias("to_name"),
        ]
        return self.give_back(rows.select(*columns, "cause", nw.col("customers").cast(nw.Int64)))

    @property
    def entered(self) -> Any:
        """Who is in another segment than before, or new; in the caller's kind of table, in the order of `after`.

        `customer_id`, `segment` (missing for customers in no segment) and `as_of` (text; missing if it was not given)
        identify a row: the same comparison gives the same rows again. `name`; `previous_segment` and `previous_name`,
        missing for new customers; `is_new`; `revenue` if there are values; `cause` if models and logs were given.
        """
        return self.give_back(self.entered_rows)

    @property
    def left(self) -> Any:
        """Who is no longer in the segment of before, or gone (these last); in the caller's kind of table.

        `customer_id`, `segment` (the one that was left) and `as_of` identify a row. `name`; `next_segment` and
        `next_name`, missing for those that are gone; `is_gone`; `revenue` if there are values.
        """
        is_left = ~nw.col("before").is_null() & self._changed
        return self.give_back(self._rows(is_left, segment="before", other="after"))

    @property
    def stayed(self) -> Any:
        """Who is in the segment of before; in the caller's kind of table, in the order of `after`.

        `customer_id`, `segment` and `as_of` identify a row. `name`; `revenue` if there are values.
        """
        return self.give_back(self._rows(nw.col("before") == nw.col("after"), segment="after", other=None))

    @cached_property
    def entered_rows(self) -> Rows:
        """The rows of `entered`, which are local but on Spark."""
        return self._rows(~nw.col("after").is_null() & self._changed, segment="after", other="before")

    @property
    def n_entered(self) -> int:
        """How many rows `entered` has."""
        return sum(flow.customers for flow in self.flows if flow.after is not None and flow.after != flow.before)

    def counts(self) -> Integers:
        """Customers by segment before and after, of shape (n_segments + 1, n_segments + 1).

        In the order of `segments`; the last row has the new customers, the last column those that are gone. The rows
        without the last sum to the sizes before, the columns without the last to the sizes after.
        """
        return self._matrix([flow.customers for flow in self.flows]).astype(np.int64)

    def sums(self) -> Mapping[str, ShownSum]:
        """The numbers of customers "before", "after", "stayed", "moved", "new" and "gone", as they may be shown."""
        return movement_sums(self.counts(), [item.segment is None for item in self.segments])

    def hidden_sizes(self) -> list[TrackedSegment]:
        """The segments whose later size may not be shown beside the matrix: a hidden cell could be computed from it."""
        hidden = hidden_movement(self.counts(), [item.segment is None for item in self.segments])
        return [item for item, is_hidden in zip(self.segments, hidden[-1], strict=False) if is_hidden]

    def revenues(self) -> Floats:
        """Revenue by segment before and after, in the form of `counts`; zeros without values."""
        return self._matrix([flow.revenue or 0.0 for flow in self.flows])

    def plot(self) -> dict[str, Any]:
        """Return the data for a picture of the flows, in plain lists; hidden counts cannot be computed from them.

        Returns
        -------
        dict
            `segments`: for each of `segments` its `key`, `name`, and the texts of its sizes `before` and `after`, such
            as "61" or "<10". `flows`: for each pair that has customers `before` and `after`, positions in `segments`
            (None for new customers and for those that are gone), the `text` of the count, and `size`, by how much it is
            drawn: the count, and for a hidden one a value that follows from what may be shown.
        """
        counts, is_in_none = self.counts(), [item.segment is None for item in self.segments]
        hidden, drawn = hidden_movement(counts, is_in_none), drawn_movement(counts, is_in_none)
        totals = np.vstack([counts, counts.sum(axis=0)])
        totals = np.column_stack([totals, totals.sum(axis=1)])
        last = len(self.segments)

        def count_text(row: int, column: int) -> str:
            count = int(totals[row, column])
            return bound_text(count) if hidden[row, column] else number(count, self.language)

        return {
            "segments": [
                {"key": item.key, "name": item.name, "before": count_text(index, -1), "after": count_text(-1, index)}
                for index, item in enumerate(self.segments)
            ],
            "flows": [
                {
                    "before": row if row < last else None,
                    "after": column if column < last else None,
                    "text": count_text(row, column),
                    "size": float(drawn[row, column]),
                }
                for row, column in np.argwhere(counts).tolist()
            ],
        }

    def to_frame(self) -> Any:
        """All flows, in the caller's kind of table.

        Returns
        -------
        table
            One row per flow: `from_segment`, `from_name`, `to_segment`, `to_name` (missing for new customers and for
            those that are gone; `from_segment` and `to_segment` also for customers in no segment), `kind` ("stayed",
            "moved", "new" or "gone"), `customers` and `revenue` (missing without values). Counts are exact.
        """
        return self.give_back(self._local_table())

    def _local_table(self) -> nw.DataFrame[Any]:
        """All flows."""
        columns: dict[str, list[Any]] = {
            "from_segment": [flow.before.segment if flow.before else None for flow in self.flows],
            "from_name": [flow.before.name if flow.before else None for flow in self.flows],
            "to_segment": [flow.after.segment if flow.after else None for flow in self.flows],
            "to_name": [flow.after.name if flow.after else None for flow in self.flows],
            "kind": [kind_of(flow) for flow in self.flows],
            "customers": [flow.customers for flow in self.flows],
            "revenue": [flow.revenue for flow in self.flows],
        }
        types: tuple[Any, ...] = (nw.Int64, nw.String, nw.Int64, nw.String, nw.String, nw.Int64, nw.Float64)
        kinds = zip(columns, types, strict=True)
        return local_table(columns).select(nw.col(name).cast(dtype) for name, dtype in kinds)

    def __repr__(self) -> str:
        return self._view().text()

    def _repr_html_(self) -> str:
        return self._view().html()

    @property
    def headline(self) -> str:
        """How many changed segments, are new and gone, in one sentence; small counts are hidden."""
        return self._view().headline()

    @property
    def remarks(self) -> list[str]:
        """The notes as they are printed: which counts are hidden, and what was counted in which way."""
        return self._view().all_notes()

    def tables(self) -> list[tuple[str, list[list[str]]]]:
        """Customers, and revenue if there is any, by segment before and after: titles, and rows of texts.

        Small counts are hidden, and so is what they could be computed from.
        """
        return self._view().tables()

    def _view(self) -> MovementView:
        return MovementView(
            tuple(item.segment for item in self.segments),
            tuple(item.name for item in self.segments),
            self.counts(),
            self.revenues() if self.has_revenue else None,
            self.as_of,
            self.since,
            self.notes,
            self.language,
        )

    @property
    def _changed(self) -> nw.Expr:
        """Whether a customer is elsewhere than before, new or gone."""
        before, after = nw.col("before"), nw.col("after")
        return (before != after) | before.is_null() | after.is_null()

    def _rows(self, condition: nw.Expr, *, segment: str, other: str | None) -> Rows:
        """Customers on a condition with their segment and the other one, `before` or `after`."""
        rows = self.customers.filter(condition.fill_null(value=False))
        columns = [
            nw.col("customer_id"),
            self._number(segment).alias("segment"),
            nw.lit(self.as_of, nw.String).alias("as_of"),
            self._name(segment).alias("name"),
        ]
        if other is not None:
            word, flag = ("previous", "is_new") if other == "before" else ("next", "is_gone")
            columns += [
                self._number(other).alias(f"{word}_segment"),
                self._name(other).alias(f"{word}_name"),
                nw.col(other).is_null().alias(flag),
            ]
        if self.has_revenue:
            columns.append((nw.col("units").cast(nw.Float64) / MONEY_UNIT).alias("revenue"))
        if self.has_causes and other is not None:
            columns.append(nw.col("cause"))
        return rows.select(columns)

    def _number(self, column: str) -> nw.Expr:
        """The number of the segment, missing for customers in none."""
        return nw.when(nw.col(column) >= 0).then(nw.col(column))

    def _name(self, column: str) -> nw.Expr:
        name: Any = nw.lit(None, nw.String)
        for item in self.segments:
            name = nw.when(nw.col(column) == item.key).then(nw.lit(item.name)).otherwise(name)
        return cast("nw.Expr", name.cast(nw.String))

    def _matrix(self, values: Sequence[float]) -> Floats:
        position = {item.key: index for index, item in enumerate(self.segments)}
        matrix = np.zeros((len(position) + 1, len(position) + 1))
        for flow, value in zip(self.flows, values, strict=True):
            row = position[flow.before.key] if flow.before else -1
            column = position[flow.after.key] if flow.after else -1
            matrix[row, column] = value
        return matrix


def kind_of(flow: Flow) -> str:
    """What the customers of a flow did: "stayed", "moved", "new" or "gone"."""
    if flow.before is None:
        return "new"
    if flow.after is None:
        return "gone"
    return "stayed" if flow.before == flow.after else "moved"
