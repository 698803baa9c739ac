"""A refit of a small shop: numbers are identities, and names are kept while they are true."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from quick import quick_fit

from custseg import Orders, Segmentation, SegmentModel
from custseg.datasets import Shop, make_shop
from custseg.insights import explain
from custseg.tracking import Refit, refit


def groups(sizes: dict[float, int], seed: int = 0) -> pl.DataFrame:
    """Customers in groups around some numbers of visits."""
    visits = np.repeat(list(sizes), list(sizes.values())) + np.random.default_rng(seed).normal(
        0, 1, sum(sizes.values())
    )
    return pl.DataFrame({"customer_id": range(len(visits)), "visits": visits})


def fitted(sizes: dict[float, int]) -> Segmentation:
    return quick_fit(features=groups(sizes), columns=["visits"], n_segments=len(sizes))


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make_shop(600, 0)


@pytest.fixture(scope="module")
def first(shop: Shop) -> Segmentation:
    return quick_fit(Orders(shop.orders, channel="channel"), as_of="2025-06-01", n_segments=4)


@pytest.fixture(scope="module")
def second(shop: Shop, first: Segmentation) -> Refit:
    return refit(first.model, shop.orders, as_of="2025-07-01")


@pytest.mark.slow
def test_largest_segment_need_not_be_0() -> None:
    model = fitted({10: 60, 50: 40, 90: 20}).model
    result = refit(model, features=groups({10: 30, 50: 40, 90: 60})).result
    assert model.numbers == (0, 1, 2)
    assert result.model.numbers == (2, 1, 0)
    assert [row.size for row in result.profiles.segments] == [60, 40, 30]
    assert [row.segment for row in result.profiles.segments] == [2, 1, 0]
    assert result.labels.tolist() == [0] * 30 + [1] * 40 + [2] * 60
    assert result.assignments["segment"].to_list() == result.labels.tolist()


@pytest.mark.slow
def test_everything_has_the_numbers_of_the_model(tmp_path: Path) -> None:
    refitted = refit(fitted({10: 60, 50: 40, 90: 20}).model, features=groups({10: 30, 50: 40, 90: 60}))
    result = refitted.result.rename({2: "Fans"})
    table = dict(zip(result.assignments["segment"], result.assignments["name"], strict=False))
    assert table == {row.segment: row.name for row in result.profiles.segments}
    assert table[2] == "Fans"
    assert {row.segment: row.size for row in result.profiles.segments} == {2: 60, 1: 40, 0: 30}
    for rule in result.rules.rules:
        assert (result.labels[rule.holds(result.features)] == rule.segment).mean() > 0.9
        assert rule.name == table[rule.segment]
    assert set(result.rules.rule_set.labels(result.features)) == {0, 1, 2}
    explained = explain(result, 129)
    assert (explained.segment, explained.name) == (2, "Fans")
    assert explained.counterfactual is not None
    assert explained.counterfactual.segment == 1
    result.model.save(tmp_path / "model.json")
    loaded = SegmentModel.load(tmp_path / "model.json")
    assert loaded == result.model
    assert loaded.assign(features=result.features).equals(result.assignments)


@pytest.mark.slow
def test_number_that_is_gone_is_not_used_again() -> None:
    model = fitted({10: 60, 50: 40, 90: 20}).model
    two = refit(model, features=groups({10: 60, 50: 40}), n_segments=2)
    assert two.model.numbers == (0, 1)
    assert two.model.next_number == 3
    assert [one.kind for one in two.record.relations] == ["same", "same", "gone"]
    three = refit(two.model, features=groups({10: 60, 50: 40, 300: 20}), n_segments=3)
    assert three.model.numbers[:2] == (0, 1)
    assert three.model.numbers[2] == 3
    assert [len(record.relations) for record in three.model.refits] == [3, 3]


@pytest.mark.slow
def test_segments_of_a_shop_keep_numbers_and_names(first: Segmentation, second: Refit) -> None:
    same = [one for one in second.record.relations if one.kind == "same"]
    assert len(same) >= 3
    names = dict(zip(second.model.numbers, second.model.names, strict=True))
    before = dict(zip(first.model.numbers, first.model.names, strict=True))
    kept = {one.before for one in same} - set(second.record.renamed)
    assert {number: names[number] for number in kept} == {number: before[number] for number in kept}


def test_assignments_of_the_new_model_are_those_of_the_refit(shop: Shop, second: Refit) -> None:
    assigned = second.model.assign(shop.orders, as_of="2025-07-01")
    assert assigned.equals(second.result.assignments)


def test_fit_options_are_those_of_the_model(first: Segmentation, second: Refit) -> None:
    assert second.model.options == first.model.options
    assert second.model.method == first.model.method
    assert second.model.definition is not None
    assert second.model.definition.describing == {"channel": "channel"}


@pytest.mark.slow
def test_lifts_are_those_of_the_numbers_of_the_lineage() -> None:
    """The largest segment of the refit has number 2, and what it can show is said of it."""
    large = make_shop(1500, 2)
    model = quick_fit(large.orders, as_of="2025-01-01", n_segments=5).model
    result = refit(model, large.orders, as_of="2025-05-01", min_size="auto", lift=1.0, n_segments=3).result
    assert result.model.numbers != (0, 1, 2)
    assert result.minimum is not None
    assert tuple(row.segment for row in result.minimum.segments) == result.model.numbers
    assert [note.split(":")[0] for note in result.notes[1:4]] == [row.name for row in result.profiles.segments]


@pytest.mark.slow
def test_labels_of_columns_are_those_of_the_model() -> None:
    table = groups({10: 60, 50: 40})
    model = quick_fit(features=table, columns=["visits"], n_segments=2, labels={"visits": "calls"}).model
    assert refit(model, features=table).model.columns[0].label("en") == "calls"


@pytest.mark.slow
def test_given_name_is_kept(shop: Shop, first: Segmentation) -> None:
    model = first.rename({1: "Fans"}).model
    refitted = refit(model, shop.orders, as_of="2025-07-01")
    assert refitted.model.names[refitted.model.numbers.index(1)] == "Fans"
    again = refit(refitted.model, shop.orders, as_of="2025-07-01")
    assert again.model.names[again.model.numbers.index(1)] == "Fans"


@pytest.mark.slow
def test_name_without_evidence_is_changed_and_said() -> None:
    model = fitted({10: 60, 50: 40, 90: 20}).model
    low = next(segment for segment in model.segments if segment.number == 0)
    term = replace(low.traits[0].terms[0], operator=">", value=1e6)
    stale = replace(low, names=dict.fromkeys(low.names, "millions"), traits=(replace(low.traits[0], terms=(term,)),))
    model = replace(model, segments=(stale, *model.segments[1:]))
    refitted = refit(model, features=groups({10: 60, 50: 40, 90: 20}))
    assert refitted.record.renamed == (0,)
    assert refitted.model.names[0] == low.names["en"]
    assert "Segment 0 was called “millions”" in refitted.text


@pytest.mark.slow
def test_customers_of_one_table_alone_do_not_count() -> None:
    model = fitted({10: 60, 50: 40, 90: 20}).model
    table = groups({10: 60, 50: 40, 90: 20}).with_columns(
        visits=pl.when(pl.col("customer_id") < 30).then(None).otherwise(pl.col("visits"))
    )
    refitted = refit(model, features=table)
    assert [one.kind for one in refitted.record.relations] == ["same"] * 3
    assert (refitted.result.labels[:30] == -1).all()


def test_not_a_model() -> None:
    with pytest.raises(TypeError, match=r"refit: model must be a SegmentModel.*got Segmentation"):
        refit(fitted({10: 60, 50: 40}), features=groups({10: 60, 50: 40}))  # type: ignore[arg-type]


def test_logs_need_a_moment(shop: Shop, first: Segmentation) -> None:
    with pytest.raises(TypeError, match="refit: give as_of="):
        refit(first.model, shop.orders)
