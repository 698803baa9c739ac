"""`custseg fit` without descriptions: what it assumes is shown, what is ambiguous is refused."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result
from logs import clean_log

from custseg import Customers, Events, Orders, fit_segments
from custseg.cli import main

QUICK = ("--method", "kmeans", "--segments", "3")
NAMES = {"customer_id": "Kunde", "order_id": "Beleg", "ordered_at": "Datum", "amount": "Betrag"}


def run(*arguments: object) -> Result:
    """The command in this process; whatever is no exit of the command itself is raised."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def german(folder: Path, dates: str = "%d.%m.%Y") -> Path:
    """The clean log as a German program exports it."""
    log = clean_log().with_columns(
        pl.col("ordered_at").dt.strftime(dates), pl.col("amount").cast(pl.String).str.replace(".", ",", literal=True)
    )
    log.rename(NAMES).write_csv(folder / "export.csv", separator=";")
    return folder / "export.csv"


@pytest.mark.slow
def test_what_is_assumed_is_shown_and_used(tmp_path: Path) -> None:
    path = german(tmp_path)
    result = run("fit", path, *QUICK, "--out", tmp_path / "out")
    assumed, _, shown = result.stdout.partition("\n\n")
    assert assumed == (
        f"Assumed for {path}, certain: --customer Kunde --order Beleg --date Datum --amount Betrag "
        "--date-format %d.%m.%Y --decimal , --separator ';'"
    )
    orders = Orders(path, customer="Kunde", order="Beleg", date="Datum", amount="Betrag", separator=";", decimal=",",
                    date_format="%d.%m.%Y")  # fmt: skip
    assert shown.startswith(repr(fit_segments(orders, method="kmeans", n_segments=3)))


@pytest.mark.slow
def test_notes_on_the_file_are_shown(tmp_path: Path) -> None:
    is_cancelled = pl.int_range(pl.len()) % 9 == 0
    log = clean_log().with_columns(Status=pl.when(is_cancelled).then(pl.lit("cancelled")).otherwise(pl.lit("paid")))
    log.rename(NAMES).write_csv(tmp_path / "export.csv")
    result = run("fit", tmp_path / "export.csv", *QUICK, "--out", tmp_path / "out")
    assert "Notes:\n  'Status' is not used. If it marks cancelled orders, convert it" in result.stdout


