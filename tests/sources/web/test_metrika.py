r"""Logs API of Yandex.Metrika: invented visits and hits, every value worked by hand."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from kinds import duckdb_relation

from custseg.errors import DataError
from custseg.sources import metrika

ANN, BOB = "1788253199100200301", "18446744073709500001"
HEADER = [
    "ym:s:clientID", "ym:s:counterID", "ym:s:dateTime", "ym:s:goalsID", "ym:s:lastsignTrafficSource",
    "ym:s:productsCategory", "ym:s:productsName", "ym:s:productsPrice", "ym:s:productsPurchaseID",
    "ym:s:productsQuantity", "ym:s:purchaseCurrency", "ym:s:purchaseID", "ym:s:purchaseRevenue", "ym:s:visitID",
]  # fmt: skip
NONE = ["[]"] * 8
GOODS = [
    r"[\'Cups\',\'Tea\']",
    "[\\'Cup\\',\\'Tea \"A\", 1\\']",
    "[500000000,1000000000]",
    r"[\'T-1\',\'T-1\']",
    "[2,1]",
]
VISITS = [
    [ANN, "1", "2026-09-01 12:00:00", "[]", "ad", *NONE, "1"],
    [ANN, "1", "2026-09-02 09:30:05", "[31001,31002]", "organic", *GOODS, r"[\'RUB\']", r"[\'T-1\']", "[1990.5]", "2"],
    [ANN, "1", "2026-09-03 10:00:00", "[]", "direct", *GOODS, r"[\'RUB\']", r"[\'T-1\']", "[1990.5]", "3"],  # repeated
    [BOB, "1", "2026-09-02 23:59:58", "[31001]", "ad", *NONE, "4"],
    ["0", "1", "2026-09-02 23:59:59", "[]", "ad", *NONE, "5"],
]
HITS = [
    ["ym:pv:clientID", "ym:pv:dateTime", "ym:pv:goalsID", "ym:pv:isPageView", "ym:pv:watchID"],
    [ANN, "2026-09-01 12:00:00", "[]", "1", "1"],
    [ANN, "2026-09-01 12:00:30", "[31001]", "0", "2"],
    [ANN, "2026-09-01 12:01:00", "[]", "1", "3"],
]


def tsv(folder: Path, rows: list[list[str]], name: str = "visits.tsv") -> Path:
    path = folder / name
    path.write_text("".join("\t".join(row) + "\n" for row in rows))
    return path


def order_rows(logs: Any) -> list[tuple[Any, ...]]:
    lines = logs.orders.lines().collect("polars").to_native().sort("product")
    return list(lines.select("customer", "order", "product", "category", "source", "money").iter_rows())


def test_orders_worked_by_hand(tmp_path: Path) -> None:
    logs = metrika(tsv(tmp_path, [HEADER, *VISITS]))
    # 1990.50 for 2 × 500 and 1 × 1000: equal shares. The visit that reports the order again is left out.
    assert order_rows(logs) == [
        (ANN, "T-1", "Cup", "Cups", "organic", 9_952_500),
        (ANN, "T-1", 'Tea "A", 1', "Tea", "organic", 9_952_500),
    ]
    report = logs.report
    assert (report.rows, report.count("repeated_purchases"), report.count("without_customer")) == ({"visits": 5}, 1, 1)


def test_events_of_visits_with_named_goals(tmp_path: Path) -> None:
    logs = metrika(tsv(tmp_path, [HEADER, *VISITS]), goals={"31001": "carted"})
    lines = logs.events.lines().collect("polars").to_native().drop_nulls("customer")
    counts = dict(lines.group_by("customer", "event").len().sort("customer", "event").select(
        pl.concat_str("customer", "event", separator=" "), "len").iter_rows())  # fmt: skip
    assert counts == {
        f"{ANN} carted": 1, f"{ANN} ordered": 2, f"{ANN} visited": 3, f"{BOB} carted": 1, f"{BOB} visited": 1,
    }  # fmt: skip


def test_hits_give_page_views(tmp_path: Path) -> None:
    logs = metrika(hits=tsv(tmp_path, HITS), goals={"31001": "checkout"})
    assert logs.events.lines().collect("polars")["event"].to_list() == ["visited", "visited", "checkout"]
    assert logs.orders is None


def test_both_spellings_of_lists_and_names(tmp_path: Path) -> None:
    plain = [[cell.replace("\\'", "'") for cell in row] for row in VISITS]
    renamed = [name.replace("ym:s:products", "ym:s:purchasedProduct") for name in HEADER]
    first = order_rows(metrika(tsv(tmp_path, [HEADER, *VISITS])))
    assert order_rows(metrika(tsv(tmp_path, [renamed, *plain], "new.tsv"))) == first


@pytest.mark.slow
def test_relation_and_table_read_the_same(tmp_path: Path) -> None:
    frame = pl.DataFrame(VISITS, schema=HEADER, orient="row")
    expected = order_rows(metrika(tsv(tmp_path, [HEADER, *VISITS])))
    assert order_rows(metrika(frame)) == expected
    assert order_rows(metrika(duckdb_relation(frame.to_arrow()))) == expected


def test_lists_of_different_lengths_are_refused(tmp_path: Path) -> None:
    broken = [*VISITS[1][:12], "[1990.5,1]", "2"]
    with pytest.raises(
        DataError, match=r"in 1 row the lists of one visit have different lengths: ym:s:purchaseRevenue"
    ):
        metrika(tsv(tmp_path, [HEADER, broken]))


def test_two_counters_are_refused(tmp_path: Path) -> None:
    other = [VISITS[0][0], "2", *VISITS[0][2:]]
    with pytest.raises(DataError, match=r"2 counters: \['1', '2'\]. Their ids mean different people"):
        metrika(tsv(tmp_path, [HEADER, *VISITS, other]))


def test_hits_given_as_visits(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"looks like the hits of the Logs API .* sources\.metrika\(hits=\.\.\.\)"):
        metrika(tsv(tmp_path, HITS))


def test_streaming_export_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"streaming export of Metrika Pro"):
        metrika(tsv(tmp_path, [["VisitID", "Sign", "VisitVersion"], ["1", "1", "1"]]))


def test_ids_that_lost_digits_are_refused(tmp_path: Path) -> None:
    rounded = [["1788253199100200000", *VISITS[0][1:]], ["1.84467E+19", *VISITS[3][1:]]]
    with pytest.raises(DataError, match=r"1 id of column 'ym:s:clientID' went through a number"):
        metrika(tsv(tmp_path, [HEADER, *rounded]))
    with pytest.raises(DataError, match=r"more than 15 digits all end in zeros"):
        metrika(tsv(tmp_path, [HEADER, *rounded[:1]]))


def test_goals_must_be_canonical() -> None:
    with pytest.raises(ValueError, match=r"goals must map onto canonical events, got \['bought'\]"):
        metrika(pl.DataFrame({"a": [1]}), goals={"1": "bought"})


def test_quotes_are_letters_and_joined_parts_have_several_headers(tmp_path: Path) -> None:
    header = "ym:s:clientID\tym:s:dateTime\tym:s:UTMCampaign\n"
    path = tmp_path / "visits.tsv"
    path.write_text(f'{header}1\t2026-09-01 10:00:00\t"sale\n{header}2\t2026-09-01 11:00:00\tnew"\n')
    logs = metrika(path)
    lines = logs.events.lines().collect("polars").to_native()
    assert list(lines.select("customer", "campaign").iter_rows()) == [("1", '"sale'), ("2", 'new"')]
    assert logs.report.rows == {"visits": 2}
    assert logs.report.count("repeated_headers") == 1
    path.write_text(f"{header}1\t2026-09-01 10:00:00\n")
    with pytest.raises(DataError, match=r"1 line has fewer fields than the header, .* the first is line 2"):
        metrika(path)


def test_key_without_its_column_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "visits.tsv"
    path.write_text("ym:s:clientID\tym:s:dateTime\n1\t2026-09-01 10:00:00\n")
    with pytest.raises(DataError, match=r"no column ym:s:counterUserIDHash, .* or give id='client_id'"):
        metrika(path, id="user_hash")
