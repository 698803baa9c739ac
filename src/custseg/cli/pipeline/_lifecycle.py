"""`custseg assign`, `custseg drift`, `custseg refit` and `custseg sql`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custseg.cli._errors import command_errors
from custseg.cli.pipeline._fit_section import differing_keys, fit_arguments
from custseg.cli.pipeline._project import LEVELS
from custseg.cli.pipeline._translations import translations, with_translated_names
from custseg.cli.pipeline._workspace import (
    ALARM,
    Workspace,
    echo_summary,
    language_of_errors,
    raise_alarm,
    segment_counts,
    segment_lines,
    workspace_options,
    write_columns,
    write_table,
    write_text,
)
from custseg.texts import text

if TYPE_CHECKING:
    from custseg.model import SegmentModel


@click.command()
@workspace_options("logs", "events", "customers", "model", "as_of")
@click.option("--features", help="A ready table with one row per customer instead of logs.")
@click.option("--max-age-days", type=click.IntRange(0),
              help="Stop if the model, or the last row of a log, is more days before --as-of.")  # fmt: skip
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="File for the assignments, .csv or .parquet.")  # fmt: skip
def assign(
    *, out: Path, features: str | None, max_age_days: int | None, as_of: str, as_json: bool, **options: Any
) -> None:
    """Assign the customers of ORDERS to the segments of a saved model.

    Without ORDERS, the logs are those of the project file. Columns are as at the fit.
    """
    with command_errors(language_of_errors(options)):
        workspace = Workspace.of(options)
        logs = workspace.logs(features)
        limit = workspace.daily("max_age_days") if max_age_days is None else max_age_days
        model = workspace.model()
        table = model.assign(**logs, features=features, as_of=as_of, max_age_days=limit)
        table = with_translated_names(table, translations(workspace, model))
        file = write_table(table, out)
        segments, language = segment_counts(table), workspace.language
        summary = {"command": "assign", "as_of": as_of, "segments": segments, "files": [str(file)]}
        lines = [*segment_lines(segments, language), text(language, "cli", "wrote").format(file=file)]
        echo_summary(summary, as_json=as_json, lines=lines)


@click.command("drift")
@workspace_options("logs", "events", "customers", "model", "as_of")
@click.option("--features", help="A ready table with one row per customer instead of logs.")
@click.option("--fail-on", type=click.Choice(LEVELS[1:]),
              help=f"Exit code {ALARM} if the verdict is this or worse. [default: never]")  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="File for the comparisons, .csv or .parquet. [default: no file is written]")  # fmt: skip
def drift_command(
    *, as_of: str, features: str | None, fail_on: str | None, out: Path | None, as_json: bool, **options: Any
) -> None:
    """Compare the customers of today with those of the fit: keep the model, watch it, or refit it."""
    with command_errors(language_of_errors(options)):
        from custseg.tracking import drift

        workspace = Workspace.of(options)
        logs = workspace.logs(features)
        model, language = workspace.model(), workspace.language
        change = drift(model, features, **logs, as_of=as_of, language=language)
        files = [] if out is None else [str(write_columns(_without_small_counts(change.columns()), out))]
        differing = differing_keys(workspace.project, model)
        summary: dict[str, Any] = {"command": "drift", "as_of": as_of}
        summary |= {"drift": change.verdict, "reason": change.reason, "fit_differs": differing, "files": files}
        notes = [text(language, "cli", "fit_differs").format(keys=", ".join(differing))] if differing else []
        wrote = [text(language, "cli", "wrote").format(file=file) for file in files]
        echo_summary(summary, as_json=as_json, lines=[repr(change), *notes, *wrote])
    raise_alarm(change.verdict, fail_on or workspace.project.daily.get("fail_on"))


def _without_small_counts(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The comparisons with empty cells in place of 1 to 9 customers."""
    from custseg._privacy import SMALLEST_GROUP

    counts = {
        name: [None if 0 < count < SMALLEST_GROUP else count for count in columns[name]]
        for name in ("n_before", "n_now")
    }
    return {**columns, **counts}


