"""What the ids of a log look like, as counts: worked by hand, and no id is among them."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from custseg.logs.report._customer_ids import CustomerIds, shared


def of(ids: list[Any], lines: list[int] | None = None) -> CustomerIds:
    return CustomerIds.of(nw.from_native(pl.DataFrame({"customer": ids, "lines": lines or [1] * len(ids)})))


def texts(rows: Any) -> list[str]:
    return sorted(nw.to_native(rows)["customer"].to_list())


def test_placeholders_are_counted_with_their_lines() -> None:
    ids = of(["nan", "0", "Гость", "a7"], [3, 2, 4, 9])
    assert (ids.count, ids.placeholders, ids.placeholder_lines) == (4, 3, 9)
    # Among numbers alone, 0 may be a customer.
    assert of(["0", "1"]).placeholders == 0


def test_normal_form_has_no_spaces_zeros_and_case() -> None:
    ids = of([" 0012", "12.0", "Ann B", "000", "0.00", "00a"])
    assert texts(ids.normal(cased=False)) == ["0", "12", "a", "annb"]
    assert texts(ids.normal(cased=True)) == ["0", "12", "AnnB", "a"]
    assert ids.n_normal() == 4


def test_codes_of_mixed_case_are_told_from_names() -> None:
    assert of(["aBc", "QxZy", "p9R"]).are_cased
    assert not of(["Ann", "BOB", "cem", "Dora", "Eve"]).are_cased


@pytest.mark.parametrize(
    ("ids", "inexact"),
    [
        ([491512345678900000, 491512345678910000, 491512345678900100], 0),
        ([491512345678900000, 491512345678910000, 491512345678920000], 3),
        ([2.0**53, 5.0], 1),
        (["4.9E+11", "9007199254740993.0", "1234567890123456.0"], 2),
        ([7, 8], 0),
    ],
)
def test_truncated_numbers_are_counted(ids: list[Any], inexact: int) -> None:
    assert of(ids).inexact == inexact


def test_floats_and_texts_of_one_number_are_shared() -> None:
    assert shared(of([12.0, 1e15, 0.5]).texts(), of(["12", "1000000000000000", "x"]).texts()) == 2
