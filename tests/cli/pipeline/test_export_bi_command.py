"""export-bi, and the tables of a fit."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result
from logs import clean_log

from custseg.cli import main
from custseg.tracking import SegmentHistory

JUNE = pl.DataFrame({"customer_id": range(60), "segment": [0] * 40 + [1] * 20, "name": ["Loyal"] * 40 + ["New"] * 20})


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    SegmentHistory("history").record(JUNE, "2024-06-01")


def test_snapshots_are_added() -> None:
    assert "Wrote bi/fact_membership.parquet" in run("export-bi", "--out", "bi").stdout.replace("\\", "/")
    SegmentHistory("history").record(JUNE.with_columns(segment=0, name=pl.lit("Loyal")), "2024-07-01")
    printed = json.loads(run("export-bi", "--out", "bi", "--json").stdout)
    assert (printed["snapshots"], printed["added"]) == (["2024-06-01", "2024-07-01"], ["2024-07-01"])
    assert json.loads(run("export-bi", "--out", "bi", "--json").stdout)["added"] == []


@pytest.mark.slow
def test_fit_and_history_share_a_folder() -> None:
    ids = pl.format("c{}", "customer_id").replace({"c4": "C3"})
    clean_log().with_columns(customer_id=ids).write_csv("orders.csv")
    fitted = run(
        *("fit", "orders.csv", "--method", "kmeans", "--segments", "2", "--min-size", "2", "--as-of", "2024-07-01"),
        *("--out", "segments", "--bi", "bi", "--language", "ru"),
    )
    assert fitted.exit_code == 0, fitted.output
    assert "которые отличаются от другого только регистром букв или пробелами в конце: <10." in fitted.stdout
    printed = json.loads(run("export-bi", "--out", "bi", "--json").stdout)
    assert printed["snapshots"] == ["2024-06-01", "2024-07-01"]
    assert pl.read_parquet("bi/fact_metric.parquet").filter(measure="q50")["snapshot"].unique().to_list() == [
        "2024-07-01"
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--history", "none"], 1, "В истории пока нет снимков"),
        (["--timezone", "Mars/X"], 2, "--timezone — название вида 'UTC'"),
        (["--model", "absent.json"], 1, "Файл 'absent.json' не читается"),
    ],
)
def test_failures_in_russian(arguments: list[str], code: int, words: str) -> None:
    result = run("export-bi", "--out", "bi", *arguments, "--language", "ru")
    assert (result.exit_code, words in result.stderr) == (code, True), result.stderr


def test_other_content_is_refused_unless_replaced() -> None:
    run("export-bi", "--out", "bi")
    SegmentHistory("history").record(JUNE.head(50), "2024-06-01", replace=True)
    refused = run("export-bi", "--out", "bi")
    assert refused.stderr.endswith("with other content. Give --replace to replace it, or another folder.\n")
    russian = run("export-bi", "--out", "bi", "--language", "ru")
    assert "В папке уже есть снимок на 2024-06-01 с другим содержимым" in russian.stderr
    assert run("export-bi", "--out", "bi", "--replace").exit_code == 0


def test_tables_of_others_are_refused() -> None:
    run("export-bi", "--out", "bi")
    Path("bi/dim_date.parquet").unlink()
    result = run("export-bi", "--out", "bi", "--language", "ru")
    assert "в ней нет ['dim_date.parquet'], а остальные таблицы есть" in result.stderr
    Path("bi/dim_date.parquet").write_bytes(b"")
    result = run("export-bi", "--out", "bi", "--language", "ru")
    assert "'dim_date.parquet' испорчен или записан не этой версией" in result.stderr
