"""The SQL functions that are used, for each dialect: its name there, and the documentation that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DIALECTS = ("duckdb", "postgres", "sqlite", "spark", "bigquery", "snowflake")

WHITESPACE = (
    "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What polars strips from text: all that Unicode calls white space. Databases by themselves strip blanks alone."""

_DUCKDB = "https://duckdb.org/docs/stable/sql/functions/"
_POSTGRES = "https://www.postgresql.org/docs/current/functions-"
_SQLITE = "https://www.sqlite.org/lang_"
_SPARK = "https://spark.apache.org/docs/latest/api/sql/#"
_BIGQUERY = "https://cloud.google.com/bigquery/docs/reference/standard-sql/"
_SNOWFLAKE = "https://docs.snowflake.com/en/sql-reference/functions/"


@dataclass(frozen=True)
class SQLFunction:
    """A function of one dialect.

    Attributes
    ----------
    name : str
        Its name.
    url : str
        The documentation that shows it.
    """

    name: str
    url: str


FUNCTIONS: Mapping[str, Mapping[str, SQLFunction]] = {
    "duckdb": {
        "absolute": SQLFunction("ABS", _DUCKDB + "numeric#absx"),
        "logarithm": SQLFunction("LN", _DUCKDB + "numeric#lnx"),
        "exponential": SQLFunction("EXP", _DUCKDB + "numeric#expx"),
        "root": SQLFunction("SQRT", _DUCKDB + "numeric#sqrtx"),
        "least": SQLFunction("LEAST", _DUCKDB + "numeric#leastx1-x2-"),
        "greatest": SQLFunction("GREATEST", _DUCKDB + "numeric#greatestx1-x2-"),
        "is_nan": SQLFunction("ISNAN", _DUCKDB + "numeric#isnanx"),
        "minimum": SQLFunction("MIN", _DUCKDB + "aggregates#minarg"),
        "maximum": SQLFunction("MAX", _DUCKDB + "aggregates#maxarg"),
        "row_number": SQLFunction("ROW_NUMBER", _DUCKDB + "window_functions#row_numberorder-by-ordering"),
        "count": SQLFunction("COUNT", _DUCKDB + "aggregates#countarg"),
        "sum": SQLFunction("SUM", _DUCKDB + "aggregates#sumarg"),
        "coalesce": SQLFunction("COALESCE", _DUCKDB + "utility#coalesceexpr-"),
        "lag": SQLFunction("LAG", _DUCKDB + "window_functions#lagexpr-offset-default-order-by-ordering-ignore-nulls"),
        "trim": SQLFunction("TRIM", _DUCKDB + "text#trimstring-characters"),
        "md5": SQLFunction("MD5", _DUCKDB + "text#md5string"),
        "substring": SQLFunction("SUBSTR", _DUCKDB + "text#substringstring-start-length"),
        "translate": SQLFunction("TRANSLATE", _DUCKDB + "text#translatestring-from-to"),
        "length": SQLFunction("LENGTH", _DUCKDB + "text#lengthstring"),
        "day_of_year": SQLFunction("DAYOFYEAR", _DUCKDB + "datepart#dayofyeardate"),
    },
    "postgres": {
        "absolute": SQLFunction("ABS", _POSTGRES + "math.html"),
        "logarithm": SQLFunction("LN", _POSTGRES + "math.html"),
        "exponential": SQLFunction("EXP", _POSTGRES + "math.html"),
        "root": SQLFunction("SQRT", _POSTGRES + "math.html"),
        "least": SQLFunction("LEAST", _POSTGRES + "conditional.html"),
        "greatest": SQLFunction("GREATEST", _POSTGRES + "conditional.html"),
        "minimum": SQLFunction("MIN", _POSTGRES + "aggregate.html"),
        "maximum": SQLFunction("MAX", _POSTGRES + "aggregate.html"),
        "row_number": SQLFunction("ROW_NUMBER", _POSTGRES + "window.html"),
        "count": SQLFunction("COUNT", _POSTGRES + "aggregate.html"),
        "sum": SQLFunction("SUM", _POSTGRES + "aggregate.html"),
        "coalesce": SQLFunction("COALESCE", _POSTGRES + "conditional.html"),
        "lag": SQLFunction("LAG", _POSTGRES + "window.html"),
        "trim": SQLFunction("TRIM", _POSTGRES + "string.html"),
        "md5": SQLFunction("MD5", _POSTGRES + "string.html"),
        "substring": SQLFunction("SUBSTR", _POSTGRES + "string.html"),
        "translate": SQLFunction("TRANSLATE", _POSTGRES + "string.html"),
        "length": SQLFunction("LENGTH", _POSTGRES + "string.html"),
        "extract": SQLFunction("EXTRACT", _POSTGRES + "datetime.html#FUNCTIONS-DATETIME-EXTRACT"),
    },
    "sqlite": {
        "absolute": SQLFunction("ABS", _SQLITE + "corefunc.html#abs"),
        "logarithm": SQLFunction("LN", _SQLITE + "mathfunc.html#ln"),
        "exponential": SQLFunction("EXP", _SQLITE + "mathfunc.html#exp"),
        "root": SQLFunction("SQRT", _SQLITE + "mathfunc.html#sqrt"),
        "least": SQLFunction("MIN", _SQLITE + "corefunc.html#min_scalar"),
        "greatest": SQLFunction("MAX", _SQLITE + "corefunc.html#max_scalar"),
        "minimum": SQLFunction("MIN", _SQLITE + "aggfunc.html#min_agg"),
        "maximum": SQLFunction("MAX", _SQLITE + "aggfunc.html#max_agg"),
        "trim": SQLFunction("TRIM", _SQLITE + "corefunc.html#trim"),
        "row_number": SQLFunction("ROW_NUMBER", "https://www.sqlite.org/windowfunctions.html#biwinfunc"),
    },
    "spark": {
        "absolute": SQLFunction("ABS", _SPARK + "abs"),
        "logarithm": SQLFunction("LN", _SPARK + "ln"),
        "log1p": SQLFunction("LOG1P", _SPARK + "log1p"),
        "exponential": SQLFunction("EXP", _SPARK + "exp"),
        "root": SQLFunction("SQRT", _SPARK + "sqrt"),
        "least": SQLFunction("LEAST", _SPARK + "least"),
        "greatest": SQLFunction("GREATEST", _SPARK + "greatest"),
        "is_nan": SQLFunction("ISNAN", _SPARK + "isnan"),
        "minimum": SQLFunction("MIN", _SPARK + "min"),
        "maximum": SQLFunction("MAX", _SPARK + "max"),
        "row_number": SQLFunction("ROW_NUMBER", _SPARK + "row_number"),
        "count": SQLFunction("COUNT", _SPARK + "count"),
        "sum": SQLFunction("SUM", _SPARK + "sum"),
        "coalesce": SQLFunction("COALESCE", _SPARK + "coalesce"),
        "lag": SQLFunction("LAG", _SPARK + "lag"),
        "trim": SQLFunction("TRIM", _SPARK + "trim"),
        "md5": SQLFunction("MD5", _SPARK + "md5"),
        "substring": SQLFunction("SUBSTR", _SPARK + "substr"),
        "translate": SQLFunction("TRANSLATE", _SPARK + "translate"),
        "length": SQLFunction("LENGTH", _SPARK + "length"),
        "clock_in_zone": SQLFunction("CONVERT_TIMEZONE", _SPARK + "convert_timezone"),
        "days_between": SQLFunction("DATEDIFF", _SPARK + "datediff"),
        "day_of_year": SQLFunction("DAYOFYEAR", _SPARK + "dayofyear"),
        "array": SQLFunction("ARRAY", _SPARK + "array"),
        "array_min": SQLFunction("ARRAY_MIN", _SPARK + "array_min"),
        "array_sort": SQLFunction("ARRAY_SORT", _SPARK + "array_sort"),
        "concatenated": SQLFunction("CONCAT", _SPARK + "concat"),
        "element": SQLFunction("ELEMENT_AT", _SPARK + "element_at"),
        "raised": SQLFunction("RAISE_ERROR", _SPARK + "raise_error"),
        "struct": SQLFunction("NAMED_STRUCT", _SPARK + "named_struct"),
        "transformed": SQLFunction("TRANSFORM", _SPARK + "transform"),
    },
    "bigquery": {
        "absolute": SQLFunction("ABS", _BIGQUERY + "mathematical_functions#abs"),
        "logarithm": SQLFunction("LN", _BIGQUERY + "mathematical_functions#ln"),
        "exponential": SQLFunction("EXP", _BIGQUERY + "mathematical_functions#exp"),
        "root": SQLFunction("SQRT", _BIGQUERY + "mathematical_functions#sqrt"),
        "least": SQLFunction("LEAST", _BIGQUERY + "mathematical_functions#least"),
        "greatest": SQLFunction("GREATEST", _BIGQUERY + "mathematical_functions#greatest"),
        "is_nan": SQLFunction("IS_NAN", _BIGQUERY + "mathematical_functions#is_nan"),
        "minimum": SQLFunction("MIN", _BIGQUERY + "aggregate_functions#min"),
        "maximum": SQLFunction("MAX", _BIGQUERY + "aggregate_functions#max"),
        "row_number": SQLFunction("ROW_NUMBER", _BIGQUERY + "numbering_functions#row_number"),
        "count": SQLFunction("COUNT", _BIGQUERY + "aggregate_functions#count"),
        "sum": SQLFunction("SUM", _BIGQUERY + "aggregate_functions#sum"),
        "coalesce": SQLFunction("COALESCE", _BIGQUERY + "conditional_expressions#coalesce"),
        "lag": SQLFunction("LAG", _BIGQUERY + "navigation_functions#lag"),
        "trim": SQLFunction("TRIM", _BIGQUERY + "string_functions#trim"),
        "md5": SQLFunction("MD5", _BIGQUERY + "hash_functions#md5"),
        "hexadecimal": SQLFunction("TO_HEX", _BIGQUERY + "string_functions#to_hex"),
        "substring": SQLFunction("SUBSTR", _BIGQUERY + "string_functions#substr"),
        "translate": SQLFunction("TRANSLATE", _BIGQUERY + "string_functions#translate"),
        "length": SQLFunction("LENGTH", _BIGQUERY + "string_functions#length"),
        "date_in_zone": SQLFunction("DATE", _BIGQUERY + "date_functions#date"),
        "days_between": SQLFunction("DATE_DIFF", _BIGQUERY + "date_functions#date_diff"),
        "extract": SQLFunction("EXTRACT", _BIGQUERY + "date_functions#extract"),
    },
    "snowflake": {
        "absolute": SQLFunction("ABS", _SNOWFLAKE + "abs"),
        "logarithm": SQLFunction("LN", _SNOWFLAKE + "ln"),
        "exponential": SQLFunction("EXP", _SNOWFLAKE + "exp"),
        "root": SQLFunction("SQRT", _SNOWFLAKE + "sqrt"),
        "least": SQLFunction("LEAST", _SNOWFLAKE + "least"),
        "greatest": SQLFunction("GREATEST", _SNOWFLAKE + "greatest"),
        "minimum": SQLFunction("MIN", _SNOWFLAKE + "min"),
        "maximum": SQLFunction("MAX", _SNOWFLAKE + "max"),
        "row_number": SQLFunction("ROW_NUMBER", _SNOWFLAKE + "row_number"),
        "count": SQLFunction("COUNT", _SNOWFLAKE + "count"),
        "sum": SQLFunction("SUM", _SNOWFLAKE + "sum"),
        "coalesce": SQLFunction("COALESCE", _SNOWFLAKE + "coalesce"),
        "lag": SQLFunction("LAG", _SNOWFLAKE + "lag"),
        "trim": SQLFunction("TRIM", _SNOWFLAKE + "trim"),
        "md5": SQLFunction("MD5", _SNOWFLAKE + "md5"),
        "substring": SQLFunction("SUBSTR", _SNOWFLAKE + "substr"),
        "translate": SQLFunction("TRANSLATE", _SNOWFLAKE + "translate"),
        "length": SQLFunction("LENGTH", _SNOWFLAKE + "length"),
        "clock_in_zone": SQLFunction("CONVERT_TIMEZONE", _SNOWFLAKE + "convert_timezone"),
        "days_between": SQLFunction("DATEDIFF", _SNOWFLAKE + "datediff"),
        "day_of_year": SQLFunction("DAYOFYEAR", _SNOWFLAKE + "year"),
    },
}
"""By dialect, and by what the function does. Without `is_nan`, NaN equals itself in the dialect, or does not exist."""
