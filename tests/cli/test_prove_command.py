"""`custseg prove`, and goals of `custseg fit`."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from logs import clean_log

from custseg import SegmentModel
from custseg.cli import main
from custseg.cli._fit import GOAL_NAMES
from custseg.goals import GOALS


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "orders.csv"
    clean_log(150).write_csv(path)
    return str(path)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.output


def test_goals_of_the_command_line() -> None:
    assert tuple(GOALS) == GOAL_NAMES


@pytest.mark.slow
def test_proof_is_printed_and_written(log: str, tmp_path: Path) -> None:
    out = tmp_path / "proof.csv"
    options = ("--as-of", "2024-10-27", "--horizon-days", "60", "--segments", "3", "--method", "kmeans")
    code, output = run("prove", log, *options, "--goal", "repeat_purchase", "--out", str(out))
    assert code == 0
    assert (
        "What segments as of 2024-08-28 told about the number of orders until 2024-10-27, of 140 customers." in output
    )
    assert pl.read_csv(out)["kind"].to_list() == ["segments", "grid", "codes", "plain_kmeans", "boosting"]


def test_errors_name_options(log: str) -> None:
    code, output = run("prove", log, "--as-of", "2024-10-27", "--horizon-days", "400")
    assert code == 1
    assert "the horizon of 400 days is as long as the log or longer" in output
    assert "--horizon-days" in output


def test_nothing_to_prove() -> None:
    assert run("prove", "--as-of", "2024-10-27")[0] == 2


@pytest.mark.slow
def test_fit_for_a_goal(log: str, tmp_path: Path) -> None:
    model = tmp_path / "model.json"
    options = ("--as-of", "2024-10-27", "--goal", "retention", "--segments", "3", "--method", "kmeans")
    code, output = run("fit", log, *options, "--out", str(tmp_path / "out"), "--save", str(model))
    assert code == 0
    assert "made for the goal “retention”: who is active over the next 180 days" in output
    assert SegmentModel.load(model).options.goal == GOALS["retention"]
