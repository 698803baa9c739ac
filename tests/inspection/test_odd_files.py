"""Files that hold no table, or one that was not split: refused with what they look like."""

import gzip
from pathlib import Path

import pytest

from custseg import DataError, inspect

LINES = ["order_id,customer_id,date,amount", *(f"{i},c{i % 9},2024-05-{1 + i % 28:02},{i}.5" for i in range(90))]


def test_damaged_gzip_file(tmp_path: Path) -> None:
    (tmp_path / "shop.csv.gz").write_bytes(gzip.compress("\n".join(LINES).encode())[:-60])
    with pytest.raises(DataError, match="damaged or incomplete gzip file"):
        inspect(tmp_path / "shop.csv.gz")


@pytest.mark.parametrize(("line", "mark"), [('"{}"', ","), ("{}", "^")])
def test_lines_that_are_not_split(line: str, mark: str, tmp_path: Path) -> None:
    text = "\n".join(line.format(one.replace(",", mark)) for one in LINES)
    (tmp_path / "shop.csv").write_text(text)
    with pytest.raises(DataError, match=r"has one column, with .* If whole lines are quoted"):
        inspect(tmp_path / "shop.csv")


def test_column_of_codes_is_split_by_nothing(tmp_path: Path) -> None:
    (tmp_path / "ids.csv").write_text("customer-id\n" + "\n".join(f"c-{i % 9}" for i in range(90)))
    assert inspect(tmp_path / "ids.csv").columns == ("customer-id",)
