"""Names of tables: points separate them, and every other character belongs to a name."""

import pytest

from custseg import DataError
from custseg.exports.sql.queries._table_names import check_column_name, table_names


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("features", ("features",)),
        ("shop.features", ("shop", "features")),
        ("a.b.c", ("a", "b", "c")),
        ('the "best"', ('the "best"',)),
        (("shop", "my.features"), ("shop", "my.features")),
        (["x; DROP TABLE y"], ("x; DROP TABLE y",)),
    ],
)
def test_names(table: object, names: tuple[str, ...]) -> None:
    assert table_names(table, "table", "to_sql") == names


@pytest.mark.parametrize("table", ["", "a.b.c.d", "shop.", (), (" ",)])
def test_names_that_are_none(table: object) -> None:
    with pytest.raises(ValueError, match="table must have one to 3 names"):
        table_names(table, "table", "to_sql")


@pytest.mark.parametrize("table", [None, 3, (1, 2)])
def test_tables_that_are_no_names(table: object) -> None:
    with pytest.raises(TypeError, match="table must be the name of a table, such as"):
        table_names(table, "table", "to_sql")


def test_columns() -> None:
    check_column_name("my id", "customer_column", "to_sql")
    with pytest.raises(TypeError, match="customer_column must be the name of a column, got int"):
        check_column_name(3, "customer_column", "to_sql")
    with pytest.raises(ValueError, match="customer_column must be the name of a column, got ' '"):
        check_column_name(" ", "customer_column", "to_sql")
    with pytest.raises(DataError, match="NUL character"):
        check_column_name("a\0b", "customer_column", "to_sql")
