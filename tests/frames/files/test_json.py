"""JSON files: one object per line, and arrays."""

import gzip
import json
from pathlib import Path

import pytest

from custseg._frames import open_table, rows_of
from custseg.errors import DataError

ROWS = [
    {"id": 18446744073709500001, "name": "Ann", "nested": {"a": "1"}},
    {"id": 7, "name": None, "nested": {"b": 2}, "late": ["x"]},
]


def rows(path: Path) -> list[dict]:
    return rows_of(open_table(path, "test")).collect("polars").to_native().to_dicts()


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.json", "a.jsonl.gz"])
def test_lines_and_arrays_give_the_same_rows(tmp_path: Path, name: str) -> None:
    text = json.dumps(ROWS) if name == "a.json" else "\n".join(json.dumps(row) for row in ROWS)
    data = text.encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    first, second = rows(tmp_path / name)
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
