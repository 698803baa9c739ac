"""Every command that writes files leaves old or new ones, whatever happens, and a second run writes the rest."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from disturbances import disturbed, fast_folder, killed_at_random
from logs import clean_log

from custseg import CustsegError, SegmentModel
from custseg.cli import main
from custseg.exports import export_activation
from custseg.tracking import SegmentHistory, transitions

FIT_AT, DAYS = "2024-09-01", ("2024-10-01", "2024-10-02")
FIT = ("--as-of", FIT_AT, "--method", "kmeans", "--segments", "3")
# What is run for the old files, and what then replaces them; `{out}` is their folder, `{in}` that of the logs.
COMMANDS = {
    "fit": (
        ["fit", "{in}/orders_0.csv", *FIT, "--out", "{out}/fit", "--config", "{out}/custseg.toml"],
        ["fit", "{in}/orders_1.csv", *FIT, "--out", "{out}/fit", "--config", "{out}/custseg.toml"],
    ),
    "assign": (
        ["assign", "{in}/orders_0.csv", "--as-of", DAYS[0], "--out", "{out}/assigned.csv"],
        ["assign", "{in}/orders_1.csv", "--as-of", DAYS[0], "--out", "{out}/assigned.csv"],
    ),
    "history": (
        ["history", "--as-of", DAYS[0], "--out", "{out}/snapshot.parquet"],
        ["history", "--as-of", DAYS[1], "--out", "{out}/snapshot.parquet"],
    ),
    "compare": (
        ["compare", "--as-of", DAYS[1], "--min-stay", "2", "--out", "{out}"],
        ["compare", "--as-of", DAYS[1], "--out", "{out}"],
    ),
    "drift": (
        ["drift", "{in}/orders_0.csv", "--as-of", DAYS[0], "--out", "{out}/drift.csv"],
        ["drift", "{in}/orders_1.csv", "--as-of", DAYS[0], "--out", "{out}/drift.csv"],
    ),
    "refit": (
        ["fit", "{in}/orders_0.csv", *FIT, "--out", "{out}/refit", "--save", "{out}/model.json"],
        ["refit", "{in}/orders_0.csv", "--as-of", DAYS[1], "--out", "{out}/refit", "--model", "{out}/model.json"],
    ),
    "sql": (
        ["sql", "sqlite", "--table", "features", "--out", "{out}/segments.sql"],
        ["sql", "duckdb", "--table", "features", "--out", "{out}/segments.sql"],
    ),
    "daily": (
        ["daily", "{in}/orders_0.csv", "--as-of", DAYS[0], "--history", "{out}/history", "--out", "{out}"],
        ["daily", "{in}/orders_0.csv", "--as-of", DAYS[1], "--history", "{out}/history", "--out", "{out}"],
    ),
}
# What `make test` disturbs too, at each of so many operations.
QUICK = {
    ("assign", "kill"): 5,
    ("assign", "fail"): 12,
    ("assign", "full"): 3,
}
CASES = [
    *(pytest.param(name, mode, stride) for (name, mode), stride in QUICK.items()),
    *(pytest.param(name, mode, 1, marks=pytest.mark.slow) for name in COMMANDS for mode in ("kill", "fail", "full")),
]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two logs, a model, and a history of two snapshots."""
    folder = tmp_path_factory.mktemp("inputs")
    for seed in (0, 1):
        clean_log(150, seed).write_csv(folder / f"orders_{seed}.csv")
    run(["fit", f"{folder}/orders_0.csv", *FIT, "--out", f"{folder}/fit", "--save", f"{folder}/model.json"])
    model, history = SegmentModel.load(folder / "model.json"), SegmentHistory(folder / "history")
    for day in DAYS:
        history.record(model.assign(folder / "orders_0.csv", as_of=day), day)
    return folder


def run(arguments: list[str]) -> None:
    """Run a command; what it tells a user is an error of the library."""
    result = CliRunner().invoke(main, arguments)
    if result.exit_code and not isinstance(result.exception, SystemExit):
        raise result.exception or AssertionError
    if result.exit_code:
        raise CustsegError(result.output)


def read(folder: Path) -> None:
    """Raise if a model, a history or a table is not whole."""
    if (folder / "model.json").exists():
        SegmentModel.load(folder / "model.json")
    history = SegmentHistory(folder / "history")
    for moment in history.moments():
        history.at(moment)
    for table in folder.glob("*.csv"):
        pl.read_csv(table)


@pytest.mark.parametrize(("name", "mode", "stride"), CASES)
def test_every_file_operation_may_fail(
    name: str, mode: str, stride: int, inputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(inputs)
    with fast_folder() as folder:
        before, after = (
            [word.replace("{in}", str(inputs)).replace("{out}", str(folder)) for word in words]
            for words in COMMANDS[name]
        )
        run(before)
        outcomes = disturbed(
            mode,
            folder,
            lambda: run(after),
            reader=lambda: read(folder),
            stride=stride,
            changes_only=True,
            in_turns=stride == 1,
        )
    # Of a selection, all may come after the first file.
    assert outcomes["old"] >= 1 or stride > 1
    assert outcomes.total() >= 1


@pytest.mark.parametrize("mode", ["kill", "fail", "full"])
def test_activation_list_may_fail(mode: str, inputs: Path) -> None:
    movement = transitions(SegmentHistory(inputs / "history"), DAYS[1])
    with fast_folder() as folder:
        export_activation(movement, folder / "entered.csv", plays={0: "call"})
        outcomes = disturbed(mode, folder, lambda: export_activation(movement, folder / "entered.csv"))
    assert set(outcomes) <= {"old", "new"}


@pytest.mark.slow
def test_random_kills_of_a_day(inputs: Path, tmp_path: Path) -> None:
    shutil.copytree(inputs, tmp_path / "inputs")
    assert killed_at_random("daily", tmp_path / "inputs" / "days", kills=10) == {"whole": 10, "repaired": 10}
