"""Files without a fixed header: presets and columns named by the user; invented files, worked by hand."""

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from workbooks import workbook

from custseg.errors import DataError
from custseg.features import build_features
from custseg.sources import mapped, presets
from custseg.sources.reading import formats

DEALS = """\
ID;Стадия сделки;Название сделки;Сумма;Валюта;Дата создания;Контакт: ID;Товар
1;Сделка успешна;Заказ 1;100;RUB;01.09.2026 12:00:00;17;Чашка
1;Сделка успешна;Заказ 1;100;RUB;01.09.2026 12:00:00;17;Чай
2;Новая;Заказ 2;50;RUB;02.09.2026;18;Чай
3;Сделка успешна;Заказ 3;70;RUB;03.09.2026 9:05;18;Чай
"""
SALES = """\
Отчёт о продажах;;;
Период: сентябрь;;;
;;;
Дата;Код контрагента;Номенклатура;Сумма
01.09.2026 10:00:00;К-1;Чашка;1\u00a0250,50
02.09.2026;К-2;Чай;300
Итого;;;1\u00a0550,50
"""
MENTIONS = """\
Report:,Mentions export
Brand:,Example Shop
From:,2026-09-01
To:,2026-09-02
Label:,all
,
Query Id,Date,Title,Url,Domain,Sentiment,Author
1,2026-09-01 10:00:00.0,Nice cup,https://social.example/1,social.example,positive,CupFan
1,2026-09-01 11:30:00.0,Late,https://social.example/2,social.example,negative,@cupfan
1,2026-09-02 09:00:00.0,Review,https://forum.example/3,forum.example,neutral,cupfan
1,2026-09-02 09:00:00.0,Review,https://forum.example/4,forum.example,neutral,
"""


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "export.csv"
    path.write_text(text, encoding=encoding)
    return path


def order_rows(logs: Any) -> list[tuple[Any, ...]]:
    lines = logs.orders.lines().collect("polars").to_native().sort("moment", "product")
    return list(lines.select("customer", "product", "day", "money").iter_rows())


def customer_rows(logs: Any) -> list[dict[str, Any]]:
    return logs.customers.source_table.dialect.frame.collect().sort("customer_id").to_dicts()


def test_deals_count_once_and_where_they_were_won(tmp_path: Path) -> None:
    logs = mapped(written(tmp_path, DEALS), preset="bitrix24", gives="orders", only={"status": ["Сделка успешна"]})
    # The deal of 100 has a row for each of its two products.
    assert order_rows(logs) == [
        ("17", "Чай", 20_697, 500_000),
        ("17", "Чашка", 20_697, 500_000),
        ("18", "Чай", 20_699, 700_000),
    ]
    assert logs.report.count("not_chosen") == 1
    assert repr(logs.report).startswith("Read from bitrix24: orders 3 rows.")


def test_stages_must_be_chosen(tmp_path: Path) -> None:
    path = written(tmp_path, DEALS)
    with pytest.raises(ValueError, match=r"only=\{'status': \[\.\.\.\]\} with some of \['Новая', 'Сделка успешна'\]"):
        mapped(path, preset="bitrix24", gives="orders")
    with pytest.raises(DataError, match=r"only= names \['Won'\] of 'status', but the file has"):
        mapped(path, preset="bitrix24", gives="orders", only={"status": ["Won"]})


def test_rows_with_amounts_of_their_own_are_not_totals(tmp_path: Path) -> None:
    path = written(
        tmp_path, DEALS.replace("1;100;RUB;01.09.2026 12:00:00;17;Чай", "1;40;RUB;01.09.2026 12:00:00;17;Чай")
    )
    with pytest.raises(DataError, match=r"1 order has rows with different amounts in column 'Сумма'"):
        mapped(path, preset="bitrix24", gives="orders", only={"status": ["Сделка успешна"]})


def test_table_of_sales_below_its_title(tmp_path: Path) -> None:
    path = written(tmp_path, SALES, "cp1251")
    with pytest.raises(DataError, match=r"encoding='cp1251'"):
        mapped(path, preset="1c", columns={"customer": "Код контрагента"})
    logs = mapped(path, preset="1c", encoding="cp1251")
    assert order_rows(logs) == [("К-1", "Чашка", 20_697, 12_505_000), ("К-2", "Чай", 20_698, 3_000_000)]
    assert logs.report.count("totals") == 1


