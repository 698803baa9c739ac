"""`custseg report`."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from logs import clean_log

from custseg.cli import main

QUICK = ("--method", "kmeans", "--segments", "2")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    clean_log().write_csv(tmp_path / "my orders.csv")
    return "my orders.csv"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.output


@pytest.mark.slow
def test_report_and_markdown_are_written(log: str, tmp_path: Path) -> None:
    code, output = run("report", log, *QUICK, "--markdown", "chat.md")
    assert code == 0
    assert "Wrote report.html\nWrote chat.md\n" in output
    assert (tmp_path / "chat.md").read_text(encoding="utf-8").startswith("# Customer segments\n")
    command = shlex.join(["custseg", "report", log, *QUICK, "--markdown", "chat.md"])
    assert f"<code>{command.replace(chr(39), '&#39;')}</code>" in Path("report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_report_in_russian(log: str) -> None:
    code, output = run("report", log, *QUICK, "--language", "ru", "--out", "отчёт.html")
    assert code == 0
    assert "Записан файл отчёт.html" in output
    assert '<html lang="ru">' in Path("отчёт.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_project_file_has_logs_and_options(log: str) -> None:
    assert run("fit", log, *QUICK, "--language", "ru", "--out", "segments", "--config", "custseg.toml")[0] == 0
    code, output = run("report")
    assert code == 0
    assert "2 сегмента" in output
    code, output = run("report", "--segments", "3", "--language", "en", "--config", "custseg.toml")
    assert code == 0
    assert "3 segments" in output


@pytest.mark.slow
def test_report_says_what_changed(log: str) -> None:
    assert run("fit", log, *QUICK, "--out", "segments", "--save", "before.json")[0] == 0
    three = ("report", log, "--method", "kmeans", "--segments", "3")
    assert run(*three, "--previous", "before.json", "--markdown", "chat.md")[0] == 0
    for path in (Path("report.html"), Path("chat.md")):
        assert "2 segments of" in path.read_text(encoding="utf-8").partition("What changed?")[2]
    code, output = run(*three, "--previous", "missing.json")
    assert code == 1
    assert "missing.json" in output


def test_nothing_to_report_on(log: str) -> None:
    code, output = run("report")
    assert code == 2
    assert "Missing argument 'ORDERS'" in output


def test_errors_name_options(log: str) -> None:
    code, output = run("report", log, "--order", "missing")
    assert code == 1
    assert "missing" in output
    assert not Path("report.html").exists()
