"""Values in columns of Spark as other engines read them: NaN and blank text are missing, text is compared by bytes."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from custseg._frames._spark._session import functions_of
from custseg.sql_dialects import WHITESPACE


def is_text(kind: str) -> bool:
    """Whether the type of this name is text."""
    return kind.partition("(")[0].partition(" ")[0] in ("string", "varchar", "char")


def uncollated(frame: Any) -> Any:
    """The frame with all text compared by bytes; the names of its columns must need no quotes.

    A collation may take "A" for "a", in the order of the rows too, and Spark joins no columns of different collations.
    """
    collated = [name for name, kind in frame.dtypes if is_text(kind) and " collate " in kind]
    functions = functions_of(frame)
    return frame.withColumns({name: functions.col(name).cast("string") for name in collated}) if collated else frame


def cleaned(functions: ModuleType, value: Any, kind: str) -> Any:
    """The column of the type of this name with NaN and blank text as null."""
    F: Any = functions
    if is_text(kind):
        # Trimming a set of characters is slow, and the first character mostly decides.
        is_visible = F.ascii(value).between(F.lit(33), F.lit(126))
        return F.when(is_visible | (stripped(F, value) != F.lit("")), value)
    if kind in ("float", "double"):
        return F.when(~F.isnan(value), value)
    return value


def stripped(functions: ModuleType, text: Any) -> Any:
    """The text without white space at both ends."""
    F: Any = functions
    return F.btrim(text, F.lit(WHITESPACE))
