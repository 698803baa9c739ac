"""The project file: written by fit, read by all other commands, with a hint for a typo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg import DataError, Orders
from custseg.cli.pipeline._project import Project, _toml, log_section, read_project, relative, write_project

LOG = pl.DataFrame({"client": [1], "day": ["2024-05-01"], "sum": [9.9]})


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    LOG.write_csv(tmp_path / "data" / "orders.csv")
    return tmp_path / "data" / "orders.csv"


def test_what_is_written_is_read(log: Path, tmp_path: Path) -> None:
    described = Orders(str(log), customer="client", order=None, date="day", amount="sum", timezone="Europe/Berlin")
    logs = {"orders": log_section(described, str(log), tmp_path)}
    project = Project(tmp_path, "ru", logs, {"min_size": 0.05, "segments": "4-6"}, {"out": "out"})
    write_project(tmp_path / "custseg.toml", project)
    again = read_project(tmp_path / "custseg.toml")
    assert again.logs["orders"]["file"] == "data/orders.csv"
    assert repr(again.described()["orders"]) == repr(described)
    assert (again.language, again.fit) == ("ru", {"min_size": 0.05, "segments": "4-6"})
    assert again.path("out") == tmp_path / "out"
    assert again.path("model") == tmp_path / "model.json"


def test_edited_paths_and_daily_options_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "custseg.toml"
    file.write_text("[paths]\nhistory = 'past'\n[daily]\nfail_on = 'watch'\n[fit]\nseed = 3\n", encoding="utf-8")
    write_project(file, Project(tmp_path, "en", {}, {"method": "kmeans"}, {"model": "m.json"}))
    again = read_project(file)
    assert again.paths == {"history": "past", "model": "m.json"}
    assert again.daily == {"fail_on": "watch"}
    assert again.fit == {"method": "kmeans"}


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False), st.lists(st.booleans() | st.integers()))
def test_values_are_valid_toml(text: str, number: float, values: list[Any]) -> None:
    import tomllib

    written = f"a = {_toml(text)}\nb = {_toml(number)}\nc = {_toml(values)}\nd = {_toml({'x y': text})}\n"
    assert tomllib.loads(written) == {"a": text, "b": number, "c": values, "d": {"x y": text}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[fit]\nmin_siz = 5\n", r"\[fit\] has the unknown key 'min_siz'. Did you mean 'min_size'"),
        ("[order]\nfile = 'a.csv'\n", "has the unknown key 'order'. Did you mean 'orders'"),
        ("[orders]\ncustomer = 'id'\n", r"\[orders\] must have the path of its file"),
        ("[orders]\nfile = 'a.csv'\ncustmer = 'id'\n", "unknown key 'custmer'. Did you mean 'customer'"),
        ("fit = 3\n", r"fit must be a section with keys of its own, as in \[fit\]"),
        ("language = 'fr'\n", "'language' must be one of"),
        ("[paths]\nmodel = 3\n", r"\[paths\] model must be a path, got 3"),
        ("[daily]\nfail_on = 'refitt'\n", r"\[daily\] 'fail_on' must be 'watch' or 'refit', got 'refitt'"),
        ("[daily]\nmin_stay = true\n", r"\[daily\] 'min_stay' must be a whole number of at least 1, got True"),
        ("[daily]\nmin_stay = 2.5\n", "'min_stay' must be a whole number of at least 1, got 2.5"),
        ("[daily]\nmax_age_days = -1\n", "'max_age_days' must be a whole number of at least 0, got -1"),
        ("[daily]\nmax_sends_7d = 'few'\n", "'max_sends_7d' must be a whole number of at least 1, got 'few'"),
        ("[daily]\nmin_confidence = nan\n", r"\[daily\] 'min_confidence' must be a number from 0 to 1, got nan"),
        ("[fit\n", "is not valid TOML"),
        ("\xff", "is not valid TOML"),
    ],
)
def test_faulty_file(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "custseg.toml").write_text(text, encoding="latin-1")
    with pytest.raises(DataError, match=f"custseg.toml.* {words}"):
        read_project(tmp_path / "custseg.toml")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"the project file cannot be read \(No such file"):
        read_project(tmp_path / "none.toml")


def test_paths_are_relative_to_the_project(tmp_path: Path) -> None:
    assert relative(tmp_path / "data" / "orders.csv", tmp_path / "project") == "../data/orders.csv"


def test_mark_of_notepad_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "custseg.toml").write_text("language = 'ru'\n", encoding="utf-8-sig")
    assert read_project(tmp_path / "custseg.toml").language == "ru"
