"""Files as they are exported: everything is found, or called ambiguous; nothing wrong is stated without doubt."""

from collections.abc import Callable
from pathlib import Path

import pytest
from dialects import MAKERS, Dialect, shop_lines
from effort import all_of
from held_out import MAKERS as FURTHER

from custseg import DataError, inspect
from custseg.features import rfm
from custseg.inspection import FileInspection

UNREADABLE = {"portuguese", "american", "swiss", "square", "prestashop"}
"""Amounts with a currency sign, which must be removed first: the inspection says so."""

DOUBTFUL = {
    "ta_feng": "amount",  # AMOUNT holds pieces there
    "valued_shoppers": "customer",  # "id" repeats, and so do "company" and "brand"
}
"""What further files leave ambiguous, though a person would know it."""


def looked_at(make: Callable[[], Dialect], folder: Path) -> tuple[Dialect, FileInspection]:
    dialect = make()
    (folder / dialect.name).write_bytes(dialect.content)
    return dialect, inspect(folder / dialect.name)


LOGS = [
    pytest.param(make, id=make.__name__, marks=() if number % 4 == 0 else pytest.mark.slow)
    for number, make in enumerate([*MAKERS, *FURTHER])
]


@pytest.mark.parametrize("make", LOGS)
def test_what_a_file_is_is_found(make: Callable[[], Dialect], tmp_path: Path) -> None:
    dialect, found = looked_at(make, tmp_path)
    assert found.kind == dialect.kind
    doubtful = DOUBTFUL.get(make.__name__, "")
    expected = {name: value for name, value in dialect.arguments.items() if name != doubtful}
    assert {name: found.arguments.get(name) for name in expected} == expected


@pytest.mark.parametrize("make", LOGS)
def test_nothing_wrong_is_stated_without_doubt(make: Callable[[], Dialect], tmp_path: Path) -> None:
    dialect, found = looked_at(make, tmp_path)
    ambiguous = {one.subject for one in found.ambiguous}
    if dialect.kind != "other":
        assert ambiguous == dialect.ambiguous | {DOUBTFUL.get(make.__name__)} - {None}
    for one in found.findings:
        if one.used and one.certainty == "certain" and one.subject in dialect.arguments:
            assert found.arguments[one.subject] == dialect.arguments[one.subject]


@pytest.mark.parametrize("make", LOGS)
def test_file_can_be_read_as_it_was_found(make: Callable[[], Dialect], tmp_path: Path) -> None:
    _, found = looked_at(make, tmp_path)
    if found.kind != "orders" or found.missing or found.ambiguous:
        pytest.skip("no order log that is settled")
    if make.__name__ in UNREADABLE:
        assert any("signs beside its numbers" in note for note in found.notes)
        return
    table = rfm(found.description(), as_of="2026-01-01")
    assert len(table) > 0 or make.__name__ == "elo"  # whose amounts are all negative


def test_revenue_is_that_of_the_lines(tmp_path: Path) -> None:
    expected = sum(round(line.amount * 100) for line in shop_lines()) / 100
    for make in MAKERS[:8]:
        if make.__name__ in ("german", "spanish"):
            _, found = looked_at(make, tmp_path)
            assert rfm(found.description(), as_of="2026-01-01")["revenue"].sum() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("log.json", '[{"customer": 1, "date": "2024-05-01"}]', "looks like JSON"),
        ("matrix.csv", "1.5,2.5\n" + "3.25,4.5\n" * 30, "a matrix of numbers without a header"),
        ("blanks.txt", "1.5 2.5\n" + "3.25 4.5\n" * 30, "a table of 2 columns with spaces between them"),
        ("log.csv", "\n".join(f"c{i % 7},{i},2024-05-{1 + i % 28:02},{i}.50" for i in range(90)), "without a header"),
        ("page.xls", "<html><table><tr><td>1</td></tr></table></html>", "looks like HTML"),
        ("empty.csv", "", "is empty"),
        ("names.csv", "customer,date,amount\n", "no row below its first line"),
    ],
)
def test_what_is_no_table_with_names_is_refused(name: str, content: str, words: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=words):
        inspect(tmp_path / name)


def test_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="inspect: there is no file"):
        inspect(tmp_path / "nowhere.csv")


