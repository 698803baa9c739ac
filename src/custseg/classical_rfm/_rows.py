"""Rows of an RFM map, read from a dict; one error lists all faults."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, TypeGuard

from custseg._checks import did_you_mean
from custseg.classical_rfm._edges import FEWEST_BINS, MOST_BINS
from custseg.errors import DataError
from custseg.texts import listed, plural

_KEYS = ("codes", "r", "f", "m", "names", "rank")
_RANGE = re.compile(r"([0-9]{1,3})(?:\s*[-–]\s*([0-9]{1,3}))?")


@dataclass(frozen=True)
class RFMRow:
    """One segment of an RFM map.

    Attributes
    ----------
    name : str
        Name of the segment.
    codes : tuple of str
        The codes that the row covers, best first.
    rank : int
        Rank of the segment by value: 1 is the most valuable.
    names : mapping of str to str
        The name in other languages, such as `{"es": "Campeones"}`.
    """

    name: str
    codes: tuple[str, ...]
    rank: int
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    def in_language(self, language: str | None) -> str:
        """The name in a language; `name` if `language` is None or the row has no such name."""
        return self.names.get(language, self.name) if language else self.name


def all_codes(bins: int) -> list[str]:
    """Every code from the best ("555") to the worst ("111")."""
    scores = range(bins, 0, -1)
    return [f"{r}{f}{m}" for r, f, m in product(scores, repeat=3)]


def read_rows(segments: Mapping[Any, Any], caller: str) -> tuple[tuple[RFMRow, ...], int]:
    """Rows in their order and the number of bins; one error lists all faults."""
    faults: list[str] = []
    bins = segments.get("bins", 5)
    if not _is_whole(bins) or not FEWEST_BINS <= bins <= MOST_BINS:
        faults.append(f"bins must be a whole number from {FEWEST_BINS} to {MOST_BINS}, got {bins!r}.")
        # The scores in the rows cannot be judged without it; any digit passes.
        bins = MOST_BINS
    drafts = []
    for position, (name, row) in enumerate(((n, r) for n, r in segments.items() if n != "bins"), start=1):
        if not isinstance(name, str) or not name.strip():
            faults.append(f"row {position} must have text as its name, got {name!r}.")
        reader = _RowReader(str(name), bins, faults)
        drafts.append(reader.row(row, position))
    if not drafts:
        faults.append("there is no segment.")
    ranked = [row["rank"] for row in segments.values() if isinstance(row, Mapping) and "rank" in row]
    if ranked and len(ranked) < len(drafts):
        faults.append(
            f"ranks are given to {len(ranked)} of {plural(len(drafts), 'segment')}: give them to all, or to none."
        )
    faults += _repeated_names(drafts)
    if faults:
        raise DataError(
            f"{caller}: the map has {plural(len(faults), 'fault')}:\n" + "\n".join(f"- {fault}" for fault in faults)
        )
    return tuple(drafts), bins


class _RowReader:
    """Reader of one row; appends the faults of the row to `faults`."""

    def __init__(self, name: str, bins: int, faults: list[str]) -> None:
        self.name = name
        self.bins = bins
        self.faults = faults

    def row(self, raw: object, position: int) -> RFMRow:
        """The row, with its valid codes."""
        if not isinstance(raw, Mapping):
            raw = {"codes": raw}
        for key in raw:
            if key not in _KEYS:
                self.fault(f"has an unknown key {key!r}; keys are {listed(_KEYS)}.{did_you_mean(str(key), _KEYS)}")
        conditions = [letter for letter in "rfm" if letter in raw]
        if ("codes" in raw) == bool(conditions):
            has_codes = "codes" in raw
            self.fault(f"must have either codes or r, f, m, got {'both' if has_codes else 'neither'}.")
        codes = self._patterns(raw["codes"]) if "codes" in raw else self._box(raw)
        rank: Any = raw.get("rank", position)
        if not _is_whole(rank) or rank < 1:
            self.fault(f"must have a whole number from 1 on as rank, got {rank!r}.")
        order = {code: i for i, code in enumerate(all_codes(self.bins))}
        return RFMRow(self.name, tuple(sorted(codes, key=order.__getitem__)), rank, self._names(raw))

    def fault(self, text: str) -> None:
        """Record a fault of this row."""
        self.faults.append(f"{self.name!r} {text}")

    def _patterns(self, raw: object) -> set[str]:
        """The codes of a list, or of text with spaces between; `*` stands for any score."""
        values = raw.split() if isinstance(raw, str) else raw
        if not isinstance(values, (list, tuple)) or not values:
            self.fault(f"must have codes such as ['555', '54*'], got {raw!r}.")
            return set()
        codes: set[str] = set()
        for value in values:
            text = str(value).strip() if _is_whole(value) or isinstance(value, str) else ""
            if re.fullmatch(r"[0-9*]{3}", text) is None:
                self.fault(f"has the code {value!r}, which is not three digits or '*'.")
            elif any(digit != "*" and not 1 <= int(digit) <= self.bins for digit in text):
                self.fault(f"has the code {value!r}, whose scores do not lie between 1 and {self.bins}.")
            else:
                codes |= self._expanded([None if digit == "*" else {int(digit)} for digit in text])
        return codes

    def _box(self, raw: Mapping[Any, Any]) -> set[str]:
        """The codes that meet the conditions on r, f and m."""
        return self._expanded([self._scores(letter, raw[letter]) if letter in raw else None for letter in "rfm"])

    def _expanded(self, scores: Iterable[set[int] | None]) -> set[str]:
        anything = range(1, self.bins + 1)
        return {"".join(map(str, code)) for code in product(*(anything if s is None else s for s in scores))}

    def _scores(self, letter: str, raw: object) -> set[int]:
        """The scores of one condition: 5, [4, 5], "4-5" or "*"."""
        values = _condition(raw, self.bins)
        if not values or not all(_is_whole(value) for value in values):
            self.fault(f"must have {letter} as 5, [4, 5], '4-5' or '*', got {raw!r}.")
            return set()
        if not all(1 <= value <= self.bins for value in values):
            self.fault(f"has {letter} = {raw!r}, which does not lie between 1 and {self.bins}.")
            return set()
        return set(values)

    def _names(self, raw: Mapping[Any, Any]) -> dict[str, str]:
        names = raw.get("names", {})
        if not isinstance(names, Mapping) or not all(
            isinstance(text, str) and text.strip() for text in (*names.keys(), *names.values())
        ):
            self.fault(f"must have names by language such as {{'es': 'Campeones'}}, got {names!r}.")
            return {}
        return dict(names)


def _condition(raw: object, bins: int) -> list[Any]:
    """The scores of a condition; empty if it is invalid."""
    if not isinstance(raw, str):
        return list(raw) if isinstance(raw, (list, tuple)) else [raw]
    if raw.strip() == "*":
        return list(range(1, bins + 1))
    span = _RANGE.fullmatch(raw.strip())
    if span is None:
        return []
    first, last = int(span[1]), int(span[2] or span[1])
    return [*range(first, min(last, bins) + 1), last] if first <= last else []


def _repeated_names(rows: list[RFMRow]) -> list[str]:
    """A fault for each name that several rows have in one language."""
    faults = []
    for language in (None, *dict.fromkeys(language for row in rows for language in row.names)):
        first_rows: dict[str, int] = {}
        for position, row in enumerate(rows):
            name = row.in_language(language)
            first = first_rows.setdefault(name.strip().casefold(), position)
            if first != position:
                where = f" in language {language!r}" if language else ""
                faults.append(f"{rows[first].name!r} and {row.name!r} have the same name{where}: {name!r}.")
    return faults


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
