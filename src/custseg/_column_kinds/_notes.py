"""Sentences on the columns of a table of customers, for the data report and the inspection of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from custseg._column_kinds._codes import codes_among
from custseg._column_kinds._cycles import cycle_of
from custseg._column_kinds._words import is_demographic_name, is_sensitive_name
from custseg._numerics import Floats
from custseg.texts import EXACT, number, percent, printable, text


@dataclass(frozen=True)
class Remark:
    """What is remarkable about a column, and what to do about it.

    Attributes
    ----------
    kind : {"code", "cycle"}
        Whether values seem to be codes, or the column is circular.
    count : int
        How many rows have such a value.
    text, remedy : str
        One sentence each.
    """

    kind: str
    count: int
    text: str
    remedy: str


def column_notes(columns: Mapping[str, Floats], language: str, phrases: Mapping[str, str] | None = None) -> list[str]:
    """The remarks on all columns as text; NaN is missing. `phrases` has what columns are called, else their names."""
    return [
        f"{remark.text} {remark.remedy}"
        for name, values in columns.items()
        for remark in column_remarks(name, values, language, called=(phrases or {}).get(name, name))
    ]


def person_notes(names: Sequence[str], language: str, *, attributes: Set[str], n_others: int) -> list[str]:
    """What it means that segments were made of columns that describe people.

    `names` are columns that the user gave; those in `attributes` describe people whatever they are called, the others
    by their names. `n_others` columns were made of what customers did.
    """
    words = text(language, "goals")
    is_demographic = not n_others and all(name in attributes or is_demographic_name(name) for name in names)
    sensitive = [printable(name) for name in names if is_sensitive_name(name)]
    notes = [str(words["demographic"])] if is_demographic else []
    return [*notes, str(words["sensitive"]).format(columns=", ".join(sensitive))] if sensitive else notes


def column_remarks(name: str, values: Floats, language: str, *, called: str | None = None) -> list[Remark]:
    """A remark if the column is circular, or for each group of codes that it seems to hold.

    A circular column is not searched for codes: the advice on it comes first.
    Codes are reported and not replaced: only the owner of the data can say whether -1 is "never" or a number, and
    with the median in place of most values a column would say nothing.
    """
    return list(_remarks(name, values, language, column=printable(name if called is None else called)))


def _remarks(name: str, values: Floats, language: str, *, column: str) -> Iterator[Remark]:
    words = text(language, "column_kinds")
    present = values[~np.isnan(values)]
    cycle = cycle_of(name, values)
    if cycle is not None:
        fields = {"column": column, "cycle": words["cycles"][cycle.kind], "last": cycle.last, "first": cycle.first}
        yield Remark(
            "cycle",
            len(present),
            words["cycle"]["text"].format(**fields),
            words["cycle"]["remedy"].format(period=cycle.period),
        )
        return
    for code in codes_among(name, values):
        low, high = (number(value, language) for value in (code.low, code.high))
        sentence = words["code"]["text"].format(
            share=percent(code.share, language),
            column=column,
            values=words["and"].join(number(value, language, digits=EXACT) for value in code.values),
            low=low,
            high=high,
        )
        yield Remark("code", int(np.isin(present, code.values).sum()), sentence, words["code"]["remedy"])
