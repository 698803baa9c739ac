"""Shares in bins, and where they differ most."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from custseg.model import CategoryReference, ColumnReference
from custseg.tracking.monitoring._shares import categories_compared, groups_compared, numbers_compared


def column(values: list[str | None]) -> nw.Series[pl.Series]:
    return nw.from_native(pl.Series("channel", values), series_only=True)


def test_numbers_with_missing_values() -> None:
    reference = ColumnReference((10.0, 20.0), (0.5, 0.25, 0.25), missing=0.2)
    values = np.array([5.0, 10, 15, 25, np.nan])
    compared = numbers_compared(reference, values, n_before=100, unit="orders")
    assert compared.before.tolist() == [40, 20, 20, 20]
    assert compared.after.tolist() == [2, 1, 1, 1]


def test_difference_of_numbers_is_cumulative() -> None:
    reference = ColumnReference((10.0, 20.0), (0.5, 0.25, 0.25), missing=0.0)
    values = np.repeat([5.0, 15, 25], [20, 20, 60])
    words, before, after = numbers_compared(reference, values, n_before=200, unit="orders").largest_difference()
    assert (words["en"], before, after) == ("up to 20 orders", 0.75, 0.4)


def test_categories_of_the_fit_and_a_new_one() -> None:
    reference = CategoryReference(("web", "store"), (0.6, 0.3), missing=0.0)
    values = ["web"] * 50 + ["store"] * 20 + ["app"] * 20 + ["fax"] * 7 + [None] * 3
    compared = categories_compared(reference, column(values), n_before=200)
    assert np.allclose(compared.before, [120, 60, 0, 20, 0])
    assert compared.after.tolist() == [50, 20, 20, 7, 3]
    assert [words["en"] for words in compared.words][:3] == ["“web”", "“store”", "“app”"]


def test_new_category_of_few_customers_has_no_name() -> None:
    reference = CategoryReference(("web",), (1.0,), missing=0.0)
    compared = categories_compared(reference, column(["web"] * 91 + ["secret"] * 9), n_before=100)
    assert "secret" not in str(compared.words)
    assert compared.after.tolist() == [91, 9, 0]


def test_counts_below_ten_are_not_shown() -> None:
    names = [{"en": "Loyal", "ru": "Лояльные"}, {"en": "New", "ru": "Новые"}, {"en": "Lost", "ru": "Потерянные"}]
    words = groups_compared([60, 20, 20], [5, 47, 48], names).difference_words()
    assert words["en"] == "Loyal: less than 10% of the customers, 60% at the fit"
    assert words["ru"] == "Лояльные — меньше 10\N{NO-BREAK SPACE}% клиентов, при построении 60\N{NO-BREAK SPACE}%"


def test_of_two_groups_the_one_that_has_grown_is_named() -> None:
    names = [{"en": "Loyal", "ru": "Лояльные"}, {"en": "New", "ru": "Новые"}]
    assert groups_compared([50, 50], [20, 80], names).difference_words()["en"].startswith("New: 80%")
    assert groups_compared([50, 50], [80, 20], names).difference_words()["en"].startswith("Loyal: 80%")
