"""history and compare on recorded snapshots."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from custseg.cli import main
from custseg.tracking import SegmentHistory

JUNE = pl.DataFrame({"customer_id": range(60), "segment": [0] * 40 + [1] * 20, "name": ["Loyal"] * 40 + ["New"] * 20})
JULY = JUNE.with_columns(segment=pl.Series([0] * 55 + [1] * 5), name=pl.Series(["Loyal"] * 55 + ["New"] * 5))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    history = SegmentHistory("history")
    history.record(JUNE, "2024-06-01")
    history.record(JULY, "2024-07-01")


def test_snapshots_are_listed() -> None:
    assert run("history").stdout == "2024-06-01\n2024-07-01\n"
    assert json.loads(run("history", "--json").stdout)["snapshots"] == ["2024-06-01", "2024-07-01"]
    missing = run("history", "--history", "none")
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert "there is no folder 'none'" in missing.stderr


def test_no_history_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path / "history")
    assert run("history").stdout == "No snapshot has been recorded.\n"


def test_sizes_of_a_snapshot_hide_small_ones() -> None:
    printed = json.loads(run("history", "--as-of", "2024-07-01", "--json", "--out", "july.parquet").stdout)
    assert [row["customers"] for row in printed["segments"]] == [">=10", "<10"]
    assert pl.read_parquet("july.parquet").sort("customer_id").equals(JULY.sort("customer_id"))


def test_way_of_a_customer() -> None:
    assert run("history", "--customer", 45).stdout == "2024-06-01  New\n2024-07-01  Loyal\n"


def test_unknown_customer_is_no_error_message_with_the_id() -> None:
    result = run("history", "--customer", 4711)
    assert "4711" not in result.output


def test_comparison() -> None:
    output = run("compare", "--as-of", "2024-07-01", "--out", "moved").stdout
    assert "60 customers as of 2024-07-01, 60 customers before as of 2024-06-01." in output
    assert pl.read_csv("moved/entered.csv")["customer_id"].to_list() == list(range(40, 55))
    printed = json.loads(run("compare", "--as-of", "2024-07-01", "--json").stdout)
    # With the sizes, 15 who moved would give away the 5 who are left in their segment.
    assert (printed["moved"], printed["new"], printed["gone"], printed["stayed"]) == (">=10", 0, 0, ">=40")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["compare", "--as-of", "2024-08-01"], 1, "no snapshot as of 2024-08-01 (--as-of); the latest are"),
        (["compare", "--as-of", "2024-07-01", "--since", "2024-05-01"], 1, "as of 2024-05-01 (--since)"),
        (["compare", "--as-of", "2024-07-01", "--since", "2024-07-01"], 2, "--since must be before the later moment"),
        (["compare", "--as-of", "2024-07-01", "--history", "none"], 1, "(--as-of); it has no snapshots yet"),
        (["compare", "--as-of", "2024-06-01"], 1, "no snapshot before 2024-06-01"),
        (["history", "--as-of", "2024-06-01", "--customer", "1"], 2, "exclude each other"),
        (["history", "--out", "a.csv"], 2, "needs --as-of"),
        (["compare", "--as-of", "2024-07-01", "--causes"], 1, "'model.json' cannot be read"),
    ],
)
def test_failures(arguments: list[str], code: int, words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert words in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["history", "--as-of", "2024-08-01"], "В истории нет снимка на 2024-08-01; снимки:"),
        (["history", "--customer", "4711"], "Ни в одном из снимков (2) этого клиента нет"),
        (["history", "--history", "none"], "Папки 'none' нет"),
        (["compare", "--as-of", "2024-07-01", "--since", "2024-07-01"], "--since должно быть раньше 2024-07-01"),
        (["compare", "--as-of", "2024-07-01", "--history", "none"], "в ней пока нет снимков"),
    ],
)
def test_failures_in_russian(arguments: list[str], words: str) -> None:
    assert words in run(*arguments, "--language", "ru").stderr


def test_errors_name_the_command() -> None:
    assert run("compare", "--as-of", "2024-08-01").stderr.startswith("Error: compare: the history has no snapshot")
