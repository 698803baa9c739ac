"""`custseg fit --from`: a file of another system is read as it was exported."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from custseg.cli import main
from custseg.cli.pipeline._project import read_project
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.sources import READABLE


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The orders of a made-up shop as Shopify writes them."""
    shop = make_shop(60, 0).orders
    shop = shop.filter(~shop["cancelled"] & (shop["price"] > 0) & shop["customer_id"].is_not_null())
    path = tmp_path_factory.mktemp("shopify") / "orders_export.csv"
    head = "Name,Email,Financial Status,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price\n"
    lines = [
        f"#{order},c{customer}@x.org,paid,EUR,{at:%Y-%m-%d %H:%M:%S} +0000,{quantity},cup,{price}\n"
        for customer, order, at, quantity, price in shop.select(
            "customer_id", "order_id", "ordered_at", "quantity", "price"
        ).iter_rows()
    ]
    path.write_text(head + "".join(lines))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.slow
def test_export_is_fitted_and_assigned_again(export: Path, tmp_path: Path) -> None:
    out, config = tmp_path / "out", tmp_path / "custseg.toml"
    fitted = run("fit", "--from", "shopify", export, "--out", out, "--config", config, "--segments", "1")
    assert fitted.exit_code == 0, fitted.output
    assert "Read from shopify: orders" in fitted.output
    assert 'from = "shopify"' in config.read_text()
    table = (out / "assignments.csv").read_text()
    assert "@x.org" in table
    assigned = run("assign", "--as-of", "2030-01-01", "--config", config, "--out", tmp_path / "again.csv")
    assert assigned.exit_code == 0, assigned.output
    assert len((tmp_path / "again.csv").read_text().splitlines()) == len(table.splitlines())


def test_project_file_reads_the_files_of_a_system(export: Path, tmp_path: Path) -> None:
    (tmp_path / "custseg.toml").write_text(f'[orders]\nfile = "{export.as_posix()}"\nfrom = "shopify"\n')
    described = read_project(tmp_path / "custseg.toml").described()
    assert described.keys() == {"orders"}
    assert described["orders"].described()["customer"] == "customer_id"
    (tmp_path / "custseg.toml").write_text('[orders]\nfile = "x.csv"\nfrom = "shopify"\ncustomer = "Email"\n')
    with pytest.raises(DataError, match=r"\[orders\] has the unknown key 'customer'"):
        read_project(tmp_path / "custseg.toml")
    (tmp_path / "custseg.toml").write_text('[orders]\nfile = "x.csv"\nfrom = "shop"\n')
    with pytest.raises(DataError, match=r"'from' must be one of \['amocrm', "):
        read_project(tmp_path / "custseg.toml")


def test_options_of_columns_are_refused(export: Path, tmp_path: Path) -> None:
    result = run("fit", "--from", "shopify", export, "--customer", "Email", "--out", tmp_path)
    assert result.exit_code == 2
    assert "--from shopify reads the columns by itself, so that --customer cannot be given" in result.output


def test_unknown_system_and_the_list_of_all(export: Path, tmp_path: Path) -> None:
    result = run("fit", "--from", "shopfy", export, "--out", tmp_path)
    assert result.exit_code == 2
    assert "Did you mean 'shopify'" in result.output
    listing = run("fit", "--from", "help")
    assert listing.exit_code == 0
    assert [line.partition(":")[0] for line in listing.output.splitlines()] == sorted(READABLE)
    assert "hotjar: Answers of customers to a survey.\n" in listing.output


