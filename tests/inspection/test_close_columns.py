"""Columns that are close by their names: what differs in values is no second name of the same."""

from pathlib import Path

import pytest

from custseg import inspect
from custseg.inspection import Finding


def looked_at(folder: Path, header: str, row: str) -> dict[str, Finding]:
    lines = [row.format(i=i, day=1 + i % 28, later=1 + (i * 5 + 3) % 28, id=i % 9) for i in range(90)]
    (folder / "shop.csv").write_text("\n".join([header, *lines]))
    return {one.subject: one for one in inspect(folder / "shop.csv").findings}


def test_gross_and_net_are_not_the_same_money(tmp_path: Path) -> None:
    amount = looked_at(tmp_path, "order,customer,date,gross,net", "{i},c{id},2024-05-{day:02},{i}.95,{i}.25")["amount"]
    assert (amount.value, amount.certainty) == ("gross", "likely")
    assert "could also be 'net'" in amount.reason
    assert "either will do" not in amount.reason


@pytest.mark.parametrize("name", ["Close Date", "Дата закрытия"])
def test_date_of_closing_leaves_a_doubt(name: str, tmp_path: Path) -> None:
    row = "{i},c{id},2024-05-{day:02},2024-06-{later:02},{i}.5"
    date = looked_at(tmp_path, f"Deal,Contact,Created Date,{name},Amount", row)["date"]
    assert (date.value, date.certainty, date.alternatives) == ("Created Date", "likely", (name,))


def test_visitor_id_with_a_point_is_an_id(tmp_path: Path) -> None:
    row = "2024-05-{day:02},page_view,16{id}.17{id}40"
    assert looked_at(tmp_path, "date,event,user_pseudo_id", row)["customer"].value == "user_pseudo_id"


@pytest.mark.parametrize("value", ["Pacific Time (US)", "14:{day:02}", "2:{day:02} PM"])
def test_times_without_a_day_are_no_unread_dates(value: str, tmp_path: Path) -> None:
    looked_at(tmp_path, "order,customer,date,time,amount", "{i},c{id},2024-05-{day:02}," + value + ",{i}.5")
    assert inspect(tmp_path / "shop.csv").notes == ()


def test_numbers_that_are_not_read_are_no_two_readings(tmp_path: Path) -> None:
    found = looked_at(tmp_path, "order,customer,date,amount", '{i},c{id},2024-05-{day:02},"1,2{id},456.50"')
    assert found["decimal"].certainty == "ambiguous"
    assert "numbers of 'amount' such as 1,28,456.50 are in an unsupported format" in found["decimal"].reason


def test_name_that_says_the_opposite_marks_no_cancelled_lines(tmp_path: Path) -> None:
    row = "{i},c{id},2024-05-{day:02},{i}.5,1"
    assert "cancelled" not in looked_at(tmp_path, "order,customer,date,amount,not_cancelled", row)


@pytest.mark.parametrize(
    ("name", "value", "note"),
    [
        ("type", "refund", "'type' has the values 'refund'"),
        ("вид операции", "Возврат", "'вид операции' has the values 'Возврат'"),
        ("cancelled_at", "2024-06-01", "'cancelled_at' is not used"),
        ("currency", "EUR", "'currency' has several currencies (EUR, USD): add --rate"),
    ],
)
def test_what_may_take_money_back_is_noted(name: str, value: str, note: str, tmp_path: Path) -> None:
    other = {"type": "sale", "вид операции": "Продажа", "cancelled_at": "", "currency": "USD"}[name]
    lines = [f"{i},c{i % 9},2024-05-{1 + i % 28:02},{i}.5,{value if i % 5 == 0 else other}" for i in range(90)]
    (tmp_path / "shop.csv").write_text("\n".join([f"order,customer,date,amount,{name}", *lines]))
    assert any(note in one for one in inspect(tmp_path / "shop.csv").notes)


def test_discounts_that_may_be_percent_leave_a_doubt(tmp_path: Path) -> None:
    discount = looked_at(tmp_path, "order,customer,date,amount,discount", "{i},c{id},2024-05-{day:02},{i}.5,1{id}")
    assert discount["discount"].certainty == "likely"
    row = "{i},c{id},2024-05-{day:02},{i}.5,1{id}"
    assert looked_at(tmp_path, "order,customer,date,amount,discount amount", row)["discount"].certainty == "certain"


def test_id_of_lines_is_no_order(tmp_path: Path) -> None:
    lines = [f"{i},c{i // 3 % 9},2024-05-{1 + i // 3 % 28:02} 10:{i // 3 % 60:02},p{i % 8},{i}.5" for i in range(90)]
    (tmp_path / "shop.csv").write_text("\n".join(["id,customer,date,product,amount", *lines]))
    assert inspect(tmp_path / "shop.csv").arguments["order"] is None


def test_date_of_the_last_order_makes_no_log_of_orders(tmp_path: Path) -> None:
    lines = [f"c{i},2024-05-{1 + i % 28:02},{i % 7},{i}.5" for i in range(90)]
    (tmp_path / "shop.csv").write_text("\n".join(["customer_id,last_order_at,orders,total_spent", *lines]))
    assert inspect(tmp_path / "shop.csv").kind == "customers"
