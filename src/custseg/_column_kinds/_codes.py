"""Codes among numbers: repeated values apart from the others, such as -1 or 999 for "unknown"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from custseg._column_kinds._words import is_amount_or_count
from custseg._numerics import Floats, Integers

# Fewer rows are outliers rather than a code; the shares of fewer than ten customers are not shown.
_SHARE, _FEWEST = 0.01, 10
# Of a code and the values that it is compared with: 5 % quantiles of fewer rows would show single customers.
_FEWEST_OTHERS = 21
# Codes next to each other, such as 97, 98 and 99 for "refused", "unknown" and "not asked".
_MOST_CODES = 3
# The central 98 %: what is beyond does not bring the others near to a code.
_TAIL = 0.01
# Distance from the others, as a share of the range of the central 98 %. Between 0 and ages of 18 to 80 it is 0.3,
# between 99 and these ages as well; between 0 and log-normal money (sigma 0.5 or more) or gamma (shape 4 or less) it
# is below 0.12.
_DISTANCE = 0.25
# Distance to the nearest value, in usual steps: 9 is apart from 1 to 5, and 0 is not apart from 1 to 3.
_STEPS = 3
# Up to so many values are a scale or rare counts: packs of 1, 2, 3 and 12 hold no code, but 99 is one.
_FEW_VALUES = 10
# An amount or a count may well be 99 beside 30 to 60; ten times what the others reach is no amount of it.
_BEYOND_AMOUNTS = 10
# -1, 0, 1 and 2 may be a scale; -1 among more values, none of which is negative, is not one.
_SCALE = 4


@dataclass(frozen=True)
class Code:
    """Repeated values of a column that stand apart from the others.

    Attributes
    ----------
    values : tuple of float
        The values, ascending; mostly one.
    share : float
        Share of the values that are not missing.
    low, high : float
        The 5 % and 95 % quantiles of the values beside the codes of the column.
    """

    values: tuple[float, ...]
    share: float
    low: float
    high: float


def codes_among(name: str, values: Floats) -> tuple[Code, ...]:
    """The codes at the ends of a column; NaN is missing.

    A code is a value of at least 1 % of the rows (and of ten), with at most 1 % of the others beyond it. Either it
    is negative and none of the others is; or it is apart from the central 98 % of the others by a quarter of their
    range, and from the nearest one by three usual steps. No code is 0 in an amount, a count or a share (0 is none of
    it), nor 0 together with 1, nor any value of a column within [0, 1]; of a column with up to ten other values, only
    9, 99, 999 and so on.
    """
    distinct, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    n = int(counts.sum())
    if len(distinct) < 3 or (distinct[0] >= 0 and distinct[-1] <= 1):
        return ()
    codes: list[Floats] = []
    zero_is_none = is_amount_or_count(name)
    while len(codes) < _MOST_CODES:
        group = next(_groups_apart(distinct, counts, n_rows=n, zero_is_none=zero_is_none), None)
        if group is None:
            break
        codes.append(distinct[group])
        distinct, counts = np.delete(distinct, group), np.delete(counts, group)
    present = values[np.isfinite(values)]
    low, high = (float(bound) for bound in np.quantile(np.repeat(distinct, counts), [0.05, 0.95])) if codes else (0, 0)
    shares = [float(np.isin(present, code).mean()) for code in codes]
    return tuple(Code(tuple(code.tolist()), share, low, high) for code, share in zip(codes, shares, strict=True))


def certain_codes(name: str, values: Floats) -> tuple[Code, ...]:
    """Those of `codes_among` that are written as codes are, so that they are no amounts: -1, 99, 999.

    They are negative while no other value is, or farther from 0 than all others and written in nines, as the last of
    97, 98 and 99 is; in a column that its name calls an amount or a count, ten times as far. One night, or a price of
    99 where others are 300, stands apart just as well and is a value: only the owner of the data can say otherwise.
    """
    codes = codes_among(name, values)
    every = [value for code in codes for value in code.values]
    amounts = values[np.isfinite(values) & ~np.isin(values, every)]
    if not len(amounts):
        return ()
    farthest = float(np.abs(amounts).max()) * (_BEYOND_AMOUNTS if is_amount_or_count(name) else 1)
    return tuple(
        code
        for code in codes
        if max(code.values) < 0 <= amounts.min()
        or (min(map(abs, code.values)) > farthest and _is_nines(max(code.values, key=abs)))
    )


def _groups_apart(distinct: Floats, counts: Integers, *, n_rows: int, zero_is_none: bool) -> Iterator[Integers]:
    """Positions of one to three repeated values that are apart from the others, at either end."""
    repeated = np.flatnonzero(counts >= max(_SHARE * n_rows, _FEWEST))
    for size in range(1, _MOST_CODES + 1):
        for is_low, group in ((True, repeated[:size]), (False, repeated[-size:])):
            # 0 and 1 and 2 are few of something, whatever the name says: codes that follow each other are 97 to 99.
            is_few = bool((distinct[group] == 0).any()) and (zero_is_none or (size > 1 and distinct[0] == 0))
            if len(group) == size and not is_few:
                others, numbers = np.delete(distinct, group), np.delete(counts, group)
                if _is_apart(distinct[group], others, numbers, is_low=is_low):
                    yield group


def _is_apart(group: Floats, others: Floats, counts: Integers, *, is_low: bool) -> bool:
    if len(others) < 2 or counts.sum() < _FEWEST_OTHERS:
        return False
    if is_low and group[-1] < 0 <= others[0] and len(others) >= _SCALE:
        return True
    # Mirrored, so that the code is always below the others.
    ends, inside = (group, others) if is_low else (-group[::-1], -others[::-1])
    numbers = counts if is_low else counts[::-1]
    ranks = np.cumsum(numbers) / numbers.sum()
    lowest, highest = (inside[np.searchsorted(ranks, share)] for share in (_TAIL, 1 - _TAIL))
    nearest = np.abs(inside[:, None] - ends[None, :]).min()
    return bool(
        ends[-1] < lowest
        and lowest - ends[-1] >= _DISTANCE * (highest - lowest)
        and nearest >= _STEPS * np.median(np.diff(inside))
        and (len(others) > _FEW_VALUES or all(_is_nines(value) for value in group))
    )


def _is_nines(value: float) -> bool:
    """Whether the number is 9, 99, 999 and so on, with any sign: written for "unknown" where values are few."""
    return value == int(value) and set(str(abs(int(value)))) == {"9"}