@click.command("refit")
@workspace_options("logs", "events", "customers", "model", "as_of")
@click.option("--features", help="A ready table with one row per customer instead of logs.")
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the new model. [default: the file of the old one, which is replaced]",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Folder for assignments.csv and profiles.csv. [default: no files are written]")  # fmt: skip
@click.option("--replace", is_flag=True, help="Refit although the model is a refit of this date already.")
def refit_command(
    *,
    as_of: str,
    features: str | None,
    save: Path | None,
    out: Path | None,
    replace: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Fit anew on the logs up to now; segments that still exist keep their numbers and names.

    The options are those of the first fit; those in [fit] of the project file go first. Run twice, it does nothing the
    second time.
    """
    with command_errors(language_of_errors(options)):
        from custseg.tracking import refit

        workspace = Workspace.of(options)
        model, language = workspace.model(), workspace.language
        summary: dict[str, Any] = {"command": "refit", "as_of": as_of}
        if save is None and not replace and _is_refit_of(model, as_of):
            line = text(language, "cli", "already_refitted").format(as_of=as_of)
            echo_summary({**summary, "segments": [], "files": []}, as_json=as_json, lines=[line])
            return
        logs = workspace.logs(features)
        arguments = {**fit_arguments(workspace.project), "language": workspace.named_language or model.language}
        again = refit(model, **logs, features=features, as_of=as_of, **arguments)
        files = [] if out is None else again.result.write(out)
        # The model is written last: as long as it is the old one, the command does all of its work again.
        target = save or workspace.path("model")
        again.model.in_language(model.language).save(target)
        paths = [str(file) for file in (*files, target)]
        relations = [
            {"kind": relation.kind, "before": relation.before, "after": relation.after}
            for relation in again.record.relations
        ]
        wrote = [text(language, "cli", "wrote").format(file=file) for file in paths]
        summary |= {"segments": relations, "files": paths}
        echo_summary(summary, as_json=as_json, lines=[repr(again), "", *wrote])


def _is_refit_of(model: SegmentModel, as_of: str) -> bool:
    """Whether the model is a refit of this moment."""
    from custseg.snapshot import parse_moment

    last = model.refits[-1].as_of if model.refits else None
    if last is None:
        return False
    moment = parse_moment(as_of, "refit")
    return moment == last.replace(tzinfo=None if moment.tzinfo is None else last.tzinfo)


@click.command()
@click.argument("dialect")
@click.option("--table", help="Table of features: write the query from features to segments.")
@click.option("--orders-table", help="Table of order lines: write the query from orders to features; with --as-of.")
@click.option("--as-of", help="Snapshot date of the features; with --orders-table.")
@click.option(
    "--zoned/--no-zoned",
    "zoned",
    default=None,
    help="Whether the dates in --orders-table are instants, with a time zone. [default: as at the fit]",
)
@click.option(
    "--money-digits", type=click.IntRange(0, 12), help="Decimal places of the money in --orders-table. [default: 4]"
)
@click.option("--customer-column", help="Column of customer ids in --table. [default: customer_id]")
@click.option(
    "--return-columns",
    help="Those of order_count, revenue, returned_orders and return_share that --table "
    "has, separated by commas. [default: those of the fit]",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the query to this file. [default: it is printed]")  # fmt: skip
@workspace_options("model")
def sql(
    dialect: str, *, table: str | None, orders_table: str | None, out: Path | None, as_json: bool, **options: Any
) -> None:
    """Print the model as SQL for DIALECT: duckdb, postgres, sqlite, spark, bigquery or snowflake."""
    with command_errors(language_of_errors(options)):
        from custseg.exports import features_sql, to_sql

        if (table is None) == (orders_table is None):
            raise ValueError("sql: give table=, with features, or orders_table=, with order lines; one of them.")
        arguments = _query_arguments(options, "table" if orders_table is None else "orders_table")
        workspace = Workspace.of(options)
        model = workspace.model()
        if orders_table is None:
            query = to_sql(model, dialect, str(table), **arguments)
        else:
            query = features_sql(model, dialect, orders_table, **arguments)
        summary = {"command": "sql", "dialect": dialect}
        if out is None:
            echo_summary({**summary, "query": query}, as_json=as_json, lines=[query])
        else:
            wrote = text(workspace.language, "cli", "wrote").format(file=write_text(f"{query}\n", out))
            echo_summary({**summary, "files": [str(out)]}, as_json=as_json, lines=[wrote])


_OF_TABLE = {"table": ("customer_column", "return_columns"), "orders_table": ("as_of", "zoned", "money_digits")}


def _query_arguments(options: Mapping[str, Any], table: str) -> dict[str, Any]:
    """The options of the query from the table; those of the other query are an error."""
    for other, names in _OF_TABLE.items():
        if other != table and (alien := [name for name in names if options[name] is not None]):
            raise ValueError(f"sql: {alien[0]} belongs to {other}=. Leave it out.")
    arguments: dict[str, Any] = {name: options[name] for name in _OF_TABLE[table] if options[name] is not None}
    if "return_columns" in arguments:
        columns = [name.strip() for name in arguments["return_columns"].split(",")]
        arguments["return_columns"] = [name for name in columns if name]
    if table == "orders_table" and "as_of" not in arguments:
        raise ValueError("sql: orders_table needs as_of, the moment of the features.")
    return arguments
