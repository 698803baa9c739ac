"""Which members of a segment are written, with which values, and why the others are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from custseg._frames import safe_text
from custseg.exports.destinations._destination import Column, Destination
from custseg.exports.destinations._members import Members, Segment
from custseg.exports.destinations._people import REFUSALS, People
from custseg.exports.destinations._values import written_values

_ADDRESSES = ("email", "phone")
"""Fields that a refusal is about, whoever has them."""
Values = Mapping[str, Sequence[str | None]]
"""For each field the written value of each row of the table of customers."""


@dataclass(frozen=True)
class Rows:
    """What is written.

    Attributes
    ----------
    cells : list of tuple of str
        The values of each person in the order of the columns, sorted by segment and customer.
    segments : list of int or str
        The segment of each.
    left_out : mapping of str to int
        How many members are not written, by reason; each is counted once.
    invalid : mapping of str to int
        By field, how many of the members have a value that the system would refuse.
    """

    cells: list[tuple[str, ...]]
    segments: list[Segment]
    left_out: Mapping[str, int]
    invalid: Mapping[str, int]


def used_columns(destination: Destination, people: People, named: Mapping[str, str]) -> list[Column]:
    """The columns of the file: of the fields that the table has, and optional ones only if they are asked for."""
    columns = [
        column
        for column in destination.columns
        if column.field in people.fields and (not column.optional or column.field in named)
    ]
    fields = {column.field for column in columns}
    # Fields that are of use together only.
    partial = {field for key in destination.keys if not set(key) <= fields for field in key}
    complete = {field for key in destination.keys if set(key) <= fields for field in key}
    columns = [column for column in columns if column.field not in partial - complete]
    return columns[:1] if destination.form == "parameters" else columns


def values_of(
    columns: Iterable[Column], people: People, *, country: str | None, encoding: str, caller: str
) -> dict[str, list[str | None]]:
    """The written value of each field for each row of the table of customers."""
    values = {}
    for column in columns:
        texts = people.fields[column.field]
        written = written_values(column, texts, country=country, encoding=encoding, caller=caller)
        values[column.field] = [None if text is None else written[text] for text in texts]
    return values


@dataclass(frozen=True)
class Addresses:
    """The values of people, without those that somebody has refused.

    One address may stand in the rows of several customers: who has unsubscribed with it gets nothing by another row.

    Attributes
    ----------
    values : mapping of str to sequence
        For each field the written value of each row; None also where it was refused.
    refused : mapping of int to str
        By row, why nothing is left by which the system could know the customer, who has refused nothing.
    """

    values: Values
    refused: Mapping[int, str]

    @classmethod
    def of(cls, values: Values, people: People, destination: Destination) -> Addresses:
        """The values of the table of customers."""
        own = {row: reason for row in people.position.values() if (reason := _own_refusal(people, row))}
        fields = [field for field in _ADDRESSES if field in values]
        refusals = {field: {values[field][row]: reason for row, reason in own.items()} for field in fields}
        left = {
            field: [None if value in refusals.get(field, {}) else value for value in column]
            for field, column in values.items()
        }
        refused = {}
        for row in set(people.position.values()) - own.keys():
            lost = [refusals[field][values[field][row]] for field in fields if values[field][row] != left[field][row]]
            if lost and not _complete_keys(row, left, destination):
                refused[row] = lost[0]
        return cls(left, refused)


def _own_refusal(people: People, row: int) -> str | None:
    """Why nothing may be sent, by the customer's own row."""
    for name, flags in people.refusals.items():
        if flags[row]:
            return name if name in REFUSALS else "suppressed"
    return None


def _complete_keys(row: int, values: Values, destination: Destination) -> list[tuple[str, ...]]:
    """The lists of fields by which the system can know a person."""
    return [key for key in destination.keys if all(field in values and values[field][row] for field in key)]


def refusal(customer: str, members: Members, people: People, *, addresses: Addresses) -> str | None:
    """Why nothing may be sent to a customer; None if it may."""
    row = people.position.get(customer)
    if row is None:
        return "no_contact"
    if reason := _own_refusal(people, row) or addresses.refused.get(row):
        return reason
    if customer in members.blocked:
        return "not_reachable"
    if people.consented is not None and not people.consented[row]:
        return "no_consent"
    return None


