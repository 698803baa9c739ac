"""Columns of yes and no, in whatever way they are written."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from custseg._column_kinds._words import answer_of

# How files write flags that are numbers.
_DIGITS = {"1": "yes", "0": "no"}


def flags_of(values: nw.Series[Any]) -> list[bool | None] | None:
    """The values as booleans, missing ones as None; None for a column that holds anything but yes and no.

    Yes is true, 1 (also 1.0), or a word for it in any case and in several languages, see `answer_of`; no likewise.
    A column without any value is one of missing answers. Each distinct value is looked at once.
    """
    # A float of 1 and 0, as engines make of whole numbers with gaps, is a flag too.
    meanings: dict[object, bool | None] = {None: None}
    for value in values.unique().to_list():
        if value is None:
            continue
        meaning = _meaning(value)
        if meaning is None:
            return None
        meanings[value] = meaning
    return [meanings[value] for value in values.to_list()]


def _meaning(value: object) -> bool | None:
    """True for yes, False for no, None for anything else."""
    if isinstance(value, str):
        answer = _DIGITS.get(value.strip()) or answer_of(value)
        return None if answer is None else answer == "yes"
    if isinstance(value, (bool, int, float)) and value in (0, 1):
        return bool(value)
    return None
