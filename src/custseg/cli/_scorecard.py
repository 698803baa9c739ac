"""`custseg scorecard`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from custseg.cli._errors import command_errors
from custseg.cli.pipeline._workspace import Workspace, echo_summary, language_of_errors, workspace_options
from custseg.texts import text


@click.command("scorecard")
@workspace_options("logs", "events", "history")
@click.option("--since", required=True, help="The beginning of the period, such as 2024-06-01.")
@click.option("--until", required=True, help="Its end, which is no longer part of it. The clock is never read.")
@click.option("--conversion-days", type=click.IntRange(1, 366), default=7, show_default=True,
              help="A purchase counts for the last mail of so many days before it.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Folder for scorecard.csv. [default: no file is written]")  # fmt: skip
def scorecard_command(
    *, since: str, until: str, conversion_days: int, out: Path | None, as_json: bool, **options: Any
) -> None:
    """Measure opens, clicks, purchases and complaints of the recorded segments in a period, with intervals.

    The segments are those of the history; the logs are those of the project file, or files whose columns are detected.
    """
    with command_errors(language_of_errors(options)):
        from custseg.insights import scorecard
        from custseg.tracking import SegmentHistory

        workspace = Workspace.of(options)
        language = workspace.language
        logs = _described(workspace.logs(), language)
        if logs["events"] is None:
            raise ValueError("scorecard: events must be given: the log with the mails.")
        card = scorecard(
            SegmentHistory(workspace.path("history")),
            logs["events"],
            logs["orders"],
            since=since,
            until=until,
            conversion_days=conversion_days,
            language=language,
        )
        files = [] if out is None else [str(file) for file in card.write(out)]
        wrote = [text(language, "cli", "wrote").format(file=file) for file in files]
        summary = {"command": "scorecard", "since": since, "until": until, "figures": _rows(card), "files": files}
        echo_summary(summary, as_json=as_json, lines=[repr(card), *(["", *wrote] if wrote else [])])


def _described(logs: dict[str, Any], language: str) -> dict[str, Any]:
    """The logs of the project as they are; the columns of files that were given as options are detected."""
    from custseg.cli._assumptions import event_log, order_log, show_assumed

    described = {name: logs.get(name) for name in ("orders", "events")}
    detected = []
    if isinstance(described["orders"], str):
        detected.append(order_log(described["orders"], {}, {}, language=language))
        described["orders"] = detected[-1].described
    if isinstance(described["events"], str):
        detected.append(event_log(described["events"], "UTC", language=language))
        described["events"] = detected[-1].described
    if detected:
        show_assumed(detected, language)
    return described


def _rows(card: Any) -> list[dict[str, Any]]:
    """The figures as one mapping each."""
    columns = card.columns()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
