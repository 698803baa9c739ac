"""What a check of rules says, and how many customers each takes."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import beta

from custseg import RuleSegments
from custseg.rule_segments import RuleCheck
from custseg.rule_segments._check import jaccard_matrix

N = 100
FEATURES = pl.DataFrame(
    {
        "customer_id": range(N),
        "visits": range(N),
        "emails_opened": [1] * N,
        "emails_delivered": [1] * 60 + [0] * 40,
        "consent_sms": [True] * 50 + [False] * 50,
        "open_rate": [1.0] * 60 + [None] * 40,
    }
)


def checked(**rules: str) -> RuleCheck:
    return RuleSegments(rules).check(FEATURES)


def kinds(check: RuleCheck) -> list[tuple[str, tuple[str, ...], bool]]:
    return [(finding.kind, finding.segments, finding.is_error) for finding in check.findings]


def test_counts_of_the_rule_and_of_the_segment() -> None:
    check = checked(low="visits < 40", middle="visits < 70", open="rate_above(open, 0.5)")
    assert [(row.gross, row.primary, row.unknown) for row in check.counts] == [(40, 40, 0), (70, 30, 0), (60, 0, 40)]
    assert [row.reachable["sms"] for row in check.counts] == [40, 10, 0]
    assert (check.in_several, check.in_none) == (60, 30)


def test_counts_of_1_to_9_are_hidden() -> None:
    check = checked(few="visits < 5", most="visits < 95")
    assert [row.gross for row in check.counts] == [None, 90]
    assert check.in_none is None
    assert check.columns()["gross"] == [None, 90]
    assert "<10" in repr(check)


def test_jaccard_by_hand() -> None:
    members = np.zeros((3, 100), dtype=bool)
    members[0, :40], members[1, 20:60], members[2, 35:] = True, True, True
    matrix = jaccard_matrix(members)
    assert matrix[0, 1] == pytest.approx(20 / 60)
    assert matrix[1, 2] == pytest.approx(25 / 80)
    # The first and the last share five customers.
    assert np.isnan(matrix[0, 2])
    assert np.diag(matrix).tolist() == [1, 1, 1]


def test_rules_that_contradict_themselves_or_contain_each_other() -> None:
    rules = RuleSegments({"never": "a < 1 and a > 2", "wide": "a > 3", "narrow": "a > 5", "widest": "a > 1"})
    expected = [
        ("never", ("never",), True),
        ("inside", ("narrow", "wide"), True),
        ("contains", ("widest", "wide"), False),
        ("contains", ("widest", "narrow"), False),
    ]
    assert kinds(rules.check()) == expected
    assert not rules.check().is_usable


def test_rules_that_take_nobody_or_everybody() -> None:
    assert kinds(checked(none="visits > 1000"))[0] == ("nobody", ("none",), True)
    assert kinds(checked(all="visits >= 0"))[0] == ("everybody", ("all",), True)
    taken = checked(one="visits < 50", two="visits >= 50", three="consent_sms is yes")
    assert ("taken", ("three",), True) in kinds(taken)


def test_last_rule_may_be_true_of_everybody() -> None:
    assert checked(some="visits < 50", all="visits >= 0").is_usable


def test_precision_of_a_plain_rate_is_said() -> None:
    check = checked(plain="open_rate > 50 % and visits < 50", counts="rate_above(open, 0.5) and visits >= 50")
    warned = [finding for finding in check.findings if finding.kind == "plain_rate"]
    assert [finding.segments for finding in warned] == [("plain",), ("counts",)]
    # All have opened their only mail: the prior has the mean (60 + 1/2) / (60 + 1) and the weight of two mails.
    mean = 60.5 / 61
    assert check.counts[0].precision == pytest.approx(beta.sf(0.5, 1 + 2 * mean, 2 * (1 - mean)))


def test_missing_column_is_a_finding_and_no_count_is_made() -> None:
    check = checked(lacking="zebra > 3")
    assert kinds(check) == [("column", ("lacking",), True)]
    assert check.counts == ()


def test_gap_and_unknown_are_said_in_both_languages() -> None:
    check = RuleSegments({"a": "open_rate > 0.9"}).check(FEATURES, language="ru")
    assert "Правило «a» нельзя проверить у 40 клиентов: не хватает данных." in repr(check)
    assert "40 клиентов не подходят ни под одно правило." in check._repr_html_()
    assert "40 customers are in no rule." in [finding.texts["en"] for finding in check.findings]


def test_nothing_wrong() -> None:
    assert RuleSegments({"a": "visits > 3", "b": "visits < 2"}).check().sentences() == [
        "Nothing is wrong with the rules."
    ]
