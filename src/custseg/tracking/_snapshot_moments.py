"""The moment of a snapshot as text that sorts, and as the name of its folder.

The text is ISO 8601: ``2024-06-01`` for a midnight, else ``2024-06-01T12:30:00``, with six decimals where there are
microseconds. A moment with a time zone is written in UTC with a ``Z`` at the end and always with its time. The folder
is ``as_of=`` and this text with ``%3A`` for a colon, which some file systems do not allow: Hive, Spark, DuckDB and
polars write and read it that way. Texts of one kind, with or without a zone, sort by time.
"""

from __future__ import annotations

from datetime import UTC, datetime

from custseg.errors import DataError
from custseg.snapshot import parse_moment
from custseg.texts import shown

PREFIX = "as_of="
_COLON = "%3A"


def moment_text(as_of: object, caller: str) -> str:
    """The moment, given in any form that `parse_moment` reads, as text."""
    moment = parse_moment(as_of, caller)
    if moment.tzinfo is not None:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    is_midnight = moment == datetime(moment.year, moment.month, moment.day)
    return moment.date().isoformat() if is_midnight else moment.isoformat()


def is_zoned(moment: str) -> bool:
    """Whether the text is that of a moment with a time zone."""
    return moment.endswith("Z")


def folder_name(moment: str) -> str:
    """The name of the folder of the snapshot at a moment, given as text."""
    return PREFIX + moment.replace(":", _COLON)


def moment_of_folder(name: str, caller: str) -> str:
    """The moment as text, from the name of a snapshot's folder; DataError where it is no such name."""
    moment = name.removeprefix(PREFIX).replace(_COLON, ":")
    try:
        is_valid = folder_name(moment_text(moment, caller)) == name
    except ValueError:
        is_valid = False
    if not is_valid:
        raise DataError(
            f"{caller}: the folder {shown(name)} in the history is not named as a snapshot is, such as "
            f"'{PREFIX}2024-06-01' or '{PREFIX}2024-06-01T12{_COLON}30{_COLON}00'. Rename it, or move it away."
        )
    return moment
