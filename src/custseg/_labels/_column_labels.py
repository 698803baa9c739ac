"""Names of columns for people, given as a mapping or a TOML file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from custseg._checks import did_you_mean, read_definitions
from custseg.errors import DataError
from custseg.texts import FIELD_WIDTH, LANGUAGES, is_printable, listed, shown, single_line

_Labels = Mapping[str, Mapping[str, str]]
_SHOWN_COLUMNS = 20
_CYRILLIC = ("ru",)
"""Languages in Cyrillic letters."""


def read_column_labels(labels: object, present: _Labels, argument: str, *, caller: str) -> dict[str, dict[str, str]]:
    """Read labels of columns, each a text or a mapping of languages to texts.

    A text is used in every language; one in Cyrillic letters not in English, where the column keeps what it is called.

    Parameters
    ----------
    labels : mapping or path of a TOML file
        Label, or labels by language, by column.
    present : mapping of str to mapping of str to str
        The columns of the table, with the label by language that each has so far.
    argument : str
        Name of the argument, for errors.
    caller : str
        Name of the function, for errors.

    Returns
    -------
    dict of str to dict of str to str
        Labels by language, by column.

    Raises
    ------
    DataError
        If a column does not exist, a label cannot be shown on one line of at most 60 characters, or two columns have
        one label; one message lists all faults.
    TypeError
        If `labels` is neither a mapping nor a path.
    """
    entries = read_definitions(labels, argument, caller)
    faults = [fault for column, entry in entries.items() for fault in _faults(column, entry, present)]
    if not faults:
        by_column = {column: _by_language(entry) for column, entry in entries.items()}
        faults = list(_repeated(by_column, present))
    if faults:
        lines = "".join(f"\n  {fault}." for fault in faults)
        raise DataError(f"{caller}: {argument} cannot be used:{lines}")
    return by_column


def _by_language(entry: Any) -> dict[str, str]:
    languages = _CYRILLIC if isinstance(entry, str) and _is_cyrillic(entry) else LANGUAGES
    texts = entry if isinstance(entry, Mapping) else dict.fromkeys(languages, entry)
    return {language: label.strip() for language, label in texts.items()}


def _is_cyrillic(label: str) -> bool:
    return any(unicodedata.name(letter, "").startswith("CYRILLIC") for letter in label)


def _faults(column: str, entry: Any, present: _Labels) -> Iterator[str]:
    if column not in present:
        hint = did_you_mean(column, present)
        yield f"the table has no column {shown(column)}.{hint} Its columns are {listed(present, _SHOWN_COLUMNS)}"
        return
    texts = entry if isinstance(entry, Mapping) else {"": entry}
    if not texts:
        yield f"{shown(column)} has no label"
    for language, label in texts.items():
        if language and language not in LANGUAGES:
            advice = f"languages are {listed(LANGUAGES)}; in TOML, a column name with a dot is written in quotes"
            yield f"{shown(column)} has a label in {shown(language)}: {advice}"
        elif not isinstance(label, str):
            yield f"the label of {shown(column)} must be text, got {type(label).__name__}"
        elif not label.strip():
            yield f"the label of {shown(column)} is empty: leave it out to keep the name of the column"
        elif not is_printable(label):
            yield f"the label of {shown(column)} has a line break or another control character: {shown(label)}"
        elif len(label.strip()) > FIELD_WIDTH:
            yield f"the label of {shown(column)} has {len(label.strip())} characters; at most {FIELD_WIDTH} are allowed"


def _repeated(labels: _Labels, present: _Labels) -> Iterator[str]:
    """Labels that two columns share, at least one of which is given; once if they share one in every language."""
    shared: dict[tuple[str, str, str], list[str]] = {}
    for language in LANGUAGES:
        first_columns: dict[str, str] = {}
        effective = {column: labels.get(column, {}).get(language, texts[language]) for column, texts in present.items()}
        for column, label in effective.items():
            first = first_columns.setdefault(label.casefold(), column)
            if first != column and not {first, column}.isdisjoint(labels):
                shared.setdefault((first, column, single_line(label)), []).append(language)
    for (first, column, label), languages in shared.items():
        where = "" if len(languages) == len(LANGUAGES) else f" (language {languages[0]!r})"
        columns = f"{shown(first)} and {shown(column)}"
        yield f"columns {columns} have one label, {shown(label)}{where}: give each a label of its own"
