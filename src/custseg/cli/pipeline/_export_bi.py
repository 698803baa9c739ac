"""`custseg export-bi`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custseg.cli._errors import command_errors
from custseg.cli.pipeline._workspace import Workspace, echo_summary, language_of_errors, workspace_options
from custseg.texts import text

if TYPE_CHECKING:
    from custseg.model import SegmentModel


@click.command("export-bi")
@workspace_options("model", "history")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="Folder for the tables; snapshots that it lacks are added.")  # fmt: skip
@click.option("--timezone", default="UTC", show_default=True,
              help="Where snapshots with a time zone have their day, such as Europe/Berlin.")  # fmt: skip
@click.option("--hyper", is_flag=True, help="Write segments.hyper for Tableau too.")
@click.option("--replace", is_flag=True, help="Replace snapshots that have other content in the folder.")
def export_bi_command(*, out: Path, timezone: str, hyper: bool, replace: bool, as_json: bool, **options: Any) -> None:
    """Write the recorded snapshots as tables for Power BI and Tableau, as Parquet and CSV.

    Segments are described by the model, where there is one. Run twice, the tables are the same.
    """
    with command_errors(language_of_errors(options)):
        from custseg.exports import export_bi
        from custseg.tracking import SegmentHistory

        workspace = Workspace.of(options)
        history, model = SegmentHistory(workspace.path("history")), _model(workspace)
        language = workspace.named_language
        written = export_bi(
            history, out, model=model, language=language, timezone=timezone, hyper=hyper, replace=replace
        )
        files = [str(file) for file in written.files]
        summary = {
            "command": "export-bi",
            "snapshots": written.snapshots,
            "added": written.added,
            "files": files,
            "notes": written.notes,
        }
        wrote = [text(workspace.language, "cli", "wrote").format(file=file) for file in files]
        echo_summary(summary, as_json=as_json, lines=[*wrote, *written.notes])


def _model(workspace: Workspace) -> SegmentModel | None:
    """The model of the option, or that of the project if there is a file."""
    is_named = workspace.options.get("model") is not None
    return workspace.model() if is_named or workspace.path("model").is_file() else None
