"""CSV files of other programs: quotes, encodings, line ends, titles, footers, marks between thousands."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from custseg import Customers, Events, Orders, fit_segments
from custseg._frames import look_at_text_file
from custseg.errors import DataError
from custseg.features import build_features, data_report, rfm

HEAD = "customer_id,order_id,ordered_at,amount,item\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def file(folder: Path, content: str | bytes, name: str = "log.csv") -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def revenue(path: str, **described: Any) -> dict[Any, float]:
    return dict(rfm(Orders(path, **described), as_of="2024-07-01").select("customer_id", "revenue").rows())


def lines(items: list[str]) -> str:
    return HEAD + "".join(f"{i},{i},2024-05-01,10,{item}\n" for i, item in enumerate(items))


@pytest.mark.parametrize(
    "items",
    [
        ['12" blue', "mug", 'TV 32"'],
        ['"mug', "plate", '"cup'],
        ['12" blue', '"red, large"', "mug"],
        ['"a ""b"""', '"x\ny"', '""', ""],
        ['"TV 32\\" black"', '"mug"', '"a \\\\ b"'],
        ["C:\\", '"D:\\"'],
    ],
)
def test_quotes_lose_no_line(folder: Path, items: list[str]) -> None:
    assert revenue(file(folder, lines(items))) == dict.fromkeys(range(len(items)), 10.0)


@pytest.mark.parametrize(
    ("items", "line"),
    [(['"mug', "plate", 'cup"'], 2), (["mug", '"a "b" c"', "x"], 3), (["mug", 'TV 32"', '"red"'], 3)],
)
def test_ambiguous_quotes_are_refused(folder: Path, items: list[str], line: int) -> None:
    with pytest.raises(DataError, match=rf'Orders: line {line} holds a quote mark \("\).*RFC 4180'):
        Orders(file(folder, lines(items)))


def test_record_like_quoted_lines_are_refused(folder: Path) -> None:
    swallowed = lines(["mug", '"two\nlines"', '"a', "b", 'c"'])
    with pytest.raises(DataError, match=r"lines that look like records"):
        Orders(file(folder, swallowed))


def test_lines_of_a_long_note(folder: Path) -> None:
    assert revenue(file(folder, lines(["mug", '"dear shop,\nI, too, want, a, mug\nAnn"']))) == {0: 10.0, 1: 10.0}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1251", "koi8-r"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(folder: Path, encoding: str, line_end: str) -> None:
    text = "Клиент;order_id;ordered_at;amount\nИван;1;2024-05-01;10\nАнна;2;2024-05-02;20\n"
    path = file(folder, text.replace("\n", line_end).encode(encoding))
    found = revenue(path, customer="Клиент", separator=";", encoding=encoding)
    assert found == {"Иван": 10.0, "Анна": 20.0}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_byte_order_mark(folder: Path, encoding: str) -> None:
    assert revenue(file(folder, lines(["é"]).encode(encoding))) == {0: 10.0}


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "utf-16-le"])
def test_likely_encoding_is_named(folder: Path, encoding: str) -> None:
    path = file(folder, lines(["Чашка большая", "Блюдо", "Ложка из Москвы"]).encode(encoding))
    with pytest.raises(DataError, match=rf"not in UTF-8.* looks like {encoding}: give encoding='{encoding}'"):
        Orders(path)


def test_contradicted_encoding_is_refused(folder: Path) -> None:
    path = file(folder, lines(["Чашка"]))
    with pytest.raises(DataError, match=r"encoding='cp1251' does not fit, the file is in UTF-8"):
        Orders(path, encoding="cp1251")
    path = file(folder, lines(["mug", "Ł"]).encode("cp1250"))
    with pytest.raises(DataError, match=r"line 3 of .* is not valid text in encoding='ascii'|not in UTF-8"):
        Orders(path, encoding="ascii")


@pytest.mark.parametrize("encoding", ["nowhere", "hex", "", 5])
def test_invalid_encodings(folder: Path, encoding: Any) -> None:
    with pytest.raises((ValueError, TypeError), match=r"Orders: encoding must be a name"):
        Orders(file(folder, lines(["mug"])), encoding=encoding)


def test_first_line_outside_utf_8_is_named(folder: Path) -> None:
    path = file(folder, lines(["Kö", "mug"]).encode() + "9,9,2024-05-01,10,Köln\n".encode("cp1252"))
    with pytest.raises(DataError, match=r"not in UTF-8 \(line 4 is the first that is not\)"):
        Orders(path)


