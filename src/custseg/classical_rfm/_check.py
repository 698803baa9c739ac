"""Consistency check of RFM maps: gaps, overlaps, unreachable rows, non-monotone pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from custseg.classical_rfm._rows import RFMRow, all_codes
from custseg.texts import plural

_SHOWN = 12


class NonMonotonePair(NamedTuple):
    """Two codes of which the first has better or equal scores, but the second the segment of higher value."""

    better: str
    better_segment: str
    worse: str
    worse_segment: str


@dataclass(frozen=True, repr=False)
class RFMMapCheck:
    """Result of the check of a map; all fields are empty for a map without faults.

    Attributes
    ----------
    bins : int
        Scores per feature; the map is over `bins ** 3` codes.
    segments : int
        The number of rows.
    gaps : tuple of str
        Codes that no row covers, best first; their customers get no segment.
    overlaps : mapping of str to tuple of str
        For each code that several rows cover, their names in order; the first one wins.
    unreachable : tuple of str
        Rows whose codes are all covered by earlier rows; no customer gets them.
    non_monotone : tuple of NonMonotonePair
        All pairs of codes x, y with x >= y in every score but a segment of lower value (a larger `rank`)
        for x. Each code has the segment that `apply` gives it; codes in gaps are in no pair.
    """

    bins: int
    segments: int
    gaps: tuple[str, ...]
    overlaps: Mapping[str, tuple[str, ...]]
    unreachable: tuple[str, ...]
    non_monotone: tuple[NonMonotonePair, ...]

    @property
    def complete(self) -> bool:
        """Whether every code has a row."""
        return not self.gaps

    @property
    def disjoint(self) -> bool:
        """Whether no code has two rows."""
        return not self.overlaps

    def __repr__(self) -> str:
        head = f"RFMMapCheck: {plural(self.segments, 'segment')} over {self.bins**3} codes"
        lines = [
            f"gaps: {_counted(self.gaps)}" if self.gaps else "complete: every code has a segment",
            f"overlaps: {plural(len(self.overlaps), 'code')} in several rows"
            if self.overlaps
            else "disjoint: no code has two rows",
            *(f"  {text}" for text in _shortened(_overlaps_in_words(self.overlaps))),
            f"unreachable: {', '.join(self.unreachable)}" if self.unreachable else "every row is reachable",
            f"not monotone: {plural(len(self.non_monotone), 'pair')} of codes"
            if self.non_monotone
            else "monotone: no better code has a segment of less worth",
            *(f"  {text}" for text in _shortened(_pairs_in_words(self.non_monotone))),
        ]
        return "\n".join([head, *(f"  {line}" for line in lines)])


def check_rows(rows: Sequence[RFMRow], bins: int) -> RFMMapCheck:
    """Check rows in their order."""
    codes = all_codes(bins)
    covering: dict[str, list[int]] = {code: [] for code in codes}
    for position, row in enumerate(rows):
        for code in row.codes:
            covering[code].append(position)
    first = {code: positions[0] for code, positions in covering.items() if positions}
    reached = set(first.values())
    return RFMMapCheck(
        bins=bins,
        segments=len(rows),
        gaps=tuple(code for code in codes if code not in first),
        overlaps={
            code: tuple(rows[i].name for i in positions) for code, positions in covering.items() if len(positions) > 1
        },
        unreachable=tuple(row.name for i, row in enumerate(rows) if i not in reached),
        non_monotone=_non_monotone({code: rows[i] for code, i in first.items()}),
    )


def _non_monotone(segments: Mapping[str, RFMRow]) -> tuple[NonMonotonePair, ...]:
    codes = list(segments)
    scores = np.array([[int(digit) for digit in code] for code in codes]).reshape(-1, 3)
    ranks = np.array([row.rank for row in segments.values()])
    at_least = (scores[:, None, :] >= scores[None, :, :]).all(axis=2)
    pairs = np.argwhere(at_least & (ranks[:, None] > ranks[None, :]))
    return tuple(
        NonMonotonePair(codes[x], segments[codes[x]].name, codes[y], segments[codes[y]].name) for x, y in pairs
    )


def _overlaps_in_words(overlaps: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    """One line per set of rows, those with most codes first."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for code, names in overlaps.items():
        grouped.setdefault(names, []).append(code)
    for names, codes in sorted(grouped.items(), key=lambda item: -len(item[1])):
        yield f"{names[0]} before {', '.join(names[1:])}: {_counted(codes)}"


def _pairs_in_words(pairs: Sequence[NonMonotonePair]) -> Iterable[str]:
    """One line per pair of segments, with the two codes that lie closest."""
    counts = Counter((pair.better_segment, pair.worse_segment) for pair in pairs)
    closest: dict[tuple[str, str], NonMonotonePair] = {}
    for pair in sorted(pairs, key=_distance):
        closest.setdefault((pair.better_segment, pair.worse_segment), pair)
    for names, count in counts.most_common():
        better, segment, worse, worse_segment = closest[names]
        yield f"{better} is {segment}, but {worse} is {worse_segment} ({plural(count, 'such pair')})"


def _distance(pair: NonMonotonePair) -> int:
    return sum(int(a) - int(b) for a, b in zip(pair.better, pair.worse, strict=True))


def _counted(codes: Sequence[str]) -> str:
    remainder = f", … {len(codes) - _SHOWN} more" if len(codes) > _SHOWN else ""
    return f"{plural(len(codes), 'code')} ({', '.join(codes[:_SHOWN])}{remainder})"


def _shortened(lines: Iterable[str]) -> list[str]:
    all_lines = list(lines)
    remainder = [f"… {len(all_lines) - _SHOWN} more lines"] if len(all_lines) > _SHOWN else []
    return all_lines[:_SHOWN] + remainder
