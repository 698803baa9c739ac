"""`cross_check`: cells by hand, the example of 350 cells, and what further segments add."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from custseg import fit_segments
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.proof import cross_check

SMALL = pl.DataFrame(
    {
        "age": ["20s"] * 6 + ["30s"] * 4,
        "city": ["A"] * 5 + ["B"] + ["A"] * 4,
        "bought": [1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
    }
)


def test_cells_by_hand() -> None:
    check = cross_check(SMALL, ["age", "city"], min_size=4, channels=2, messages=3, outcome="bought")
    first, second = check.steps
    assert (first.n_cells, first.n_empty, first.n_small, first.n_customers_in_small, first.n_sends) == (2, 0, 0, 0, 12)
    # 20s A: 5, 20s B: 1, 30s A: 4, 30s B: nobody.
    assert (second.n_cells, second.n_empty, second.n_small, second.n_customers_in_small, second.n_sends) == (
        4, 1, 1, 1, 24,
    )  # fmt: skip
    # Variance of all: 2.4 / 9. Of six of whom four bought: (4/3) / 5; of five of whom four did: .8 / 4; else 0.
    assert first.explained == pytest.approx(1 - (6 / 10 * 4 / 15) / (2.4 / 9))
    assert second.explained == pytest.approx(1 - (5 / 9 * 0.2) / (2.4 / 9))
    assert check.room == 2


def example() -> pl.DataFrame:
    """Ten age bands, five incomes and seven behaviors of 5,000 customers; only the behavior tells what they do."""
    rng = np.random.default_rng(0)
    behavior = rng.choice(7, 5000, p=[0.3, 0.2, 0.15, 0.15, 0.1, 0.06, 0.04])
    return pl.DataFrame(
        {
            "age_band": rng.choice(10, 5000, p=[0.02, 0.08, 0.2, 0.2, 0.16, 0.12, 0.1, 0.07, 0.04, 0.01]),
            "income": rng.choice(5, 5000, p=[0.1, 0.3, 0.3, 0.2, 0.1]),
            "behavior": behavior,
            "bought": rng.random(5000) < np.array([0.02, 0.05, 0.08, 0.12, 0.2, 0.3, 0.4])[behavior],
        }
    )


def test_example_of_350_cells() -> None:
    columns = ["age_band", "income", "behavior"]
    check = cross_check(example(), columns, min_size=250, channels=2, messages=3, outcome="bought")
    last = check.steps[-1]
    assert [step.n_cells for step in check.steps] == [10, 50, 350]
    assert last.n_sends == 2100
    assert last.n_small == 350 - last.n_empty
    assert last.n_customers_in_small == 5000
    # Age and income explain nothing; the behavior alone does, with 7 cells as with 350 (standard error .009).
    assert [step.explained for step in check.steps[:2]] == pytest.approx([0, 0], abs=0.005)
    [alone] = cross_check(example(), ["behavior"], min_size=250, outcome="bought").steps
    assert alone.explained == pytest.approx(last.explained, abs=0.03)
    assert alone.n_small == 1
    assert alone.shows < 1 < last.shows
    printed = repr(check)
    assert "350 cells for 5,000 customers, 14.3 each on average; 100% of the customers" in printed
    assert "350 cells × 2 channels × 3 messages = 2,100" in printed
    assert "room for 20 segments" in printed


def test_noise_explains_nothing_whatever_the_number_of_cells() -> None:
    rng = np.random.default_rng(1)
    explained = []
    for _ in range(30):
        table = pl.DataFrame({"a": rng.integers(0, 20, 600), "b": rng.integers(0, 10, 600), "y": rng.random(600)})
        explained.append(cross_check(table, ["a", "b"], min_size=10, outcome="y").steps[-1].explained)
    assert np.mean(explained) == pytest.approx(0, abs=0.02)


def test_missing_values_are_a_value() -> None:
    check = cross_check(SMALL.with_columns(age=pl.Series(["20s", None] * 5)), ["age"], min_size=1)
    assert (check.steps[0].n_cells, check.n_missing) == (2, 5)
    assert "Missing values count" in repr(check)


def test_every_engine(as_kind: Callable[[pl.DataFrame], object]) -> None:
    check = cross_check(SMALL, ["age", "city"], min_size=0.2, outcome="bought")
    assert cross_check(as_kind(SMALL), ["age", "city"], min_size=0.2, outcome="bought") == check


@pytest.mark.slow
def test_further_segments() -> None:
    shop = make_shop(300, 0)
    result = fit_segments(shop.orders, as_of=shop.as_of, method="kmeans", n_segments=range(2, 5))
    table = result.assignments
    outcome = table.select(pl.col("segment").fill_null(-1).cast(pl.Float64)).to_series()
    table = table.with_columns(outcome.alias("y")).filter(pl.col("segment").is_not_null())
    check = cross_check(table, ["name"], min_size=20, outcome="y", result=result)
    rows = check.segments
    assert [row.n_segments for row in rows] == [2, 3, 4]
    assert rows[1].added_excess == pytest.approx(rows[1].excess - rows[0].excess)
    [selected] = [row for row in rows if row.is_selected]
    assert selected.explained == pytest.approx(1)
    assert "*" in repr(check)
    with pytest.raises(DataError, match="lacks fewer than 10 customers of result"):
        cross_check(table.tail(-3), ["name"], min_size=20, outcome="y", result=result)


def test_small_counts_are_not_told() -> None:
    table = pl.DataFrame({"city": ["A"] * 95 + ["B"] * 5})
    assert "<10%" in repr(cross_check(table, ["city"], min_size=20))
    assert "5%" not in repr(cross_check(table, ["city"], min_size=20))


def test_in_russian() -> None:
    printed = repr(cross_check(SMALL, ["age", "city"], min_size=4, language="ru"))
    assert "Ячеек 4 на 10 клиентов" in printed
    assert "4 ячейки × 1 канал × 1 письмо = 4" in printed


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"columns": "age"}, TypeError, "columns must be a list of names"),
        ({"columns": []}, TypeError, "columns must be a list of names"),
        ({"columns": ["age", "age"]}, ValueError, "each column once"),
        ({"columns": ["age", "sex"]}, DataError, r"lacks column 'sex' \(columns\[1\]=\)"),
        ({"min_size": 0}, ValueError, "min_size"),
        ({"channels": 0}, ValueError, "channels"),
        ({"outcome": "city"}, DataError, "must hold numbers or true and false"),
        ({"outcome": "same"}, DataError, "the same for all customers"),
        ({"outcome": "gaps"}, DataError, "missing or infinite"),
        ({"columns": ["id"]}, DataError, "10 values for 10 customers"),
        ({"result": "fit"}, TypeError, "result must be a Segmentation"),
    ],
)
def test_bad_input(options: dict[str, Any], error: type[Exception], message: str) -> None:
    table = SMALL.with_columns(same=1.0, gaps=pl.Series([None, *([1.0] * 9)]), id=pl.Series(range(10)))
    columns = options.pop("columns", ["age"])
    with pytest.raises(error, match=message):
        cross_check(table, columns, **{"min_size": 2, **options})
