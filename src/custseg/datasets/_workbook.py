"""Reads the first sheet of an Excel workbook with the standard library alone."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TypeAlias
from xml.etree.ElementTree import Element, iterparse

Cells: TypeAlias = dict[str, str]
"""Text of the filled cells of a row by column letter."""

_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_sheet(workbook: Path | IO[bytes]) -> dict[str, list[str | None]]:
    """Every column as text under its name in the first row; None is an empty cell, numbers are as stored."""
    with zipfile.ZipFile(workbook) as archive:
        words = _shared_words(archive)
        with archive.open("xl/worksheets/sheet1.xml") as sheet:
            rows = _rows(sheet, words)
            names = next(rows, {})
            columns: dict[str, list[str | None]] = {letter: [] for letter in names}
            for cells in rows:
                for letter, column in columns.items():
                    column.append(cells.get(letter))
    return {name: columns[letter] for letter, name in names.items()}


def _shared_words(archive: zipfile.ZipFile) -> list[str]:
    """The texts that cells refer to by number."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    with archive.open("xl/sharedStrings.xml") as stream:
        return [_text(item) for item in _elements(stream, "si")]


def _rows(sheet: IO[bytes], words: list[str]) -> Iterator[Cells]:
    for row in _elements(sheet, "row"):
        cells = {}
        for cell in row:
            kind, value = cell.get("t"), cell.findtext(f"{_SPACE}v")
            if kind == "inlineStr":
                value = _text(cell)
            elif kind == "s" and value is not None:
                value = words[int(value)]
            if value is not None:
                cells[cell.attrib["r"].rstrip("0123456789")] = value
        yield cells


def _text(element: Element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{_SPACE}t"))


def _elements(stream: IO[bytes], name: str) -> Iterator[Element]:
    """The elements of that name, one at a time; elements that were read are freed."""
    parents: list[Element] = []
    for event, element in iterparse(stream, events=("start", "end")):
        if event == "start":
            parents.append(element)
            continue
        parents.pop()
        if element.tag == _SPACE + name:
            yield element
            parents[-1].clear()
