"""CSV and Parquet files: what is read, and what is said of a file that cannot be."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from effort import all_of

from custseg import Orders
from custseg._frames import read_table
from custseg.errors import DataError
from custseg.features import rfm

HEAD = "customer_id,order_id,ordered_at,amount\n"
LINES = "7,1,2024-05-01,10.5\n8,2,2024-05-20,1\n"
Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes text or bytes under a name, and gives the path."""

    def write(content: str | bytes, name: str = "orders.csv") -> str:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(gzip.compress(data) if name.lower().endswith(".gz") else data)
        return str(path)

    return write


def revenue(path: object, **described: Any) -> dict[Any, float]:
    table = rfm(Orders(path, **described), as_of="2024-06-01")
    return dict(table.select("customer_id", "revenue").rows())


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (HEAD + LINES, "orders.csv"),
        (HEAD + LINES, "ORDERS.CSV"),
        (HEAD + LINES, "orders.csv.gz"),
        (HEAD + LINES, "orders.txt"),
        (HEAD + LINES.rstrip(), "no newline at the end.csv"),
        ((HEAD + LINES).replace("\n", "\r\n"), "windows.csv"),
        ("\ufeff" + HEAD + LINES, "byte order mark.csv"),
        (HEAD + "\n" + LINES + "\n\n", "empty lines.csv"),
        (HEAD + LINES.replace("7,1", '"7","1"'), "quoted.csv"),
        (HEAD + LINES.replace("10.5", " +10.50 "), "spaces.csv"),
        (HEAD + LINES, "orders [2024] é%20.csv"),
    ],
)
def test_a_csv_is_read(write: Write, content: str, name: str) -> None:
    assert revenue(write(content, name)) == {7: 10.5, 8: 1.0}


def test_german_and_russian_exports(write: Write) -> None:
    path = write("Клиент;Заказ;Дата;Сумма\n7;1;01.05.2024 10:00;10,5\n8;2;20.05.2024 10:00;-1\n8;3;20.05.2024 9:00;2\n")
    names = {"customer": "Клиент", "order": "Заказ", "date": "Дата", "amount": "Сумма"}
    assert revenue(path, **names, separator=";", decimal=",", date_format="%d.%m.%Y %H:%M") == {
        7: 10.5,
        8: 1.0,
    }


def test_tabs(write: Write) -> None:
    assert revenue(write((HEAD + LINES).replace(",", "\t"), "orders.tsv"), separator="\t") == {
        7: 10.5,
        8: 1.0,
    }


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["007", "7"], ["007", "7"]),
        (["7", "8"], [7, 8]),
        (["-7", "8"], [-7, 8]),
        (["7", ""], [7]),
        (["7.0", "8.0"], ["7.0", "8.0"]),
        (["+7", "8"], ["+7", "8"]),
        (["1e3", "8"], ["1e3", "8"]),
        ([" 7", "8"], [" 7", "8"]),
        ([str(2**60), str(2**60 + 1)], [2**60, 2**60 + 1]),
        ([str(2**63), "8"], ["8", str(2**63)]),
        (['"a,b"', '"say ""hi"""'], ["a,b", 'say "hi"']),
        (["", "  "], []),
    ],
)
def test_whole_number_ids_of_csv(write: Write, ids: list[str], expected: list[Any]) -> None:
    content = HEAD + "".join(f"{name},1,2024-05-01,1\n" for name in ids)
    found = rfm(write(content), as_of="2024-06-01")["customer_id"]
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert all(type(a) is type(b) for a, b in zip(found.sort(), sorted(expected), strict=True))


