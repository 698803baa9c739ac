"""Deals and contacts of HubSpot, Salesforce and amoCRM: invented files, worked by hand."""

from pathlib import Path
from typing import Any

import pytest

from custseg.errors import DataError
from custseg.sources import amocrm, hubspot, salesforce

DEALS = "Record ID,Deal Name,Deal Stage,Pipeline,Close Date,Amount,Associated Contact IDs\n"
HUBSPOT = (
    DEALS
    + "1,A,Closed Won,Shop,2026-09-01 10:02,29.5,7\n"
    + "2,B,Closed Won,Shop,2026-09-02 11:00,10,7; 8\n"
    + "3,C,Closed Won,Shop,2026-09-03 12:00,5,\n"
    + "4,D,Negotiation,Shop,2026-10-01 12:00,99,8\n"
)
WON = {"stage": ["Closed Won"]}
OPPORTUNITIES = (
    "Id,AccountId,StageName,IsWon,Amount,CloseDate\n"
    "006000000000001AAA,001000000000001AAA,Sold,true,29.50,2026-09-01\n"
    "006000000000002AAA,001000000000001AAB,Lost,false,99.00,2026-09-02\n"
)
AMOCRM = (
    "ID,Название сделки,Бюджет ,Дата создания сделки,Дата закрытия,Этап сделки,Воронка,Рабочий телефон,Рабочий email,"
    "Товар,Товар\n"
    "1,А,1500,01.08.2026 09:00:00,01.09.2026 09:00:00,Успешно реализовано,Сайт,'+79001234567,Ann@x.org,Чашка,\n"
    "2,Б,300,01.08.2026 09:00:00,02.09.2026 09:00:00,Успешно реализовано,Сайт,'+79001234568,,,\n"
    "3,В,900,01.08.2026 09:00:00,не закрыта,Переговоры,Сайт,,eve@x.org,,\n"
)


def written(folder: Path, text: str, name: str = "deals.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def order_rows(logs: Any, *columns: str) -> list[tuple[Any, ...]]:
    lines = logs.orders.lines().collect("polars").to_native().sort("order")
    return list(lines.select("order", "customer", "money", *columns).iter_rows())


def test_won_deals_of_hubspot(tmp_path: Path) -> None:
    logs = hubspot(written(tmp_path, HUBSPOT), only=WON, timezone="Europe/Berlin")
    assert order_rows(logs, "moment") == [
        ("1", "7", 295_000, 1788256920000000),
        ("2", "7", 100_000, 1788346800000000),
        ("3", None, 50_000, 1788436800000000),
    ]
    report = logs.report
    counts = {name: report.count(name) for name in ("not_chosen", "several_contacts", "without_customer")}
    assert (report.rows, counts) == (
        {"deals": 4}, {"not_chosen": 1, "several_contacts": 1, "without_customer": 1},
    )  # fmt: skip


def test_stages_must_be_chosen_and_exist(tmp_path: Path) -> None:
    path = written(tmp_path, HUBSPOT)
    with pytest.raises(ValueError, match=r"only= must say which rows count.*\['Closed Won', 'Negotiation'\]"):
        hubspot(path)
    with pytest.raises(DataError, match=r"only= names \['Won'\] of 'stage', but the file has"):
        hubspot(path, only={"stage": ["Won"]})


def test_contacts_of_hubspot(tmp_path: Path) -> None:
    text = "Record ID,Email,Lifecycle Stage,Create Date\n7,ann@x.org,customer,2026-01-02 10:00\n,x@x.org,lead,\n"
    logs = hubspot(contacts=written(tmp_path, text, "contacts.csv"))
    lines = logs.customers.lines().collect("polars").to_native()
    assert lines["customer"].to_list() == ["7"]
    assert [(a.name, a.kind) for a in logs.customers.attributes] == [
        ("lifecycle_stage", "category"), ("created", "date"),
    ]  # fmt: skip
    assert logs.report.count("without_customer") == 1


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (HUBSPOT + "4,D,Lost,Shop,2026-10-01 12:00,99,8\n", r"1 row repeats the id of another deal"),
        (DEALS + "1.0,A,Closed Won,Shop,2026-09-01,1,7\n", r"1 id of column 'Record ID' went through a number"),
        (DEALS + "1,A,Closed Won,Shop,2026-09-01,$1,7\n", r"1 value of column 'Amount' cannot be read as a number"),
        ("Datensatz-ID,Betrag\n1,2\n", r"in the language of the account"),
        (OPPORTUNITIES, r"looks like the opportunities of Salesforce: read it with sources\.salesforce"),
    ],
)
def test_bad_files_of_hubspot(tmp_path: Path, text: str, match: str) -> None:
    with pytest.raises(DataError, match=match):
        hubspot(written(tmp_path, text), only=WON)


