from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import RETURNED, rows_of
from logs import clean_log
from quick import quick_fit

from custseg import DataError, Segmentation, SegmentModel


@pytest.fixture(scope="module")
def result() -> Segmentation:
    return quick_fit(clean_log(80), n_segments=4, min_size=2)


@pytest.fixture(scope="module")
def table(result: Segmentation) -> pl.DataFrame:
    return result.features.frame


@pytest.mark.slow
def test_assign_equals_the_fit(result: Segmentation, table: pl.DataFrame) -> None:
    assert result.model.assign(features=table).equals(result.assignments)
    assert result.model.assign(features=result.features).equals(result.assignments)


def test_assign_keeps_the_kind_of_table(
    kind: str, as_kind: Callable[[pl.DataFrame], object], result: Segmentation, table: pl.DataFrame
) -> None:
    assigned = result.model.assign(features=as_kind(table))
    assert isinstance(assigned, RETURNED.get(kind, pl.DataFrame))
    assert rows_of(assigned) == rows_of(result.assignments)


@given(st.lists(st.integers(0, 79), min_size=1, max_size=20, unique=True))
def test_one_customer_or_many(result: Segmentation, table: pl.DataFrame, rows: list[int]) -> None:
    assert result.model.assign(features=table[rows]).equals(result.assignments[rows])


def test_segment_has_the_nearest_center(result: Segmentation, table: pl.DataFrame) -> None:
    model = result.model
    values = {name: table[name].to_numpy().astype(float) for name in model.preparation.names}
    matrix = model.preparation.matrix(values)
    squared = ((matrix[:, None, :] - model.rule.centers) ** 2).sum(axis=2)
    assert result.assignments["segment"].to_list() == squared.argmin(axis=1).tolist()


def test_model_holds_no_customer_row(result: Segmentation) -> None:
    model = result.model
    assert "customer_id" not in repr(vars(model))
    assert model.rule.centers.shape == (4, 3)
    assert isinstance(model, SegmentModel)


def test_assess_without_clusterable_customers(result: Segmentation, table: pl.DataFrame) -> None:
    names = result.model.preparation.names
    empty = table.head(3).with_columns(pl.lit(None, pl.Float64).alias(name) for name in names)
    assessed = result.model.assign(features=empty)
    assert assessed.columns == result.model.assign(features=table).columns
    assert assessed.schema == result.model.assign(features=table).schema
    assert assessed.select("segment", "confidence", "second_segment", "is_outlier").null_count().row(0) == (3,) * 4


def test_no_purchase_no_segment(result: Segmentation, table: pl.DataFrame) -> None:
    nobody = table.head(2).with_columns(order_count=pl.lit(0), recency_days=pl.lit(None, pl.Int64))
    nothing = {"confidence": None, "second_segment": None, "is_outlier": None}
    assert rows_of(result.model.assign(features=nobody)) == [
        {"customer_id": i, "segment": None, "name": "Prospects", **nothing} for i in (0, 1)
    ]


def test_missing_value_is_filled(result: Segmentation, table: pl.DataFrame) -> None:
    median = table["recency_days"].median()
    known = table.with_columns(recency_days=pl.lit(median))
    unknown = table.with_columns(recency_days=pl.lit(None, pl.Float64))
    assert result.model.assign(features=unknown).equals(result.model.assign(features=known))


def test_values_outside_training_range(result: Segmentation) -> None:
    far = {"id": [1, 2], "recency_days": [0, 99_999], "order_count": [1e6, 1], "revenue": [1e12, -1e12]}
    assert rows_of(result.model.assign(features=pl.DataFrame(far)))[0]["segment"] is not None


def test_id_column(result: Segmentation, table: pl.DataFrame) -> None:
    moved = table.select(pl.all().exclude("customer_id"), client="customer_id")
    assert result.model.assign(features=moved, customer_column="client").equals(result.assignments)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop("revenue", "recency_days"), "lacks columns 'recency_days' .*'revenue'"),
        (lambda t: t.with_columns(revenue=pl.lit("much")), r"must be numeric, got 'revenue' \(String\)"),
        (lambda t: t.with_columns(revenue=pl.lit(np.inf)), r"infinite values in 'revenue' \(80 values\)"),
        (lambda t: pl.concat([t, t.head(3)]), "3 rows repeat an earlier one"),
        (lambda t: t.clear(), "the feature table has no rows"),
    ],
)
def test_bad_table_is_an_error(
    result: Segmentation, table: pl.DataFrame, change: Callable[[pl.DataFrame], pl.DataFrame], words: str
) -> None:
    with pytest.raises(DataError, match=f"assign: .*{words}"):
        result.model.assign(features=change(table))
