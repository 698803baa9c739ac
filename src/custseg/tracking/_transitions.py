"""`transitions`: compares the segments of all customers at two moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from numbers import Real
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_choice, check_integer
from custseg._frames import MONEY_UNIT, frame_from_columns
from custseg._numerics import Floats, Integers
from custseg.errors import DataError
from custseg.texts import LANGUAGES, listed, printable, text
from custseg.tracking._assignments import Assignments
from custseg.tracking._compared import (
    CALLER,
    ComparedSnapshots,
    Reader,
    snapshots_of_history,
    snapshots_of_tables,
)
from custseg.tracking._history import SegmentHistory
from custseg.tracking._movement import Flow, TrackedSegment, Transitions
from custseg.tracking._revenue import revenue_note, with_revenue
from custseg.tracking._settled import ABSENT, Lookup, State, settled_segments


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
    language : {"en", "ru"}, default "en"
        Language of the printed result.

    Returns
    -------
    Transitions
        With `min_stay` or `min_confidence`, sizes and flows are those of the segments that count.

    Raises
    ------
    DataError
        If a table cannot be used, the ids of the tables are of different types, or the history lacks a snapshot.
    TypeError, ValueError
        If an argument is of the wrong type or value.

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
    else:
        snapshots = snapshots_of_tables(before, after, earlier, since=since, as_of=as_of, column=column)
        if stay > 1 and not earlier:
            raise ValueError(
                f"{CALLER}: min_stay={stay} needs earlier snapshots. Give a SegmentHistory as `before`, "
                "or the tables before it as earlier=[...]."
            )
    if confidence > 0 and any("confidence" not in item.local.columns for item in snapshots.ends):
        raise DataError(f"{CALLER}: min_confidence needs the column 'confidence' in both snapshots. Leave it out.")
    return _compared(snapshots, values, min_stay=stay, min_confidence=confidence, language=language)


def _checked_confidence(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{CALLER}: min_confidence must be a number, got {type(value).__name__}.")
    if not 0 <= float(value) <= 1:
        raise ValueError(f"{CALLER}: min_confidence must be from 0 to 1, got {value}.")
    return float(value)


def _compared(
    snapshots: ComparedSnapshots, values: object, *, min_stay: int, min_confidence: float, language: str
) -> Transitions:
    column = values if isinstance(values, str) else None
    customers = _joined(snapshots, column)
    if min_stay > 1 or min_confidence > 0:
        customers = _with_settled(customers, snapshots, min_stay=min_stay, min_confidence=min_confidence)
    customers, notes = customers.drop("confidence_after", "confidence_before", strict=False), []
    if values is not None:
        customers, without = with_revenue(customers, None if column else values, CALLER)
        notes += revenue_note(without, len(customers), language)
    keys = sorted(snapshots.names, key=lambda key: (key < 0, snapshots.names[key] if key < 0 else "", key))
    every = {key: TrackedSegment(None if key < 0 else key, snapshots.names[key], key) for key in keys}
    flows = _flows(customers, every)
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


def _joined(snapshots: ComparedSnapshots, column: str | None) -> nw.DataFrame[Any]:
    """One row per customer of either snapshot, with the keys of the segments and the further columns."""
    after, before = snapshots.after, snapshots.before
    later, former = _of_one_type(
        _state_columns(snapshots, after, "after", column=column),
        _state_columns(snapshots, before, "before", column=column),
    )
    joined = later.join(former, on="customer_id", how="full", suffix="_before")
    ids = nw.coalesce("customer_id", "customer_id_before").alias("customer_id")
    joined = joined.with_columns(ids).drop("customer_id_before")
    if column is not None:
        value = nw.coalesce("value_after", "value_before").alias("value")
        joined = joined.with_columns(value).drop("value_after", "value_before")
    return joined


def _state_columns(
    snapshots: ComparedSnapshots, assignments: Assignments, suffix: str, *, column: str | None = None
) -> nw.DataFrame[Any]:
    """Ids, keys, and confidence where there is one; with the suffix in their names."""
    keyed = snapshots.with_keys(assignments)
    columns: list[Any] = [nw.col("customer_id"), nw.col("key").alias(suffix)]
    if "confidence" in assignments.local.columns:
        columns.append(nw.col("confidence").alias(f"confidence_{suffix}"))
    if column is not None:
        columns.append(keyed.get_column(column).alias(f"value_{suffix}"))
    return keyed.select(columns)


def _with_settled(
    customers: nw.DataFrame[Any], snapshots: ComparedSnapshots, *, min_stay: int, min_confidence: float
) -> nw.DataFrame[Any]:
    """The customers with the segments that count in place of those of the two snapshots."""
    ids = customers.get_column("customer_id")
    states = {suffix: _state(customers, suffix) for suffix in ("after", "before")}

    def at_before(rows: Integers) -> State:
        codes, confidence = states["before"]
        return codes[rows], None if confidence is None else confidence[rows]

    def lookup(read: Reader) -> Lookup:
        return partial(_state_of, read=read, snapshots=snapshots, ids=ids)

    earlier = [lookup(read) for read in snapshots.earlier]
    between = [lookup(read) for read in snapshots.between]
    paths: dict[str, list[Lookup]] = {"after": [*between, at_before, *earlier], "before": earlier}
    columns = {}
    for suffix, lookups in paths.items():
        codes, confidence = states[suffix]
        columns[suffix] = settled_segments(
            codes, lookups, min_stay=min_stay, min_confidence=min_confidence, confidence=confidence
        )
    frame = nw.from_native(frame_from_columns(columns), eager_only=True)
    return customers.with_columns(
        nw.when(frame.get_column(name) != ABSENT).then(frame.get_column(name)).alias(name) for name in columns
    )


def _state(customers: nw.DataFrame[Any], suffix: str) -> State:
    """The keys, and the confidence where there is one."""
    codes = customers.get_column(suffix).fill_null(ABSENT).to_numpy()
    name = f"confidence_{suffix}"
    confidence: Floats | None = None
    if name in customers.columns:
        confidence = customers.get_column(name).fill_null(float("nan")).to_numpy()
    return codes, confidence


def _state_of(rows: Integers, *, read: Reader, snapshots: ComparedSnapshots, ids: nw.Series[Any]) -> State:
    """The state of some of the customers at a snapshot, which is read now."""
    assignments = read()
    earlier = _state_columns(snapshots, assignments, "earlier")
    wanted = nw.from_native(frame_from_columns({"position": rows}), eager_only=True)
    wanted, earlier = _of_one_type(wanted.with_columns(ids[rows].alias("customer_id")), earlier)
    return _state(wanted.join(earlier, on="customer_id", how="left").sort("position"), "earlier")


def _of_one_type(*frames: nw.DataFrame[Any]) -> list[nw.DataFrame[Any]]:
    """The frames with ids of one type; no engine compares whole numbers of 64 bits with and without a sign exactly."""
    types = [frame.schema["customer_id"] for frame in frames]
    if len({dtype == nw.String for dtype in types}) > 1:
        raise DataError(
            f"{CALLER}: the customer ids must be of one type, but they are {listed(dict.fromkeys(map(str, types)))}. "
            "Convert the column."
        )
    if len(set(types)) == 1:
        return list(frames)
    return [frame.with_columns(nw.col("customer_id").cast(nw.Int128)) for frame in frames]


def _flows(customers: nw.DataFrame[Any], segments: Mapping[int, TrackedSegment]) -> tuple[Flow, ...]:
    """The pairs of segments that have customers, in the order of the segments; new customers last."""
    sums = [nw.len().alias("customers")]
    if "units" in customers.columns:
        sums.append(nw.col("units").sum())
    rows = list(customers.group_by("before", "after").agg(sums).iter_rows(named=True))
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
