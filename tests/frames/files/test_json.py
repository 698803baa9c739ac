"""JSON files: one object per line, and arrays."""

import gzip
import json
from pathlib import Path

import pytest

from custseg._frames import open_table, rows_of
from custseg._frames._files._json import reads_large_numbers
from custseg.errors import DataError

ROWS = [
    {"id": 18446744073709500001, "name": "Ann", "nested": {"a": "1"}},
    {"id": 7, "name": None, "nested": {"b": 2}, "late": ["x"]},
]


def rows(path: Path) -> list[dict]:
    return rows_of(open_table(path, "test")).collect("polars").to_native().to_dicts()


NAMES = ["a.jsonl", "a.ndjson", "a.json", "a.jsonl.gz"]


def written(path: Path) -> Path:
    text = json.dumps(ROWS) if path.name == "a.json" else "\n".join(json.dumps(row) for row in ROWS)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.skipif(reads_large_numbers(), reason="this polars reads whole numbers above 2**63")
@pytest.mark.parametrize("name", NAMES)
def test_no_id_is_lost_by_an_old_polars(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"has whole numbers above 2\*\*63, which polars .* Update polars"):
        open_table(written(tmp_path / name), "test")


@pytest.mark.skipif(not reads_large_numbers(), reason="this polars cannot read whole numbers above 2**63")
@pytest.mark.parametrize("name", NAMES)
def test_lines_and_arrays_give_the_same_rows(tmp_path: Path, name: str) -> None:
    first, second = rows(written(tmp_path / name))
    assert (first["id"], second["id"]) == (18446744073709500001, 7)  # no digit is lost above 2 ** 63
    assert first["nested"] == {"a": "1", "b": None}
    assert second["late"] == ["x"]
    assert first["late"] is None


def test_keys_of_several_files(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_text('{"a": 1}\n')
    (tmp_path / "2.jsonl").write_text('{"a": "x", "b": 2}\n')
    table = open_table(tmp_path / "*.jsonl", "test")
    assert rows_of(table).collect("polars").to_native().to_dicts() == [{"a": "1", "b": None}, {"a": "x", "b": 2}]
    assert table.lacking["b"].endswith("1.jsonl")


@pytest.mark.parametrize("text", ['{"a": 1}\n{"a": ', "a,b\n1,2\n", ""])
def test_broken_files_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.jsonl").write_text(text)
    with pytest.raises(DataError, match=r"(cannot be read as JSON|holds no JSON objects)"):
        open_table(tmp_path / "a.jsonl", "test")


def test_byte_order_mark_and_arrays_by_line(tmp_path: Path) -> None:
    (tmp_path / "marked.jsonl").write_text('{"a": 1}\n{"a": 2}\n', encoding="utf-8-sig")
    (tmp_path / "posts.json").write_text('[{"a": 1}, {"a": 2, "b": "[\\n]"}]\n\n[{"a": 3}]\n', encoding="utf-8-sig")
    assert rows(tmp_path / "marked.jsonl") == [{"a": 1}, {"a": 2}]
    assert rows(tmp_path / "posts.json") == [{"a": 1, "b": None}, {"a": 2, "b": "[\n]"}, {"a": 3, "b": None}]


def test_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1}\n\n{"a": \n{"a": 2}\n')
    with pytest.raises(DataError, match=r"cannot be read as JSON: line 3 is no complete object"):
        open_table(tmp_path / "a.jsonl", "test")
