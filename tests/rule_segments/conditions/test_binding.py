"""Conditions that do not fit the columns of a table."""

import pytest
from logs import clean_log

from custseg import DataError
from custseg.features import build_features
from custseg.rule_segments import RuleSegments
from custseg.rule_segments.conditions._binding import column_faults
from custseg.rule_segments.conditions._grammar import parse_condition

TABLE = build_features(clean_log(5), as_of="2024-03-01")


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("recency_dys > 3", "the table lacks column 'recency_dys'; did you mean 'recency_days'"),
        ("zebra > 3", "the table lacks column 'zebra'"),
        ("recency_days = 'x'", "'recency_days = 'x'' needs text in column 'recency_days', which has numbers"),
        ("recency_days > 3 orders", "'recency_days > 3 orders' is in orders, and column 'recency_days' in days"),
        ("order_count within 3 days", "'order_count within 3 days' is in days, and column 'order_count' in orders"),
        ("recency_days > 3 RUB", "'recency_days > 3 RUB' is in RUB, and column 'recency_days' in days"),
        ("order_value > 3 %", "'order_value > 3 %' is a share, and column 'order_value' is in money"),
        ("order_value > 3 USD", "is in USD, and the money of column 'order_value' in RUB"),
    ],
)
def test_fault(condition: str, words: str) -> None:
    [fault] = column_faults(parse_condition(condition), TABLE, currency="RUB")
    assert words in fault.text()
    assert fault.text("ru") != fault.text("en")


@pytest.mark.parametrize(
    "condition", ["recency_days > 3 days", "recency_days > 3 дней", "order_value > 3 ₽", "order_value > 3 RUB"]
)
def test_units_that_fit(condition: str) -> None:
    assert list(column_faults(parse_condition(condition), TABLE, currency="RUB")) == []


def test_currency_of_the_log_is_not_known() -> None:
    assert list(column_faults(parse_condition("order_value > 3 USD"), TABLE, currency=None)) == []


def test_all_faults_of_all_rules_are_in_one_message() -> None:
    rules = RuleSegments({"A": "zebra > 3 and recency_days > 3 RUB", "B": "order_value is yes"})
    with pytest.raises(DataError, match=r"3 faults: \(1\) rule 'A': .*zebra.*\(2\) rule 'A': .*RUB.*\(3\) rule 'B'"):
        rules.learned(TABLE)
