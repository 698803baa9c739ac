"""Output that cannot be written ends the command with one line, or quietly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from logs import clean_log

from custseg.cli import main

COMMAND = [sys.executable, "-m", "custseg", "inspect", "orders.csv"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    clean_log().write_csv(tmp_path / "orders.csv")
    return tmp_path


def without_a_reader(command: list[str], folder: Path) -> tuple[int, bytes]:
    """Exit code and errors of a command whose output goes into a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command, cwd=folder, stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writer)
    return done.returncode, done.stderr


def test_reader_that_goes_away_is_no_error(folder: Path) -> None:
    assert without_a_reader(COMMAND, folder) == (0, b"")


@pytest.mark.slow
def test_reader_that_goes_away_stops_no_work(folder: Path) -> None:
    fit = ["fit", "orders.csv", "--out", "segments", "--config", "custseg.toml", "--segments", "2"]
    assert without_a_reader([*COMMAND[:3], *fit, "--method", "kmeans"], folder) == (0, b"")
    assert {path.name for path in folder.iterdir()} == {"custseg.toml", "model.json", "orders.csv", "segments"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_full_disk_is_one_line(folder: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(COMMAND, cwd=folder, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, b"Error: No space left on device.\n")


@pytest.mark.slow
def test_closed_output_is_no_error(folder: Path) -> None:
    shell = f"{sys.executable} -m custseg inspect orders.csv >&-"
    done = subprocess.run(["sh", "-c", shell], cwd=folder, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.slow
def test_console_that_lacks_letters_shows_question_marks(folder: Path) -> None:
    environment = os.environ | {"PYTHONIOENCODING": "cp1252"}
    command = [*COMMAND, "--language", "ru"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"????" in done.stdout


def test_inspect_shows_the_report(folder: Path) -> None:
    result = CliRunner().invoke(main, ["inspect", str(folder / "orders.csv")])
    assert result.exit_code == 0
    assert "an order log (certain)" in result.stdout
    assert "custseg fit" in result.stdout


def test_inspect_of_json_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "log.json").write_text("[{}]", encoding="utf-8")
    result = CliRunner().invoke(main, ["inspect", str(tmp_path / "log.json")])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "looks like JSON" in result.stderr
