"""A folder with a log, a model and a project file: fitted once, and copied for each test."""

from __future__ import annotations

import shutil
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner
from logs import clean_log

from custseg.cli import main

OF_FIT = ("--as-of", "2024-09-01", "--method", "kmeans", "--segments", "3")


@pytest.fixture(scope="session")
def fitted_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `custseg fit` writes; no test changes it."""
    folder = tmp_path_factory.mktemp("fitted")
    with chdir(folder):
        clean_log(150).write_csv("orders.csv")
        result = CliRunner().invoke(main, ["fit", "orders.csv", *OF_FIT, "--out", "out", "--config", "custseg.toml"])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def project(fitted_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy for one test, which is the current folder."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(fitted_project, tmp_path, dirs_exist_ok=True)
    return tmp_path
