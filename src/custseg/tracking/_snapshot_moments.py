"""The moment of a snapshot, as text that `moment_text` gives, as the name of its folder.

The folder is ``as_of=`` and this text with ``%3A`` for a colon, which some file systems do not allow: Hive, Spark,
DuckDB and polars write and read it that way. Other names that begin with ``as_of=`` are errors: whoever reads all
folders at once would read those too.
"""

from __future__ import annotations

from custseg.errors import DataError
from custseg.snapshot import moment_text
from custseg.texts import shown

PREFIX = "as_of="
_COLON = "%3A"


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