def test_report_shows_no_value_but_dates_and_numbers(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "client,order,date,amount\n" + "".join(f"Zoe{i % 9},N{i},2024-05-{1 + i % 28:02},1.50\n" for i in range(60)),
        encoding="utf-8",
    )
    report = repr(inspect(tmp_path / "log.csv"))
    assert "AAA9" in report
    assert "Zoe" not in report


def test_report_in_russian_has_the_same_command(tmp_path: Path) -> None:
    dialect = MAKERS[0]()
    path = tmp_path / dialect.name
    path.write_bytes(dialect.content)
    english, russian = (repr(inspect(path, language=language)) for language in ("en", "ru"))
    assert "журнал заказов (точно)" in russian
    assert russian.partition("Команда:")[2] == english.partition("To run:")[2]


def test_ambiguous_dates_show_both_readings(tmp_path: Path) -> None:
    [make] = [make for make in MAKERS if make.__name__ == "ambiguous_days"]
    _, found = looked_at(make, tmp_path)
    assert "reads day first or month first. Add --date-format %d.%m.%Y or --date-format %m.%d.%Y" in repr(found)
    with pytest.raises(DataError, match=r"date_format is '%d\.%m\.%Y' or"):
        found.description()
    assert found.description(date_format="%d.%m.%Y").date_format == "%d.%m.%Y"  # type: ignore[union-attr]


REAL = {
    "online_retail.parquet": {"customer": "CustomerID", "order": "InvoiceNo", "date": "InvoiceDate",
                              "quantity": "Quantity", "price": "UnitPrice"},
    "completejourney_transactions.parquet": {"customer": "household_id", "order": "basket_id",
                                             "date": "transaction_timestamp", "amount": "sales_value"},
    "cdnow_sample.csv": {"order": None, "date": "date", "amount": "spent"},
    "ecom_clickstream.csv.gz": {"customer": "user_id", "date": "timestamp", "event": "event"},
    "completejourney_demographics.parquet": {"customer": "household_id"},
    "cdnow_sample_expected_summary.csv": {"customer": "ID"},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", all_of(REAL, quick=list(REAL)[:2]))
def test_real_file_is_found(name: str, shared_file: Callable[[str], Path]) -> None:
    found = inspect(shared_file(name))
    assert {role: found.arguments[role] for role in REAL[name]} == REAL[name]
    assert found.ambiguous == ()


@pytest.mark.parametrize("name", ["wholesale_customers.csv", "completejourney_campaigns.parquet",
                                  "completejourney_campaign_descriptions.parquet",
                                  "completejourney_coupon_redemptions.parquet"])  # fmt: skip
def test_real_file_without_money_or_customers_is_neither(name: str, shared_file: Callable[[str], Path]) -> None:
    assert inspect(shared_file(name)).kind == "other"


def test_marks_that_control_a_terminal_are_never_printed(tmp_path: Path) -> None:
    lines = "".join(f"c{i % 9}\x1b[2J\u202e,{i},2024-05-{1 + i % 28:02},1.5\n" for i in range(60))
    (tmp_path / "log.csv").write_text(f"client\x1b[31m,order\u202e,date,amount\n{lines}", encoding="utf-8")
    report = repr(inspect(tmp_path / "log.csv"))
    assert "\x1b" not in report
    assert "\u202e" not in report


@pytest.mark.parametrize("name", ["a" * 300 + ".csv", "a\0b.csv"])
def test_name_that_no_file_can_have_is_told(name: str) -> None:
    with pytest.raises(DataError, match="there is no file"):
        inspect(name)


@pytest.mark.parametrize(("channels", "taken"), [(("email", "web"), True), (("desktop", "mobile"), False)])
def test_channel_of_events_is_one_of_messages(channels: tuple[str, str], taken: bool, tmp_path: Path) -> None:
    names = ("mail_open", "page_view", "checkout_error")
    lines = [f"u{i % 9},{names[i % 3]},2024-05-{1 + i % 28:02} 10:00,{channels[i % 2]}" for i in range(90)]
    (tmp_path / "log.csv").write_text("\n".join(["user,event,time,channel", *lines]), encoding="utf-8")
    found = inspect(tmp_path / "log.csv")
    assert found.kind == "events"
    assert ("channel" in found.arguments) == taken
    assert found.event_names == {"mail_open": "opened", "page_view": "visited"}
