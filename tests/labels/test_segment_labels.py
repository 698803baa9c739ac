from collections.abc import Callable

import numpy as np
import pandas as pd
import polars as pl
import pytest

from custseg import DataError
from custseg._labels import read_labels


@pytest.mark.parametrize(
    "labels",
    [
        [1, 5, -1, 5],
        np.array([1, 5, -1, 5]),
        np.array([1.0, 5.0, np.nan, 5.0]),
        [1, 5, None, 5],
        pl.Series([1, 5, None, 5]),
        pl.Series([1, 5, -1, 5]),
        pd.Series([1, 5, np.nan, 5]),
        pd.array([1, 5, None, 5], dtype="Int64"),
    ],
    ids=str,
)
def test_whole_numbers_of_any_origin(labels: object) -> None:
    read = read_labels(labels, 4, "f")
    assert read.segments == (1, 5)
    assert read.codes.tolist() == [0, 1, -1, 1]


@pytest.mark.parametrize(
    "labels",
    [list, pl.Series, pd.Series, lambda labels: np.array(labels, dtype=object)],
    ids=["list", "polars", "pandas", "numpy"],
)
def test_texts_of_any_origin(labels: Callable[[list[str | None]], object]) -> None:
    read = read_labels(labels(["b", "a", None, "a"]), 4, "f")
    assert read.segments == ("a", "b")
    assert read.codes.tolist() == [1, 0, -1, 0]


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT], ids=str)
def test_every_kind_of_missing_label_is_in_no_segment(missing: object) -> None:
    labels = ["b", "a", missing, "a"]
    for given in (labels, np.array(labels, dtype=object), pd.Series(labels, dtype=object)):
        assert read_labels(given, 4, "f").codes.tolist() == [1, 0, -1, 0]
    assert read_labels([1, 0, missing, 0], 4, "f").codes.tolist() == [1, 0, -1, 0]


@pytest.mark.parametrize(
    ("labels", "kind", "words"),
    [
        ([0, 1], DataError, "labels must hold one label per customer: there are 3 customers, and labels of shape"),
        ([[0], [1], [2]], DataError, r"labels of shape \(3, 1\)"),
        ([-1, -1, None], DataError, "no customer is in a segment"),
        ([-2, 0, 1], DataError, r"labels must be -1 \(no segment\) or at least 0, got -2"),
        ([0.5, 1, 2], TypeError, "labels must be whole numbers or texts, got numbers with a fraction"),
        ([float("inf"), 1, 2], TypeError, "whole numbers that fit 62 bits"),
        (["a", 1, 2], TypeError, "labels must be all whole numbers or all texts, got both"),
        ([{}, 1, 2], TypeError, "labels must be whole numbers or texts, got dict"),
        ("abc", TypeError, "labels must be a column of labels, got str"),
        (None, DataError, "labels of shape"),
    ],
)
def test_labels_that_cannot_be_used_are_told(labels: object, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=f"f: .*{words}"):
        read_labels(labels, 3, "f")


def test_ids_in_place_of_labels_are_told_without_showing_them() -> None:
    with pytest.raises(DataError, match="hold 1,500 different segments, at most 1,000") as told:
        read_labels([f"customer-{i}" for i in range(1_500)], 1_500, "f")
    assert "customer-" not in str(told.value)
