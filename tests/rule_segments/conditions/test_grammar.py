"""Conditions as text: what is written is read back, and every fault is named."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg import DataError
from custseg.rule_segments import Predicate, column, overdue, rate_above
from custseg.rule_segments.conditions._grammar import parse_condition

NAMES = st.sampled_from(["recency_days", "is", "size %", 'a "b"', "регион"])
NUMBERS = st.floats(-1e12, 1e12) | st.integers(-5, 500)
WORDS = st.text(max_size=5)
SHARES = st.floats(0.01, 0.99)
TESTS = st.one_of(
    st.builds(lambda n, v, u: column(n) > (v, u), NAMES, NUMBERS, st.sampled_from(["", "RUB", "%", "days", "₽"])),
    st.builds(lambda n, v: column(n) != v, NAMES, NUMBERS),
    st.builds(lambda n, v: column(n).within(v), NAMES, st.integers(1, 400)),
    st.builds(lambda n, v: column(n).one_of(v), NAMES, st.lists(WORDS, min_size=1, max_size=3)),
    st.builds(lambda n: column(n).is_no(), NAMES),
    st.builds(lambda n: column(n).is_unknown(), NAMES),
    st.builds(lambda n, v: column(n).valid_for(v, age="age") == "x", NAMES, st.integers(0, 400)),
    st.builds(lambda b, s: rate_above("open", b, sure=s), SHARES, SHARES | st.none()),
    st.builds(lambda a, b: rate_above((a, b), 0.5), NAMES, NAMES),
    st.builds(lambda s: overdue(sure=s), SHARES),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        inner.map(lambda a: ~a),
    ),
    max_leaves=6,
)


@given(CONDITIONS)
def test_condition_is_read_back(predicate: Predicate) -> None:
    assert parse_condition(str(predicate)) == predicate


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a>1 and b>2 or c>3", "a > 1 and b > 2 or c > 3"),
        ("a > 1 and (b > 2 or c > 3)", "a > 1 and (b > 2 or c > 3)"),
        ("not (a > 1 and b > 2)", "not (a > 1 and b > 2)"),
        ("not not a == 5_000", "a = 5000"),
        ("vip is not yes", "not vip is yes"),
        ("a > 1 AND NOT b > 2 OR region IN ['x']", "a > 1 and not b > 2 or region = 'x'"),
        ('"IS" IS unknown', '"IS" is unknown'),
        ("recency_days within 1 day", "recency_days within 1 days"),
        ("rate_above(open, 50 %, sure=.8)", "rate_above(open, 0.5, sure=0.8)"),
    ],
)
def test_other_spellings(text: str, canonical: str) -> None:
    assert str(parse_condition(text)) == canonical


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has the end, where a column is expected"),
        ("recency_days", "has the end after 'recency_days', where within, in, is or one of < <= "),
        ("recency_days >> 3", "has '>', where a number or a text in single quotes after > is expected"),
        ("order_value > 5,000 RUB", "has a comma in the number after 5; write 5000 or 5_000"),
        ("recency_days within 30", "has the end, where 'days' is expected"),
        ("recency_days within 0 days", "has 0, where a whole number from 1 to 36600 is expected"),
        ("region > 'x'", "compares 'region' with a text by >; give = or !="),
        ("region in ['x'", "has the end, where ']' is expected"),
        ("region in [x]", "has 'x', where a text in single quotes is expected"),
        ('region = "x"', "has '\"x\"', where a number or a text in single quotes after = is expected"),
        ("vip is true", "has 'true' after 'is', where yes, no or unknown is expected"),
        ("rate_above(opens, 0.5)", "has the rate 'opens'; give one of open, click, click_to_open"),
        ("rate_above(open, 50)", "is refused: bound must lie between 0 and 1, both excluded, got 50"),
        ("rate_above(open, .5, .8)", "has '.8', where 'sure' is expected"),
        ("overdue(sure=2)", "has sure=2, which must lie between 0 and 1"),
        ("a > 1 days b > 2", "goes on with 'b', where 'and', 'or' or the end is expected"),
        ("a > 1 and", "has the end, where a column is expected"),
        ("a > 1 & b > 2", "cannot be read at '& b > 2'"),
        ("a > 1e999", "has a number that is too large"),
        ("(" * 200 + "a > 1", "is nested more than 100 times"),
    ],
)
def test_fault_is_named(text: str, words: str) -> None:
    with pytest.raises(DataError, match=re.escape(words)):
        parse_condition(text)
