"""Findings of a customer table about how values are spread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from custseg import Customers
from custseg.features import data_report

AsKind = Callable[[pl.DataFrame], object]


def found(table: object, **described: Any) -> dict[str, int]:
    report = data_report(customers=Customers(table, **described), as_of="2024-07-01")
    return {item.name: item.count for item in report.findings}


def people(**columns: Any) -> pl.DataFrame:
    size = len(next(iter(columns.values())))
    return pl.DataFrame({"customer_id": [f"c{i}" for i in range(size)], **columns})


def test_default_birth_dates_are_found(as_kind: AsKind) -> None:
    born = [date(1900, 1, 1)] * 24 + [date(1970 + i, 5, 1 + i) for i in range(16)]
    table = as_kind(people(born=born))
    assert found(table, birth_date="born") == {"improbable_ages": 24, "crowded_births": 1}
    report = data_report(customers=Customers(table, birth_date="born"), as_of="2024-07-01")
    assert "24 of 40 birth dates in 'born' are the same date." in [item.text for item in report.findings]


def test_two_defaults_are_found() -> None:
    born = [date(1901, 1, 1)] * 24 + [date(1970, 1, 1)] * 20 + [date(1950 + i, 5, 1 + i % 28) for i in range(56)]
    assert found(people(born=born), birth_date="born") == {"improbable_ages": 24, "crowded_births": 2}


def test_birthdays_that_meet_by_chance_are_no_default() -> None:
    born = [date(1950 + i % 40, 1 + i % 12, 1 + i % 28) for i in range(200)]
    assert found(people(born=born + born[:40]), birth_date="born") == {}


def test_day_of_an_import_is_found(as_kind: AsKind) -> None:
    joined = [date(2020, 1, 1)] * 30 + [date(2021 + i // 28, 3, 1 + i % 28) for i in range(50)]
    assert found(as_kind(people(joined=joined)), dates=["joined"]) == {"crowded_dates": 1}


def test_table_observed_on_one_day_is_no_finding() -> None:
    table = people(age=[30, 40, 50], seen=[date(2024, 5, 1)] * 3)
    assert found(table, numeric=["age"], observed_at="seen") == {}


def test_day_of_most_observations_is_found() -> None:
    seen = [date(2024, 5, 1)] * 60 + [date(2024, 1 + i // 20, 1 + i % 20) for i in range(40)]
    assert found(people(age=list(range(100)), seen=seen), numeric=["age"], observed_at="seen") == {"crowded_dates": 1}


def test_spellings_of_a_category_are_found(as_kind: AsKind) -> None:
    table = people(city=["Rome", "rome", "Oslo", "Ｏslo"])
    assert found(as_kind(table), category=["city"]) == {"alike_values": 2}
