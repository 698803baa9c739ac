"""Magento: invented order grids, worked by hand."""

from pathlib import Path

import polars as pl
import pytest

from custseg.errors import DataError
from custseg.sources import magento

HEADER = (
    "ID,Purchase Point,Purchase Date,Bill-to Name,Grand Total (Base),Grand Total (Purchased),Status,Customer Email,"
    "Total Refunded\n"
)
DATES = {
    "half days": ("Sep 1, 2026 10:02:11 AM", "Sep 1, 2026 01:30:00 PM"),
    "whole days": ("Sep 1, 2026 10:02:11 AM", "Sep 1, 2026 13:30:00 PM"),
    "iso": ("2026-09-01 10:02:11", "2026-09-01 13:30:00"),
}


def grid(folder: Path, first: str, second: str) -> Path:
    path = folder / "orders.csv"
    path.write_text(
        HEADER
        + f'000000001,Main,"{first}",Ann,29.0000,29.0000,complete,Ann@Example.com,9.0000\n'
        + f'000000002,Main,"{second}",Bob,15.0000,15.0000,Canceled,bob@example.com,\n'
        + f'000000003,Main,"{second}",Eve,5.0000,5.0000,pending,,\n'
    )
    return path


@pytest.mark.parametrize("style", DATES)
def test_orders_worked_by_hand(tmp_path: Path, style: str) -> None:
    logs = magento(grid(tmp_path, *DATES[style]), timezone="Europe/Berlin")
    lines = logs.orders.lines().collect("polars").to_native().sort("order")
    columns = ["customer", "order", "money", "refund", "cancelled"]
    assert list(lines.select(columns).iter_rows()) == [
        ("ann@example.com", "000000001", 290_000, 90_000, False),
        ("bob@example.com", "000000002", 150_000, None, True),
        (None, "000000003", 50_000, None, False),
    ]
    # 10:02:11 and 13:30:00 on 2026-09-01, in microseconds on the clock of the store.
    assert lines["moment"].to_list() == [1788256931000000, 1788269400000000, 1788269400000000]
    assert logs.report.count("without_customer") == 1


def test_grid_without_the_mail_column(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("ID,Purchase Date,Bill-to Name,Grand Total (Base)\n1,2026-09-01,Ann,1\n")
    with pytest.raises(DataError, match=r"lacks columns of the order grid of Magento: \['Customer Email'\]"):
        magento(path)


def test_currency_signs_are_not_numbers(tmp_path: Path) -> None:
    path = grid(tmp_path, *DATES["iso"])
    path.write_text(path.read_text().replace(",29.0000,29.0000", ",$29.00,29.0000"))
    with pytest.raises(DataError, match=r"1 value of column 'Grand Total \(Base\)' cannot be read as a number"):
        magento(path)


def test_overlapping_grids_are_refused_and_late_orders_counted(tmp_path: Path) -> None:
    path = grid(tmp_path, *DATES["whole days"])
    assert magento(path, as_of="2026-09-01T12:00:00").report.count("after_as_of") == 2
    path.write_text(path.read_text().replace("000000002", "000000001"))
    with pytest.raises(DataError, match=r"2 rows have the id of another order"):
        magento(path)


def test_closed_orders_were_refunded_in_full() -> None:
    rows = {
        "ID": ["1", "2", "3"],
        "Purchase Date": ["2026-09-01 10:00:00"] * 3,
        "Customer Email": ["a@x.org"] * 3,
        "Grand Total (Base)": ["29.00", "29.00", "29.00"],
        "Status": ["Closed", "complete", "complete"],
    }
    refunds = magento(pl.DataFrame(rows)).orders.lines().collect("polars").to_native().sort("order")["refund"]
    assert refunds.to_list() == [290_000, None, None]
    shown = pl.DataFrame({**rows, "Total Refunded": ["29.00", "50.00", "9.00"]})
    refunds = magento(shown).orders.lines().collect("polars").to_native().sort("order")["refund"]
    assert refunds.to_list() == [290_000, 290_000, 90_000]
