"""`fit_segments(goal=...)`: what a goal changes, and what goes before it."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from logs import clean_log
from quick import quick_fit

from custseg import Customers, DataError, Segmentation, SegmentModel, fit_segments
from custseg.datasets import make_shop
from custseg.features import build_features
from custseg.goals import GOALS, Goal
from custseg.plots import plot_distributions, plot_segments
from custseg.tracking import refit

SHOP = make_shop(300, 0)


@cache
def result() -> Segmentation:
    return fit_segments(SHOP.orders, as_of=SHOP.as_of, goal="repeat_purchase", method="kmeans")


@pytest.mark.slow
def test_foresight_counts_twice_as_much_as_the_rest() -> None:
    weights = {column.name: column.weight for column in result().model.preparation.columns}
    assert list(weights) == ["recency_days", "order_count", "revenue", "foresight"]
    assert weights["foresight"] / weights["revenue"] == pytest.approx(2 * np.sqrt(3))


@pytest.mark.slow
def test_what_numbers_told_about_the_last_period_decides() -> None:
    worth, best = result().choice.request.worth, result().choice.best
    assert list(worth) == list(range(2, 9))
    # The samples of the customers select a number that is stable in most of them.
    assert worth[best.n_clusters] > max(worth[number] for number in (2, 3, 4))
    assert best.stability >= 0.75
    assert any("this one told most about the goal in the last period" in note for note in result().notes)


@pytest.mark.slow
def test_segments_are_printed_by_what_to_expect() -> None:
    foresight, labels = result().features.values("foresight"), result().labels
    printed = [int(row[0]) for row in result().profiles.table()[1] if row[0].isdigit()]
    means = [foresight[labels == number].mean() for number in printed]
    assert means == sorted(means, reverse=True)
    assert sorted(printed) == list(range(len(printed)))
    # The numbers stay those of the labels: the largest segment is 0.
    assert [row.segment for row in result().profiles.segments] == sorted(printed)


def test_everything_lists_them_in_this_order() -> None:
    listed = [row.segment for row in result().profiles.listed if row.segment is not None]
    assert listed != sorted(listed)
    assert result().profiles.columns()["segment"][: len(listed)] == listed
    frame = pl.DataFrame(result().profiles.to_frame()).filter(pl.col("segment").is_not_null())
    assert frame["segment"].unique(maintain_order=True).to_list() == listed
    names = [row.name.replace(" · ", " ") for row in result().profiles.listed_segments]
    for axes in (plot_segments(result()).axes[0], plot_distributions(result(), "recency_days")):
        assert [label.get_text().replace("\n", " ") for label in axes.get_yticklabels()] == names


@pytest.mark.slow
def test_a_goal_without_foresight_lists_them_by_it() -> None:
    goal = Goal("who comes back", families=("rfm",), outcome="ordered", horizon_days=60)
    segments = quick_fit(SHOP.orders, as_of=SHOP.as_of, goal=goal, n_segments=3)
    table = build_features(SHOP.orders, as_of=SHOP.as_of, families=["rfm", "foresight"])
    assert "foresight" not in segments.features.names
    expected, labels = table.values("expected_orders"), segments.labels
    means = [expected[labels == number].mean() for number in segments.profiles.listing]
    assert means == sorted(means, reverse=True)


@pytest.mark.slow
def test_result_says_what_it_is_for() -> None:
    assert result().goal is GOALS["repeat_purchase"]
    assert "made for the goal “repeat purchases”: the number of orders over the next 90 days" in result().why()
    plain = quick_fit(SHOP.orders, as_of=SHOP.as_of)
    assert plain.goal is None
    assert plain.notes[-1].startswith("No goal was given: the segments show how customers differ today")
    russian = quick_fit(SHOP.orders, as_of=SHOP.as_of, goal="retention", language="ru")
    assert "для цели «удержание»: будет ли активен за следующие 180 дн." in russian.why()


@pytest.mark.slow
def test_a_model_in_a_file_assigns_later_customers_alike(tmp_path: Path) -> None:
    later = make_shop(300, 0).orders
    model = quick_fit(SHOP.orders, as_of="2025-05-01", goal="revenue").model
    model.save(tmp_path / "model.json")
    loaded = SegmentModel.load(tmp_path / "model.json")
    assert loaded == model
    assert loaded.assign(later, as_of="2025-07-01").equals(model.assign(later, as_of="2025-07-01"))


def test_a_customer_is_assigned_by_the_figures_of_the_fit() -> None:
    """Alike with and without a tenth of the others."""
    some = result().model.assign(SHOP.orders.filter(~pl.col("customer_id").str.ends_with("7")), as_of=SHOP.as_of)
    of_all = pl.DataFrame(result().assignments)
    assert 200 < len(some) < len(of_all)
    assert some.equals(of_all.join(some, on="customer_id", how="semi"))


@pytest.mark.slow
@pytest.mark.parametrize("window_days", [None, 200])
def test_foresight_of_the_model_fades_as_in_the_fit(window_days: int | None, tmp_path: Path) -> None:
    """Retention has half-lives of its own, and engagement is a column of its foresight alone."""
    logs = {"events": SHOP.events, "as_of": SHOP.as_of}
    fitted = quick_fit(SHOP.orders, **logs, goal="retention", window_days=window_days, n_segments=3)
    fitted.model.save(tmp_path / "model.json")
    again = pl.DataFrame(SegmentModel.load(tmp_path / "model.json").assign(SHOP.orders, **logs))
    assert again.equals(pl.DataFrame(fitted.assignments))


def test_segments_of_the_fit_are_those_of_the_model() -> None:
    assert result().model.assign(SHOP.orders, as_of=SHOP.as_of).equals(result().assignments)


@pytest.mark.slow
def test_a_refit_keeps_the_goal() -> None:
    model = quick_fit(SHOP.orders, as_of="2025-06-01", goal="revenue").model
    again = refit(model, SHOP.orders, as_of="2025-07-01").result
    assert again.goal == GOALS["revenue"]
    assert "foresight" in again.model.preparation.names


@pytest.mark.slow
def test_what_goes_before_the_goal() -> None:
    arguments: dict[str, Any] = {"as_of": SHOP.as_of, "goal": "repeat_purchase", "method": "kmeans"}
    assert fit_segments(SHOP.orders, n_segments=3, **arguments).choice.best.n_clusters == 3
    kept = fit_segments(SHOP.orders, previous=2, **arguments)
    assert kept.choice.best.n_clusters == 2
    named = fit_segments(SHOP.orders, n_segments=3, columns=["revenue", "order_count"], **arguments)
    assert named.model.preparation.names == ["revenue", "order_count"]


@pytest.mark.slow
def test_same_customers_in_any_order() -> None:
    shuffled = SHOP.orders.sample(fraction=1, shuffle=True, seed=1)
    again = fit_segments(shuffled, as_of=SHOP.as_of, goal="repeat_purchase", method="kmeans")
    assert pl.DataFrame(again.assignments).equals(pl.DataFrame(result().assignments))


@pytest.mark.slow
def test_mails_alone() -> None:
    mails = quick_fit(events=SHOP.events, as_of=SHOP.as_of, goal="email_engagement")
    assert mails.model.preparation.names == ["open_rate_shrunk", "click_rate_shrunk", "foresight"]
    assert mails.model.assign(events=SHOP.events, as_of=SHOP.as_of).equals(mails.assignments)


@pytest.mark.slow
def test_attributes_alone_are_too_coarse() -> None:
    customers = Customers(SHOP.customers, numeric=["age"], category=["sex"])
    coarse = quick_fit(SHOP.orders, customers=customers, as_of=SHOP.as_of, columns=["age"])
    assert any("too coarse to say who buys" in note for note in coarse.notes)
    assert not any("too coarse" in note for note in result().notes)


@pytest.mark.slow
def test_a_ready_table_of_age_and_income_is_too_coarse() -> None:
    rng = np.random.default_rng(0)
    people = pl.DataFrame({"customer_id": range(300), "age": rng.integers(18, 80, 300), "income": rng.gamma(3, 9, 300)})
    assert "too coarse to say who buys" in quick_fit(features=people, n_segments=2).notes[-1]
    shoppers = people.with_columns(visits=pl.Series(rng.gamma(2, 5, 300)))
    assert not any("too coarse" in note for note in quick_fit(features=shoppers, n_segments=2).notes)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"goal": "sale"}, ValueError, "goal must be one of"),
        ({"goal": "email_engagement"}, DataError, "'email' needs events"),
        ({"goal": Goal("x", horizon_days=400)}, DataError, "looks 400 days ahead, and the log has 300 days"),
    ],
)
def test_bad_goals(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        fit_segments(clean_log(), as_of="2024-10-27", **arguments)


def test_a_ready_table_has_no_past() -> None:
    table = build_features(clean_log(), as_of="2024-10-27")
    with pytest.raises(TypeError, match="goal= looks at what customers did after earlier dates"):
        fit_segments(features=table, goal="revenue")


@pytest.mark.slow
def test_a_ready_table_is_clustered_on_its_foresight() -> None:
    """What the error advises."""
    table = build_features(SHOP.orders, as_of=SHOP.as_of, families=["rfm", "foresight"])
    columns = ["recency_days", "order_count", "revenue", "foresight"]
    assert quick_fit(features=table, columns=columns, n_segments=3).model.preparation.names == columns


@pytest.mark.slow
def test_a_window_describes_and_foresight_looks_at_the_whole_log() -> None:
    recent = fit_segments(SHOP.orders, as_of=SHOP.as_of, goal="revenue", window_days=180, method="kmeans", n_segments=3)
    whole = fit_segments(SHOP.orders, as_of=SHOP.as_of, goal="revenue", method="kmeans", n_segments=3)
    foresight = [segments.features.values("foresight") for segments in (recent, whole)]
    assert np.array_equal(*foresight, equal_nan=True)
    assert np.nanmax(recent.features.values("recency_days")) <= 180
    # Who has not ordered in the window is in no segment.
    assert sum(row.size for row in recent.profiles.segments) < sum(row.size for row in whole.profiles.segments)
    again = pl.DataFrame(recent.model.assign(SHOP.orders, as_of=SHOP.as_of))
    assert again.equals(pl.DataFrame(recent.assignments))
    lines = SHOP.orders.filter(pl.col("ordered_at") >= SHOP.as_of - timedelta(days=180))
    with pytest.raises(DataError, match=r"would look new. Give the whole log\.$"):
        recent.model.assign(lines, as_of=SHOP.as_of)
