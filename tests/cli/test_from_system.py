"""`custseg fit --from`: a file of another system is read as it was exported."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from custseg.cli import main
from custseg.cli.pipeline._project import read_project
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.sources import SYSTEMS


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
    assert [line.partition(":")[0] for line in listing.output.splitlines()] == sorted(SYSTEMS)


def test_file_of_another_system_is_named(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("Customer ID,Email,Total Spent,Total Orders,Tax Exempt\n1,a@x.org,1,1,no\n")
    result = run("fit", "--from", "shopify", path, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "looks like the customers export of Shopify" in result.output
    assert not (tmp_path / "out").exists()
