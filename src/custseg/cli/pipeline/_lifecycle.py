"""`custseg assign`, `custseg drift`, `custseg refit` and `custseg sql`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from custseg.cli._errors import command_errors
from custseg.cli.pipeline._workspace import (
    ALARM,
    LEVELS,
    Workspace,
    echo_summary,
    language_of_errors,
    raise_alarm,
    segment_counts,
    segment_lines,
    workspace_options,
    write_table,
)
from custseg.texts import text


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
        logs = {} if features is not None else workspace.logs()
        limit = workspace.daily("max_age_days") if max_age_days is None else max_age_days
        table = workspace.model().assign(**logs, features=features, as_of=as_of, max_age_days=limit)
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
def drift_command(*, as_of: str, features: str | None, fail_on: str | None, as_json: bool, **options: Any) -> None:
    """Compare the customers of today with those of the fit: keep the model, watch it, or refit it."""
    with command_errors(language_of_errors(options)):
        from custseg.tracking import drift

        workspace = Workspace.of(options)
        logs = {} if features is not None else workspace.logs()
        change = drift(workspace.model(), features, **logs, as_of=as_of, language=workspace.language)
        summary = {"command": "drift", "as_of": as_of, "drift": change.verdict, "reason": change.reason}
        echo_summary(summary, as_json=as_json, lines=[repr(change)])
    raise_alarm(change.verdict, fail_on or workspace.project.daily.get("fail_on"))


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
def refit_command(
    *, as_of: str, features: str | None, save: Path | None, out: Path | None, as_json: bool, **options: Any
) -> None:
    """Fit anew on the logs up to now; segments that still exist keep their numbers and names."""
    with command_errors(language_of_errors(options)):
        from custseg.tracking import refit

        workspace = Workspace.of(options)
        logs = {} if features is not None else workspace.logs()
        again = refit(workspace.model(), **logs, features=features, as_of=as_of)
        files = [] if out is None else again.result.write(out)
        target = save or workspace.path("model")
        again.model.save(target)
        paths = [str(file) for file in (*files, target)]
        relations = [
            {"kind": relation.kind, "before": relation.before, "after": relation.after}
            for relation in again.record.relations
        ]
        summary = {"command": "refit", "as_of": as_of, "segments": relations, "files": paths}
        wrote = [text(workspace.language, "cli", "wrote").format(file=file) for file in paths]
        echo_summary(summary, as_json=as_json, lines=[repr(again), "", *wrote])


@click.command()
@click.argument("dialect")
@click.option("--table", help="Table of features: print the query from features to segments.")
@click.option("--orders-table", help="Table of order lines: print the query from orders to features; with --as-of.")
@click.option("--as-of", help="Snapshot date of the features.")
@click.option("--customer-column", default="customer_id", show_default=True, help="Column of customer ids in --table.")
@workspace_options("model")
def sql(
    dialect: str,
    *,
    table: str | None,
    orders_table: str | None,
    as_of: str | None,
    customer_column: str,
    as_json: bool,
    **options: Any,
) -> None:
    """Print the model as SQL for DIALECT: duckdb, postgres, sqlite, spark, bigquery or snowflake."""
    with command_errors(language_of_errors(options)):
        from custseg.exports import features_sql, to_sql

        if (table is None) == (orders_table is None):
            raise ValueError("sql: give table=, with features, or orders_table=, with order lines; one of them.")
        model = Workspace.of(options).model()
        if table is not None:
            query = to_sql(model, dialect, table, customer_column=customer_column)
        else:
            query = features_sql(model, dialect, str(orders_table), as_of=as_of)
        echo_summary({"command": "sql", "dialect": dialect, "query": query}, as_json=as_json, lines=[query])
