"""Questions of rules: boxes between all cuts, categories, no answer, and the letters for which a rule holds."""

from __future__ import annotations

from custseg.feature_table import Feature
from custseg.insights.questionnaires._questions import questions_of
from custseg.rules import Condition, Rule


def rule(segment: int, *conditions: Condition) -> Rule:
    return Rule(segment, f"segment {segment}", conditions, None, None, None, 0)


def test_boxes_of_whole_numbers() -> None:
    orders = Condition("orders", whole=True, ends=(0.0, 30.0))
    rules = [
        rule(0, Condition("orders", high=3, whole=True, ends=(0.0, 30.0))),
        rule(1, Condition("orders", low=3, high=8, missing=True, whole=True, ends=(0.0, 30.0))),
        rule(2, Condition("orders", low=8, whole=True, ends=(0.0, 30.0))),
    ]
    [question] = questions_of(["orders"], rules, [Feature("orders")])
    assert [answer.text() for answer in question.answers] == ["up to 2", "3–7", "8 or more"]
    assert [answer.text("ru") for answer in question.answers] == ["до 2 включительно", "3–7", "8 или больше"]
    assert [question.letters(row) for row in rules] == [("A",), ("B", "0"), ("C",)]
    # A rule that does not ask holds for all boxes.
    assert question.letters(rule(3)) == question.all_letters == ("A", "B", "C", "0")
    assert orders.feature == question.column


def test_boxes_of_days_have_their_unit() -> None:
    rules = [
        rule(0, Condition("recency", high=30.5, unit="days")),
        rule(1, Condition("recency", low=30.5, unit="days")),
    ]
    [question] = questions_of(["recency"], rules, [Feature("recency", unit="days")])
    assert [answer.text() for answer in question.answers] == ["under 30.5 days", "30.5 days or more"]
    assert [answer.text("ru") for answer in question.answers] == ["меньше 30,5 дня", "30,5 дня или больше"]


def test_boxes_of_categories() -> None:
    rules = [
        rule(0, Condition("region", kind="category", categories=("south",), missing=True)),
        rule(1, Condition("region", kind="category", categories=("east", "south"), excluded=True)),
        rule(2, Condition("region", kind="category", categories=("east",))),
    ]
    [question] = questions_of(["region"], rules, [Feature("region")])
    assert [answer.text() for answer in question.answers] == ["east", "south", "another"]
    assert [answer.text("ru") for answer in question.answers] == ["east", "south", "другое"]
    assert [question.letters(row) for row in rules] == [("B", "0"), ("C",), ("A",)]


def test_boxes_of_yes_and_no() -> None:
    rules = [
        rule(0, Condition("vip", kind="flag", low=1.0, whole=True)),
        rule(1, Condition("vip", kind="flag", high=1.0, missing=True, whole=True)),
    ]
    [question] = questions_of(["vip"], rules, [Feature("vip")])
    assert [answer.text("ru") for answer in question.answers] == ["нет", "да"]
    assert [question.letters(row) for row in rules] == [("B",), ("A", "0")]


def test_rule_for_missing_values_alone() -> None:
    rules = [
        rule(0, Condition("gap", missing=True)),
        rule(1, Condition("gap", low=7)),
        rule(2, Condition("gap", high=7)),
    ]
    [question] = questions_of(["gap"], rules, [Feature("gap")])
    assert [question.letters(row) for row in rules] == [("0",), ("B",), ("A",)]
    known = rule(3, Condition("gap"))
    assert question.letters(known) == ("A", "B")
