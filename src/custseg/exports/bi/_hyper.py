"""The tables as one file for Tableau, made by Tableau's own library from the Parquet files beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from custseg._checks import optional_module
from custseg.errors import CustsegError

HYPER_FILE = "segments.hyper"
# Older versions of Tableau look for their tables in a schema of this name.
_SCHEMA = "Extract"


def hyper_writer(tables: Sequence[str], caller: str) -> Callable[[Path], None]:
    """A function that writes the file to a path, from Parquet files of these names in the same folder.

    The library runs a program that would report its use to Tableau and write a log into the current folder; both are
    switched off.

    Raises
    ------
    MissingDependencyError
        If the library is not installed.
    """
    api: Any = optional_module("tableauhyperapi", f"{caller}: {HYPER_FILE}")

    def write(path: Path) -> None:
        telemetry = api.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU
        try:
            with (
                api.HyperProcess(telemetry=telemetry, parameters={"log_config": ""}) as process,
                api.Connection(process.endpoint, str(path), api.CreateMode.CREATE_AND_REPLACE) as connection,
            ):
                connection.catalog.create_schema(_SCHEMA)
                for name in tables:
                    file = api.escape_string_literal(str(path.with_name(f"{name}.parquet").resolve()))
                    table = api.TableName(_SCHEMA, name)
                    connection.execute_command(f"CREATE TABLE {table} AS SELECT * FROM external({file})")
        except api.HyperException as error:
            raise CustsegError(
                f"{caller}: Tableau's library could not write {HYPER_FILE!r} ({str(error).partition(chr(10))[0]}). "
                "Nothing was changed. Move this file away, if there is one, and leave out hyper=True: "
                "Tableau reads the CSV files too."
            ) from error

    return write