def test_file_of_another_system_is_named(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("Customer ID,Email,Total Spent,Total Orders,Tax Exempt\n1,a@x.org,1,1,no\n")
    result = run("fit", "--from", "shopify", path, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "looks like the customers export of Shopify" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_deals_that_count_are_chosen(tmp_path: Path) -> None:
    deals, config = tmp_path / "deals.csv", tmp_path / "custseg.toml"
    head = "Record ID,Deal Name,Deal Stage,Close Date,Amount,Associated Contact IDs\n"
    rows = [f"{n},D,{'Lost' if n % 4 == 0 else 'Won'},2026-09-{n:02} 10:00,{n},{n % 13}\n" for n in range(1, 29)]
    deals.write_text(head + "".join(rows))
    refused = run("fit", "--from", "hubspot", deals, "--out", tmp_path / "out")
    assert "--only 'stage=...' with some of ['Lost', 'Won']" in refused.output
    fitted = run("fit", "--from", "hubspot", deals, "--only", "stage=Won", "--out", tmp_path / "out",
                 "--config", config, "--segments", "1", "--min-size", "10")  # fmt: skip
    assert fitted.exit_code == 0, fitted.output
    assert "7 rows have other values than those of only=, left out." in fitted.output
    assert 'only = {"stage" = ["Won"]}' in config.read_text()
    assert read_project(config).described().keys() == {"orders"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "brandwatch", "--customers", "x.csv"], "sources.mapped(preset='brandwatch', match="),
        (["--from", "ga4", "x.jsonl", "--events", "y.jsonl"], "in the same files, and two are given"),
        (["x.csv", "--attribute", "age=numeric"], "--attribute belongs to files of another system"),
        (["--from", "hubspot", "x.csv", "--attribute", "age=numeric"], "so that --attribute cannot be given"),
        (["--from", "hotjar", "x.csv", "--attribute", "age"], "must be of the form age=numeric"),
        (["--from", "mailchimp", "x.csv"], "Give the file with --events or --customers."),
        (["--from", "shopify", "x.csv", "--events", "y.csv"], "reads no file of events"),
        (["x.csv", "--only", "stage=Won"], "--only belongs to files of another system"),
        (["--from", "hubspot", "x.csv", "--only", "stage"], "must be of the form stage=Won"),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, arguments: list[str], message: str) -> None:
    result = run("fit", *arguments, "--out", tmp_path)
    assert result.exit_code == 2
    assert message in result.output


def test_currencies_are_options_in_errors(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    head = "Name,Email,Currency,Created at,Lineitem quantity,Lineitem price\n"
    path.write_text(head + "".join(f"#{c},a@x.org,{c},2026-09-01 10:00:00 +0000,1,2\n" for c in ("EUR", "USD")))
    result = run("fit", "--from", "shopify", path, "--out", tmp_path / "out")
    assert "such as --rate 'EUR=1.0'." in result.output


def test_file_of_the_only_kind_needs_no_option_and_the_list_has_a_language(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"email":"a@x.org","timestamp":5,"event":"open","sg_event_id":"1"}\n')
    result = run("fit", "--from", "sendgrid", path, "--out", tmp_path / "out")
    assert "all dates of column 'timestamp' are before the year 2000" in result.output
    assert "Заказы" in run("fit", "--from", "help", "--language", "ru").output


def test_columns_of_a_preset_are_options(tmp_path: Path) -> None:
    deals, config = tmp_path / "deals.csv", tmp_path / "custseg.toml"
    rows = [f"{n};Won;{n};{n:02}.09.2026;{n % 13}\n" for n in range(1, 29)]
    deals.write_text("ID;Стадия сделки;Сумма;Дата создания;Клиент\n" + "".join(rows), encoding="utf-8")
    arguments = ["fit", "--from", "bitrix24", deals, "--only", "status=Won", "--out", tmp_path / "out"]
    refused = run(*arguments)
    assert "--customer '...'" in refused.output, refused.output
    config.write_text(
        f'[orders]\nfile = "{deals.as_posix()}"\nfrom = "bitrix24"\ncolumns = {{customer = "Клиент"}}\n'
        'only = {status = ["Won"]}\n', encoding="utf-8"
    )  # fmt: skip
    orders = read_project(config).described()["orders"]
    assert len(orders.lines().collect("polars")) == 28


@pytest.mark.slow
def test_columns_of_a_preset_are_kept_in_the_project_file(tmp_path: Path) -> None:
    deals, config = tmp_path / "deals.csv", tmp_path / "custseg.toml"
    rows = [f"{n};Won;{n};{n:02}.09.2026;{n % 13}\n" for n in range(1, 29)]
    deals.write_text("ID;Стадия сделки;Сумма;Дата создания;Клиент\n" + "".join(rows), encoding="utf-8")
    fitted = run("fit", "--from", "bitrix24", deals, "--customer", "Клиент", "--only", "status=Won", "--segments", "1",
                 "--min-size", "10", "--columns", "revenue", "--out", tmp_path / "out", "--config", config)  # fmt: skip
    assert fitted.exit_code == 0, fitted.output
    assert 'columns = {"customer" = "Клиент"}' in config.read_text(encoding="utf-8")
    assert read_project(config).described().keys() == {"orders"}
