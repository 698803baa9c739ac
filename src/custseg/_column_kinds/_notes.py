"""Sentences on the columns of a table of customers, for the result of a fit and the inspection of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from custseg._column_kinds._codes import codes_among
from custseg._column_kinds._cycles import cycle_of
from custseg._numerics import Floats
from custseg.texts import EXACT, number, percent, printable, text


def column_notes(columns: Mapping[str, Floats], language: str, phrases: Mapping[str, str] | None = None) -> list[str]:
    """One sentence for each column that is circular, or seems to hold codes; NaN is missing.

    A circular column is not searched for codes: the advice on it comes first.
    Codes are reported and not replaced: only the owner of the data can say whether -1 is "never" or a number, and
    with the median in place of most values a column would say nothing. `phrases` has what columns are called, by
    default their names.
    """
    return [
        note
        for name, values in columns.items()
        for note in _notes(name, values, language, called=printable((phrases or {}).get(name, name)))
    ]


def _notes(name: str, values: Floats, language: str, *, called: str) -> Iterator[str]:
    words = text(language, "column_kinds")
    cycle = cycle_of(name, values)
    if cycle is not None:
        yield words["cycle"].format(
            column=called, cycle=words["cycles"][cycle.kind], last=cycle.last, first=cycle.first, period=cycle.period
        )
        return
    for code in codes_among(name, values):
        low, high = (number(value, language) for value in (code.low, code.high))
        yield words["code"].format(
            share=percent(code.share, language),
            column=called,
            values=words["and"].join(number(value, language, digits=EXACT) for value in code.values),
            low=low,
            high=high,
        )
