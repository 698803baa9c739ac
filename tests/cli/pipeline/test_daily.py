"""A day of a pipeline in one command: the same files when run twice."""

from __future__ import annotations

import json
import re
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


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


@pytest.mark.slow
def test_misspelled_alarm_is_an_error(project: Path) -> None:
    with Path("custseg.toml").open("a", encoding="utf-8") as file:
        file.write("\n[daily]\nfail_on = 'refitt'\n")
    result = run("daily", "--as-of", DAYS[0])
    assert (result.exit_code, Path("history").exists()) == (1, False)
    assert "[daily] 'fail_on' must be 'watch' or 'refit', got 'refitt'" in result.stderr
    russian = run("daily", "--as-of", DAYS[0], "--language", "ru").stderr
    assert "[daily] 'fail_on' — 'watch' или 'refit', получено 'refitt'" in russian


@pytest.mark.slow
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


@pytest.mark.slow
def test_second_run_changes_nothing(project: Path) -> None:
    for day in DAYS:
        run("daily", "--as-of", day)
    before = files(project)
    assert [run("daily", "--as-of", day).exit_code for day in DAYS] == [0, 0]
    assert files(project) == before


@pytest.mark.slow
def test_changed_log_needs_replace(project: Path) -> None:
    run("daily", "--as-of", DAYS[0])
    clean_log(150, seed=1).write_csv("orders.csv")
    refused = run("daily", "--as-of", DAYS[0])
    assert refused.exit_code == 1
    assert "--replace" in refused.stderr
    assert run("daily", "--as-of", DAYS[0], "--replace").exit_code == 0


@pytest.mark.slow
def test_options_of_the_project_are_used(project: Path) -> None:
    with Path("custseg.toml").open("a", encoding="utf-8") as file:
        file.write("\n[daily]\nmax_age_days = 7\n")
    result = run("daily", "--as-of", DAYS[1])
    assert result.exit_code == 1
    assert "more than --max-age-days 7" in result.stderr
    assert run("daily", "--as-of", DAYS[1], "--max-age-days", 90).exit_code == 0


@pytest.mark.slow
def test_send_cap_needs_mails(project: Path) -> None:
    result = run("daily", "--as-of", DAYS[0], "--max-sends-7d", 3)
    assert result.exit_code == 1
    assert "needs a log of events with mails" in result.stderr
    assert not Path("history").exists()


@pytest.mark.slow
def test_every_way_to_write_a_date_is_the_same_day(project: Path) -> None:
    run("daily", "--as-of", DAYS[1])
    first = run("daily", "--as-of", DAYS[0], "--json").stdout
    before = files(project)
    for text in ("20240901", "2024-09-01T00:00", "2024-09-01 00:00:00"):
        assert run("daily", "--as-of", text, "--json").stdout == first
    assert files(project) == before


@pytest.mark.slow
def test_small_shop_has_days_without_drift(project: Path) -> None:
    clean_log(80).write_csv("orders.csv")
    fit = ["fit", "orders.csv", "--as-of", DAYS[0], "--method", "kmeans", "--segments", "2", "--min-size", "10"]
    assert run(*fit, "--out", "out", "--config", "custseg.toml").exit_code == 0
    output = run("daily", "--as-of", DAYS[0], "--fail-on", "watch")
    assert output.exit_code == 0
    assert "Drift is not measured: too few customers" in output.stdout
    assert json.loads(run("daily", "--as-of", DAYS[1], "--json").stdout)["drift"] is None


@pytest.mark.slow
def test_date_is_required(project: Path) -> None:
    result = run("daily")
    assert result.exit_code == 2
    assert "--as-of" in result.stderr


@pytest.mark.slow
def test_russian_day(project: Path) -> None:
    run("daily", "--as-of", DAYS[0])
    output: Any = run("daily", "--as-of", DAYS[1], "--language", "ru").stdout
    assert "клиентов" in output
    assert "Записан файл out/entered_2024-10-01.csv" in output


@pytest.mark.slow
def test_day_begins_with_the_sums(project: Path) -> None:
    run("daily", "--as-of", DAYS[0])
    output = run("daily", "--as-of", DAYS[1]).stdout
    assert re.search(
        r"^(\d+|≥\d+) of (150|≥140) customers changed segment; \S+ are new, \S+ are gone\.", output, re.MULTILINE
    )
    output = run("daily", "--as-of", DAYS[1], "--language", "ru").stdout
    assert re.search(r"^Сменили сегмент \S+ из \S+; новых клиентов — \S+, выбывших — \S+\.", output, re.MULTILINE)


@pytest.mark.slow
def test_consent_decides_who_is_reachable(project: Path) -> None:
    log = clean_log(150)
    ids = log["customer_id"].unique().sort()
    pl.DataFrame({"customer_id": ids, "consent_email": ids % 2 == 0}).write_parquet("people.parquet")
    with Path("custseg.toml").open("a", encoding="utf-8") as file:
        file.write("\n[customers]\nfile = 'people.parquet'\n")
    for day in DAYS:
        assert run("daily", "--as-of", day).exit_code == 0
    entered = pl.read_csv("out/entered_2024-10-01.csv")
    assert len(entered) > 0
    assert entered["reachable"].to_list() == [id_ % 2 == 0 for id_ in entered["customer_id"]]
    assert set(entered["reason"].drop_nulls()) == {"may not be contacted"}
