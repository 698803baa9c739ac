"""Texts that Power BI takes for one, because it ignores case and spaces at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np

from custseg._numerics import Integers

_FILES = 64


def colliding(values: Iterable[str]) -> list[list[str]]:
    """The values that are equal to another one apart from case and spaces at the end, in groups."""
    values = list(values)
    plain = [_folded(value) for value in values]
    times = Counter(plain)
    groups: dict[str, list[str]] = {}
    for value, text in zip(values, plain, strict=True):
        if times[text] > 1:
            groups.setdefault(text, []).append(value)
    return list(groups.values())


def count_colliding(chunks: Iterable[Collection[str]], folder: Path) -> int:
    """How many of the distinct values of all chunks are equal to another one apart from case and spaces at the end.

    Memory holds a chunk, or a 64th of one whole number per value: equal texts have equal hashes, and each file of the
    folder takes hashes of its own. That two texts of 100 million have a hash of 64 bits in common is less likely than
    one in a thousand.
    """
    files = [folder / f"texts-{number}" for number in range(_FILES)]
    for chunk in chunks:
        hashes = np.fromiter((hash(_folded(value)) for value in chunk), dtype=np.int64, count=len(chunk))
        for number in np.unique(hashes % _FILES).tolist():
            with files[number].open("ab") as file:
                hashes[hashes % _FILES == number].tofile(file)
    return sum(_repeated(np.fromfile(path, dtype=np.int64)) for path in files if path.exists())


def _repeated(hashes: Integers) -> int:
    """How many of the hashes occur more than once, each as often as it does."""
    times = np.unique(hashes, return_counts=True)[1]
    return int(times[times > 1].sum())


def _folded(value: str) -> str:
    return value.casefold().rstrip()
