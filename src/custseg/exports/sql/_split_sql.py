"""`split_sql`: the split of an experiment as a query, the same customers as in Python."""

from __future__ import annotations

from collections.abc import Sequence

from custseg._checks import check_choice, optional_module
from custseg.exports.sql.queries._table_names import check_column_name, table_names
from custseg.sql_dialects import DIALECTS
from custseg.trials import check_by, check_salt, open_share

_CALLER = "split_sql"
_WITHOUT_MD5 = "sqlite"


def split_sql(
    dialect: str,
    table: str | Sequence[str],
    *,
    holdout: float,
    salt: str,
    by: str | Sequence[str] | None = None,
    customer_column: str = "customer_id",
) -> str:
    """Write `custseg.proof.split` as one SQL query, which holds out the same customers.

    Parameters
    ----------
    dialect : {"duckdb", "postgres", "spark", "bigquery", "snowflake"}
        The database. SQLite has no MD5.
    table : str or sequence of str
        The table or view with one row per customer, as in `to_sql`.
    holdout : float
        As in `custseg.proof.split`.
    salt : str
        The same.
    by : str or sequence of str, optional
        The same.
    customer_column : str, default "customer_id"
        The same.

    Returns
    -------
    str
        A SELECT without a semicolon. Its columns are `customer_id`, those of `by`, and `group`, "treated" or
        "held_out"; NULL for a customer without an id. Ids that are repeated are an error in Python, and get the same
        group here.

    Raises
    ------
    MissingDependencyError
        If sqlglot is not installed.
    TypeError, ValueError
        If an argument is of the wrong type or value, or the dialect is SQLite.

    Notes
    -----
    Hexadecimal digits of one length sort as their numbers do, so the query compares them as text. Ids are text or whole
    numbers; ids in a column of floats agree with Python up to 15 digits. PostgreSQL needs a database in UTF-8.

    Examples
    --------
    >>> from custseg.exports import split_sql
    >>> print(split_sql("duckdb", "customers", holdout=0.1, salt="spring").splitlines()[0])
    WITH "ids" AS (
    """
    check_choice(_CALLER, "dialect", dialect, allowed=DIALECTS)
    if dialect == _WITHOUT_MD5:
        others = [name for name in DIALECTS if name != _WITHOUT_MD5]
        raise ValueError(
            f"{_CALLER}: SQLite has no MD5 function, so it cannot split. Split with custseg.proof.split and load the "
            f"groups, or use one of {others}."
        )
    share = open_share(_CALLER, "holdout", holdout, usual="0.1 to hold out every tenth customer, or 0.5")
    check_salt(_CALLER, salt)
    check_column_name(customer_column, "customer_column", _CALLER)
    columns = check_by(_CALLER, by, customer_column)
    for name in columns:
        check_column_name(name, "by", _CALLER)
    names = table_names(table, "table", _CALLER)
    optional_module("sqlglot", _CALLER)
    from custseg.exports.sql._split_query import split_query

    return split_query(dialect, names, holdout=share, salt=salt, columns=columns, customer_column=customer_column)
