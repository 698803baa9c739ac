"""What became of segments, from the customers by old and new segment."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from custseg.tracking.refitting._lineage import Lineage, lineage


def kinds(matched: Lineage) -> list[tuple[str, int | None, int | None]]:
    return [(one.kind, one.before, one.after) for one in matched.relations]


def test_same_segments_in_another_order() -> None:
    matched = lineage(np.array([[0, 90, 10], [80, 0, 0], [0, 0, 70]]), [4, 0, 2], 7)
    assert matched.numbers == (0, 4, 2)
    assert matched.origins == (1, 0, 2)
    assert matched.next_number == 7
    assert {one.kind for one in matched.relations} == {"same"}
    assert [(one.share_before, one.share_after) for one in matched.relations] == [(1, 1), (0.9, 1), (1, 0.875)]


def test_split_into_halves() -> None:
    # Neither half has more than half of the old segment.
    matched = lineage(np.array([[40, 45, 15], [0, 0, 80]]), [0, 1], 2)
    assert kinds(matched) == [("same", 1, 1), ("split", 0, 2), ("split", 0, 3)]
    assert matched.numbers == (2, 3, 1)


def test_part_that_leaves_a_segment_is_split_from_it() -> None:
    matched = lineage(np.array([[70, 30], [0, 0]])[:1], [5], 6)
    assert kinds(matched) == [("same", 5, 5), ("split", 5, 6)]


def test_merged_into_the_larger_one() -> None:
    matched = lineage(np.array([[90], [60]]), [0, 1], 2)
    assert kinds(matched) == [("same", 0, 0), ("merged", 1, 0)]


def test_merged_into_a_new_one() -> None:
    matched = lineage(np.array([[40, 0], [40, 0], [40, 90]]), [0, 1, 2], 3)
    assert kinds(matched) == [("same", 2, 2), ("merged", 0, 3), ("merged", 1, 3)]
    assert matched.next_number == 4


def test_gone_and_new() -> None:
    counts = np.array([[30, 30, 30, 0], [30, 30, 30, 0], [0, 0, 0, 90], [30, 30, 30, 0]])
    matched = lineage(counts, [0, 1, 2, 3], 4)
    assert kinds(matched) == [
        ("same", 2, 2),
        *[("gone", number, None) for number in (0, 1, 3)],
        *[("new", None, number) for number in (4, 5, 6)],
    ]


def test_shares_of_few_customers_are_not_stored() -> None:
    matched = lineage(np.array([[9, 0], [5, 95]]), [0, 1], 2)
    first, second = matched.relations
    assert (first.share_before, first.share_after) == (None, None)
    assert (second.share_before, second.share_after) == (1.0, 1.0)


@given(
    hnp.arrays(np.intp, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.integers(0, 200)),
    st.permutations(range(10)),
)
def test_every_segment_has_a_relation_and_a_number_of_its_own(counts: np.ndarray, numbers: list[int]) -> None:
    before = numbers[: len(counts)]
    matched = lineage(counts, before, 10)
    assert len(set(matched.numbers)) == counts.shape[1]
    assert all(number in before or number >= 10 for number in matched.numbers)
    assert {one.before for one in matched.relations} - {None} == set(before)
    assert {one.after for one in matched.relations} - {None} == set(matched.numbers)
    assert matched.next_number == max([9, *matched.numbers]) + 1
    for one in matched.relations:
        if one.kind == "same":
            assert one.before == one.after


def test_half_is_enough() -> None:
    assert kinds(lineage(np.array([[50, 50], [0, 50]]), [0, 1], 2))[0] == ("same", 0, 0)
