"""`custseg daily`: the whole day of a pipeline in one command."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custseg.cli._errors import command_errors
from custseg.cli.pipeline._contact import SENDS, contact_states
from custseg.cli.pipeline._project import LEVELS
from custseg.cli.pipeline._tracking import moved, movement_summary
from custseg.cli.pipeline._translations import translations, with_translated_names, with_translated_segments
from custseg.cli.pipeline._workspace import (
    ALARM,
    Workspace,
    echo_summary,
    language_of_errors,
    loaded_logs,
    raise_alarm,
    segment_counts,
    segment_lines,
    workspace_options,
    write_table,
)
from custseg.errors import DataError, TooFewCustomersError
from custseg.texts import text

if TYPE_CHECKING:
    from custseg.model import SegmentModel
    from custseg.tracking import Drift, Transitions


@click.command()
@workspace_options("logs", "events", "customers", "model", "history", "as_of")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Folder for the files. [default: that of the project, or segments]")  # fmt: skip
@click.option("--max-age-days", type=click.IntRange(0),
              help="Stop if the model, or the last row of a log, is more days before --as-of.")  # fmt: skip
@click.option("--min-stay", type=click.IntRange(1), help="Snapshots in a segment before a change counts. [default: 1]")
@click.option(
    "--min-confidence", type=click.FloatRange(0, 1), help="Confidence from which a change counts. [default: 0]"
)
@click.option(
    "--max-sends-7d", type=click.IntRange(1), help="Customers with so many mails in 7 days are not reachable."
)
@click.option("--fail-on", type=click.Choice(LEVELS[1:]),
              help=f"Exit code {ALARM} if the verdict on drift is this or worse. [default: never]")  # fmt: skip
@click.option("--replace", is_flag=True, help="Replace a snapshot of this date that has other content.")
def daily(*, as_of: str, replace: bool, as_json: bool, **options: Any) -> None:
    """Do the work of one day: assign, record, compare, list who entered a segment, and look for drift.

    Run twice, it gives the same files.
    """
    with command_errors(language_of_errors(options)):
        from custseg.snapshot import moment_text
        from custseg.tracking import SegmentHistory

        workspace = Workspace.of(options)
        model, language = workspace.model(), workspace.language
        # One text for every way to write a date: it names the files, and is compared with those of the history.
        moment = moment_text(as_of, "daily")
        logs = loaded_logs(model, workspace.logs())
        assigned = model.assign(**logs, as_of=moment, max_age_days=workspace.daily("max_age_days"))
        # What the logs cannot give is an error before anything is written.
        contact = _contact(workspace, logs, moment)
        change = _drift(model, logs, moment, language=language)
        folder, day = workspace.path("out"), moment.replace(":", "-")
        history = SegmentHistory(workspace.path("history"))
        history.record(assigned, moment, replace=replace)
        names = translations(workspace, model)
        table = with_translated_names(assigned, names)
        files = [write_table(table, folder / f"assignments_{day}.csv")]
        summary: dict[str, Any] = {"command": "daily", "as_of": moment, "segments": segment_counts(table)}
        texts: list[str] = []
        if history.moments("daily")[0] < moment:
            movement = with_translated_segments(moved(workspace, moment), names)
            path = folder / f"entered_{day}.csv"
            files.append(_activation(workspace, movement, model, contact=contact, path=path))
            hidden = [(item.segment, item.name) for item in movement.hidden_sizes()]
            summary |= {"segments": segment_counts(table, hidden), "movement": movement_summary(movement)}
            texts = ["", repr(movement)]
        summary |= {"drift": change.verdict if change else None, "reason": change.reason if change else None}
        summary |= {"files": [str(file) for file in files]}
        wrote = [text(language, "cli", "wrote").format(file=file) for file in files]
        echo_summary(
            summary,
            as_json=as_json,
            lines=[
                *segment_lines(summary["segments"], language),
                *texts,
                "",
                _drift_text(change, language),
                "",
                *wrote,
            ],
        )
    if change is not None:
        raise_alarm(change.verdict, workspace.daily("fail_on"))


def _contact(workspace: Workspace, logs: Mapping[str, Any], moment: str) -> Any:
    """Whether mail reaches each customer; raises where the number of mails is limited and no log has them."""
    contact = contact_states(logs, moment)
    if workspace.daily("max_sends_7d") is not None and (contact is None or SENDS not in contact.columns):
        raise DataError("daily: max_sends_7d needs a log of events with mails. Give events, or leave the limit out.")
    return contact


def _drift(model: SegmentModel, logs: Mapping[str, Any], moment: str, *, language: str) -> Drift | None:
    """What has changed since the fit; None where there are too few customers to tell, as in a small shop every day."""
    from custseg.tracking import drift

    try:
        return drift(model, **logs, as_of=moment, language=language)
    except TooFewCustomersError:
        return None


def _drift_text(change: Drift | None, language: str) -> str:
    if change is None:
        return str(text(language, "cli", "no_drift"))
    return change.headline if change.verdict == "keep" else repr(change)


def _activation(workspace: Workspace, movement: Transitions, model: SegmentModel, *, contact: Any, path: Path) -> Path:
    """Write who entered a segment, with the play of the segment and whether mail reaches the customer."""
    from custseg.exports import export_activation

    present = {item.segment for item in movement.segments}
    plays: dict[int | str, str] = {
        segment.number: " ".join(segment.playbook[workspace.language].do)
        for segment in model.segments
        if segment.number in present
    }
    cap = workspace.daily("max_sends_7d")
    return export_activation(movement, path, plays=plays, features=contact, max_sends_7d=cap)
