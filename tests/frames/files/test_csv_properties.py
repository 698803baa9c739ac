"""Random tables written as CSV in many ways: read back exactly, or refused; never other rows."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import polars as pl
import pyarrow.csv as pa_csv
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from custseg._frames import CSVFormat
from custseg._frames._files import csv_table
from custseg.errors import DataError

SEPARATORS = [",", ";", "\t", "|"]
LETTERS = st.sampled_from(["a", "7", "0", " ", '"', "'", ",", ";", "\t", "|", "\n", "\\", ".", "é", "Ж", "№", "#", "-"])
FIELDS = st.one_of(
    st.text(LETTERS, max_size=6),
    st.sampled_from(["", "7", "007", "2024-05-01", "10.5", '12"', '"mug"', '"', '""', "NULL", "\\N", "=1", "x" * 40]),
)
PLAIN_FIELDS = st.text(st.sampled_from(["a", "7", '"', " ", "\\", ".", "é", "-"]), max_size=6)
SETTINGS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def tables(fields: st.SearchStrategy[str], most_columns: int = 4) -> st.SearchStrategy[list[list[str]]]:
    columns = st.integers(2, most_columns)
    return columns.flatmap(lambda n: st.lists(st.lists(fields, min_size=n, max_size=n), max_size=8))


def read(path: Path, form: CSVFormat) -> list[list[str]]:
    """The rows as text; what is empty is null or the empty text."""
    table = csv_table([str(path)], form, "t")
    return [[value or "" for value in row] for row in table.frame.collect().rows()]


def read_or_refused(path: Path, form: CSVFormat, reason: str = "quote mark") -> list[list[str]] | None:
    """The rows, or None where the file is refused for that reason."""
    try:
        return read(path, form)
    except DataError as error:
        if reason not in str(error):
            raise
        return None


@SETTINGS
@given(
    rows=tables(FIELDS),
    separator=st.sampled_from(SEPARATORS),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
    compressed=st.booleans(),
)
def test_output_of_csv_module(
    rows: list[list[str]], separator: str, quoting: int, line_end: str, encoding: str, compressed: bool, tmp_path: Path
) -> None:
    text = io.StringIO()
    names = [f"name {i}" for i in range(len(rows[0]) if rows else 2)]
    writer = csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=line_end)
    writer.writerows([names, *rows])
    content = text.getvalue().encode(encoding)
    path = tmp_path / "t.csv"
    path.write_bytes(gzip.compress(content) if compressed else content)
    asked = encoding if encoding == "utf-16-le" else "utf-8"
    found = read_or_refused(path, CSVFormat(separator, encoding=asked))
    assert found == rows or (found is None and '"' in text.getvalue())


@SETTINGS
@given(rows=tables(PLAIN_FIELDS), separator=st.sampled_from(SEPARATORS))
def test_files_without_quoting(rows: list[list[str]], separator: str, tmp_path: Path) -> None:
    names = [f"name {i}" for i in range(len(rows[0]) if rows else 2)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(separator.join(row) for row in [names, *rows]), encoding="utf-8")
    found = read_or_refused(path, CSVFormat(separator))
    # Where all quotes follow a rule, the fields without them are the usual reading.
    lines = path.read_text(encoding="utf-8").split("\n")[1:]
    usual = [list(csv.reader(lines, delimiter=separator, escapechar=escape)) for escape in (None, "\\")]
    assert found is None or (len(found) == len(rows) and found in (rows, *usual))


@SETTINGS
@given(rows=tables(st.text(st.sampled_from('ab"\\7 ,\n'), max_size=5)), separator=st.sampled_from([",", ";"]))
def test_backslash_escapes(rows: list[list[str]], separator: str, tmp_path: Path) -> None:
    assume(any('"' in value for row in rows for value in row))
    names = [f"name {i}" for i in range(len(rows[0]))]
    lines = [
        separator.join('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in row)
        for row in [names, *rows]
    ]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    assert read_or_refused(path, CSVFormat(separator)) in (rows, None)


@SETTINGS
@given(
    words=st.lists(st.text(st.sampled_from("абвгдежзиклмнопрстуфхцчшщыьэюяАБ"), min_size=3, max_size=8), min_size=3),
    encoding=st.sampled_from(["cp1251", "koi8-r", "cp866"]),
)
def test_other_encodings(words: list[str], encoding: str, tmp_path: Path) -> None:
    content = ("name,count\n" + "".join(f"{word},1\n" for word in words)).encode(encoding)
    assume("\ufffd" in content.decode(errors="replace"))  # a few letters can be UTF-8 by chance
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert read_or_refused(path, CSVFormat(), "not in UTF-8") is None
    assert read(path, CSVFormat(encoding=encoding)) == [[word, "1"] for word in words]


@SETTINGS
@given(rows=tables(st.text(st.sampled_from('ab7 ".\n'), max_size=5)))
def test_pyarrow_reads_the_same(rows: list[list[str]], tmp_path: Path) -> None:
    assume(rows)
    names = [f"name {i}" for i in range(len(rows[0]))]
    path = tmp_path / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, *rows])
    found = read_or_refused(path, CSVFormat())
    options = pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pl.DataFrame({"a": ["x"]}).to_arrow()["a"].type))
    other = pa_csv.read_csv(path, parse_options=pa_csv.ParseOptions(newlines_in_values=True), convert_options=options)
    assert found in (None, [list(map(str, row.values())) for row in other.to_pylist()])
