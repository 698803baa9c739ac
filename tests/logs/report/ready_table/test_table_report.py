"""The data report of a ready table: what was left out, converted, or looks like a result."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from custseg.feature_table import given_features
from custseg.logs import DataReport, table_report
from custseg.matrix import clustering_columns

N = 60
RNG = np.random.default_rng(0)
BASE = {"customer_id": range(N), "visits": RNG.permutation(N) * 3 + 7, "basket": RNG.normal(50, 9, N)}


def report(columns: list[str] | None = None, *, language: str = "en", base: Any = None, **extra: Any) -> DataReport:
    table = given_features(pl.DataFrame({**(base or BASE), **extra}, strict=False), None, "test")
    names = clustering_columns(table, columns, "test")
    return table_report(table, names, were_given=columns is not None, language=language)


def found(*arguments: Any, **options: Any) -> dict[str, int]:
    return {finding.name: finding.count for finding in report(*arguments, **options).findings}


def text(name: str, *arguments: Any, **options: Any) -> str:
    return next(item.text for item in report(*arguments, **options).findings if item.name == name)


def test_plain_table_has_no_finding() -> None:
    assert found() == {}
    assert repr(report()) == "Data report\nready table: 60 rows of 60 customers"


@pytest.mark.parametrize(
    ("column", "finding"),
    [
        (["north", "south"] * 30, "left_out_text"),
        ([f"name {i}" for i in range(N)], "left_out_own_text"),
        ([True, False, None] * 20, "left_out_flag"),
        (["yes", "no", None] * 20, "left_out_flag"),
        (["да", "нет"] * 30, "left_out_flag"),
        ([date(2024, 1, 1 + i % 28) for i in range(N)], "left_out_date"),
        ([f"2024-01-{1 + i % 28:02}" for i in range(N)], "left_out_date"),
        ([[1, 2]] * N, "left_out_other"),
        ([None] * N, "left_out_no_value"),
        (["-"] * N, "left_out_no_value"),
        ([3] * N, "left_out_constant"),
        (list(range(100, 100 + N)), "left_out_id"),
        ([f"{i:05}" for i in range(N)], "left_out_code"),
        (["one"] * N, "left_out_constant"),
        ([True] * N, "left_out_constant"),
        ((BASE["basket"] * 100).tolist(), "left_out_duplicate"),
        ([str(i) for i in range(40)] + ["many"] * 20, "numbers_in_text"),
        ([f"{i},000" for i in range(1, N + 1)], "numbers_in_text"),
    ],
)
def test_column_is_left_out_with_its_reason(column: list[Any], finding: str) -> None:
    assert set(found(extra=column)) == {finding}
    assert "'extra'" in text(finding, extra=column)


def test_columns_that_the_caller_named_leave_nothing_out() -> None:
    assert found(["visits"], city=["a", "b"] * 30, flag=[True, False] * 30) == {"columns_that_describe": 3}
    assert found([*BASE][1:]) == {}


def test_numbers_kept_as_text_are_counted() -> None:
    totals = [str(i * i % 97) for i in range(N)]
    assert text("numbers_from_text", total=totals) == "60 values of 'total' were text and are read as numbers."
    gaps = ["-", None, *totals[2:]]
    assert text("numbers_from_text", total=gaps).endswith("cells without a number are missing: <10.")
    words = ["-", "soon", *totals[2:]]
    assert text("numbers_from_text", total=words).endswith("are missing: <10, of which <10 hold other text.")


def test_codes_kept_as_text_are_said_to_be_left_out_and_no_more() -> None:
    postcodes = [str(10_000 + 37 * i) for i in range(N)]
    assert set(found(postcode=postcodes)) == {"left_out_code"}
    assert set(found(["visits"], postcode=postcodes)) == {"columns_that_describe"}
    assert "numbers_from_text" in found(["visits", "postcode"], postcode=postcodes)


def test_many_converted_columns_are_one_finding() -> None:
    columns = {f"x{i}": [str((i + 2) * j * j % 97) for j in range(N)] for i in range(15)}
    assert found(**columns)["columns_from_text"] == 15
    assert "numbers_from_text" not in found(**columns)


def test_outcomes_look_like_results() -> None:
    flags = [i % 3 == 0 for i in range(N)]
    named = {"Response": np.array(flags, int), "cluster": np.arange(N) % 4, "churn_rate": RNG.random(N)}
    assert text("left_out_outcome", **named).endswith("a target): 'Response'.")
    assert text("results", **named).endswith("earlier segmentation): 'cluster'.")
    assert text("results", ["visits", "Response"], **named).endswith("earlier segmentation): 'Response'.")
    assert "results" not in found(["visits"], **named)
    assert "results" not in found(response_time=RNG.random(N), responses=np.arange(N) ** 2)


@pytest.mark.parametrize("name", ["cancelled_bookings", "canceledOrders", "отменённых заказов", "отменённые_записи"])
def test_number_of_cancelled_things_is_no_result(name: str) -> None:
    assert "results" not in found([name, "visits"], **{name: np.arange(N) % 4, "visits": np.arange(N) ** 2 % 50})


def test_columns_of_dates_and_answers_are_left_out_with_what_they_are_good_for() -> None:
    assert text("left_out_flag", member=[True, False] * (N // 2)).endswith(
        "written as 1 and 0, it would be clustered on."
    )
    dates = [f"2024-01-{i % 28 + 1:02d}" for i in range(N)]
    assert text("left_out_date", joined=dates).endswith("replace it by the days up to a fixed day.")


@pytest.mark.parametrize("name", ["is_canceled", "Churn", "y", "converted", "purchased", "target", "label", "отток"])
@pytest.mark.parametrize("values", [[0, 1, 1] * 20, ["yes", "no", "no"] * 20, [True, False, False] * 20])
def test_outcomes_are_not_clustered_on(name: str, values: list[object]) -> None:
    assert found(**{name: values}) == {"left_out_outcome": 1}


@pytest.mark.parametrize("name", ["postal_code", "zip", "store_id", "индекс"])
def test_codes_are_no_quantities(name: str) -> None:
    codes = (np.arange(N) * 7919 % 53 + 10000).tolist()
    assert found(**{name: codes}) == {"left_out_code": 1}
    assert "left_out_code" not in found([name, "visits"], **{name: codes})


def test_sensitive_columns_are_left_out_unless_they_are_named() -> None:
    ages = (np.arange(N) * 7 % 53 + 18).tolist()
    assert found(age=ages) == {"left_out_sensitive": 1}
    said, in_russian = (text("left_out_sensitive", age=ages, language=language) for language in ("en", "ru"))
    assert "'age'. It describes the segments; to cluster on it as well, name it in columns=" in said
    assert "чувствительный столбец" in in_russian
    assert "назовите его в columns=" in in_russian
    assert "left_out_sensitive" not in found(["age", "visits"], age=ages)


def test_percentages_as_text_are_numbers() -> None:
    assert found(discount=[f"{i % 40}%" for i in range(N)]) == {"numbers_from_text": 1 * N}


def test_empty_column_is_named_once() -> None:
    assert repr(report(note=[None] * N)).count("note") == 1


def test_repeated_columns_that_the_caller_named() -> None:
    doubled = (np.asarray(BASE["basket"]) * 2).tolist()
    assert found(["basket", "doubled"], doubled=doubled)["repeated_columns"] == 1


def test_guessed_ids_are_named() -> None:
    table = {"client": range(N), **{name: BASE[name] for name in ("visits", "basket")}}
    assert text("guessed_ids", base=table) == "Column 'client' was taken as the ids: it is the first one."
    measure = {"visits": BASE["visits"], "basket": BASE["basket"], "user_id": RNG.permutation(N)}
    doubtful = next(item for item in report(base=measure).findings if item.name == "doubtful_ids")
    assert doubtful.severity == "warning"
    assert "customer_column='user_id'" in doubtful.remedy


@pytest.mark.slow
def test_long_lists_of_columns_are_cut() -> None:
    flags = {f"flag{i}": [True, False] * 30 for i in range(500)}
    assert text("left_out_flag", **flags).endswith("they would be clustered on.")
    assert "'flag9' and 490 more. They describe" in text("left_out_flag", **flags)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_report_shows_no_values(language: str) -> None:
    secret = report(language=language, name=[f"Ann{i} Secret" for i in range(N)], income=[1.5] * (N - 1) + [987654.0])
    assert not any(word in repr(secret) for word in ("Secret", "987"))
