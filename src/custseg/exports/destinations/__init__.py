"""Segments for the systems that contact people: ad platforms, mail services, CRMs, messengers.

Start reading at `_export.py`. What each system asks for is data, in `destinations.toml`: a new system is an entry there
and a test. `_destination.py` reads it; `_members.py` and `_people.py` read who is in a segment and how they can be
reached; `_values.py` writes and hashes one value, `_rows.py` decides about one person, `_file.py` makes the file.
"""

from __future__ import annotations

from custseg.exports.destinations._destination import destination_names
from custseg.exports.destinations._export import DestinationExport, export_destination

__all__ = ["DestinationExport", "destination_names", "export_destination"]
