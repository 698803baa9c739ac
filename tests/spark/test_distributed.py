from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from custseg.feature_table import DistributedFeatures, Feature
from custseg.feature_table._distributed import SALT
from custseg.trials import hashed, id_key

pytestmark = pytest.mark.spark


def features_in(spark: Any, ids: list[Any], **columns: list[Any]) -> DistributedFeatures:
    rows = pl.DataFrame({"customer_id": ids, **columns})
    native = spark.createDataFrame(rows.to_arrow())
    return DistributedFeatures(native, tuple(Feature(name) for name in columns))


def test_columns_are_told_apart_by_type(spark: Any) -> None:
    table = features_in(spark, [1, 2], visits=[3, None], city=["Bonn", None], is_new=[True, False])
    assert table.names == ["visits", "city", "is_new"]
    assert table.numeric_names() == ["visits"]
    assert table.n_customers() == 2


@pytest.mark.parametrize("partitions", [1, 7])
@pytest.mark.parametrize("make_id", [int, float, "{:.1f}".format, "shop-{}".format])
def test_the_sample_is_the_customers_of_smallest_hash(spark: Any, make_id: Any, partitions: int) -> None:
    ids = [make_id(number) for number in range(500)]
    table = features_in(spark, ids, visits=list(range(500)))
    sample = DistributedFeatures(table.native.repartition(partitions), table.described).sample(50, "test")
    numbers = sorted(range(500), key=lambda number: hashed(id_key(str(ids[number])), SALT))
    assert sample["visits"].tolist() == numbers[:50]
    assert [make_id(number) for number in sample.values("visits").astype(int)] == sample["customer_id"].tolist()


def test_the_sample_is_the_same_in_any_partitions(spark: Any) -> None:
    table = features_in(spark, list(range(20_000)), visits=list(range(20_000)))
    samples = [
        DistributedFeatures(table.native.repartition(n), table.described).sample(300, "test")["visits"].tolist()
        for n in (1, 5)
    ]
    assert samples[0] == samples[1]


def test_a_large_sample_is_everyone(spark: Any) -> None:
    table = features_in(spark, ["a", "b", "c"], visits=[1, 2, 3])
    assert sorted(table.sample(10, "test")["customer_id"]) == ["a", "b", "c"]
