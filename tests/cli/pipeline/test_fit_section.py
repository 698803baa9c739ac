"""[fit] of the project file: a refit takes its options, drift says where the model has others."""

from __future__ import annotations

import json
import shutil
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from logs import clean_log
from quick import quick_fit

from custseg import DataError, SegmentModel
from custseg.cli import main
from custseg.cli.pipeline._fit_section import _READERS, differing_keys, fit_arguments
from custseg.cli.pipeline._project import _OPTIONS, Project

FIT_AT, LATER = "2024-09-01", "2024-10-01"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def project(**fit: Any) -> Project:
    return Project(Path("shop"), fit=fit)


def test_every_key_has_a_reader() -> None:
    assert set(_READERS) == set(_OPTIONS["fit"])


def test_values_as_arguments() -> None:
    section = project(min_size="10%", segments="3-5", columns="recency_days, revenue", seed=7, labels="labels.toml")
    assert fit_arguments(section) == {
        "min_size": 0.1,
        "n_segments": range(3, 6),
        "columns": ("recency_days", "revenue"),
        "random_state": 7,
        "labels": Path("shop/labels.toml"),
    }
    assert fit_arguments(project(segments=4, columns=["revenue"], method="ward", window_days=90, refunds="gross")) == {
        "n_segments": 4, "columns": ("revenue",), "method": "ward", "window_days": 90, "refunds": "gross",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("min_size", "small", "'small' is no count"),
        ("min_size", [1], r"\[1\] is neither a count"),
        ("segments", "five", "'five' is neither a number"),
        ("columns", [1], "not a list of columns"),
        ("window_days", "90", "'90' is not a whole number"),
        ("method", 3, "3 is not text"),
        ("lift", True, "True is no number"),
        ("lifecycle", "yes", "'yes' is neither true nor false"),
        ("rules", 3, "3 is not text"),
        ("weights", {"revenue": "2"}, "is not columns with numbers"),
        ("weights", 2, "2 is not columns with numbers"),
    ],
)
def test_faulty_value_is_named(key: str, value: Any, words: str) -> None:
    with pytest.raises(DataError, match=rf"shop/custseg.toml: \[fit\] {key} cannot be used: .*{words}"):
        fit_arguments(project(**{key: value}))


@pytest.mark.slow
def test_minimum_that_the_log_calls_for_is_asked_for_again() -> None:
    section = project(min_size="auto", lift="40%")
    assert fit_arguments(section) == {"min_size": "auto", "lift": 0.4}
    assert differing_keys(section, quick_fit(clean_log()).model) == []


@pytest.mark.slow
def test_keys_that_differ_from_the_model() -> None:
    model = quick_fit(clean_log(120), min_size=0.1).model
    same = {"min_size": "10%", "segments": "3", "method": "kmeans", "seed": 0, "refunds": "net", "labels": "x.toml"}
    assert differing_keys(project(**same), model) == []
    assert differing_keys(project(method="auto"), model) == []
    others = {"min_size": 20, "segments": "3-5", "method": "ward", "window_days": 90, "columns": "revenue", "seed": 1,
              "weights": {"revenue": 2}}  # fmt: skip
    assert differing_keys(project(**others), model) == list(others)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fitted")
    with chdir(folder):
        clean_log(150).write_csv("orders.csv")
        fit = ["fit", "orders.csv", "--as-of", FIT_AT, "--method", "kmeans", "--segments", "3", "--min-size", "25"]
        assert run(*fit, "--out", "out", "--config", "custseg.toml").exit_code == 0
    return folder


@pytest.fixture
def folder(fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(fitted, tmp_path, dirs_exist_ok=True)
    return tmp_path


def edit(before: str, after: str) -> None:
    file = Path("custseg.toml")
    file.write_text(file.read_text("utf-8").replace(before, after), "utf-8")


@pytest.mark.slow
def test_refit_has_the_options_of_the_fit(folder: Path) -> None:
    assert run("refit", "--as-of", LATER).exit_code == 0
    model = SegmentModel.load("model.json")
    assert (model.method, model.options.n_segments, model.options.min_size) == ("kmeans", (3,), 25)


@pytest.mark.slow
def test_edited_options_are_named_by_drift_and_taken_by_refit(folder: Path) -> None:
    edit('segments = "3"', 'segments = "4"')
    printed = json.loads(run("drift", "--as-of", FIT_AT, "--json").stdout)
    assert printed["fit_differs"] == ["segments"]
    assert "(segments); custseg refit applies them" in run("drift", "--as-of", FIT_AT).stdout
    assert run("refit", "--as-of", LATER).exit_code == 0
    assert SegmentModel.load("model.json").options.n_segments == (4,)


@pytest.mark.slow
def test_faulty_options_stop_both(folder: Path) -> None:
    edit('segments = "3"', 'segments = "many"')
    for command in ("drift", "refit"):
        result = run(command, "--as-of", LATER)
        assert result.exit_code == 1
        assert "custseg.toml: [fit] segments cannot be used" in result.stderr


@pytest.mark.slow
def test_rules_of_the_fit_are_those_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    clean_log(150).write_csv("orders.csv")
    rules = Path("rules.toml")
    rules.write_text('[[segments]]\nname = "Recent"\nwhen = "recency_days within 60 days"\n', "utf-8")
    fit = ["fit", "orders.csv", "--as-of", FIT_AT, "--method", "kmeans", "--segments", "2", "--rules", "rules.toml"]
    fit += ["--weight", "revenue=2"]
    assert run(*fit, "--out", "out", "--config", "custseg.toml").exit_code == 0
    written = Path("custseg.toml").read_text("utf-8")
    assert 'rules = "rules.toml"\nweights = {"revenue" = 2.0}\n' in written
    model = SegmentModel.load("model.json")
    assert (model.names[0], model.options.weights) == ("Recent", {"revenue": 2.0})
    assert json.loads(run("drift", "--as-of", FIT_AT, "--json").stdout)["fit_differs"] == []
    rules.write_text('[[segments]]\nname = "Recent"\nwhen = "recency_days within 90 days"\n', "utf-8")
    assert json.loads(run("drift", "--as-of", FIT_AT, "--json").stdout)["fit_differs"] == ["rules"]
    rules.write_text('[[segments]]\nname = "Recent"\nwen = 3\n', "utf-8")
    result = run(*fit, "--out", "out")
    assert result.exit_code == 1
    assert "2 faults: (1) rule 'Recent' has no key 'wen'" in result.stderr
