"""Who is in which segment, and who left: from a result, a comparison of two snapshots, or a list of customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike, fspath
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import NOT_ON_SPARK, open_table, original_text
from custseg.errors import DataError
from custseg.exports.destinations._people import flag_values
from custseg.identity import columns_as_written, id_texts
from custseg.model import SegmentModel
from custseg.result import Segmentation
from custseg.snapshot import moment_text
from custseg.texts import listed
from custseg.tracking import Transitions, read_assignments

CHANGES = ("entered", "left")
MEMBERS = ("all", *CHANGES)
Segment = int | str


@dataclass(frozen=True)
class Members:
    """The customers of a source, with the segments that they are in and were in before.

    Attributes
    ----------
    ids : list of str
        The customers, each once.
    segments : list of int, str or None
        The number of the segment of each, or the name of a group of customers in no segment; None for those that are
        gone.
    before : list of int, str or None, or None
        The segments of before, if two snapshots were compared; None where a customer was in none.
    names : mapping of int or str to str
        What each segment is called.
    english : mapping of int to str
        The English names of segments, as far as they are known.
    blocked : set of str
        Customers that an activation list says must not be contacted.
    as_of, since : str or None
        The moments of the snapshots.
    model : SegmentModel or None
        What the segments are from.
    """

    ids: list[str]
    segments: list[Segment | None]
    names: Mapping[Segment, str]
    before: list[Segment | None] | None = None
    english: Mapping[Segment, str] = field(default_factory=dict)
    blocked: frozenset[str] = frozenset()
    as_of: str | None = None
    since: str | None = None
    model: SegmentModel | None = None


def members_of(source: object, *, as_of: object, model: SegmentModel | None, caller: str) -> Members:
    """The customers of a `Segmentation`, of `Transitions`, of assignments or of an activation list."""
    if model is not None and not isinstance(model, SegmentModel):
        raise TypeError(f"{caller}: model must be a SegmentModel, got {type(model).__name__}.")
    if isinstance(source, (Segmentation, Transitions)):
        moment: object = source.as_of
        if as_of is not None and moment is not None:
            raise ValueError(f"{caller}: as_of belongs to a source without a moment; this one has its own.")
        moment = as_of if moment is None else moment
        as_text = None if moment is None else moment_text(moment, caller)
        if isinstance(source, Segmentation):
            if model is not None:
                raise ValueError(f"{caller}: model belongs to other sources; a result has its own. Leave it out.")
            return _of_assignments(source.assignments, as_of=as_text, model=source.model, caller=caller)
        return _of_transitions(source, as_of=as_text, model=model, caller=caller)
    as_text = None if as_of is None else moment_text(as_of, caller)
    return _of_assignments(source, as_of=as_text, model=model, caller=caller)


def _of_assignments(source: object, *, as_of: str | None, model: SegmentModel | None, caller: str) -> Members:
    """The members of a table of assignments, or of an activation list with its columns `reachable` and `as_of`."""
    rows = read_assignments(source, caller, "source").local
    # A list that custseg wrote as CSV has text that is safe for spreadsheets.
    is_csv = isinstance(source, (str, PathLike)) and fspath(source).lower().endswith(".csv")
    restored = original_text if is_csv else str
    ids = [restored(value) for value in _texts(rows.get_column("customer_id"))]
    names = [restored(value) for value in rows.get_column("name").to_list()]
    segments = _segments(rows.get_column("segment").to_list(), names)
    by_segment = dict(zip(segments, names, strict=True))
    opened = open_table(source, caller)
    further = [name for name in ("reachable", "as_of") if name in opened.dialect.columns]
    read = columns_as_written(opened, ["customer_id", *further])
    blocked: frozenset[str] = frozenset()
    if "reachable" in read:
        flags = flag_values(read["reachable"], "reachable", caller, subject="source")
        listed_ids = id_texts({"customer_id": read["customer_id"]}, caller, subject="source")["customer_id"]
        blocked = frozenset(
            restored(value) for value, flag in zip(listed_ids, flags, strict=True) if flag is False and value
        )
    if "as_of" in read and as_of is None:
        as_of = _moment(read["as_of"], caller)
    return Members(ids, list(segments), by_segment, None, _english(model), blocked, as_of, None, model)


def _of_transitions(source: Transitions, *, as_of: str | None, model: SegmentModel | None, caller: str) -> Members:
    labels: dict[int | None, Segment | None] = {None: None}
    names: dict[Segment, str] = {}
    for item in source.segments:
        labels[item.key] = item.name if item.segment is None else item.segment
        names[item.name if item.segment is None else item.segment] = item.name
    rows = source.customers
    if isinstance(rows, nw.LazyFrame):
        raise TypeError(f"{caller}: {NOT_ON_SPARK}")
    after = [labels[key] for key in rows.get_column("after").to_list()]
    before = [labels[key] for key in rows.get_column("before").to_list()]
    ids = _texts(rows.get_column("customer_id"))
    return Members(ids, after, names, before, _english(model), frozenset(), as_of, source.since, model)


def _segments(numbers: Sequence[int | None], names: Sequence[str]) -> list[Segment]:
    """The number of each segment, or the name of the group of customers in none."""
    return [name if number is None else number for number, name in zip(numbers, names, strict=True)]


def _english(model: SegmentModel | None) -> dict[Segment, str]:
    return {} if model is None else {segment.number: segment.names["en"] for segment in model.segments}


def _texts(ids: nw.Series[Any]) -> list[str]:
    return [value.strip() for value in ids.cast(nw.String).to_list()]


def _moment(values: nw.Series[Any], caller: str) -> str | None:
    """The one moment of an activation list."""
    moments = values.drop_nulls().unique().to_list()
    if len(moments) > 1:
        raise DataError(f"{caller}: source has rows of {len(moments)} moments (as_of). Keep those of one.")
    return moment_text(moments[0], caller) if moments else None


def chosen_segment(members: Members, segment: object, caller: str) -> Segment | None:
    """The segment as it is among the members; None for all."""
    if segment is None:
        return None
    if isinstance(segment, bool) or not isinstance(segment, (int, str)):
        raise TypeError(f"{caller}: segment must be the number or name of a segment, got {type(segment).__name__}.")
    if segment in members.names:
        return segment
    by_name = [label for label, name in members.names.items() if name == segment]
    if len(by_name) != 1:
        choices = [f"{label} ({name})" if isinstance(label, int) else label for label, name in members.names.items()]
        raise DataError(f"{caller}: there is no segment {segment!r}. The segments are {listed(choices)}.")
    return by_name[0]
