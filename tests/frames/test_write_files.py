"""Tables out: whole or not at all, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from custseg._frames import table_writer, write_files

TABLE = nw.from_native(pl.DataFrame({"customer_id": ["007", "=1+1"], "share": [-0.5, 0.25]}), eager_only=True)


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def fail(path: Path) -> None:
    path.write_text("half")
    raise RuntimeError("disk full")


def test_all_files_are_written_and_nothing_else(tmp_path: Path) -> None:
    writers = {"a.csv": table_writer(TABLE, "csv"), "b.parquet": table_writer(TABLE, "parquet")}
    paths = write_files(tmp_path / "new" / "out", writers)
    assert paths == [tmp_path / "new" / "out" / name for name in writers]
    assert sorted(path for path in (tmp_path / "new").rglob("*") if path.is_file()) == paths
    assert list((tmp_path / "new").iterdir()) == [tmp_path / "new" / "out"]


def test_nothing_is_written_when_one_writer_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="disk full"):
        write_files(tmp_path / "out", {"a.csv": table_writer(TABLE, "csv"), "b.csv": fail})
    assert list(tmp_path.iterdir()) == []


def test_old_files_stay_when_one_writer_fails(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.csv": lambda path: path.write_text("old")})
    with pytest.raises(RuntimeError, match="disk full"):
        write_files(tmp_path, {"a.csv": lambda path: path.write_text("new"), "b.csv": fail})
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "old"


def test_old_files_are_replaced_and_others_kept(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    for text in ("old", "new"):
        write_files(tmp_path, {"a.csv": lambda path, text=text: path.write_text(text)})
    assert (tmp_path / "a.csv").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "mine.txt"]


def test_parquet_keeps_everything_as_it_is(tmp_path: Path) -> None:
    table_writer(TABLE, "parquet")(tmp_path / "x.parquet")
    assert pl.read_parquet(tmp_path / "x.parquet").equals(TABLE.to_native())


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-a", "@sum", "\tx", "\rx", "\nx", "=", "-", "+1-1"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(tmp_path: Path, text: str) -> None:
    table_writer(nw.from_native(pl.DataFrame({"id": [text]}), eager_only=True), "csv")(tmp_path / "x.csv")
    assert rows(tmp_path / "x.csv") == [["id"], ["'" + text]]


@pytest.mark.parametrize("text", ["007", "-5", "+5.25", "-0,5", "a=1", "", "Änne", "'x", "1-2"])
def test_other_text_stays(tmp_path: Path, text: str) -> None:
    table_writer(nw.from_native(pl.DataFrame({"id": [text]}), eager_only=True), "csv")(tmp_path / "x.csv")
    assert rows(tmp_path / "x.csv") == [["id"], [text]]


def test_numbers_stay_numbers(tmp_path: Path) -> None:
    table_writer(TABLE, "csv")(tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text() == "customer_id,share\n007,-0.5\n'=1+1,0.25\n"
