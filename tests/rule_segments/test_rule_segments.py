"""Rules of segments as Python and as TOML."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from custseg import DataError, RuleSegments
from custseg.rule_segments import column

RULES = RuleSegments(
    [
        {"name": {"en": "Big", "ru": "Крупные"}, "when": "order_value > 5000 RUB", "priority": 2},
        {"name": 'The "quoted" \\ one', "when": column("region") == "O'Hara", "priority": 1},
    ]
)


def written(text: str, folder: Path) -> Path:
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_toml_is_read_back(tmp_path: Path) -> None:
    again = RuleSegments.from_toml(written(RULES.to_toml(), tmp_path))
    assert again == RULES
    assert again.to_toml() == RULES.to_toml()


def test_order_is_that_of_the_priority() -> None:
    assert RULES.names() == ['The "quoted" \\ one', "Big"]
    assert RULES.names("ru") == ['The "quoted" \\ one', "Крупные"]
    assert RuleSegments({"b": "x > 1", "a": "x > 2"}).names() == ["b", "a"]


def test_rules_of_rules_are_the_same() -> None:
    assert RuleSegments(RULES) == RULES
    assert RuleSegments(list(RULES)) == RULES
    assert RULES.columns == ("region", "order_value")


def test_all_faults_of_a_file_are_in_one_message(tmp_path: Path) -> None:
    path = written(
        """
        segment = 3
        [[segments]]
        name = "A"
        wen = "x"
        when = "recency_days >> 3"
        priority = 1
        [[segments]]
        name = "A"
        when = "order_value > 5,000 RUB"
        priority = 1
        [[segments]]
        priority = "first"
        """,
        tmp_path,
    )
    faults = [
        "the file has no key 'segment'; did you mean 'segments'",
        "rule 'A' has no key 'wen'; did you mean 'when'",
        "the condition 'recency_days >> 3' has '>'",
        "has a comma in the number after 5",
        "rule 3: it has no name",
        "rule 3: it has no condition 'when'",
        "rule 3: priority must be a whole number, got 'first'",
        "several rules have the name ['A']",
        "several rules have priority [1]",
        "some rules have a priority and others none",
    ]
    with pytest.raises(DataError, match="10 faults.*" + ".*".join(map(re.escape, faults))):
        RuleSegments.from_toml(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [("segments = 3", "has no table .*segments"), ("", "has no table"), ("x = [", "is not TOML")],
)
def test_file_without_rules(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        RuleSegments.from_toml(written(text, tmp_path))


@pytest.mark.parametrize(
    ("rules", "error", "words"),
    [
        ({}, DataError, "there is no rule; give at least one"),
        ("a > 1", TypeError, "rules must map names to conditions, got str"),
        ([3], DataError, "rule 1 must have name and when, got int"),
        ({"a\nb": "x > 1"}, DataError, "name must be a text on one line"),
        ([{"name": {"en": "a"}, "when": "x > 1"}], DataError, "one for each of .*'ru'"),
        ({"a": 3}, DataError, "when must be a condition or its text, got 3"),
    ],
)
def test_bad_rules(rules: object, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        RuleSegments(rules)


def test_path_that_is_none() -> None:
    with pytest.raises(TypeError, match="path must be the path of a TOML file, got dict"):
        RuleSegments.from_toml({})  # type: ignore[arg-type]


def test_memberships_show_every_rule_that_is_true() -> None:
    features = pl.DataFrame({"customer_id": ["a", "b", "c"], "visits": [1, 5, None], "region": ["x", "x", "y"]})
    rules = RuleSegments({"often": "visits > 3", "from x": "region = 'x'"})
    memberships = rules.memberships(features)
    assert memberships.columns == ["customer_id", "often", "from x"]
    assert memberships.rows() == [("a", False, True), ("b", True, True), ("c", None, False)]
