"""The settled segment, worked by hand and against the plain definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.tracking.movement._settled import ABSENT, settled_segments

Path = list[tuple[int | None, float]]
"""Segment (None is absent) and confidence of one customer, the earliest first; NaN is no confidence."""


def settled(paths: list[Path], *, min_stay: int = 1, min_confidence: float = 0.0) -> list[int | None]:
    """By the function, for customers with paths of one length."""
    codes = np.array([[ABSENT if code is None else code for code, _ in path] for path in paths])
    confidence = np.array([[value for _, value in path] for path in paths])
    lookups = [
        lambda rows, step=step: (codes[rows, step], confidence[rows, step])
        for step in range(codes.shape[1] - 2, -1, -1)
    ]
    result = settled_segments(
        codes[:, -1], lookups, min_stay=min_stay, min_confidence=min_confidence, confidence=confidence[:, -1]
    )
    return [None if code == ABSENT else code for code in result.tolist()]


def by_definition(path: Path, min_stay: int, min_confidence: float) -> int | None:
    """Forward in time, as the definition says it."""
    settled, stay, last = None, 0, None
    for code, confidence in path:
        stay = stay + 1 if code == last else 1
        if code is None or last is None:
            settled = code
        if code is not None and stay >= min_stay and (min_confidence == 0 or not confidence < min_confidence):
            settled = code
        last = code
    return settled


@pytest.mark.parametrize(
    ("path", "min_stay", "segment"),
    [
        ([0, 1], 1, 1),
        ([0, 1], 2, 0),
        ([0, 1, 1], 2, 1),
        ([0, 1, 1, 0], 2, 1),
        ([0, 1, 0, 1, 0, 1], 2, 0),
        ([0, 0, 1, 2], 2, 0),
        ([None, 1], 3, 1),
        ([0, None, 1], 3, 1),
        ([0, None], 1, None),
    ],
)
def test_stays_by_hand(path: list[int | None], min_stay: int, segment: int | None) -> None:
    assert settled([[(code, 1.0) for code in path]], min_stay=min_stay) == [segment]


@pytest.mark.parametrize(
    ("path", "segment"),
    [
        ([(0, 0.9), (1, 0.5)], 0),
        ([(0, 0.9), (1, 0.5), (1, 0.8)], 1),
        ([(0, 0.9), (1, 0.8), (1, 0.5)], 1),
        ([(0, 0.2), (1, 0.5)], 0),
        ([(0, 0.9), (-1, float("nan"))], -1),
    ],
)
def test_confidence_by_hand(path: Path, segment: int) -> None:
    assert settled([path], min_confidence=0.7) == [segment]


steps = st.tuples(st.sampled_from([0, 0, 1, 2, None]), st.sampled_from([0.4, 0.9, 0.9, float("nan")]))


@given(st.lists(st.lists(steps, min_size=6, max_size=6), min_size=1, max_size=5), st.integers(1, 4), st.booleans())
def test_search_agrees_with_the_definition(paths: list[Path], min_stay: int, confident: bool) -> None:
    min_confidence = 0.7 if confident else 0.0
    expected = [by_definition(path, min_stay, min_confidence) for path in paths]
    assert settled(paths, min_stay=min_stay, min_confidence=min_confidence) == expected


def test_search_ends_when_all_are_settled() -> None:
    def not_needed(rows: np.ndarray) -> tuple[np.ndarray, None]:
        raise AssertionError("read too far")

    lookups = [lambda rows: (np.array([0, 1])[rows], None), not_needed]
    codes = np.array([0, 1])
    result = settled_segments(codes, lookups, min_stay=2, min_confidence=0, confidence=None)
    assert result.tolist() == [0, 1]
