"""Births and ages that no customer can have."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from custseg.feature_table import given_features
from custseg.logs import table_report

YEARS = [1950 + i % 50 for i in range(100)]


def found(**columns: Any) -> dict[str, int]:
    size = len(next(iter(columns.values())))
    table = given_features(pl.DataFrame({"customer_id": range(size), **columns}), None, "test")
    return {item.name: item.count for item in table_report(table, [], were_given=True).findings}


def test_births_of_a_century_ago() -> None:
    assert found(Year_Birth=[1893, 1899, 1900, *YEARS]) == {"impossible_births": 3}
    assert found(Year_Birth=YEARS) == {}
    assert found(birth_date=[date(1900, 1, 1), *(date(year, 5, 3) for year in YEARS)]) == {"impossible_births": 1}


def test_the_latest_date_is_now() -> None:
    joined = [date(2014, 6, 1 + i % 28) for i in range(100)]
    assert found(birth_year=[1903, 2015, *YEARS[2:]], joined=joined) == {"impossible_births": 1, "future_births": 1}
    assert found(birth_year=[1905, 2014, *YEARS[2:]], joined=joined) == {}


def test_default_birth_date() -> None:
    born = ["1970-01-01"] * 40 + [f"{year}-0{1 + year % 9}-{10 + i % 18}" for i, year in enumerate(YEARS)]
    assert found(born=born) == {"crowded_births": 1}


def test_ages() -> None:
    ages = [20 + i % 60 for i in range(100)]
    assert found(age=[-3, 140, *ages]) == {"impossible_ages": 2}
    assert found(age_days=[2000, *ages], visits=[-3, *range(100)]) == {}


def test_code_among_ages_is_no_age() -> None:
    ages = [20 + i % 60 for i in range(100)]
    assert found(age=[999] * 20 + ages) == {}


def test_column_that_is_no_birth() -> None:
    assert found(birth_month=[1 + i % 12 for i in range(100)], born_in=["Oslo", "Rome"] * 50) == {}
