"""Rules before the clusters of a model: which labels are whose."""

import numpy as np
import polars as pl

from custseg.clustering import MinSizeKMeans
from custseg.feature_table import given_features
from custseg.model import Branch, Branches
from custseg.model._branches import groups_of

RULE = MinSizeKMeans(2, min_size=1).fit(np.array([[0.0], [1.0], [9.0], [10.0]])).assignment_rule_
NAMES = {"en": "a", "ru": "а"}
BRANCHES = Branches((Branch(NAMES, "x > 5"), Branch(NAMES, "x > 3", RULE, 2)))


def test_labels_of_groups_follow_each_other() -> None:
    groups = groups_of(BRANCHES, RULE, 5)
    assert [(group.position, group.labels) for group in groups] == [(0, range(1)), (1, range(1, 3)), (-1, range(3, 5))]
    assert BRANCHES.stated_labels == {0: "a"}


def test_no_group_of_others_where_rules_have_all_segments() -> None:
    assert [group.position for group in groups_of(BRANCHES, RULE, 3)] == [0, 1]
    assert [group.labels for group in groups_of(Branches(), RULE, 2)] == [range(2)]


def test_first_condition_that_is_true_counts() -> None:
    table = given_features(pl.DataFrame({"customer_id": range(4), "x": [6.0, 4.0, 1.0, None]}), None, "test")
    assert BRANCHES.positions(table).tolist() == [0, 1, -1, -1]
    assert BRANCHES.columns == ("x",)