def chosen_members(
    members: Members, people: People, addresses: Addresses, *, segment: Segment | None, change: str
) -> dict[str, Segment]:
    """The customers to look at, with the segment that is written: all, those who entered it, or those to remove.

    To be removed is who was in the segment, and is not in it now or may no longer be contacted.
    """
    before = members.before or [None] * len(members.ids)
    chosen: dict[str, Segment] = {}
    for customer, now, earlier in zip(members.ids, members.segments, before, strict=True):
        if change == "left":
            is_member = now == segment and refusal(customer, members, people, addresses=addresses) is None
            if segment is not None and earlier == segment and not is_member:
                chosen[customer] = segment
        elif now is not None and segment in (None, now) and (change == "all" or now != earlier):
            chosen[customer] = now
    return chosen


def in_order(segment: Segment) -> tuple[bool, int, str]:
    """What segments are sorted by: their numbers, and after them the names of groups in no segment."""
    return (True, 0, segment) if isinstance(segment, str) else (False, segment, "")


def rows_of(
    chosen: Mapping[str, Segment],
    members: Members,
    people: People,
    *,
    destination: Destination,
    columns: Sequence[Column],
    values: Values,
    addresses: Addresses,
    for_removal: bool,
) -> Rows:
    """The rows of the file; whoever is removed needs no consent, and is removed by every address."""
    left_out: Counter[str] = Counter()
    invalid: Counter[str] = Counter()
    candidates: list[_Candidate] = []
    written = values if for_removal else addresses.values
    for customer, segment in chosen.items():
        row = people.position.get(customer)
        reason = "no_contact" if row is None else None
        reason = reason if for_removal else refusal(customer, members, people, addresses=addresses)
        if reason is not None or row is None:
            left_out[reason or "no_contact"] += 1
            continue
        for column in columns:
            if people.fields[column.field][row] is not None and values[column.field][row] is None:
                invalid[column.field] += 1
        cells, keys = _cells(row, columns, written, destination=destination)
        if not keys:
            left_out["no_key"] += 1
        elif any(column.hash is None and safe_text(cell) != cell for column, cell in zip(columns, cells, strict=True)):
            left_out["formula"] += 1
        else:
            candidates.append(_Candidate(segment, customer, keys, cells))
    candidates.sort(key=lambda item: (in_order(item.segment), item.customer))
    return _without_repeats(candidates, left_out, invalid, is_audience=destination.use == "audience")


@dataclass(frozen=True)
class _Candidate:
    """A person who may be written, with the values by which the system knows them, the first one before the others."""

    segment: Segment
    customer: str
    keys: list[str]
    cells: tuple[str, ...]


def _cells(
    row: int, columns: Sequence[Column], values: Values, *, destination: Destination
) -> tuple[tuple[str, ...], list[str]]:
    """The cells of a person, and the values by which the system knows them."""
    person = {column.field: values[column.field][row] for column in columns}
    complete = _complete_keys(row, {field: values[field] for field in person}, destination)
    useful = {field for key in complete for field in key}
    together = {field for key in destination.keys if len(key) > 1 for field in key}
    cells = tuple("" if column.field in together - useful else person[column.field] or "" for column in columns)
    lacks = any(column.required and not person[column.field] for column in columns)
    return cells, [] if lacks else ["\0".join(f"{field}\0{person[field]}" for field in key) for key in complete]


def _without_repeats(
    candidates: Sequence[_Candidate], left_out: Counter[str], invalid: Mapping[str, int], *, is_audience: bool
) -> Rows:
    """One row for each person that the system can tell apart.

    In a file with segments, a customer whom the system knows by an e-mail address (or another key) that a customer of
    another segment has too is left out: the last row would win by chance.
    """
    segments_of: dict[str, set[Segment]] = {}
    for candidate in candidates:
        for key in candidate.keys:
            segments_of.setdefault(key, set()).add(candidate.segment)
    written: set[object] = set()
    cells, segments = [], []
    for candidate in candidates:
        identity = candidate.cells if is_audience else candidate.keys[0]
        if not is_audience and len(segments_of[candidate.keys[0]]) > 1:
            left_out["shared_key"] += 1
        elif identity in written:
            left_out["duplicate"] += 1
        else:
            written.add(identity)
            cells.append(candidate.cells)
            segments.append(candidate.segment)
    return Rows(cells, segments, dict(sorted(left_out.items())), dict(sorted(invalid.items())))
