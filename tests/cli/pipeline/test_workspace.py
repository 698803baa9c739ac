"""Options go before the project file, and the file before defaults."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from custseg import DataError
from custseg.cli.pipeline._workspace import (
    Workspace,
    echo_summary,
    is_alarm,
    raise_alarm,
    segment_counts,
    segment_lines,
    write_table,
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults_without_a_project(folder: Path) -> None:
    workspace = Workspace.of({})
    assert (workspace.language, workspace.path("model"), workspace.path("history")) == (
        "en",
        Path("model.json"),
        Path("history"),
    )


def test_project_and_options(folder: Path) -> None:
    Path("custseg.toml").write_text("language = 'ru'\n[paths]\nmodel = 'm.json'\n[daily]\nmin_stay = 2\n", "utf-8")
    assert Workspace.of({}).path("model") == Path("m.json")
    assert Workspace.of({}).language == "ru"
    assert Workspace.of({}).daily("min_stay", 1) == 2
    options = {"language": "en", "model": Path("x.json"), "min_stay": 3}
    workspace = Workspace.of(options)
    assert (workspace.language, workspace.path("model"), workspace.daily("min_stay", 1)) == ("en", Path("x.json"), 3)


def test_logs_of_the_options_replace_those_of_the_project(folder: Path) -> None:
    pl.DataFrame({"customer_id": [1], "order_id": [1], "ordered_at": ["2024-01-01"], "amount": [1.0]}).write_csv(
        "o.csv"
    )
    Path("custseg.toml").write_text("[orders]\nfile = 'o.csv'\n", "utf-8")
    assert repr(Workspace.of({}).logs()["orders"]).startswith("Orders(customer='customer_id'")
    assert Workspace.of({"orders": "new.csv"}).logs() == {"orders": "new.csv", "events": None, "customers": None}


def test_counts_and_lines() -> None:
    table = pl.DataFrame({"segment": [0] * 30 + [1] * 12 + [None] * 3, "name": ["A"] * 30 + ["B"] * 12 + ["none"] * 3})
    counts = segment_counts(table)
    assert [(row["segment"], row["customers"]) for row in counts] == [(0, 30), (1, ">=10"), (None, "<10")]
    assert segment_lines(counts, "en") == ["   0  A: 30", "   1  B: ≥10", "   –  none: <10"]


def test_table_is_written_by_the_ending_of_its_name(folder: Path) -> None:
    table = pl.DataFrame({"customer_id": [1], "name": ["=x"]})
    write_table(table, Path("a.parquet"))
    assert pl.read_parquet("a.parquet").equals(table)
    write_table(table, Path("a.csv"))
    assert pl.read_csv("a.csv")["name"].to_list() == ["'=x"]
    with pytest.raises(DataError, match=r"must end in \.csv or \.parquet"):
        write_table(table, Path("a.txt"))


@pytest.mark.parametrize(("verdict", "fail_on"), [("watch", "watch"), ("refit", "watch"), ("refit", "refit")])
def test_alarm(verdict: str, fail_on: str) -> None:
    assert is_alarm(verdict, fail_on)
    with pytest.raises(SystemExit, match="3"):
        raise_alarm(verdict, fail_on)


@pytest.mark.parametrize(("verdict", "fail_on"), [("keep", "watch"), ("watch", "refit"), ("refit", None)])
def test_no_alarm(verdict: str, fail_on: str | None) -> None:
    assert not is_alarm(verdict, fail_on)


def test_summary_is_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    echo_summary({"имя": "да"}, as_json=True, lines=["text"])
    assert json.loads(capsys.readouterr().out) == {"имя": "да"}
    echo_summary({"a": 1}, as_json=False, lines=["one", "two"])
    assert capsys.readouterr().out == "one\ntwo\n"
