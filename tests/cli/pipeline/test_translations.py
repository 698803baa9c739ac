"""Names of segments follow the language of the results; names that a user gave stay."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from custseg import SegmentModel
from custseg.cli import main
from custseg.cli.pipeline._translations import translations, with_translated_names
from custseg.cli.pipeline._workspace import Workspace
from custseg.tracking import SegmentHistory

DAYS = ("2024-09-01", "2024-10-01")


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture
def model(project: Path) -> SegmentModel:
    """An English model with one name of a user, in a folder without a project file."""
    (project / "custseg.toml").unlink()
    model = SegmentModel.load("model.json").renamed({1: "Regulars"})
    model.save("model.json")
    return model


def names(model: SegmentModel, language: str) -> list[str]:
    return [segment.names[language] for segment in model.segments]


@pytest.mark.slow
def test_model_in_another_language(model: SegmentModel) -> None:
    russian = model.in_language("ru")
    assert russian.names == tuple(names(model, "ru"))
    assert russian.names[1] == "Regulars"
    assert russian.unclustered_name != model.unclustered_name
    assert russian.in_language("en") == model
    with pytest.raises(ValueError, match="in_language: language must be one of"):
        model.in_language("fr")


@pytest.mark.slow
def test_assignments_are_in_the_language(model: SegmentModel) -> None:
    arguments = ["assign", "orders.csv", "--as-of", DAYS[1], "--out", "a.csv", "--json"]
    plain, russian = (json.loads(run(*arguments, *language).stdout) for language in ([], ["--language", "ru"]))
    assert [row["name"] for row in plain["segments"]] == names(model, "en")
    assert [row["name"] for row in russian["segments"]] == names(model, "ru")
    assert set(pl.read_csv("a.csv")["name"]) == set(names(model, "ru"))


@pytest.mark.slow
def test_history_keeps_the_language_of_the_model(model: SegmentModel) -> None:
    for day, language in zip(DAYS, ("en", "ru"), strict=True):
        run("daily", "orders.csv", "--as-of", day, "--language", language)
    history = SegmentHistory("history")
    assert set(history.at(DAYS[1])["name"]) == set(names(model, "en"))
    assert set(pl.read_csv(f"segments/entered_{DAYS[1]}.csv")["name"]) <= set(names(model, "ru"))
    printed = run("compare", "--as-of", DAYS[1], "--language", "ru").stdout
    assert all(name in printed for name in names(model, "ru"))
    assert "назывался" not in printed
    assert names(model, "ru")[0] in run("history", "--as-of", DAYS[1], "--language", "ru").stdout
    assert names(model, "en")[0] in run("history", "--as-of", DAYS[1]).stdout
    way = json.loads(run("history", "--customer", 3, "--language", "ru", "--json").stdout)["steps"]
    assert {step["name"] for step in way} <= set(names(model, "ru"))


@pytest.mark.slow
def test_refit_keeps_the_language_of_the_model(model: SegmentModel) -> None:
    printed = run("refit", "orders.csv", "--as-of", DAYS[1], "--language", "ru").stdout
    assert names(model, "ru")[0] in printed
    assert SegmentModel.load("model.json").language == "en"


def test_without_a_model_names_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert translations(Workspace.of({"language": "ru"})) == {}
    table = pl.DataFrame({"name": ["A"]})
    assert with_translated_names(table, {}) is table