def test_order_ids_are_not_merged(write: Write) -> None:
    path = write(HEAD + "7,01,2024-05-01,1\n7,1,2024-05-01,1\n7,,2024-05-01,1\n7, ,2024-05-01,1\n")
    assert rfm(path, as_of="2024-06-01")["order_count"].item() == 3


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", 5.0), ("+5", 5.0), ("-5", -5.0), ("5.", 5.0), (".5", 0.5), ("1e3", 1000.0), ("0.00014", 0.00014)],
)
def test_numbers_of_a_csv(write: Write, text: str, value: float) -> None:
    path = write(HEAD + f"7,1,2024-05-01,{text}\n7,2,2024-05-01,100\n")
    assert revenue(path) == {7: 100 + value}


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("1_000", "9_999"),
        ("0x1F", "9A9A"),
        ("--5", "--9"),
        ("NaN%", "AAA%"),
        ("n/a", "A/A"),
        ('"1,234.5"', "9,999.9"),
        ('"1,5"', "9,9"),
        ("ten", "AAA"),
    ],
)
def test_amounts_that_are_no_numbers(write: Write, text: str, shape: str) -> None:
    path = write(HEAD + f"7,1,2024-05-01,1\n7,2,2024-05-01,{text}\n")
    message = (
        rf"rfm: 1 value of 'amount' is not a finite number .*, for instance one shaped like '{shape}'\. "
        r"Correct these rows or leave them out\. The file was read with separator=',' and decimal='\.'; "
        r"marks between thousands need thousands=\."
    )
    with pytest.raises(DataError, match=message):
        rfm(path, as_of="2024-06-01")


@pytest.mark.parametrize(("text", "shape"), [("12 €", "99 €"), ("$12.50", r"\$99\.99"), ("USD 7", "AAA 9")])
def test_amounts_with_currency_signs(write: Write, text: str, shape: str) -> None:
    path = write(HEAD + f"7,1,2024-05-01,1\n7,2,2024-05-01,{text}\n")
    with pytest.raises(
        DataError, match=rf"shaped like '{shape}'\. Currency signs and codes .* are not supported, .* remove"
    ):
        rfm(path, as_of="2024-06-01")


@pytest.mark.parametrize("text", ["inf", "-Infinity", "1e400", "1e15"])
def test_amounts_that_are_not_finite(write: Write, text: str) -> None:
    path = write(HEAD + f"7,1,2024-05-01,1\n7,2,2024-05-01,{text}\n")
    with pytest.raises(DataError, match=r"1 value of 'amount' is not a finite number below 9\.2e14\. Correct"):
        rfm(path, as_of="2024-06-01")


@pytest.mark.parametrize("text", ["1.234", "1.234,50", "1 234,50", "1,2,3", "12.50"])
def test_a_point_is_no_decimal_comma(write: Write, text: str) -> None:
    path = write((HEAD + "7,1,2024-05-01,1\n").replace(",", ";") + f"7;2;2024-05-02;{text}\n")
    with pytest.raises(DataError, match=r"1 value of 'amount' is not .* separator=';' and decimal=','"):
        revenue(path, separator=";", decimal=",")


@pytest.mark.parametrize("yes", ["true", "True", "TRUE", "1", "yes", "Y", " t "])
@pytest.mark.parametrize("no", all_of(["false", "False", "0", "No", "n", "F", "", " "], quick=("false", "0", "")))
def test_yes_no_marks(write: Write, yes: str, no: str) -> None:
    path = write(f"{HEAD[:-1]},void\n7,1,2024-05-01,1,{yes}\n8,2,2024-05-01,1,{no}\n")
    assert revenue(path, cancelled="void") == {8: 1.0}


@pytest.mark.parametrize(("text", "shape"), [("да", "AA"), ("C", "A"), ("2", "9"), ("cancelled", "AAAAAAAAA")])
def test_invalid_yes_no_marks(write: Write, text: str, shape: str) -> None:
    path = write(f"{HEAD[:-1]},void\n7,1,2024-05-01,1,{text}\n8,2,2024-05-01,1,\n")
    message = rf"rfm: 1 value of column 'void' is neither true nor false, for instance one shaped like '{shape}'"
    with pytest.raises(DataError, match=message):
        revenue(path, cancelled="void")