def test_total_below_the_second_column_is_no_customer(tmp_path: Path) -> None:
    text = "Дата;Код клиента;Сумма\n01.09.2026;К-1;5\n;Итого;5\n"
    logs = mapped(written(tmp_path, text), preset="1c")
    assert logs.orders.lines().collect("polars")["customer"].to_list() == ["К-1"]
    assert logs.report.count("totals") == 1


def test_encoding_of_two_bytes_without_a_mark_is_told(tmp_path: Path) -> None:
    columns = {"customer": "Who", "date": "When", "amount": "Sum"}
    path = written(tmp_path, "Who,When,Sum\n1,2026-09-01,5\n", "utf-16-le")
    with pytest.raises(DataError, match=r"The file is in utf-16-le: give encoding='utf-16-le'"):
        mapped(path, gives="orders", columns=columns)


def test_workbook_below_its_title(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    path = workbook(tmp_path / "book.xlsx", [["Title"], [], ["Who", "When", "Sum"], ["7", "2026-09-01", 9.5]])
    columns = {"customer": "Who", "date": "When", "amount": "Sum"}
    logs = mapped(path, gives="orders", columns=columns)
    assert logs.orders.lines().collect("polars")["money"].to_list() == [95_000]
    assert logs.report.findings == ()


def test_sheets_of_a_workbook_that_are_not_read_are_counted(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    rows: list[list[object]] = [["Who", "When", "Sum"], ["7", "2026-09-01", 9.5]]
    path = workbook(tmp_path / "book.xlsx", rows, [["Note"]], rows, rows)
    columns = {"customer": "Who", "date": "When", "amount": "Sum"}
    report = mapped(path, gives="orders", columns=columns).report
    assert report.count("further_sheets") == 2
    assert "2 further sheets of the workbook have tables, not read." in repr(report)


def test_missing_names_are_listed(tmp_path: Path) -> None:
    path = written(tmp_path, SALES.replace("Код контрагента", "Покупатель"))
    with pytest.raises(DataError, match=r"Missing: customer \(such as \['Код контр.*the line that fits best has"):
        mapped(path, preset="1c")
    logs = mapped(path, preset="1c", columns={"customer": "Покупатель"})
    assert len(order_rows(logs)) == 2
    with pytest.raises(DataError, match=r"fields seem to be separated by ';': give separator=';'"):
        mapped(path, gives="orders", columns={"customer": "Покупатель", "date": "Дата", "amount": "Сумма"})


def test_mentions_of_matched_accounts(tmp_path: Path) -> None:
    match = {("social.example", "@CupFan"): "C17"}
    logs = mapped(written(tmp_path, MENTIONS), preset="brandwatch", match=match)
    # Of four mentions two are by the account that the customer named; on the other site the name is somebody else's.
    assert customer_rows(logs) == [
        {"customer_id": "C17", "mentions": 2, "positive_mentions": 1, "negative_mentions": 1,
         "last_mention": datetime(2026, 9, 1, 11, 30)},
    ]  # fmt: skip
    assert (logs.report.count("unmatched"), logs.report.count("without_customer")) == (1, 1)


def test_social_data_need_a_match(tmp_path: Path) -> None:
    path = written(tmp_path, MENTIONS)
    with pytest.raises(ValueError, match=r"match= must say which accounts are customers"):
        mapped(path, preset="brandwatch")
    with pytest.raises(TypeError, match=r"match= must map tuples of 2 texts to customers, got a key of type str"):
        mapped(path, preset="brandwatch", match={"cupfan": "C17"})
    with pytest.raises(ValueError, match=r"differ in case or a leading '@' alone"):
        mapped(path, preset="brandwatch", match={("a", "b"): "1", ("A", "@b"): "2"})


def test_latest_answer_to_a_survey(tmp_path: Path) -> None:
    text = (
        "Number,User,Date Submitted,Country,How likely are you to recommend us?\n"
        "1,u-1,2026-09-01 10:00:00,Germany,9\n2,u-1,2026-09-03 10:00:00,Germany,7\n3,,2026-09-02 08:00:00,Spain,10\n"
    )
    question = "How likely are you to recommend us?"
    logs = mapped(written(tmp_path, text), preset="hotjar", attributes={question: "numeric"}, match={"U-1": "C17"})
    assert customer_rows(logs) == [
        {"customer_id": "C17", "country": "Germany", question: 7.0, "observed_at": "2026-09-03 10:00:00"}
    ]
    assert (logs.report.count("repeated_customers"), logs.report.count("without_customer")) == (1, 1)


def test_actions_in_greenwich_time(tmp_path: Path) -> None:
    text = (
        "CustomerActionCustomerIdsMindboxId;CustomerActionDateTimeUtc;CustomerActionActionTemplateIdsSystemName\n"
        "7;2026-09-01T22:30:00;MailOpen\n"
    )
    logs = mapped(written(tmp_path, text), preset="mindbox", gives="events", separator=";",
                  names={"MailOpen": "opened"}, timezone="Europe/Moscow")  # fmt: skip
    line = logs.events.lines().collect("polars").to_native().row(0, named=True)
    assert (line["event"], line["day"]) == ("opened", 20_698)  # 2026-09-02 in Moscow


def test_ids_of_a_data_frame_program(tmp_path: Path) -> None:
    head = "OrderCustomerIdsMindboxId,OrderIdsMindboxId,OrderFirstActionDateTimeUtc,OrderLinePriceOfLine"
    text = f"{head}\n9001.0,1,2026-09-01,5\n"
    with pytest.raises(DataError, match=r"1 id of column 'OrderCustomerIdsMindboxId' went through a number"):
        mapped(written(tmp_path, text), preset="mindbox", gives="orders")


def test_choices_are_checked(tmp_path: Path) -> None:
    table = pl.DataFrame({"a": ["1"]})
    with pytest.raises(ValueError, match=r"preset must be one of .*Did you mean 'hotjar'"):
        mapped(table, preset="hotja")
    with pytest.raises(TypeError, match=r"gives must be one of \['orders', 'events', 'customers'\], got NoneType"):
        mapped(table)
    with pytest.raises(ValueError, match=r"columns must be one of .* got 'costumer'\. Did you mean 'customer'"):
        mapped(table, gives="customers", columns={"costumer": "a"})
    with pytest.raises(
        ValueError, match=r"only must be one of \['event', 'channel', 'campaign', 'status'\], got 'customer'"
    ):
        mapped(table, gives="events", only={"customer": ["7"]})


@pytest.mark.parametrize("preset", presets())
def test_presets_are_complete(preset: str) -> None:
    for gives, kind in formats("presets")[preset].files.items():
        assert gives in ("orders", "events", "customers")
        assert {*kind.required, *kind.ids, *kind.match, *kind.attributes, *filter(None, [kind.choose])} <= {
            *kind.columns
        }
        candidates = [name for names in kind.columns.values() for name in names]
        assert all(candidates)


def test_mentions_after_the_snapshot_are_not_summed(tmp_path: Path) -> None:
    path = tmp_path / "mentions.csv"
    path.write_text("Date,Domain,Sentiment,Author\n2026-09-01 10:00:00,x.example,positive,ann\n"
                    "2026-09-02 10:00:00,x.example,negative,ann\n1970-01-01 00:00:00,x.example,,ann\n")  # fmt: skip
    match = {("x.example", "ann"): "C1"}
    logs = mapped(path, preset="brandwatch", match=match, as_of="2026-09-02")
    table = build_features(customers=logs.customers, families=["attributes"], as_of="2026-09-02").to_polars()
    assert table.select("mentions", "positive_mentions", "negative_mentions").row(0) == (1, 1, 0)
    assert (logs.report.count("after_as_of"), logs.report.count("before_2000")) == (1, 1)


def test_dates_without_a_time_count_before_or_after_the_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("Дата;Код клиента;Сумма\n01.09.2026 10:00:00;К-1;5\n02.09.2026;К-2;7\n")
    assert mapped(path, preset="1c", as_of="2026-09-02").report.count("after_as_of") == 1


def test_titles_of_several_files_must_be_as_long(tmp_path: Path) -> None:
    columns = {"customer": "Who", "date": "When", "amount": "Sum"}
    (tmp_path / "1.csv").write_text("Report\nWho,When,Sum\n1,2026-09-01,5\n")
    (tmp_path / "2.csv").write_text("Report\nWho,When,Sum\n2,2026-09-02,5\n")
    assert mapped(str(tmp_path / "*.csv"), gives="orders", columns=columns).report.rows == {"orders": 2}
    (tmp_path / "2.csv").write_text("Who,When,Sum\n2,2026-09-02,5\n")
    with pytest.raises(DataError, match=r"the header is line 2 of '.*1\.csv', and line 1 of '.*2\.csv'"):
        mapped(str(tmp_path / "*.csv"), gives="orders", columns=columns)