def test_currency_signs_end_the_command_with_a_remedy(tmp_path: Path) -> None:
    log = clean_log().with_columns(amount=pl.format("{} €", pl.col("amount")))
    log.write_csv(tmp_path / "orders.csv")
    result = run("fit", tmp_path / "orders.csv", *QUICK, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "Currency signs and codes beside numbers are not supported" in result.stderr
    assert "--thousands" not in result.stderr


@pytest.mark.parametrize("role", ["customer", "date", "quantity"])
def test_what_every_order_needs_cannot_be_none(role: str, tmp_path: Path) -> None:
    clean_log().write_csv(tmp_path / "orders.csv")
    result = run("fit", tmp_path / "orders.csv", f"--{role}", "none", "--out", tmp_path / "out")
    assert (result.exit_code, f"--{role} must be the name of a column, got 'none'" in result.stderr) == (2, True)


def test_quantity_needs_a_price(tmp_path: Path) -> None:
    clean_log().write_csv(tmp_path / "orders.csv")
    result = run("fit", tmp_path / "orders.csv", "--quantity", "amount", "--out", tmp_path / "out")
    assert "--quantity and --price must be given together" in result.stderr


@pytest.mark.slow
def test_options_win_over_what_is_found(tmp_path: Path) -> None:
    path = german(tmp_path)
    table = pl.read_csv(path, separator=";").with_columns(pl.col("Kunde").alias("Konto") // 2)
    table.with_columns(Artikel=pl.format("A{}", pl.col("Kunde") % 7)).write_csv(path, separator=";")
    result = run("fit", path, *QUICK, "--customer", "Konto", "--order", "none", "--out", tmp_path / "out")
    assert "--date Datum --amount Betrag" in result.stdout
    assert "--customer" not in result.stdout
    assert "--product" not in result.stdout  # who describes the log has said what is wanted of it
    assert "segments of 30 customers" in result.stdout


@pytest.mark.slow
def test_default_names_are_no_assumption(tmp_path: Path) -> None:
    clean_log().write_csv(tmp_path / "orders.csv")
    result = run("fit", tmp_path / "orders.csv", *QUICK, "--out", tmp_path / "out")
    assert "Assumed" not in result.stdout


@pytest.mark.slow
def test_ambiguous_dates_end_the_command_with_both_readings(tmp_path: Path) -> None:
    log = clean_log().with_columns(day=pl.col("ordered_at").dt.day() % 12 + 1, month=pl.col("ordered_at").dt.month())
    log = log.with_columns(ordered_at=pl.format("{}.{}.2024", "day", "month")).drop("day", "month")
    log.write_csv(tmp_path / "orders.csv")
    result = run("fit", tmp_path / "orders.csv", *QUICK, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Give --date-format %d.%m.%Y or --date-format %m.%d.%Y." in result.stderr
    chosen = run("fit", tmp_path / "orders.csv", *QUICK, "--date-format", "%d.%m.%Y", "--out", tmp_path / "out")
    assert chosen.exit_code == 0


@pytest.mark.slow
def test_ambiguous_amounts_end_the_command_with_both_readings(tmp_path: Path) -> None:
    whole = (pl.col("amount") * 10).cast(pl.Int64)
    marked = pl.format("{}.{}", whole % 9 + 1, whole % 800 + 100)
    log = clean_log().with_columns(amount=pl.when(whole % 2 == 0).then(marked).otherwise(pl.lit("850")))
    log.write_csv(tmp_path / "orders.csv", separator=";")
    result = run("fit", tmp_path / "orders.csv", *QUICK, "--out", tmp_path / "out")
    assert re.search(
        r"has two possible readings. Give --decimal '\.' or --decimal ',' --thousands '\.'\.", result.stderr
    )
    for decimal, thousands in ((".", "none"), (",", ".")):
        chosen = run("fit", tmp_path / "orders.csv", *QUICK, "--decimal", decimal, "--thousands", thousands,
                     "--out", tmp_path / "out")  # fmt: skip
        assert chosen.exit_code == 0


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["order_id", "product", "price"], "no column of .* looks like the customer or the date"),
        (["customer_id", "event", "occurred_at"], "looks like an event log. Give it as --events"),
        (["customer_id", "age"], "looks like a table with one row per customer. Give it as --customers"),
    ],
)
def test_file_of_another_kind_is_told(names: list[str], words: str, tmp_path: Path) -> None:
    values = {
        "order_id": [i // 2 for i in range(60)], "product": [f"p{i % 5}" for i in range(60)],
        "price": [i + 0.5 for i in range(60)], "age": [20 + i % 40 for i in range(60)],
        "event": [["view", "cart", "open"][i % 3] for i in range(60)],
        "occurred_at": [f"2024-05-{1 + i % 28:02} 10:00" for i in range(60)],
        "customer_id": [f"c{i % 20 if 'event' in names else i}" for i in range(60)],
    }  # fmt: skip
    pl.DataFrame({name: values[name] for name in names}).write_csv(tmp_path / "table.csv")
    result = run("fit", tmp_path / "table.csv", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert re.search(words, result.stderr)


@pytest.mark.slow
def test_events_and_customers_are_inspected(tmp_path: Path) -> None:
    clean_log().write_csv(tmp_path / "orders.csv")
    pl.DataFrame({
        "user": [i % 60 for i in range(300)],
        "at": [str(datetime(2024, 5, 1) + timedelta(hours=7 * i)) for i in range(300)],
        "action": [["mail_sent", "mail_open", "page_view"][i % 3] for i in range(300)],
    }).write_csv(tmp_path / "events.csv")  # fmt: skip
    pl.DataFrame({"client": range(60), "city": [f"t{i % 4}" for i in range(60)]}).write_csv(tmp_path / "people.csv")
    result = run("fit", tmp_path / "orders.csv", "--events", tmp_path / "events.csv", "--customers",
                 tmp_path / "people.csv", "--window-days", "200", *QUICK, "--out", tmp_path / "out")  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert "mail_open = opened, mail_sent = sent, page_view = visited" in result.stdout
    names = {"mail_open": "opened", "mail_sent": "sent", "page_view": "visited"}
    expected = fit_segments(
        str(tmp_path / "orders.csv"),
        events=Events(tmp_path / "events.csv", customer="user", date="at", event="action", names=names),
        customers=Customers(tmp_path / "people.csv", customer="client"),
        window_days=200, method="kmeans", n_segments=3,
    )  # fmt: skip
    assert repr(expected) in result.stdout


@pytest.mark.slow
def test_column_that_is_not_wanted_is_left_out_by_none(tmp_path: Path) -> None:
    log = clean_log().with_columns(
        channel=pl.when(pl.col("order_id") % 2 == 0).then(pl.lit("web")).otherwise(pl.lit("app"))
    )
    log.write_csv(tmp_path / "orders.csv")
    assert "--channel channel" in run("fit", tmp_path / "orders.csv", *QUICK, "--out", tmp_path / "out").stdout
    without = run("fit", tmp_path / "orders.csv", "--channel", "none", *QUICK, "--out", tmp_path / "out")
    assert "Assumed" not in without.stdout


def test_neither_orders_nor_events_is_wrong_usage(tmp_path: Path) -> None:
    result = run("fit", "--out", tmp_path)
    assert (result.exit_code, "Missing argument 'ORDERS'" in result.stderr) == (2, True)