def test_won_opportunities_and_accounts_of_salesforce(tmp_path: Path) -> None:
    accounts = "Id,Industry,CreatedDate,HasOptedOutOfEmail\n001000000000001AAA,Retail,2026-01-01T10:00:00.000Z,true\n"
    logs = salesforce(written(tmp_path, OPPORTUNITIES), written(tmp_path, accounts, "accounts.csv"))
    assert order_rows(logs) == [("006000000000001AAA", "001000000000001AAA", 295_000)]
    assert logs.report.count("not_chosen") == 1
    row = logs.customers.lines().collect("polars").to_native().row(0, named=True)
    consent = next(a for a in logs.customers.attributes if a.kind == "consent")
    assert (row["value_0"], row[f"value_{consent.index}"]) == ("Retail", False)
    lost = salesforce(written(tmp_path, OPPORTUNITIES), only={"stage": ["Lost"]})
    assert [order for order, _, _ in order_rows(lost)] == ["006000000000002AAA"]


def test_ids_of_two_lengths_and_reports_are_refused(tmp_path: Path) -> None:
    accounts = written(tmp_path, "Id,Industry\n001000000000001,Retail\n", "accounts.csv")
    with pytest.raises(DataError, match=r"1 id has 15 characters and 1 18"):
        salesforce(written(tmp_path, OPPORTUNITIES), accounts)
    with pytest.raises(DataError, match=r"looks like a report of Salesforce"):
        salesforce(written(tmp_path, "Opportunity Name,Stage,Close Date\nA,Sold,2026-09-01\n"))


def test_won_deals_of_amocrm(tmp_path: Path) -> None:
    logs = amocrm(written(tmp_path, AMOCRM), timezone="Europe/Moscow")
    assert order_rows(logs, "category") == [
        ("1", "ann@x.org", 15_000_000, "Сайт"),
        ("2", "+79001234568", 3_000_000, "Сайт"),
    ]
    assert logs.report.count("not_chosen") == 1
    assert logs.orders.lines().collect("polars")["moment"].min() == 1788253200000000  # on the clock of Moscow


@pytest.mark.parametrize(
    ("only", "error", "match"),
    [
        ({"stage": "Closed Won"}, TypeError, r"must list values, as in only=\{'stage': \['Closed Won'\]\}"),
        ({"stages": ["Closed Won"]}, ValueError, r"Did you mean 'stage'\?"),
        ({"customer": ["7"]}, ValueError, r"only must be one of \['stage'"),
    ],
)
def test_choices_that_are_none(tmp_path: Path, only: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match) as caught:
        hubspot(written(tmp_path, HUBSPOT), only=only)
    assert "'7', '8'" not in str(caught.value)  # no ids in errors


def test_contact_ids_that_went_through_numbers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"1 id of column 'Associated Contact IDs' went through a number"):
        hubspot(written(tmp_path, DEALS + "1,A,Closed Won,Shop,2026-09-01,1,7.0\n"), only=WON)


def test_lists_of_contacts_with_gaps(tmp_path: Path) -> None:
    head = "Record ID,Deal Name,Deal Stage,Close Date,Amount,Associated Contact IDs\n"
    cells = ["7; 8", ";8", "9;", " ; "]
    rows = [f"{n},D,Won,2026-09-01 10:00,5,{cell}\n" for n, cell in enumerate(cells)]
    logs = hubspot(written(tmp_path, head + "".join(rows)), only={"stage": ["Won"]})
    assert [row[1] for row in order_rows(logs)] == ["7", "8", "9", None]
    assert (logs.report.count("several_contacts"), logs.report.count("without_customer")) == (1, 1)


def test_no_deal_that_was_won(tmp_path: Path) -> None:
    head = "Id,AccountId,StageName,CloseDate,Amount,IsWon\n"
    path = written(tmp_path, head + "006A,001A,Sold,2026-09-01,9.5,0\n")
    with pytest.raises(DataError, match=r"no deal was won: column 'IsWon' has \['0'\], not \['true'\]"):
        salesforce(path)
    logs = salesforce(written(tmp_path, head + "006A,001A,Sold,2026-09-01,9.5,1\n"))
    assert order_rows(logs) == [("006A", "001A", 95_000)]
