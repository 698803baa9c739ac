"""Ids, numbers and dates that were damaged on the way, in one error."""

from pathlib import Path

import pytest

from custseg.errors import DataError
from custseg.sources import shopify

HEADER = "Name,Id,Email,Created at,Lineitem quantity,Lineitem price\n"


def orders(folder: Path, *rows: str) -> Path:
    path = folder / "orders.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return path


@pytest.mark.parametrize("number", ["5500000000001.0", "5.5E+12", "5e+12", "5,5E+12", "5500000000001,0"])
def test_ids_that_went_through_a_float(tmp_path: Path, number: str) -> None:
    path = orders(tmp_path, f'#1,"{number}",a@x.org,2026-09-01,1,2')
    with pytest.raises(DataError, match=r"1 id of column 'Id' went through a number with a decimal point"):
        shopify(path)


def test_ids_that_a_spreadsheet_rounded(tmp_path: Path) -> None:
    path = orders(tmp_path, "#1,178825319910020000,a@x.org,2026-09-01,1,2", "#2,12,a@x.org,2026-09-01,1,2")
    with pytest.raises(DataError, match=r"column 'Id' with more than 15 digits all end in zeros"):
        shopify(path)
    path = orders(
        tmp_path, "#1,178825319910020000,a@x.org,2026-09-01,1,2", "#2,178825319910020301,b@x.org,2026-09-01,1,2"
    )
    assert shopify(path).report.findings == ()


def test_all_faults_are_in_one_error(tmp_path: Path) -> None:
    path = orders(tmp_path, '#1,1.0,a@x.org,1999-12-31,1,"9,50"')
    with pytest.raises(DataError, match=r"decimal point.*'Lineitem price' cannot be read.*before the year 2000"):
        shopify(path)


def test_rows_before_2000_are_left_out_and_counted(tmp_path: Path) -> None:
    path = orders(tmp_path, "#1,1,a@x.org,1970-01-01,1,2", "#2,2,b@x.org,2026-09-01,1,2", "#3,3,c@x.org,2027-01-01,1,2")
    logs = shopify(path, as_of="2026-12-01")
    assert logs.report.count("before_2000") == 1
    assert logs.report.count("after_as_of") == 1
    assert len(logs.orders.lines().collect("polars")) == 2


def test_codes_that_look_like_powers_of_ten_are_ids(tmp_path: Path) -> None:
    assert shopify(orders(tmp_path, "#1,5E12,a@x.org,2026-09-01,1,2")).report.findings == ()