def test_short_line_lacks_last_values(write: Write) -> None:
    assert revenue(write(HEAD + "7,1,2024-05-01\n8,2,2024-05-01,5\n")) == {8: 5.0}


def test_long_line_is_refused(write: Write) -> None:
    path = write(HEAD + LINES * 3000 + "7,1,2024-05-01,1,234\n")
    with pytest.raises(DataError, match=r"1 line has more fields than the header, which has 4; .* line 6,002 with"):
        rfm(path, as_of="2024-06-01")


def test_open_quote_is_refused(write: Write) -> None:
    path = write(HEAD + LINES + '"secret,2,2024-05-02,5,6\n')
    with pytest.raises(DataError, match=r'line 4 holds a quote mark \("\)') as caught:
        rfm(path, as_of="2024-06-01")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
@pytest.mark.parametrize("name", ["orders.csv", "orders.csv.gz"])
def test_empty_file_is_refused(write: Write, content: str, name: str) -> None:
    with pytest.raises(DataError, match=r"Orders: the file is empty, in "):
        Orders(write(content, name))


def test_csv_of_names_alone(write: Write) -> None:
    with pytest.raises(DataError, match=r"rfm: the order log has no rows"):
        rfm(write(HEAD), as_of="2024-06-01")


def test_wrong_separator(write: Write) -> None:
    path = write((HEAD + LINES).replace(",", ";"))
    with pytest.raises(DataError, match=r"columns are \['customer_id;order_id;ordered_at;amount'\]"):
        Orders(path)


def test_repeated_columns_are_refused(write: Write) -> None:
    path = write(f"{HEAD[:-1]},amount,amount,x\n7,1,2024-05-01,1,2,3,4\n")
    with pytest.raises(
        DataError, match=r"the same name: \['amount'\] \('amount' is the name of columns 4, 5, 6\)\. Rename"
    ):
        Orders(path)


def test_unnamed_encoding_is_refused(write: Write) -> None:
    path = write((HEAD + "Иван,1,2024-05-01,1\n").encode("cp1251"))
    with pytest.raises(DataError, match=r"not in UTF-8 .* looks like cp1251: give encoding='cp1251', or save"):
        rfm(path, as_of="2024-06-01")


@pytest.mark.parametrize("separator", ["", ";;", "—", '"', "\n", 5])
def test_invalid_separators(write: Write, separator: Any) -> None:
    with pytest.raises(ValueError, match=r"Orders: separator must be one ASCII character, got"):
        Orders(write(HEAD + LINES), separator=separator)


def test_invalid_decimals(write: Write) -> None:
    path = write(HEAD + LINES)
    with pytest.raises(ValueError, match=r"Orders: decimal must be '\.' or ',', got '·'"):
        Orders(path, decimal="·")


def test_decimal_commas_between_commas(write: Write) -> None:
    assert revenue(write(HEAD + '7,1,2024-05-01,"10,5"\n7,2,2024-05-02,"7,25"\n'), decimal=",") == {7: 17.75}
    path = write(HEAD + "7,1,2024-05-01,10,5\n7,2,2024-05-02,7\n")
    with pytest.raises(DataError, match=r"1 line has more fields than the header.* must be in quotes"):
        Orders(path, decimal=",")


@pytest.mark.parametrize("name", ["2024-??.csv", "*.csv", "2024-0[56].csv"])
def test_glob(write: Write, tmp_path: Path, name: str) -> None:
    write(HEAD + LINES, "2024-05.csv")
    write("\ufeff" + HEAD + "007,3,2024-05-03,4\n7,1,2024-05-01,1\n", "2024-06.csv")
    assert revenue(tmp_path / name) == {"007": 4.0, "7": 11.5, "8": 1.0}


