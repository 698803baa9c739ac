"""Ranges in names are of values that the members have; the examples are worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.profiling._own_values import own_values
from custseg.profiling.measures._terms import Term


def bounds(low: float, high: float | None = None) -> tuple[Term, ...]:
    return (Term("x", ">=", low), *(() if high is None else (Term("x", "<", high),)))


def test_range_is_that_of_nine_in_ten_members() -> None:
    # 5 and 95 % of 101 to 200 are 105 and 195: from the roundest number in 94.5–105 to that in 195–214.5.
    assert own_values(np.arange(101.0, 201)).tightened(bounds(10, 5_000)) == bounds(100, 200)


def test_bounds_closer_than_the_values_stay() -> None:
    assert own_values(np.arange(101.0, 201)).tightened(bounds(150, 160)) == bounds(150, 160)


def test_round_bounds_near_the_values_stay() -> None:
    assert own_values(np.arange(101.0, 201)).tightened(bounds(90, 230)) == bounds(90, 230)


def test_few_whole_numbers_are_said_as_they_are() -> None:
    orders = np.resize(np.arange(5.0, 11), 60)
    assert own_values(orders, says_last=True).tightened(bounds(3, 12)) == bounds(5, 11)


def test_one_value_is_a_comparison() -> None:
    assert own_values(np.full(30, 10.0)).tightened(bounds(10, 20)) == (Term("x", "==", 10.0),)


def test_lower_bound_far_below_the_median_is_moved_to_the_lowest_values() -> None:
    passages = own_values(np.arange(61.0, 161))
    assert not passages.is_near(3)
    assert passages.tightened(bounds(3)) == bounds(60)
    assert passages.tightened(bounds(56)) == bounds(56)


@pytest.mark.parametrize(("low", "is_near"), [(-15.0, True), (-16.0, False)])
def test_nearness_of_amounts_below_zero(low: float, is_near: bool) -> None:
    assert own_values(np.array([-11.0, -10, -9])).is_near(low) is is_near


def test_spoken_numbers_bound_the_days() -> None:
    days = own_values(np.arange(40.0, 140), spoken=(7, 30, 90, 180, 365))
    assert days.tightened(bounds(7, 365)) == bounds(30, 180)
    # 10 % is 49, and 30 days are far from it.
    assert days.central("x") == bounds(45, 180)


def test_bounds_that_leave_out_many_are_moved_to_those_of_nine_in_ten() -> None:
    # 10 and 90 % of 101 to 200 are 110 and 190.
    members = own_values(np.arange(101.0, 201))
    assert members.widened(bounds(130, 160)) == bounds(100, 200)
    assert members.widened(bounds(130)) == bounds(100)
    assert members.widened((Term("x", "<", 160.0),)) == (Term("x", "<", 200.0),)
    assert members.widened(bounds(50, 160)) == bounds(50, 200)


def test_single_answer_of_some_becomes_the_range_of_most() -> None:
    answers = own_values(np.repeat([1.0, 2, 3], [65, 30, 5]), says_last=True)
    assert answers.widened((Term("x", "==", 1.0),)) == bounds(1, 3)


def test_terms_without_numbers_are_not_widened() -> None:
    members = own_values(np.arange(101.0, 201))
    for terms in ((Term("x", ">", 3.0),), (Term("x", "==", "a"),), (Term("x", "missing"),)):
        assert members.widened(terms) == terms


def test_center_of_one_value_is_no_range() -> None:
    assert own_values(np.full(30, 10.0)).central("x") == ()


def test_other_terms_stay() -> None:
    values = own_values(np.arange(101.0, 201))
    for terms in ((Term("x", "<", 500.0),), (Term("x", "==", 0.0),), (Term("x", ">", 3.0), Term("x", "<=", 9.0))):
        assert values.tightened(terms) == terms


numbers = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.slow
@given(st.lists(numbers, min_size=1, max_size=40), numbers, numbers, st.booleans())
def test_bounds_move_inwards_and_lose_at_most_a_tenth(
    values: list[float], low: float, high: float, whole: bool
) -> None:
    members = np.floor(values) if whole else np.array(values)
    low, high = (math.floor(low), math.floor(high)) if whole else (low, high)
    if not low < high:
        return
    terms = own_values(members, says_last=whole).tightened(bounds(low, high))
    before, after = (_within(members, each) for each in (bounds(low, high), terms))
    assert not (after & ~before).any()
    assert after.sum() >= before.sum() - 0.1 * len(members) - 1e-9


def _within(members: np.ndarray, terms: tuple[Term, ...]) -> np.ndarray:
    compare = {">=": np.greater_equal, "<": np.less, "==": np.equal}
    return np.logical_and.reduce([compare[term.operator](members, term.value) for term in terms])
