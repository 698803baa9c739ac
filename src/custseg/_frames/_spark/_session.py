"""Spark sessions: the functions of a DataFrame's kind, and what Spark says of a failure in our own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
from typing import Any, cast

from custseg.errors import DataError
from custseg.texts import listed, printable

_STREAM = (
    "the table is a streaming DataFrame, which has no last row. Give one micro-batch at a time: "
    "stream.writeStream.foreachBatch(lambda batch, _: model.assign(features=batch)...), with a model that was fitted "
    "on a table"
)
_STOPPED = "the Spark session of the table is stopped. Read the table again in a running session"
_REMEDIES = {
    "FIELD_NOT_FOUND": "Columns are missing.",
    "CANNOT_PARSE": "Cast the columns with try_cast, which gives null instead of an error.",
    "CAST_INVALID_INPUT": "Cast the columns with try_cast, which gives null instead of an error.",
    "ARITHMETIC_OVERFLOW": "A sum is too large: give the numbers in a larger unit.",
    "FAILED_READ_FILE": "Files of the table have gone or changed; read it again.",
    "USER_RAISED_EXCEPTION": "The query of the table raises it itself: compute the table alone to see why.",
    "TABLE_OR_VIEW_NOT_FOUND": "The table or view has gone since it was read.",
}
OWN_ERROR = "custseg: "
"""Begins the errors that our queries raise in Spark, and no others, whose words may show values."""
_OWN = re.compile(rf"\[USER_RAISED_EXCEPTION\] {OWN_ERROR}(.*?)\s*(?:SQLSTATE|\n|$)")
_STOPPED_SIGNS = re.compile(r"SparkContext.*(stopped|shut ?down)|because the return value of .*null")
_CONDITION = re.compile(r"\[([A-Z][A-Z0-9_.]+)\]")


def is_spark_frame(table: object) -> bool:
    """Whether the table is a DataFrame of Spark, classic or Spark Connect."""
    kind = type(table)
    return kind.__name__ == "DataFrame" and kind.__module__.startswith("pyspark.sql.")


def is_connect(table: object) -> bool:
    """Whether the DataFrame is one of Spark Connect."""
    return is_spark_frame(table) and type(table).__module__.startswith("pyspark.sql.connect.")


def functions_of(table: object) -> ModuleType:
    """The functions that make columns for this DataFrame: those of Spark Connect are others."""
    if is_connect(table):
        from pyspark.sql.connect import functions as of_connect

        return cast("ModuleType", of_connect)
    from pyspark.sql import functions

    return cast("ModuleType", functions)


def window_of(table: object) -> Any:
    """The class that describes windows for this DataFrame."""
    if is_connect(table):
        from pyspark.sql.connect.window import Window as WindowOfConnect

        return WindowOfConnect
    from pyspark.sql import Window

    return Window


def check_usable(table: Any, caller: str) -> None:
    """Raise if the DataFrame is a stream, or its session was stopped."""
    if _is_stopped(table):
        raise DataError(f"{caller}: {_STOPPED}.")
    if run_spark(lambda: table.isStreaming):
        raise DataError(f"{caller}: {_STREAM}.")


def check_differing(table: Any, caller: str) -> None:
    """Raise if columns differ by case alone, where queries of the session take them for one."""
    times = Counter(name.casefold() for name in table.columns)
    alike = [name for name in table.columns if times[name.casefold()] > 1]
    if alike and run_spark(lambda: table.sparkSession.conf.get("spark.sql.caseSensitive")) != "true":
        raise DataError(
            f"{caller}: the columns {listed(alike)} differ by upper and lower case alone, and Spark takes them for "
            "one. Rename or drop them, with df.toDF(...), or set spark.sql.caseSensitive to true."
        )


def run_spark(query: Callable[[], Any]) -> Any:
    """What the query gives; what Spark says of one that fails becomes one of our errors, without values."""
    from pyspark.errors import PySparkException

    failures: tuple[type[Exception], ...] = (PySparkException,)
    # Spark Connect works without Py4J.
    with suppress(ImportError):
        from py4j.protocol import Py4JError

        failures = (*failures, Py4JError)
    try:
        return query()
    except failures as error:
        if own := _OWN.search(str(error)):
            raise DataError(printable(own[1])) from error
        raise DataError(f"Spark could not read the table: {_reason(error)}") from error


def _is_stopped(table: Any) -> bool:
    session = table.sparkSession
    if is_connect(table):
        return bool(session.is_stopped)
    return session.sparkContext._jsc is None


def _reason(error: Exception) -> str:
    """The condition that Spark names, with a remedy where one is known; its message would show values."""
    text = str(error)
    if _STOPPED_SIGNS.search(text):
        return f"{_STOPPED}."
    named = _CONDITION.search(text)
    condition = named[1] if named else type(error).__name__
    remedies = [remedy for sign, remedy in _REMEDIES.items() if sign in condition]
    return printable(" ".join([f"{condition}.", *remedies[:1]]))