def test_repeated_names_of_polars(folder: Path) -> None:
    path = file(folder, HEAD.replace("\n", ",x,x,x_duplicated_0\n") + "1,1,2024-05-01,10,mug,a,b,c\n")
    assert revenue(path) == {1: 10.0}


def test_failing_codec(folder: Path) -> None:
    with pytest.raises(DataError, match=r"of .* is not valid text in encoding='punycode'"):
        revenue(file(folder, lines(["mug"])), encoding="punycode")


def test_separator_line(folder: Path) -> None:
    german = "sep=;\n" + lines(["mug"]).replace(",", ";").replace(";10;", ";10,5;")
    assert revenue(file(folder, german), decimal=",") == {0: 10.5}
    text = "sep=;\n" + lines(["mug"]).replace(",", ";")
    assert revenue(file(folder, text)) == {0: 10.0}
    assert revenue(file(folder, text), separator=";") == {0: 10.0}
    with pytest.raises(DataError, match=r"first line says sep=;, but separator=',' was given"):
        Orders(file(folder, text), separator=",")


def test_lines_above_the_header(folder: Path) -> None:
    path = file(folder, "Orders of May\n\n" + lines(["mug", "cup"]))
    with pytest.raises(DataError, match=r"header seems to be line 3, not the first line: give skip_rows=2"):
        Orders(path)
    assert revenue(path, skip_rows=2) == {0: 10.0, 1: 10.0}
    with pytest.raises(ValueError, match=r"Orders: skip_rows must be at least 0, got -1"):
        Orders(path, skip_rows=-1)


def test_likely_separator_is_named(folder: Path) -> None:
    path = file(folder, lines(["mug"]).replace(",", ";"))
    with pytest.raises(DataError, match=r"lacks columns .*separated by ';': give separator=';'"):
        Orders(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04....", "a ZIP archive, as Excel's .xlsx files are"),
        (b"PAR1....", "a Parquet file, .*Give it a name that ends in .parquet"),
        (b'[{"a": 1}]', "JSON"),
        (b"<html><table>", "HTML or XML"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        (b"\x00\x01\x02" * 50, "binary data"),
    ],
)
def test_file_that_is_no_csv(folder: Path, content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=rf"Orders: the file is no CSV: it looks like {words}"):
        Orders(file(folder, content))


def test_compressed_files(folder: Path) -> None:
    assert revenue(file(folder, gzip.compress(lines(["mug"]).encode()))) == {0: 10.0}
    assert revenue(file(folder, lines(["mug"]), "log.csv.gz")) == {0: 10.0}


def test_damaged_compressed_file(folder: Path) -> None:
    content = gzip.compress(lines(["mug"] * 500).encode())
    for damaged in (content[:40], content[:20] + b"xxxx" + content[24:]):
        with pytest.raises(DataError, match=r"Orders: the file '.*' could not be read"):
            Orders(file(folder, damaged))


@pytest.mark.parametrize("footer", ["Total,,,30,", "Total,,,30", "Total,30", ",,,,"])
def test_footer_keeps_numeric_ids(folder: Path, footer: str) -> None:
    assert revenue(file(folder, lines(["mug", "cup"]) + footer + "\n")) == {0: 10.0, 1: 10.0}


def test_short_lines_are_reported(folder: Path) -> None:
    path = file(folder, lines(["mug"]) + "Total,10\nSum\n")
    assert data_report(path, as_of="2024-07-01").count("short_lines") == 2


@pytest.mark.parametrize("mark", [",", "'", " ", "\xa0", "\u202f"])
def test_marks_between_thousands(folder: Path, mark: str) -> None:
    texts = ["1,250.50", "12,000", "850", "+1,234,567.5"]
    path = file(folder, HEAD.replace(",", ";") + "".join(
        f"{i};{i};2024-05-01;{text.replace(',', mark)};x\n" for i, text in enumerate(texts)
    ))  # fmt: skip
    thousands = " " if mark.isspace() else mark
    found = revenue(path, separator=";", thousands=thousands)
    assert found == {0: 1250.5, 1: 12000.0, 2: 850.0, 3: 1234567.5}


@pytest.mark.parametrize("text", ["1,25", "12,34,567", "1,2500", "1250,000", ",250", "1,,250"])
def test_misplaced_marks_between_thousands(folder: Path, text: str) -> None:
    path = file(folder, f"customer_id;order_id;ordered_at;amount\n1;1;2024-05-01;{text}\n")
    with pytest.raises(DataError, match=r"1 value of 'amount' is not a finite number"):
        revenue(path, separator=";", thousands=",")


