"""How many examples a property test draws: few in `make test`, many in `make test-slow`."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pytest
from hypothesis import settings

FULL_EFFORT = 60
"""Examples of a property test in `make test-slow`, unless it says otherwise."""

A_FEW = 20
"""Examples of what follows from another property test of the same function, such as agreement with plain Python."""

_FEWEST = 3


def examples(count: int) -> settings:
    """Settings with `count` examples in `make test-slow`, and the same fraction of them as others elsewhere."""
    return settings(max_examples=max(_FEWEST, count * settings.default.max_examples // FULL_EFFORT), deadline=None)


def all_of(values: Iterable[object], *, quick: Collection[object]) -> list[object]:
    """The values as parameters; all but the quick ones run in `make test-slow` alone."""
    return [value if value in quick else pytest.param(value, marks=pytest.mark.slow) for value in values]


def seeds(count: int, *, quick: int = 3) -> list[object]:
    """The seeds 0 to `count` - 1 as parameters; all but the first few run in `make test-slow` alone."""
    return all_of(range(count), quick=range(quick))
