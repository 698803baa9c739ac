"""`export_destination`: the customers of segments as a file for an ad platform, a mail service or a CRM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from os import PathLike
from pathlib import Path

from custseg._checks import check_choice
from custseg._privacy import few
from custseg._write import write_files
from custseg.errors import DataError
from custseg.exports.destinations._arguments import (
    CALLER,
    check_choices,
    checked_attribute,
    checked_list,
    checked_mapping,
    checked_path,
)
from custseg.exports.destinations._destination import Column, Destination, destination_names, destinations
from custseg.exports.destinations._file import SystemFile
from custseg.exports.destinations._members import Members, chosen_segment, members_of
from custseg.exports.destinations._names import written_names
from custseg.exports.destinations._notes import export_notes
from custseg.exports.destinations._people import GIVEN, read_people
from custseg.exports.destinations._rows import (
    Addresses,
    Rows,
    chosen_members,
    in_order,
    rows_of,
    used_columns,
    values_of,
)
from custseg.identity import checked_country
from custseg.model import SegmentModel
from custseg.texts import LANGUAGES, listed, plural


@dataclass(frozen=True)
class DestinationExport:
    """What `export_destination` has written.

    Attributes
    ----------
    path : Path
        The file for the system.
    manifest : Path
        The file beside it that says what it is, when and from which model.
    rows : int
        How many people are in the file.
    left_out : mapping of str to int
        How many members are not, by reason: "unsubscribed", "complained", "bounced", "suppressed" (by another column of
        `suppress`), "not_reachable" (by an activation list), "no_consent", "no_contact" (not in the table of
        customers), "no_key" (nothing by which the system could know them), "formula" (a value that a spreadsheet would
        run), "shared_key" (it would know customers of different segments by one value) and "duplicate". Exact; in the
        manifest and in `notes` 1 to 9 are hidden.
    notes : tuple of str
        What to bear in mind, in the language of the export.
    """

    path: Path
    manifest: Path
    rows: int
    left_out: Mapping[str, int]
    notes: tuple[str, ...] = ()


def export_destination(
    destination: str,
    source: object,
    path: str | PathLike[str],
    *,
    customers: object,
    consent: str | None = None,
    segment: int | str | None = None,
    members: str = "all",
    columns: Mapping[str, str] | None = None,
    customer_column: str | None = None,
    suppress: Sequence[str] | None = None,
    names: Mapping[int | str, str] | None = None,
    attribute: str | None = None,
    header: Sequence[str] | None = None,
    country: str | None = None,
    as_of: object = None,
    model: SegmentModel | None = None,
    language: str | None = None,
) -> DestinationExport:
    """Write the customers of segments as the file that a system imports, and a manifest beside it.

    Each system has its own headers, encoding, form of e-mail addresses and phone numbers, and hash: ad platforms get
    hashes alone. Nobody is written who did not consent, unsubscribed or complained. Both files are written, or none;
    the same arguments give the same files.

    Parameters
    ----------
    destination : str
        One of `destination_names()`.
    source : Segmentation, Transitions, table or path
        Who is in which segment: a result, a comparison of two snapshots, a table of assignments, or the list of
        `export_activation`, whose customers that are not reachable are left out.
    path : str or Path
        The file, whose name ends in ``.csv``, for "segment" in ``.jsonl``. The name of the manifest is the same and
        ``.manifest.json``.
    customers : table or path
        One row per customer with what the system knows people by: "email", "phone", "first_name" and so on.
    consent : str
        Required: the column of `customers` that says who agreed to this use of their data (true and false, 1 and 0, yes
        and no), or "given" if all did. A missing value is no consent.
    segment : int or str, optional
        The segment to write. Required for ad platforms, where a file is one audience; else by default all.
    members : {"all", "entered", "left"}, default "all"
        Of a comparison: all members, only those who are new in the segment, or those to remove from an audience, who
        were in the segment and are not any more or may not be contacted (removal needs no consent).
    columns : mapping of str to str, optional
        For each field the column of `customers`, as in ``{"email": "E-mail"}``; by default columns with the names of
        the fields. `external_id` is the customer id.
    customer_column : str, optional
        Column of ids in `customers`; by default `customer_id`.
    suppress : sequence of str, optional
        Columns of `customers` that say that nothing may be sent; by default `unsubscribed`, `complained` and `bounced`,
        as far as there are such columns. An address or number of theirs is written in no other row either.
    names : mapping of int or str to str, optional
        Other names of segments for this system.
    attribute : str, optional
        The column or trait of the system that takes the segment; by default "custseg_segment".
    header : sequence of str, optional
        Required for "metrika_user_parameters", whose headers are not published: those of id, parameter and value, as
        the system shows them.
    country : str, optional
        Where phone numbers without "+" are from, such as "RU".
    as_of : date, datetime or str, optional
        The moment of a source that has none.
    model : SegmentModel, optional
        The model that a comparison or table is from; a result has its own.
    language : {"en", "ru"}, optional
        Of the notes; by default that of the model, else English.

    Returns
    -------
    DestinationExport

    Raises
    ------
    DataError
        If a column is missing, the system cannot take the name of a segment, the file would be too large, the audience
        is under the minimum of the system, or nobody is left.
    TypeError, ValueError
        If an argument is of the wrong type or value, or the choice about consent is missing.
    MissingDependencyError
        If there are phone numbers, and the package phonenumbers is not installed.
    CustsegError
        If the files cannot be written; files of these names are then as they were.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.exports import export_destination
    >>> assigned = pl.DataFrame({"customer_id": ["C1", "C2"], "segment": [0, 1], "name": ["Champions", "New"]})
    >>> people = pl.DataFrame({"customer_id": ["C1", "C2"], "email": ["Ann@example.com", "bob@example.com"]})
    >>> people = people.with_columns(agreed=pl.Series(["yes", "no"]))
    >>> written = export_destination("klaviyo", assigned, "klaviyo.csv", customers=people, consent="agreed")
    >>> print(written.path.read_text())
    Email,custseg_segment
    ann@example.com,Champions
    <BLANKLINE>
    >>> written.left_out
    {'no_consent': 1}
    """
    check_choice(CALLER, "destination", destination, allowed=destination_names())
    system = destinations()[destination]
    target = checked_path(path, system)
    check_choices(system, source, consent=consent, segment=segment, members=members, header=header)
    written_attribute = checked_attribute(attribute, system)
    asked, home = checked_mapping(columns), checked_country(CALLER, country)
    of_source = members_of(source, as_of=as_of, model=model, caller=CALLER)
    words = _language(language, of_source)
    own_segment = chosen_segment(of_source, segment, CALLER)
    agreed = str(consent)
    people = read_people(
        customers,
        system.fields,
        columns=asked,
        customer_column=customer_column,
        consent=agreed,
        suppress=checked_list(suppress),
        caller=CALLER,
    )
    used = used_columns(system, people, asked)
    _check_keys(used, system)
    values = values_of(used, people, country=home, encoding=system.encoding, caller=CALLER)
    addresses = Addresses.of(values, people, system)
    chosen = chosen_members(of_source, people, addresses, segment=own_segment, change=members)
    needed = sorted(set(chosen.values()) if own_segment is None else [own_segment], key=in_order)
    called = written_names(of_source, needed, names, destination=system, caller=CALLER)
    rows = rows_of(
        chosen, of_source, people, destination=system, columns=used, values=values, addresses=addresses,
        for_removal=members == "left",
    )  # fmt: skip
    file = SystemFile(
        destination, system, used, rows, called, attribute=written_attribute, header=header, as_of=of_source.as_of
    )
    content = file.content()
    _check_size(rows, content, system, members=members)
    is_whole, is_blind = members == "all", not people.refusals
    notes = export_notes(rows, system, list(called.values()), language=words, is_whole=is_whole, is_blind=is_blind)
    details = {
        "members": members,
        "since": of_source.since,
        "consent": GIVEN if agreed == GIVEN else {"column": agreed},
        "suppressed_by": list(people.refusals),
        "notes": notes,
    }
    beside = file.manifest(target.name, content, details=details, model=of_source.model)
    contents = {target.name: content, f"{target.name}.manifest.json": beside}
    writers = {name: partial(_write, content=content) for name, content in contents.items()}
    written = write_files(target.parent, writers, caller=CALLER)
    return DestinationExport(written[0], written[1], len(rows.cells), rows.left_out, tuple(notes))


def _write(staged: Path, *, content: bytes) -> None:
    staged.write_bytes(content)


def _check_keys(used: Sequence[Column], system: Destination) -> None:
    """Raise unless the table of customers has something by which the system knows people."""
    fields = {column.field for column in used}
    if not any(set(key) <= fields for key in system.keys):
        keys = " or ".join(" with ".join(map(repr, key)) for key in system.keys)
        raise DataError(
            f"{CALLER}: {system.title} knows people by {keys}, and the table of customers has no such columns. "
            f"Name them in columns=, as in columns={{{system.keys[0][0]!r}: '...'}}."
        )


def _check_size(rows: Rows, content: bytes, system: Destination, *, members: str) -> None:
    """Raise if nobody is left, or the file is smaller or larger than the system takes."""
    n_rows = len(rows.cells)
    if not n_rows:
        reasons = "; ".join(f"{reason}: {few(count, 'customer')}" for reason, count in rows.left_out.items())
        numbers = " Phone numbers without '+' need country=, such as country='RU'." if rows.invalid.get("phone") else ""
        raise DataError(
            f"{CALLER}: nobody is left to write ({reasons or 'no customer is chosen'}). Nothing was written.{numbers}"
        )
    minimum = max(system.minimum_rows, system.minimum_matched)
    if members == "all" and n_rows < minimum:
        raise DataError(
            f"{CALLER}: {system.title} needs an audience of at least {plural(minimum, 'person', 'people')}, and "
            f"{few(n_rows, 'customer')} can be written. Take a larger segment; nothing was written."
        )
    limits = [(n_rows, system.max_rows, "row"), (len(content), system.max_bytes, "byte")]
    if over := [f"{size:,} {unit}s, at most {limit:,}" for size, limit, unit in limits if limit and size > limit]:
        raise DataError(
            f"{CALLER}: the file would be larger than {system.title} takes ({listed(over)}). Write one segment at a "
            "time with segment=, or changes alone with members='entered'."
        )


def _language(language: object, members: Members) -> str:
    if language is not None:
        check_choice(CALLER, "language", language, allowed=LANGUAGES)
        return str(language)
    return LANGUAGES[0] if members.model is None else members.model.language
