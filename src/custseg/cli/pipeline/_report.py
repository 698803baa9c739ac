"""`custseg report`."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from custseg.cli._errors import LIBRARY_NAMES, command_errors
from custseg.cli._fit import COLUMN_OPTIONS, FILE_OPTIONS, FIT_ARGUMENTS, SEGMENT_OPTIONS, opened_logs
from custseg.cli._output import say
from custseg.cli.pipeline._fit_section import fit_arguments
from custseg.cli.pipeline._workspace import Workspace, language_of_errors, write_text
from custseg.texts import text

_ARGUMENTS_OF_THE_CALL = "custseg.arguments"


class _Recorded(click.Command):
    """A command that keeps the arguments as they were typed, so that the report can say how it was made."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, and keep them."""
        ctx.meta[_ARGUMENTS_OF_THE_CALL] = list(args)
        return super().parse_args(ctx, args)


@click.command("report", cls=_Recorded)
@click.argument("orders", required=False, type=click.Path(path_type=str))
@click.option("--events", help="File of events, such as mails and visits; its columns are detected.")
@click.option("--customers", help="File with one row per customer; its columns are detected.")
@COLUMN_OPTIONS
@FILE_OPTIONS
@SEGMENT_OPTIONS
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The project file, with logs and options of the fit. [default: custseg.toml, if there is one]",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("report.html"),
    show_default=True,
    help="File for the report.",
)
@click.option("--markdown", type=click.Path(dir_okay=False, path_type=Path),
              help="File for the report in Markdown, for chats. [default: none]")  # fmt: skip
def report_command(
    orders: str | None,
    *,
    events: str | None,
    customers: str | None,
    out: Path,
    markdown: Path | None,
    **options: Any,
) -> None:
    """Segment the customers of ORDERS, and write a report that can be sent: one HTML file that needs nothing else.

    Columns and formats are detected, as by custseg fit. Without ORDERS and --events, logs and options are those of the
    project file.
    """
    context = click.get_current_context()
    is_given = {name: context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in options}
    given = {name: value for name, value in options.items() if is_given[name]}
    logs = {"orders": orders, "events": events, "customers": customers}
    with command_errors(language_of_errors(given)):
        from custseg import reports
        from custseg.segmentation import fit_segments

        workspace = Workspace.of({"config": options["config"], **{"language": given.get("language")}, **logs})
        language = workspace.language
        described, arguments = _fit_of(workspace, logs, {**options, "language": language}, given=given)
        if all(log is None for log in described.values()):
            raise click.UsageError(text(language, "cli", "no_orders"))
        result = fit_segments(described.pop("orders"), **described, **arguments)
        command = shlex.join(["custseg", "report", *context.meta[_ARGUMENTS_OF_THE_CALL]])
        files = [reports.report(result, out, command=command)]
        if markdown is not None:
            files.append(write_text(reports.markdown(result), markdown))
        say(repr(result))
        say("\n".join(["", *(text(language, "cli", "wrote").format(file=file) for file in files)]))


def _fit_of(
    workspace: Workspace, logs: Mapping[str, str | None], options: Mapping[str, Any], *, given: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The described logs, and the arguments of the fit: options that are given go before those of the project file."""
    from custseg.cli._assumptions import show_assumed

    names = [*FIT_ARGUMENTS, "columns"]
    arguments = {LIBRARY_NAMES.get(name, name): options[name] for name in names}
    if columns := options["columns"]:
        arguments["columns"] = [name.strip() for name in columns.split(",")]
    if any(path is not None for path in logs.values()):
        opened = opened_logs(logs["orders"], logs["events"], logs["customers"], options=options)
        show_assumed([log for log in opened if log is not None], options["language"])
        return {name: None if log is None else log.described for name, log in zip(logs, opened, strict=True)}, arguments
    of_project = {
        name: value
        for name, value in fit_arguments(workspace.project).items()
        if not any(LIBRARY_NAMES.get(key, key) == name for key in given)
    }
    return workspace.logs(), {**arguments, **of_project}
