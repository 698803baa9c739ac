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
