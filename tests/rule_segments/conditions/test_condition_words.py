"""Conditions in words: labels, units, negations, and rates in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.feature_table import Feature
from custseg.rule_segments import Predicate, condition_text, parse_condition

FEATURES = (
    Feature("recency_days", "days", "rfm"),
    Feature("order_value", "money", "rfm"),
    Feature("share_given", "share"),
    Feature("order_days", "days", "rhythm"),
    Feature("since", "days"),
)


def words(condition: str, language: str = "en") -> str:
    return condition_text(parse_condition(condition), FEATURES, language)


@pytest.mark.parametrize(
    ("condition", "english", "russian"),
    [
        ("order_value > 5000 RUB", "average order value is above 5,000 RUB", "средний чек больше 5 000 RUB"),
        ("not order_value >= 5.25", "average order value is under 5.25", "средний чек меньше 5,25"),
        ("since <= 1 day", "since is at most 1 day", "since не больше 1 дня"),
        ("visits = 21 дней", "visits is 21 days", "visits — 21 день"),
        ("share_given < 20 %", "share_given is under 20%", "share_given меньше 20 %"),
        (
            "recency_days within 30 days",
            "days since last order is from 0 to 30",
            "дней с последнего заказа — от 0 до 30",
        ),
        ("region in ['n', 's']", "region is 'n' or 's'", "region — «n» или «s»"),
        ("not region in ['n', 's']", "region is neither 'n' nor 's'", "region — ни «n», ни «s»"),
        ("not vip is no", "vip is yes", "vip — да"),
        ("vip is unknown", "vip is missing", "значение «vip» неизвестно"),
        (
            "region = 'n' valid for 90 days by age_days",
            "region is 'n' (a value at most 90 days old)",
            "region — «n» (значение не старше 90 дней)",
        ),
        ("rate_above(open, 0.5)", "open rate is above 50%", "доля открытых писем больше 50 %"),
        (
            "not rate_above(paid / visits, 0.1, sure=0.8)",
            "the rate “paid” / “visits” is above 10% with a probability of under 80%",
            "доля «paid» / «visits» больше 10 % с вероятностью меньше 80 %",
        ),
        (
            "overdue(sure=0.95)",
            "the next order is overdue with a probability of at least 95%",
            "следующий заказ запаздывает с вероятностью не меньше 95 %",
        ),
    ],
)
def test_condition_in_both_languages(condition: str, english: str, russian: str) -> None:
    assert words(condition).replace("\u00a0", " ") == english
    assert words(condition, "ru").replace("\u00a0", " ") == russian


def test_negation_of_a_group_is_said_of_its_parts() -> None:
    assert words("not (a > 1 and (b < 2 or c is yes))") == "a is at most 1 or (b is at least 2 and c is no)"
    assert words("not (a > 1 or b < 2)") == "a is at most 1 and b is at least 2"


def test_alternatives_beside_and_are_in_parentheses() -> None:
    assert words("a > 1 and (b < 2 or b > 3)") == "a is above 1 and (b is under 2 or b is above 3)"
    assert words("region in ['n', 's'] and a > 1") == "(region is 'n' or 's') and a is above 1"
    assert words("not region in ['n', 's'] and a > 1") == "region is neither 'n' nor 's' and a is above 1"


TESTS = st.sampled_from(["a > 1", "b <= 2", "vip is yes", "region in ['n', 's']", "d within 3 days", "c is unknown"])


@given(
    st.recursive(
        TESTS.map(parse_condition),
        lambda rows: st.one_of(
            rows.map(lambda row: ~row),
            st.tuples(rows, rows).map(lambda pair: pair[0] & pair[1]),
            st.tuples(rows, rows).map(lambda pair: pair[0] | pair[1]),
        ),
        max_leaves=6,
    )
)
def test_double_negation_and_laws_of_de_morgan(predicate: Predicate) -> None:
    text = condition_text(predicate, FEATURES, "en")
    assert condition_text(~(~predicate), FEATURES, "en") == text
    other = parse_condition("e = 5")
    assert condition_text(~(predicate & other), FEATURES, "en") == condition_text(~predicate | ~other, FEATURES, "en")
