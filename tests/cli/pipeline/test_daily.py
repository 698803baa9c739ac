"""A day of a pipeline in one command: the same files when run twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result
from logs import clean_log

from custseg.cli import main
from custseg.tracking import SegmentHistory

DAYS = ("2024-09-01", "2024-10-01")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    clean_log(150).write_csv("orders.csv")
    fit = ["fit", "orders.csv", "--as-of", DAYS[0], "--method", "kmeans", "--segments", "3", "--out", "out"]
    assert run(*fit, "--config", "custseg.toml").exit_code == 0
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def test_two_days(project: Path) -> None:
    outputs = [run("daily", "--as-of", day, "--json") for day in DAYS]
    first, second = (json.loads(output.stdout) for output in outputs)
    assert "movement" not in first
    counts = second["movement"]
    assert not [count for name, count in counts.items() if isinstance(count, int) and 0 < count < 10]
    assert second["files"] == ["out/assignments_2024-10-01.csv", "out/entered_2024-10-01.csv"]
    assert SegmentHistory("history").moments() == DAYS
    entered = pl.read_csv("out/entered_2024-10-01.csv")
    assert entered.columns[:4] == ["key", "customer_id", "segment", "name"]
    assert entered["play"].null_count() == entered["segment"].null_count()


def test_second_run_changes_nothing(project: Path) -> None:
    for day in DAYS:
        run("daily", "--as-of", day)
    before = files(project)
    assert [run("daily", "--as-of", day).exit_code for day in DAYS] == [0, 0]
    assert files(project) == before


def test_changed_log_needs_replace(project: Path) -> None:
    run("daily", "--as-of", DAYS[0])
    clean_log(150, seed=1).write_csv("orders.csv")
    refused = run("daily", "--as-of", DAYS[0])
    assert refused.exit_code == 1
    assert "--replace" in refused.stderr
    assert run("daily", "--as-of", DAYS[0], "--replace").exit_code == 0


def test_options_of_the_project_are_used(project: Path) -> None:
    with Path("custseg.toml").open("a", encoding="utf-8") as file:
        file.write("\n[daily]\nmax_age_days = 7\n")
    result = run("daily", "--as-of", DAYS[1])
    assert result.exit_code == 1
    assert "more than --max-age-days 7" in result.stderr
    assert run("daily", "--as-of", DAYS[1], "--max-age-days", 90).exit_code == 0


def test_send_cap_needs_mails(project: Path) -> None:
    run("daily", "--as-of", DAYS[0])
    result = run("daily", "--as-of", DAYS[1], "--max-sends-7d", 3)
    assert result.exit_code == 1
    assert "needs a log of events with mails" in result.stderr


def test_date_is_required(project: Path) -> None:
    result = run("daily")
    assert result.exit_code == 2
    assert "--as-of" in result.stderr


def test_russian_day(project: Path) -> None:
    run("daily", "--as-of", DAYS[0])
    output: Any = run("daily", "--as-of", DAYS[1], "--language", "ru").stdout
    assert "клиентов" in output
    assert "Записан файл out/entered_2024-10-01.csv" in output
