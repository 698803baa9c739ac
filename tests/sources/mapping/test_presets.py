"""Presets read as systems are: several files of one account, and files that are none of them."""

from pathlib import Path

import polars as pl
import pytest

from custseg.errors import DataError
from custseg.sources import READABLE, mapped, presets, read

DEALS = "ID;Стадия сделки;Сумма;Дата создания;Клиент\n1;Won;100;01.09.2026 12:00:00;17\n2;New;5;02.09.2026;18\n"
CONTACTS = "ID;Тип контакта\n17;Клиент\n18;Партнёр\n"


def written(folder: Path, text: str, name: str = "export.csv", encoding: str = "utf-8") -> str:
    (folder / name).write_text(text, encoding=encoding)
    return str(folder / name)


def test_files_of_one_account_are_read_together(tmp_path: Path) -> None:
    files = {"customers": written(tmp_path, CONTACTS, "contacts.csv"), "orders": written(tmp_path, DEALS)}
    logs = read("bitrix24", files, columns={"customer": "Клиент"}, only={"status": ["Won"]}, language="ru")
    # The column that is named is one of the deals: contacts have their own.
    assert logs.orders.lines().collect("polars")["customer"].to_list() == ["17"]
    assert logs.customers.lines().collect("polars")["customer"].to_list() == ["17", "18"]
    assert repr(logs.report).startswith("Прочитано из bitrix24: заказы 1 строка, клиенты 2 строки.")
    assert logs.report.count("not_chosen") == 1


def test_presets_that_need_a_table_of_accounts_are_read_in_python_alone() -> None:
    assert {*presets()} - {*READABLE} == {"brandwatch", "talkwalker"}
    with pytest.raises(TypeError, match="give at least one of orders and events and customers"):
        read("mindbox", {})


@pytest.mark.parametrize("name", ["deals.xls", "deals.csv"])
def test_web_page_that_is_called_a_table_is_refused(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, "<html><table><tr><td>ID</td><td>Сумма</td></tr></table></html>", name)
    with pytest.raises(DataError, match=r"It is an HTML or XML table, whatever its name says: export it as CSV"):
        mapped(path, preset="bitrix24", gives="orders")


def test_old_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sales.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(DataError, match=r"It looks like an old Excel workbook \(\.xls\)\. Save the sheet as CSV"):
        mapped(tmp_path / "sales.xls", preset="1c")


def test_orders_of_mindbox_count_with_the_chosen_status() -> None:
    rows = {
        "OrderCustomerIdsMindboxId": ["7", "7", "8"],
        "OrderIdsMindboxId": ["1", "1", "2"],
        "OrderFirstActionDateTimeUtc": ["2026-09-01T22:30:00"] * 3,
        "OrderLinePriceOfLine": ["5", "7", "9"],
        "OrderLineStatusIdsExternalId": ["Paid", "Cancelled", "Paid"],
    }
    table = pl.DataFrame(rows)
    with pytest.raises(ValueError, match=r"only=\{'status': \[\.\.\.\]\} with some of \['Cancelled', 'Paid'\]"):
        mapped(table, preset="mindbox", gives="orders")
    logs = mapped(table, preset="mindbox", gives="orders", only={"status": ["Paid"]}, timezone="Europe/Moscow")
    lines = logs.orders.lines().collect("polars").to_native().sort("order")
    # 22:30 in Greenwich is the next day in Moscow, 2026-09-02.
    assert list(lines.select("order", "money", "day").iter_rows()) == [("1", 50_000, 20_698), ("2", 90_000, 20_698)]
    assert logs.report.count("not_chosen") == 1
