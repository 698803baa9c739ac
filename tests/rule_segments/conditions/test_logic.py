"""What follows from conditions alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.rule_segments.conditions._grammar import parse_condition
from custseg.rule_segments.conditions._logic import Logic


def contain_each_other(first: str, second: str) -> tuple[bool, bool]:
    predicates = [parse_condition(first), parse_condition(second)]
    return Logic(predicates).contain_each_other(*predicates)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a < 30 and a > 60", False),
        ("a <= 30 and a >= 30", True),
        ("a < 30 and a >= 30", False),
        ("a within 30 days and a < 0", False),
        ("region = 'x' and region = 'y'", False),
        ("region in ['x', 'y'] and not region = 'y'", True),
        ("vip is yes and vip is no", False),
        ("vip is unknown and vip is no", False),
        ("a is unknown", True),
        ("rate_above(open, 0.5, sure=0.8) and emails_delivered = 0", False),
        ("rate_above(open, 0.5, sure=0.8) and emails_delivered > 0", True),
        ("overdue(sure=0.9) and not overdue(sure=0.8)", False),
        ("overdue(sure=0.8) and not overdue(sure=0.85) and order_days > 10", True),
        ("overdue(sure=0.8) and overdue_ratio < 2", True),
        ("overdue(sure=0.8) and order_days is unknown", False),
        ("rate_above(open, 0.3, sure=0.8) and not rate_above(open, 0.7, sure=0.8)", True),
        ("rate_above(open, 0.7, sure=0.8) and not rate_above(open, 0.3, sure=0.8)", False),
        # Three opens of four mails.
        ("rate_above(open, 0.7) and emails_opened < 5", True),
        ("rate_above(open, 0.5, sure=0.8) and emails_delivered < 10", True),
        ("region = 'x' valid for 90 days by age and age > 90", False),
    ],
)
def test_contradictions(condition: str, expected: bool) -> None:
    predicate = parse_condition(condition)
    assert Logic([predicate]).can_be_true(predicate) is expected


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("a > 3", "a > 5", True),
        ("a > 5", "a > 3", False),
        ("a > 3 or b > 1", "b > 2", True),
        ("a > 3", "a > 5 and region = 'x'", True),
        ("region in ['x', 'y']", "region = 'x'", True),
        ("not region = 'x'", "region is unknown", False),
        ("rate_above(open, 0.5)", "rate_above(open, 0.5) and vip is yes", True),
        ("rate_above(open, 0.5)", "rate_above(click, 0.5)", False),
        ("overdue(sure=0.8)", "overdue(sure=0.95)", True),
        ("overdue(sure=0.95)", "overdue(sure=0.8)", False),
        ("rate_above(open, 0.7, sure=0.8)", "rate_above(open, 0.3, sure=0.8)", False),
        ("rate_above(open, 0.3, sure=0.8)", "rate_above(open, 0.7, sure=0.9)", True),
        ("rate_above(open, 0.3, sure=0.9)", "rate_above(open, 0.7, sure=0.8)", False),
        # The rates of all customers may be lower than that of somebody with one mail, or higher.
        ("rate_above(open, 0.5)", "rate_above(open, 0.5, sure=0.8)", False),
        ("rate_above(open, 0.5, sure=0.8)", "rate_above(open, 0.5)", False),
        # Without a mail neither is true.
        ("rate_above(open, 0.5) or not rate_above(open, 0.5)", "vip is yes", False),
    ],
)
def test_containment(outer: str, inner: str, expected: bool) -> None:
    assert contain_each_other(outer, inner)[0] is expected


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_half_lines_contain_each_other_by_their_bounds(low: float, high: float) -> None:
    both = contain_each_other(f"a > {low!r}", f"a > {high!r}")
    assert both == (low <= high, high <= low)


def test_what_is_too_much_to_look_at_is_not_claimed() -> None:
    many = " and ".join(f"x{index} > {index}" for index in range(14))
    predicate = parse_condition(f"{many} and x0 < 0")
    assert Logic([predicate]).can_be_true(predicate)
    assert contain_each_other("x0 > 0", many) == (False, False)
