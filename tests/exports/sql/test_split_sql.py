"""`split_sql`: databases hold out the customers that Python holds out."""

import polars as pl
import pytest
from sql_databases import DATABASES, PARAMETERS

from custseg.exports import split_sql
from custseg.proof import split

IDS = {
    "whole": pl.Series(range(-5, 3000), dtype=pl.Int64),
    "float": pl.Series([*range(-5, 300), 2**40], dtype=pl.Float64),
    "text": pl.Series([*(f"c{i}" for i in range(500)), "12", "13.0", "007", "It's", "Анна", "a.0", "x:y", "12 "]),
}
WITH_MD5 = [parameter for parameter in PARAMETERS if parameter.values[0] != "sqlite"]


@pytest.mark.parametrize("dialect", WITH_MD5)
@pytest.mark.parametrize("kind", IDS)
def test_groups_equal_those_of_python(kind: str, dialect: str) -> None:
    ids = IDS[kind]
    customers = pl.DataFrame({"id": ids, "name": ["New" if i % 2 else "Loyal" for i in range(len(ids))]})
    arguments = {"holdout": 0.3, "salt": "it's \\ весна", "by": "name", "customer_column": "id"}
    query = split_sql(dialect, "customers", **arguments)
    rows = DATABASES[dialect](query, {"customers": customers})
    assert sorted(rows) == sorted(split(customers, **arguments).rows())


@pytest.mark.parametrize("dialect", WITH_MD5)
@pytest.mark.parametrize("holdout", [1e-12, 0.5, 1 - 1e-12])
def test_any_holdout(holdout: float, dialect: str) -> None:
    customers = pl.DataFrame({"customer_id": range(300)})
    query = split_sql(dialect, "customers", holdout=holdout, salt="s")
    expected = split(customers, holdout=holdout, salt="s").rows()
    assert sorted(DATABASES[dialect](query, {"customers": customers})) == sorted(expected)


@pytest.mark.parametrize("dialect", WITH_MD5)
def test_customer_without_id_is_in_no_group(dialect: str) -> None:
    query = split_sql(dialect, "customers", holdout=0.5, salt="s")
    assert DATABASES[dialect](query, {"customers": pl.DataFrame({"customer_id": ["a", None]})})[1] == (None, None)


def test_sqlite_has_no_md5() -> None:
    with pytest.raises(ValueError, match="SQLite has no MD5 function"):
        split_sql("sqlite", "customers", holdout=0.1, salt="s")


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="holdout must lie between 0 and 1"):
        split_sql("duckdb", "customers", holdout=1, salt="s")
    with pytest.raises(ValueError, match="salt must not be empty"):
        split_sql("duckdb", "customers", holdout=0.1, salt="")
    with pytest.raises(ValueError, match="dialect must be one of"):
        split_sql("oracle", "customers", holdout=0.1, salt="s")
