"""`custseg scorecard` on the files of a seeded shop and a recorded history."""

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from custseg.cli import main
from custseg.datasets import make_shop
from custseg.tracking import SegmentHistory

SHOP = make_shop(300, 0)
PERIOD = ("--since", "2025-01-01", "--until", "2025-07-01")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["scorecard", *map(str, arguments)])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Logs, and a history in which every second customer is loyal."""
    monkeypatch.chdir(tmp_path)
    SHOP.orders.write_csv("orders.csv")
    SHOP.events.write_csv("events.csv")
    ids = SHOP.customers.select("customer_id").with_row_index("segment").with_columns(pl.col("segment") % 2)
    names = ids.with_columns(name=pl.col("segment").replace_strict({0: "Loyal", 1: "New"}, return_dtype=pl.String))
    SegmentHistory("history").record(names, "2025-01-01")
    return tmp_path


def test_files_without_description() -> None:
    result = run("orders.csv", "--events", "events.csv", *PERIOD, "--out", "out")
    assert result.exit_code == 0, result.output
    assert "Scorecard from 2025-01-01 to 2025-07-01" in result.stdout
    assert "within 7 days after the last mail" in result.stdout
    assert pl.read_csv("out/scorecard.csv")["name"][0] == "Loyal"


@pytest.mark.slow
def test_project_and_json(folder: Path) -> None:
    (folder / "custseg.toml").write_text(
        '[orders]\nfile = "orders.csv"\n[events]\nfile = "events.csv"\nchannel = "channel"\nmachine = "machine"\n'
    )
    result = run(*PERIOD, "--json")
    summary = json.loads(result.stdout)
    assert {row["measure"] for row in summary["figures"]} >= {"machine_open_rate", "conversion_rate"}
    counts = [row[name] for row in summary["figures"] for name in ("events", "total", "customers")]
    assert not [count for count in counts if count is not None and 0 < count < 10]


@pytest.mark.parametrize(
    ("arguments", "english", "russian"),
    [
        (("--since", "2024-08-01", "--until", "2024-10-01"), "the segments did not exist", "сегментов ещё не было"),
        (("--since", "2025-08-01", "--until", "2025-09-01"), "no mail was delivered", "не доставлено ни одного письма"),
        (("--since", "2025-08-01", "--until", "2025-07-01"), "--since must lie before", "должно быть раньше --until"),
    ],
)
@pytest.mark.slow
def test_errors_in_both_languages(arguments: tuple[str, ...], english: str, russian: str) -> None:
    files = ("orders.csv", "--events", "events.csv")
    assert english in run(*files, *arguments).output
    result = run(*files, *arguments, "--language", "ru")
    assert russian in result.output
    assert result.exit_code != 0


@pytest.mark.slow
def test_mails_are_needed() -> None:
    result = run("orders.csv", *PERIOD)
    assert result.exit_code != 0
    assert "--events must be given" in result.output