def test_thousands_and_decimal_must_differ(folder: Path) -> None:
    path = file(folder, lines(["mug"]))
    with pytest.raises(ValueError, match=r"thousands and decimal cannot both be '\.'"):
        Orders(path, thousands=".")
    with pytest.raises(ValueError, match=r"thousands must be '\.', ',', \"'\", ' ' or None, got '_'"):
        Orders(path, thousands="_")


@pytest.mark.parametrize(("mark", "decimal"), [(".", None), (".", "."), (",", ",")])
def test_valid_thousands_marks(folder: Path, mark: str, decimal: str | None) -> None:
    text = "customer_id;order_id;ordered_at;amount\n1;1;2024-05-01;850\n1;2;2024-05-05;1M250\n".replace("M", mark)
    path = file(folder, text)
    if decimal is None:
        with pytest.raises(DataError, match=r"Give thousands='\.' with decimal=',', or decimal='\.'"):
            revenue(path, separator=";")
        return
    orders = Orders(path, separator=";", decimal=decimal)
    assert data_report(orders, as_of="2024-07-01").count("thousands_or_decimals") == 1
    assert rfm(orders, as_of="2024-07-01")["revenue"].item() == 851.25


@pytest.mark.parametrize("others", [["12.5"], ["0.125"], ["1250"], ["1.25"]])
def test_invalid_thousands_marks(folder: Path, others: list[str]) -> None:
    rows = "".join(f"{i},{i},2024-05-01,{text},x\n" for i, text in enumerate(["1.250", *others]))
    assert revenue(file(folder, HEAD + rows))[0] == 1.25


def test_ids_of_two_logs_have_one_type(folder: Path) -> None:
    orders = file(folder, lines(["mug", "cup"]), "orders.csv")
    events = Events(file(folder, "customer_id,occurred_at,event\n007,2024-05-01 09:00,visited\n", "events.csv"))
    customers = Customers(file(folder, "customer_id,region\n1,north\n", "customers.csv"), category=["region"])
    table = build_features(orders, events, customers, as_of="2024-07-01", families=["rfm", "web", "attributes"])
    assert table.frame["customer_id"].to_list() == ["0", "007", "1"]
    assert table.frame["region"].to_list() == [None, None, "north"]
    frame = pl.read_csv(orders)
    with pytest.raises(DataError, match=r"ids of orders and events are of different types, .* Cast the ids of orders"):
        build_features(frame, events, as_of="2024-07-01")


@pytest.mark.slow
def test_ready_table_with_decimal_commas(folder: Path) -> None:
    rows = "".join(f"{i};{i % 3 * 50 + i % 7},{i % 10}\n" for i in range(1, 100))
    path = file(folder, "id;spend\n" + rows)
    result = fit_segments(features=path, separator=";", decimal=",", method="kmeans", n_segments=3)
    assert len(result.profiles.segments) == 3
    with pytest.raises(ValueError, match=r"belong to features=; for a log use Orders\('orders.csv', separator="):
        fit_segments(path, separator=";")


def test_long_names_and_odd_marks_in_errors(folder: Path) -> None:
    path = file(folder, "x" * 10**6 + ",\u202eb,\x1b[31m\n1,2,3\n")
    with pytest.raises(DataError, match=r"lacks columns") as caught:
        Orders(path)
    assert len(str(caught.value)) < 1000
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", ["a" * 300 + ".csv", "a\0.csv"])
def test_impossible_file_names(name: str) -> None:
    with pytest.raises(DataError, match=r"Orders: there is no file 'a"):
        Orders(name)


def test_address_as_file_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file(folder, lines(["mug"]), "file:x.csv")
    monkeypatch.chdir(folder)
    assert revenue("file:x.csv") == {0: 10.0}


def test_files_known_by_their_bytes(folder: Path) -> None:
    facts = look_at_text_file(file(folder, "May\nid;name;sum\n1;Łódź;2,5\n2;żółw;3,5\n".encode("cp1250")))
    assert (facts.looks_like, facts.encoding, facts.separator) == ("text", "cp1250", ";")
    assert (facts.skip_rows, facts.columns, facts.quoting) == (1, ("id", "name", "sum"), "none")
    assert look_at_text_file(file(folder, 'a,b\n"1","x ""y"""\n')).quoting == "standard"
    assert look_at_text_file(file(folder, 'a,b\n"1","x \\"y\\""\n')).quoting == "backslash"
    assert look_at_text_file(file(folder, 'a,b\n1,12" x\n')).quoting == "irregular"


def test_several_workbooks(folder: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        file(folder, b"PK", name)
    with pytest.raises(DataError, match=r"Orders: 2 workbooks fit '.*\*\.xlsx', and one is read at a time"):
        Orders(folder / "*.xlsx")
