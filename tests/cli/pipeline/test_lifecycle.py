"""assign, drift, refit and sql on files: the same as in Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result
from logs import clean_log
from quick import quick_fit

from custseg import SegmentModel, fit_segments
from custseg.cli import main
from custseg.cli.pipeline._lifecycle import _without_small_counts
from custseg.exports import features_sql, to_sql

FIT_AT, LATER = "2024-09-01", "2024-10-01"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def summary(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    plain: dict[str, Any] = json.loads(result.stdout)
    return plain


@pytest.mark.slow
def test_fit_writes_the_model_of_python(project: Path) -> None:
    fitted = fit_segments("orders.csv", as_of=FIT_AT, method="kmeans", n_segments=3)
    assert SegmentModel.load("model.json").names == fitted.model.names
    assert (
        SegmentModel.load("model.json")
        .assign("orders.csv", as_of=LATER)
        .equals(fitted.model.assign("orders.csv", as_of=LATER))
    )


@pytest.mark.slow
def test_assign_writes_what_python_assigns(project: Path) -> None:
    for arguments in ((), ("orders.csv",)):
        assert run("assign", *arguments, "--as-of", LATER, "--out", "assigned.parquet").exit_code == 0
        expected = SegmentModel.load("model.json").assign("orders.csv", as_of=LATER)
        assert pl.read_parquet("assigned.parquet").equals(expected)


@pytest.mark.slow
def test_assign_of_a_ready_table(project: Path) -> None:
    expected = fit_segments("orders.csv", as_of=FIT_AT, method="kmeans", n_segments=3)
    expected.features.frame.write_parquet("features.parquet")
    printed = summary(run("assign", "--features", "features.parquet", "--as-of", FIT_AT, "--out", "a.csv", "--json"))
    assert [row["customers"] for row in printed["segments"]] == [row.size for row in expected.profiles.segments]
    assert printed["files"] == ["a.csv"]


@pytest.mark.slow
def test_stale_model_is_refused(project: Path) -> None:
    result = run("assign", "--as-of", LATER, "--max-age-days", 7, "--out", "a.csv")
    assert result.exit_code == 1
    assert "more than --max-age-days 7. Refit it." in result.stderr
    assert not Path("a.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["assign", "--as-of", LATER, "--out", "a.xlsx"], "must end in .csv or .parquet"),
        (["assign", "--as-of", LATER, "--out", "a.csv", "--model", "none.json"], "'none.json' cannot be read"),
        (["assign", "none.csv", "--as-of", LATER, "--out", "a.csv"], "none.csv"),
        (["drift", "--as-of", LATER, "--config", "none.toml"], "none.toml: the project file cannot be read"),
    ],
)
@pytest.mark.slow
def test_failures(project: Path, arguments: list[str], words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert words in result.stderr


@pytest.mark.slow
def test_all_missing_columns_of_all_logs_are_named(project: Path) -> None:
    pl.DataFrame({"customer_id": [1], "day": ["2024-01-01"]}).write_csv("other.csv")
    result = run("assign", "other.csv", "--events", "other.csv", "--as-of", LATER, "--out", "a.csv")
    assert result.exit_code == 1
    assert "the order log lacks columns ['order_id', 'ordered_at', 'amount'], which the log of the fit" in result.stderr
    assert "the event log lacks columns ['occurred_at', 'event']" in result.stderr
    russian = run("assign", "other.csv", "--as-of", LATER, "--out", "a.csv", "--language", "ru").stderr
    assert "журнал заказов: нет столбцов ['order_id', 'ordered_at', 'amount']" in russian


@pytest.mark.slow
def test_missing_columns_are_those_of_the_project_file(project: Path) -> None:
    clean_log(150).rename({"amount": "sum"}).write_csv("orders.csv")
    result = run("daily", "--as-of", LATER)
    assert "custseg.toml: 'orders.csv' lacks a column of [orders]: amount = 'amount'" in result.stderr
    assert "custseg.toml: " in run("daily", "--as-of", LATER, "--language", "ru").stderr


@pytest.mark.parametrize("command", [["assign", "--out", "a.csv"], ["drift"], ["refit"]])
@pytest.mark.slow
def test_log_as_features(project: Path, command: list[str]) -> None:
    result = run(*command, "--features", "orders.csv", "--as-of", LATER)
    assert result.exit_code == 2
    assert "--features got a log, with ['customer_id', 'ordered_at']" in result.stderr
    assert "Give it as ORDERS" in result.stderr
    both = run(*command, "orders.csv", "--features", "orders.csv", "--as-of", LATER)
    assert "--features replaces" in both.stderr


@pytest.mark.slow
def test_errors_of_the_log_name_keys_of_the_project_file(project: Path) -> None:
    clean_log(150).with_columns(ordered_at=pl.lit("31.12.2024")).write_csv("orders.csv")
    result = run("daily", "--as-of", LATER)
    assert result.exit_code == 1
    assert "date_format in the project file" in result.stderr


@pytest.mark.slow
def test_drift_alarm_is_exit_code_3(project: Path) -> None:
    log = clean_log(150)
    doubled = pl.when(pl.col("ordered_at") >= pl.lit(FIT_AT).str.to_datetime()).then(pl.col("amount") * 40)
    log.with_columns(amount=doubled.otherwise(pl.col("amount"))).write_csv("orders.csv")
    printed = run("drift", "--as-of", "2024-10-20", "--json")
    assert printed.exit_code == 0
    assert json.loads(printed.stdout)["drift"] in ("watch", "refit")
    assert run("drift", "--as-of", "2024-10-20", "--fail-on", "watch").exit_code == 3


@pytest.mark.slow
def test_refit_replaces_the_model_and_keeps_numbers(project: Path) -> None:
    before = SegmentModel.load("model.json")
    printed = summary(run("refit", "--as-of", LATER, "--json"))
    after = SegmentModel.load("model.json")
    same = [relation for relation in printed["segments"] if relation["kind"] == "same"]
    assert same
    assert all(relation["before"] == relation["after"] in before.numbers for relation in same)
    assert str(after.as_of) == f"{LATER} 00:00:00"


@pytest.mark.slow
def test_sql_is_that_of_python(project: Path) -> None:
    model = SegmentModel.load("model.json")
    assert run("sql", "duckdb", "--table", "features").stdout == to_sql(model, "duckdb", "features") + "\n"
    assert "order" in run("sql", "duckdb", "--orders-table", "orders", "--as-of", LATER).stdout


@pytest.mark.slow
def test_sql_needs_one_table(project: Path) -> None:
    result = run("sql", "duckdb")
    assert result.exit_code == 2
    assert "give --table, with features, or --orders-table, with order lines" in result.stderr


@pytest.mark.slow
def test_second_refit_changes_nothing(project: Path) -> None:
    run("refit", "--as-of", LATER)
    before = Path("model.json").read_bytes()
    result = run("refit", "--as-of", LATER)
    assert "is a refit as of 2024-10-01 already" in result.stdout
    assert Path("model.json").read_bytes() == before
    assert len(SegmentModel.load("model.json").refits) == 1
    assert run("refit", "--as-of", LATER, "--replace").exit_code == 0
    assert len(SegmentModel.load("model.json").refits) == 2


@pytest.mark.slow
def test_second_refit_of_a_ready_table_changes_nothing(project: Path) -> None:
    features = fit_segments("orders.csv", as_of=LATER, method="kmeans", n_segments=3).features.frame
    features.select("customer_id", "recency_days", "order_count", "revenue").write_parquet("features.parquet")
    quick_fit(features="features.parquet", customer_column="customer_id", n_segments=3).model.save("ready.json")
    refit = ["refit", "--features", "features.parquet", "--model", "ready.json", "--as-of", LATER]
    assert [item["kind"] for item in summary(run(*refit, "--json"))["segments"]] == ["same"] * 3
    before = Path("ready.json").read_bytes()
    assert "is a refit as of 2024-10-01 already" in run(*refit).stdout
    assert Path("ready.json").read_bytes() == before


@pytest.mark.slow
def test_comparisons_of_drift_as_a_file(project: Path) -> None:
    printed = summary(run("drift", "--as-of", LATER, "--out", "drift.csv", "--json"))
    assert printed["files"] == ["drift.csv"]
    table = pl.read_csv("drift.csv")
    assert table.columns == ["kind", "feature", "psi", "band", "level", "n_before", "n_now", "difference"]
    assert table["kind"][0] == "segments"


@pytest.mark.slow
def test_sql_in_a_file(project: Path) -> None:
    expected = to_sql(SegmentModel.load("model.json"), "duckdb", "features", customer_column="id", return_columns=[])
    options = ["--customer-column", "id", "--return-columns", ""]
    assert summary(run("sql", "duckdb", "--table", "features", *options, "--out", "a.sql", "--json"))["files"] == [
        "a.sql"
    ]
    assert Path("a.sql").read_text("utf-8") == expected + "\n"


@pytest.mark.slow
def test_sql_of_orders_has_the_options_of_python(project: Path) -> None:
    model = SegmentModel.load("model.json")
    options = ["--orders-table", "orders", "--as-of", LATER, "--zoned", "--money-digits", "2"]
    query = features_sql(model, "duckdb", "orders", as_of=LATER, zoned=True, money_digits=2)
    assert run("sql", "duckdb", *options).stdout == query + "\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--table", "t", "--zoned"], "--zoned belongs to --orders-table"),
        (["--table", "t", "--as-of", LATER], "--as-of belongs to --orders-table"),
        (["--orders-table", "t", "--as-of", LATER, "--customer-column", "id"], "--customer-column belongs to --table"),
        (["--orders-table", "t"], "--orders-table needs --as-of"),
        (["--table", "t", "--return-columns", "revenu"], "--return-columns must be one of"),
    ],
)
def test_sql_options_of_the_other_query(project: Path, arguments: list[str], words: str) -> None:
    result = run("sql", "duckdb", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_small_counts_of_drift_are_empty_cells() -> None:
    columns = {"feature": ["a", "b"], "n_before": [9, 10], "n_now": [0, 1]}
    assert _without_small_counts(columns) == {"feature": ["a", "b"], "n_before": [None, 10], "n_now": [0, None]}
