"""The bytes of a file for another system, and the manifest beside it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from custseg._privacy import bound_words, shown_sizes
from custseg.exports.destinations._destination import Column, Destination
from custseg.exports.destinations._members import Segment
from custseg.exports.destinations._rows import Rows
from custseg.model import SegmentModel

SCHEMA = 1


@dataclass(frozen=True)
class SystemFile:
    """A file for a system: its rows, their columns, and the names of segments.

    Attributes
    ----------
    destination : str
        The name of the system.
    system : Destination
        What it asks for.
    columns : sequence of Column
        What is written about a person.
    rows : Rows
        The people.
    names : mapping of int or str to str
        What each segment is called.
    attribute : str
        The column or trait that takes the segment.
    header : sequence of str or None
        The headers that the caller gave.
    as_of : str or None
        The moment of the segments.
    """

    destination: str
    system: Destination
    columns: Sequence[Column]
    rows: Rows
    names: Mapping[Segment, str]
    attribute: str
    header: Sequence[str] | None
    as_of: str | None

    def content(self) -> bytes:
        """The whole file."""
        pairs = zip(self.rows.cells, self.rows.segments, strict=True)
        if self.system.form == "identify":
            lines = [
                _identify(cells[0], self.names[segment], attribute=self.attribute, as_of=self.as_of)
                for cells, segment in pairs
            ]
            return "".join(f"{line}\n" for line in lines).encode()
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.system.separator, lineterminator="\n")
        writer.writerow(self.first_line)
        if self.system.form == "parameters":
            writer.writerows((*cells, self.attribute, self.names[segment]) for cells, segment in pairs)
        elif self.system.use == "audience":
            writer.writerows(self.rows.cells)
        else:
            writer.writerows((*cells, self.names[segment]) for cells, segment in pairs)
        return text.getvalue().encode(self.system.encoding)

    @property
    def first_line(self) -> list[str]:
        """The headers of a CSV file; none of JSON lines."""
        if self.system.form == "identify":
            return []
        if self.header is not None:
            return list(self.header)
        headers = [column.header for column in self.columns]
        return headers if self.system.use == "audience" else [*headers, self.attribute]

    def manifest(self, file: str, content: bytes, *, details: Mapping[str, Any], model: SegmentModel | None) -> bytes:
        """What the file is, when and from which model: without ids, and with counts of 1 to 9 hidden."""
        shown = shown_counts(self.rows)
        entries = {
            "schema": SCHEMA,
            "destination": self.destination,
            "file": file,
            "sha256": hashlib.sha256(content).hexdigest(),
            "as_of": self.as_of,
            "segments": {str(segment): name for segment, name in self.names.items()},
            "attribute": None if self.system.use == "audience" else self.attribute,
            "columns": self.first_line,
            "hashes": {column.header: column.hash for column in self.columns if column.hash},
            "rows": shown["rows"],
            "left_out": {reason: shown[reason] for reason in self.rows.left_out},
            "model": None if model is None else _model_entries(model),
            **details,
        }
        return (json.dumps(entries, indent=2, ensure_ascii=False) + "\n").encode()


def _model_entries(model: SegmentModel) -> dict[str, Any]:
    return {
        "method": model.method,
        "as_of": None if model.as_of is None else model.as_of.isoformat(),
        "columns": [column.name for column in model.columns],
        "checksum": model.checksum,
    }


def shown_counts(rows: Rows) -> dict[str, int | str]:
    """The number of rows and of those left out by reason; the small ones, and what would give them away, as bounds."""
    counts = {"rows": len(rows.cells), **rows.left_out}
    shown = shown_sizes(list(counts.values()))
    return {
        name: bound_words(count) if size is None else size
        for (name, count), size in zip(counts.items(), shown, strict=True)
    }


def _identify(customer: str, name: str, *, attribute: str, as_of: str | None) -> str:
    """One line of the specification of Segment and RudderStack; the same list gives the same message ids."""
    message = hashlib.sha256("\0".join((as_of or "", customer, attribute, name)).encode()).hexdigest()
    line: dict[str, Any] = {"type": "identify", "messageId": f"custseg-{message[:32]}", "userId": customer}
    # A moment without a time zone is no instant.
    if as_of is not None and as_of.endswith("Z"):
        line["timestamp"] = as_of
    return json.dumps({**line, "traits": {attribute: name}}, ensure_ascii=False)
