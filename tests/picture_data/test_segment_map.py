import dataclasses
import json

import numpy as np
import pytest

from custseg.feature_table import Feature
from custseg.picture_data import MapColumns, map_columns, segment_map
from custseg.picture_data._directions import directions
from custseg.preparation import CategoryPlan, ClassScores, Preparation

FEATURES = [Feature("days", direction=-1), Feature("orders", direction=1), Feature("noise")]
PHRASES = {"days": "days since last order", "orders": "number of orders", "noise": "noise"}
# Centers on a cross: -6 and 6 in the first column, -2 and 2 in the second; the third varies most, and within segments.
CENTERS = np.array([[-6.0, 0, 0], [6, 0, 0], [0, -2, 0], [0, 2, 0]])
LABELS = np.repeat(np.arange(4), 40)
NOISE = np.tile(np.linspace(-40, 40, 40), 4)
X = CENTERS[LABELS] + np.column_stack([np.tile([-0.5, 0.5], 80), np.tile([0.5, 0.5, -0.5, -0.5], 40), NOISE])


def drawn(rows: np.ndarray = X, labels: np.ndarray = LABELS) -> object:
    return segment_map(MapColumns(rows, FEATURES, PHRASES), labels, numbers=range(labels.max() + 1))


def test_the_map_shows_in_what_segments_differ_and_not_what_varies_most() -> None:
    plane = np.abs(directions(X, LABELS))
    assert plane == pytest.approx(np.array([[1, 0], [0, 1], [0, 0]]), abs=1e-6)
    assert drawn().explained == 1
    assert [axis.explained for axis in drawn().axes] == [0.9, 0.1]  # 2 · 6² to 2 · 2²
    assert drawn().explained_of_customers < 0.1


def test_better_is_at_the_end_and_named_by_its_features() -> None:
    first, second = drawn().axes
    assert (first.higher, first.lower) == ((), ("days since last order",))
    assert (second.higher, second.lower) == (("number of orders",), ())
    assert first.correlations["days"] == pytest.approx(-1)
    assert drawn().areas[0].center[0] == pytest.approx(6, abs=0.1)


def test_the_map_is_the_same_in_any_order_and_can_be_written() -> None:
    order = np.random.default_rng(0).permutation(len(X))
    shuffled = segment_map(MapColumns(X[order], FEATURES, PHRASES), LABELS[order], numbers=range(4))
    assert json.loads(json.dumps(dataclasses.asdict(shuffled))) == json.loads(json.dumps(dataclasses.asdict(drawn())))


def test_two_segments_get_the_direction_in_which_customers_differ_most_besides() -> None:
    labels = (np.arange(160) % 2).astype(np.intp)
    rows = np.column_stack([labels * 4.0, np.zeros(160), NOISE])
    assert np.abs(directions(rows, labels)).argmax(axis=0).tolist() == [0, 2]
    assert drawn(rows, labels).explained == 1


def test_one_segment_is_shown_in_what_its_customers_differ_most() -> None:
    # Its center is 0 but for rounding, which must not become a direction.
    rows = np.random.default_rng(2).normal(size=(301, 3)) * [1, 9, 3] + 0.1
    plane = np.abs(directions(rows, np.zeros(301, dtype=np.intp)))
    assert plane.argmax(axis=0).tolist() == [1, 2]


def test_one_segment_and_one_varying_column_have_a_map() -> None:
    labels = np.zeros(160, dtype=np.intp)
    plane = directions(np.column_stack([NOISE, np.zeros(160)]), labels)
    assert plane.T @ plane == pytest.approx(np.eye(2))
    assert drawn(labels=labels).explained == pytest.approx(drawn(labels=labels).explained_of_customers)


def test_directions_are_perpendicular() -> None:
    rows = np.random.default_rng(1).normal(size=(300, 5)) * [1, 2, 3, 4, 5]
    plane = directions(rows, (rows[:, 0] > 0).astype(np.intp) + (rows[:, 1] > 1))
    assert plane.T @ plane == pytest.approx(np.eye(2))


def test_axes_of_scores_are_named_by_categories() -> None:
    scores = ClassScores((), (), (((-2.0,), (2.0,)), ((-0.1,), (0.1,))))
    plans = tuple(CategoryPlan(name, ("no", "yes"), has_other=False) for name in ("club", "mail"))
    values = {"club": np.repeat([0.0, 1.0], 20), "mail": np.tile([0.0, 1.0], 20)}
    phrases = {"club": "in the club", "mail": "mail"}
    features = [Feature("club"), Feature("mail")]
    columns = map_columns(
        Preparation((), {}, categories=plans, scores=scores), values, features=features, phrases=phrases
    )
    assert columns.rows.shape == (40, 2)  # with one score the second dimension is empty
    across = segment_map(columns, np.repeat([0, 1], 20), numbers=[0, 1]).axes[0]
    assert abs(across.correlations["club yes"]) == pytest.approx(1, abs=0.01)
    assert abs(across.correlations["mail yes"]) == pytest.approx(0.05, abs=0.01)
    assert {*across.higher, *across.lower} == {"in the club no", "in the club yes"}
