"""`to_sql`: one query from a table of features to segments, names and confidence."""

from __future__ import annotations

from collections.abc import Sequence

from custseg._checks import check_choice, optional_module
from custseg.exports.sql.queries._table_names import check_column_name, table_names
from custseg.exports.sql.queries.orders._order_log import return_features
from custseg.feature_table import RETURN_FEATURES
from custseg.model import SegmentModel
from custseg.sql_dialects import DIALECTS

_CALLER = "to_sql"


def to_sql(
    model: SegmentModel,
    dialect: str,
    table: str | Sequence[str],
    *,
    customer_column: str = "customer_id",
    return_columns: Sequence[str] | None = None,
) -> str:
    """Write the model as one SQL query, from a table of features to the segment of each customer.

    The query gives the same segments as `SegmentModel.assign`: missing values (NULL and NaN) are filled, columns
    transformed, standardized, clipped and compressed, and ties go to the lowest number. Only customers whose two best
    segments are equally good up to a relative difference of about 1e-9 may differ, since the logarithms of databases
    differ in the last digit.

    Parameters
    ----------
    model : SegmentModel
        The fitted model, such as ``fit_segments(...).model``.
    dialect : {"duckdb", "postgres", "sqlite", "spark", "bigquery", "snowflake"}
        The database. SQLite needs its mathematical functions, which most builds have.
    table : str or sequence of str
        The table or view with one row per customer and the features of the model: numbers, and text or booleans for
        categories. Points separate schema and table, as in ``"shop.features"``; a sequence of names, such as
        ``("shop", "my.features")``, is taken as it is. Lists of labels are read from columns of yes and no, with the
        names of ``model.preparation.names`` such as ``"interests: sport"``: make them in a view, in DuckDB by
        ``list_contains(interests, 'sport') AS "interests: sport"``.
    customer_column : str, default "customer_id"
        Column of customer ids.
    return_columns : sequence of str, optional
        Those of `order_count`, `returned_orders`, `revenue` and `return_share` that the table has beside the features
        of the model. They tell customers without a purchase that they kept, as in `SegmentModel.assign`. By default
        those that the features of the fit had, which `features_sql` gives too; none for a model of a ready table.

    Returns
    -------
    str
        A SELECT without a semicolon. Its columns are `customer_id`; `segment` (integer, NULL for customers that cannot
        be clustered and for noise), `name`, and `confidence` (float in [0, 1], as in `SegmentModel.assign`). A customer
        with an infinite value, which is an error in Python, gets no segment.

    Raises
    ------
    MissingDependencyError
        If sqlglot is not installed.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    All names are quoted, so that they must be written as the database stores them; Snowflake stores names that were
    created without quotes in capitals.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.exports import to_sql
    >>> shop = make_shop(300, 0)
    >>> result = fit_segments(shop.orders, as_of=shop.as_of)
    >>> query = to_sql(result.model, "duckdb", "shop.features")
    >>> query.startswith("WITH"), 'FROM "shop"."features"' in query
    (True, True)
    """
    if not isinstance(model, SegmentModel):
        raise TypeError(f"{_CALLER}: model must be a SegmentModel, got {type(model).__name__}. Give result.model.")
    check_choice(_CALLER, "dialect", dialect, allowed=DIALECTS)
    names = table_names(table, "table", _CALLER)
    check_column_name(customer_column, "customer_column", _CALLER)
    if isinstance(return_columns, str) or not isinstance(return_columns, (Sequence, type(None))):
        raise TypeError(f"{_CALLER}: return_columns must be a list of names, got {type(return_columns).__name__}.")
    for name in return_columns or ():
        check_choice(_CALLER, "return_columns", name, allowed=RETURN_FEATURES)
    optional_module("sqlglot", _CALLER)
    from custseg.queries import segments_query

    columns = return_features(model) if return_columns is None else return_columns
    return segments_query(model, dialect, names, customer_column=customer_column, return_columns=columns)
