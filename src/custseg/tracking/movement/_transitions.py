"""`transitions`: compares the segments of all customers at two moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from numbers import Real
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_choice, check_integer
from custseg._frames import MONEY_UNIT, Rows, frame_from_columns
from custseg._numerics import Integers
from custseg.errors import DataError
from custseg.model import SegmentModel
from custseg.texts import LANGUAGES, printable, text
from custseg.tracking._assignments_in_spark import both_on_spark
from custseg.tracking._history import SegmentHistory
from custseg.tracking.movement._causes import Models, causes_line, checked_models, with_causes
from custseg.tracking.movement._compared import (
    CALLER,
    ComparedSnapshots,
    Reader,
    snapshots_of_history,
    snapshots_of_tables,
)
from custseg.tracking.movement._in_spark import moved_in_spark, refuse_in_spark, snapshots_in_spark
from custseg.tracking.movement._join import JoinedCustomers, joined_customers, state_of
from custseg.tracking.movement._movement import Flow, TrackedSegment, Transitions
from custseg.tracking.movement._revenue import revenue_note, with_revenue
from custseg.tracking.movement._settled import ABSENT, Lookup, State, settled_segments


def transitions(
    before: object,
    after: object,
    *,
    values: object = None,
    min_stay: int = 1,
    min_confidence: float = 0.0,
    earlier: Sequence[object] = (),
    since: object = None,
    as_of: object = None,
    model_before: SegmentModel | None = None,
    model_after: SegmentModel | None = None,
    orders: object = None,
    events: object = None,
    customers: object = None,
    language: str = "en",
) -> Transitions:
    """Compare the segments of all customers at two moments: who stayed, moved, is new or gone.

    Segments are compared by their numbers, customers in no segment by the name of their group.

    Parameters
    ----------
    before : table, path or SegmentHistory
        The earlier assignments: `customer_id`, `segment` (missing for customers in no segment) and `name`; one row per
        customer. Or a history, whose snapshots are compared.
    after : table, path, date, datetime or str
        The later assignments, or, with a history, the moment of the later snapshot.
    values : table or str, optional
        The revenue of the customers: a table with `customer_id` and `revenue` or a single other number, or the name of
        a column of both assignments (of customers that are gone the value is that of `before`). Customers without a
        value count as 0.
    min_stay : int, default 1
        How many snapshots in a row a customer must be in a segment before the change counts. Until then the customer
        is counted in the segment before. Above 1 it needs a history, or the tables in `earlier`.
    min_confidence : float, default 0
        From which `confidence` on, in [0, 1], a change counts; customers without one, as those in no segment, always
        count. With a history, or `earlier`, a change that did not count is reported as soon as the confidence is high
        enough.
    earlier : sequence of tables, optional
        The snapshots before `before`, the earliest first.
    since : date, datetime or str, optional
        The moment of the earlier assignments; with a history, the snapshot to compare with, by default the one just
        before `after`.
    as_of : date, datetime or str, optional
        The moment of the later assignments if they are a table. It is part of what identifies a row of `entered`.
    model_before, model_after : SegmentModel, optional
        The models of the earlier and the later snapshot; the later one only if it is another. With the logs, the
        result says what the changes are due to.
    orders, events, customers : Orders, Events, Customers or table, optional
        The logs up to the later snapshot, as in `SegmentModel.assign`.
    language : {"en", "ru"}, default "en"
        Language of the printed result.

    Returns
    -------
    Transitions
        With `min_stay` or `min_confidence`, sizes and flows are those of the segments that count. With models and
        logs, `causes` has the number of customers who changed segments because time passed, because of what they did,
        because of another model, or because rows before the earlier snapshot were added or corrected since.

    Raises
    ------
    DataError
        If a table cannot be used, the ids of the tables are of different types, or the history lacks a snapshot.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Assignments in Spark, both of them, are compared there, by one grouping of their rows by customer. Collected are the
    names of the segments and the number of customers and the revenue of each pair of segments; `entered`, `left` and
    `stayed` are Spark DataFrames, which are computed when they are used. `values` is then a column, or a table in
    Spark. `min_stay`, `earlier` and models with logs need local tables.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.tracking import transitions
    >>> june = pl.DataFrame({"customer_id": ["ann", "bob"], "segment": [0, 1], "name": ["Loyal", "New"]})
    >>> july = pl.DataFrame({"customer_id": ["bob", "cem"], "segment": [0, 1], "name": ["Loyal", "New"]})
    >>> movement = transitions(june, july, as_of="2024-07-01")
    >>> movement.entered.select("customer_id", "name", "previous_name").rows()
    [('bob', 'Loyal', 'New'), ('cem', 'New', None)]
    >>> [(flow.customers, flow.after.name if flow.after else "gone") for flow in movement.flows]
    [(1, 'gone'), (1, 'Loyal'), (1, 'New')]
    """
    check_choice(CALLER, "language", language, allowed=LANGUAGES)
    stay = check_integer(CALLER, "min_stay", min_stay, minimum=1)
    confidence = _checked_confidence(min_confidence)
    column = values if isinstance(values, str) else None
    if isinstance(before, SegmentHistory):
        if earlier or as_of is not None:
            raise ValueError(
                f"{CALLER}: earlier and as_of belong to tables; a history knows its snapshots. Leave them out."
            )
        snapshots = snapshots_of_history(before, after, since=since)
    elif both_on_spark((before, after), ("before", "after"), CALLER):
        with_models = any(item is not None for item in (model_before, model_after, orders, events, customers))
        refuse_in_spark(min_stay=stay, earlier=earlier, with_models=with_models)
        snapshots = snapshots_in_spark(before, after, since=since, as_of=as_of, column=column)
    else:
        snapshots = snapshots_of_tables(before, after, earlier, since=since, as_of=as_of, column=column)
        if stay > 1 and not earlier:
            raise ValueError(
                f"{CALLER}: min_stay={stay} needs earlier snapshots. Give a SegmentHistory as `before`, "
                "or the tables before it as earlier=[...]."
            )
    if confidence > 0 and any("confidence" not in item.local.collect_schema() for item in snapshots.ends):
        raise DataError(f"{CALLER}: min_confidence needs the column 'confidence' in both snapshots. Leave it out.")
    logs = {"orders": orders, "events": events, "customers": customers}
    models = checked_models(model_before, model_after, logs, is_settled=stay > 1 or confidence > 0)
    return _compared(snapshots, values, models, min_stay=stay, min_confidence=confidence, language=language)


def _checked_confidence(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{CALLER}: min_confidence must be a number, got {type(value).__name__}.")
    if not 0 <= float(value) <= 1:
        raise ValueError(f"{CALLER}: min_confidence must be from 0 to 1, got {value}.")
    return float(value)


def _compared(
    snapshots: ComparedSnapshots,
    values: object,
    models: Models | None,
    *,
    min_stay: int,
    min_confidence: float,
    language: str,
) -> Transitions:
    column = values if isinstance(values, str) else None
    if isinstance(snapshots.after.local, nw.LazyFrame):
        moved = moved_in_spark(snapshots, values, column, min_confidence=min_confidence)
        n_customers = int(moved.flows.get_column("customers").sum())
        remarks = revenue_note(moved.without_value, n_customers, language)
        return _result(snapshots, moved.customers, moved.flows, notes=remarks, language=language)
    joined = joined_customers(snapshots, column)
    keys = {"before": joined.before[0], "after": joined.after[0]}
    if min_stay > 1 or min_confidence > 0:
        keys = _settled(joined, snapshots, min_stay=min_stay, min_confidence=min_confidence)
    customers, notes = _with_keys(joined.ids, keys), []
    if values is not None:
        customers, without = with_revenue(customers, None if column else values, CALLER)
        notes += revenue_note(without, len(customers), language)
    if models is not None:
        customers = with_causes(customers, snapshots, models)
    result = _result(snapshots, customers, _counted_flows(customers), notes=notes, language=language)
    if models is None:
        return result
    causes = causes_line(customers, result.sums()["moved"], language)
    return replace(result, notes=(*notes, causes, *result.notes[len(notes) :]))


def _result(
    snapshots: ComparedSnapshots,
    customers: Rows,
    counted: nw.DataFrame[Any],
    *,
    notes: Sequence[str],
    language: str,
) -> Transitions:
    """The result for the customers and the counts of their flows."""
    order = sorted(snapshots.names, key=lambda key: (key < 0, snapshots.names[key] if key < 0 else "", key))
    every = {key: TrackedSegment(None if key < 0 else key, snapshots.names[key], key) for key in order}
    flows = _flows(counted, every)
    used = {segment for flow in flows for segment in (flow.before, flow.after)}
    return Transitions(
        tuple(segment for segment in every.values() if segment in used),
        flows,
        customers,
        as_of=snapshots.as_of,
        since=snapshots.since,
        notes=(*notes, *_renamed_note(snapshots, language)),
        language=language,
        give_back=snapshots.after.give_back,
    )


def _with_keys(ids: nw.DataFrame[Any], keys: Mapping[str, Integers]) -> nw.DataFrame[Any]:
    """The customers with the keys of their segments, missing where they are absent."""
    frame = nw.from_native(frame_from_columns(keys), eager_only=True)
    return ids.with_columns(
        nw.when(frame.get_column(name) != ABSENT).then(frame.get_column(name)).alias(name) for name in keys
    )


def _settled(
    joined: JoinedCustomers, snapshots: ComparedSnapshots, *, min_stay: int, min_confidence: float
) -> dict[str, Integers]:
    """The keys of the segments that count, in place of those of the two snapshots."""

    def at_before(rows: Integers) -> State:
        codes, confidence = joined.before
        return codes[rows], None if confidence is None else confidence[rows]

    def lookup(read: Reader) -> Lookup:
        return partial(state_of, read=read, snapshots=snapshots, ids=joined.ids)

    earlier = [lookup(read) for read in snapshots.earlier]
    between = [lookup(read) for read in snapshots.between]
    paths = {"before": (joined.before, earlier), "after": (joined.after, [*between, at_before, *earlier])}
    return {
        name: settled_segments(codes, lookups, min_stay=min_stay, min_confidence=min_confidence, confidence=confidence)
        for name, ((codes, confidence), lookups) in paths.items()
    }


def _counted_flows(customers: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """How many customers each pair of segments has, and their revenue."""
    sums = [nw.len().alias("customers")]
    if "units" in customers.columns:
        sums.append(nw.col("units").sum())
    return customers.group_by("before", "after").agg(*sums)


def _flows(counted: nw.DataFrame[Any], segments: Mapping[int, TrackedSegment]) -> tuple[Flow, ...]:
    """The pairs of segments that have customers, in the order of the segments; new customers last."""
    rows = list(counted.iter_rows(named=True))
    order = {key: index for index, key in enumerate(segments)}
    last = len(order)
    rows.sort(key=lambda row: (order.get(row["before"], last), order.get(row["after"], last)))
    return tuple(
        Flow(
            segments.get(row["before"]),
            segments.get(row["after"]),
            row["customers"],
            row["units"] / MONEY_UNIT if "units" in row else None,
        )
        for row in rows
    )


def _renamed_note(snapshots: ComparedSnapshots, language: str) -> list[str]:
    """The segments that have another name than before."""
    template = text(language, "movement", "renamed")
    return [
        template.format(segment=segment, before=printable(name), after=printable(snapshots.after.names[segment]))
        for segment, name in snapshots.before.names.items()
        if snapshots.after.names.get(segment, name) != name
    ]