def test_glob_of_compressed_files(write: Write, tmp_path: Path) -> None:
    write(HEAD + LINES, "a.csv.gz")
    write(HEAD + LINES, "b.csv.gz")
    assert revenue(str(tmp_path / "*.csv.gz")) == {7: 21.0, 8: 2.0}


def test_glob_of_parquet_files(tmp_path: Path) -> None:
    log = pl.DataFrame({"customer_id": [7], "order_id": [1], "ordered_at": ["2024-05-01"], "amount": [1.5]})
    for name in ("a.parquet", "b.parquet"):
        log.write_parquet(tmp_path / name)
    assert revenue(tmp_path / "*.parquet") == {7: 3.0}
    assert revenue(tmp_path / "a.parquet") == {7: 1.5}


def test_glob_with_other_columns(write: Write, tmp_path: Path) -> None:
    write(HEAD + LINES, "a.csv")
    write("coupon,order_id,customer_id,ordered_at,amount\nx,5,9,2024-05-02,3\n", "b.csv")
    assert revenue(tmp_path / "*.csv") == {7: 10.5, 8: 1.0, 9: 3.0}


def test_glob_without_needed_column(write: Write, tmp_path: Path) -> None:
    write(HEAD + LINES, "a.csv")
    write("customer_id,order_id,ordered_at,Amount\n1,2,2024-05-01,5\n", "b.csv")
    with pytest.raises(DataError, match=r"Orders: the file '.*b\.csv' lacks column 'amount' \(amount=\)"):
        revenue(tmp_path / "*.csv")


@pytest.mark.parametrize("name", ["nowhere.csv", "no*.csv", "nowhere/orders.parquet", "orders [2024].csv"])
def test_missing_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"Orders: there is no file '.*(csv|parquet)'\.$"):
        Orders(tmp_path / name)


@pytest.mark.parametrize("name", ["orders.xls", "orders", "orders.csv.zip", ""])
def test_other_format(tmp_path: Path, name: str) -> None:
    message = r"Orders: the file must end in one of \['\.csv', .*\], got .* A folder is given as a glob, such as"
    with pytest.raises(DataError, match=message):
        Orders(tmp_path / name)


def test_empty_folder_named_like_a_file(tmp_path: Path) -> None:
    (tmp_path / "orders.parquet").mkdir()
    with pytest.raises(DataError, match=r"the table could not be opened: .*(paths were empty|at least 1 source)"):
        Orders(tmp_path / "orders.parquet")


def test_folder_of_parts_named_like_a_file(tmp_path: Path) -> None:
    (tmp_path / "orders.parquet").mkdir()
    log = pl.DataFrame({"customer_id": [7], "order_id": [1], "ordered_at": ["2024-05-01"], "amount": [1.5]})
    log.write_parquet(tmp_path / "orders.parquet" / "part-0.parquet")
    assert revenue(tmp_path / "orders.parquet") == {7: 1.5}


@pytest.mark.parametrize("content", [b"", b"not parquet", b"PAR1" * 5])
def test_broken_parquet_file(write: Write, content: bytes) -> None:
    with pytest.raises(DataError, match=r"the table could not be opened: parquet: "):
        Orders(write(content, "orders.parquet"))


def test_read_table_keeps_types(write: Write, tmp_path: Path) -> None:
    table = read_table(write("id,x\n1,2.5\n2,\n"))
    assert table.rows() == [(1, 2.5), (2, None)]
    table.write_parquet(tmp_path / "x.parquet")
    assert read_table(tmp_path / "x.parquet").equals(table, null_equal=True)
    with pytest.raises(DataError, match=r"read_table: there is no file"):
        read_table(tmp_path / "y.csv")


@pytest.mark.parametrize("value", [None, [1, 2], pl.Series([1])])
def test_unknown_object_is_an_error(value: object) -> None:
    with pytest.raises(TypeError, match=f"Orders: the table must be .*, got {type(value).__name__}"):
        Orders(value)
