"""Results can be pickled, so that a pool of processes can return them."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from kinds import rows_of
from logs import clean_log
from quick import quick_fit

from custseg import Customers, fit_segments
from custseg.classical_rfm import rfm_scores
from custseg.datasets import make_shop
from custseg.features import build_features, data_report
from custseg.insights import compare_methods
from custseg.profiling import profile_segments


def again(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


@pytest.mark.slow
def test_result_of_logs(as_kind: Callable[[pl.DataFrame], object]) -> None:
    result = quick_fit(as_kind(clean_log()), n_segments=2)
    copy = again(result)
    assert repr(copy) == repr(result)
    assert rows_of(copy.assignments) == rows_of(result.assignments)
    assert rows_of(copy.model.assign(features=copy.features)) == rows_of(result.assignments)
    is_relation = isinstance(result.assignments, duckdb.DuckDBPyRelation)
    assert type(copy.assignments) is (pl.DataFrame if is_relation else type(result.assignments))


def test_result_of_ready_table(as_kind: Callable[[pl.DataFrame], object]) -> None:
    table = pl.DataFrame({"customer_id": range(40), "visits": np.arange(40) ** 2, "plan": ["a", "b"] * 20})
    result = quick_fit(features=as_kind(table), n_segments=2)
    copy = again(result)
    assert repr(copy) == repr(result)
    assert rows_of(copy.profiles.to_frame()) == rows_of(result.profiles.to_frame())
    assert rows_of(copy.features.frame) == rows_of(result.features.frame)


@pytest.mark.slow
def test_pickle_holds_no_log() -> None:
    secret = clean_log().with_columns(mail=pl.lit("someone@example.org"))
    assert b"example.org" not in pickle.dumps(quick_fit(secret, n_segments=2))


@pytest.mark.slow
def test_other_results_can_be_pickled() -> None:
    shop = make_shop(300, 0)
    features = build_features(shop.orders, shop.events, Customers(shop.customers), as_of=shop.as_of)
    results = (
        features,
        rfm_scores(features),
        data_report(shop.orders, as_of=shop.as_of),
        profile_segments(features, [0, 1] * (len(features) // 2) + [0] * (len(features) % 2)),
        compare_methods(features=features, methods=["kmeans"], n_segments=2),
    )
    assert [repr(again(result)) for result in results] == [repr(result) for result in results]


@pytest.mark.slow
def test_pool_returns_a_fit() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        result = pool.submit(fit_segments, clean_log(), method="kmeans", n_segments=2).result()
    assert repr(result) == repr(quick_fit(clean_log(), n_segments=2))
