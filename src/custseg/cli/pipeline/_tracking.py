"""`custseg history` and `custseg compare`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custseg.cli._errors import command_errors
from custseg.cli.pipeline._translations import translations, with_translated_names, with_translated_segments
from custseg.cli.pipeline._workspace import (
    Workspace,
    echo_summary,
    language_of_errors,
    segment_counts,
    segment_lines,
    workspace_options,
    write_table,
)
from custseg.errors import DataError
from custseg.texts import shown, text

if TYPE_CHECKING:
    from custseg.tracking import SegmentHistory, Transitions

_MOVEMENT_FILES = ("entered", "left")


@click.command()
@workspace_options("history")
@click.option("--as-of", help="Show the segments of this snapshot; by default, all snapshots are listed.")
@click.option("--customer", help="Show the way of this customer through the segments.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the snapshot to this file, .csv or .parquet; with --as-of.")  # fmt: skip
def history(*, as_of: str | None, customer: str | None, out: Path | None, as_json: bool, **options: Any) -> None:
    """Show the recorded snapshots, one of them, or the way of one customer through the segments."""
    with command_errors(language_of_errors(options)):
        from custseg.tracking import SegmentHistory

        workspace = Workspace.of(options)
        record, language = SegmentHistory(workspace.path("history")), workspace.language
        if customer is not None and as_of is not None:
            raise ValueError("history: customer and as_of exclude each other.")
        if out is not None and as_of is None:
            raise ValueError("history: out needs as_of, the snapshot to write.")
        folder = workspace.path("history")
        if options.get("history") is not None and not folder.is_dir():
            raise DataError(f"history: there is no folder {shown(str(folder), 300)}. Give the folder of a history.")
        if customer is not None:
            _show_customer(record, customer, translations(workspace), as_json=as_json)
        elif as_of is not None:
            table = with_translated_names(record.at(as_of), translations(workspace))
            files = [] if out is None else [str(write_table(table, out))]
            segments = segment_counts(table)
            wrote = [text(language, "cli", "wrote").format(file=file) for file in files]
            summary = {"command": "history", "as_of": as_of, "segments": segments, "files": files}
            echo_summary(summary, as_json=as_json, lines=[*segment_lines(segments, language), *wrote])
        else:
            moments = list(record.moments("history"))
            summary = {"command": "history", "snapshots": moments}
            echo_summary(summary, as_json=as_json, lines=moments or [text(language, "cli", "no_snapshots")])


def _show_customer(record: SegmentHistory, customer: str, names: Mapping[str, str], *, as_json: bool) -> None:
    """The way of a customer; an id of digits is looked for as a number where the history has numbers."""
    import narwhals.stable.v2 as nw

    moments = record.moments("history")
    is_number = bool(moments) and nw.from_native(record.at(moments[-1])).schema["customer_id"].is_integer()
    path = nw.from_native(record.customer(int(customer) if is_number and customer.isdecimal() else customer))
    steps = [
        {key: row[key] for key in ("as_of", "segment", "name", "changed_at")}
        | {"name": names.get(row["name"], row["name"])}
        for row in path.iter_rows(named=True)
    ]
    lines = [f"{step['as_of']}  {step['name']}" for step in steps]
    echo_summary({"command": "history", "steps": steps}, as_json=as_json, lines=lines)


@click.command()
@workspace_options("logs", "events", "customers", "model", "history", "as_of")
@click.option("--since", help="The earlier snapshot. [default: the one just before --as-of]")
@click.option("--model-before", type=click.Path(dir_okay=False, path_type=Path),
              help="The model of the earlier snapshot, if it was another one.")  # fmt: skip
@click.option("--causes", is_flag=True, help="Say what the changes are due to, from the model and the logs.")
@click.option("--min-stay", type=click.IntRange(1), help="Snapshots in a segment before a change counts. [default: 1]")
@click.option(
    "--min-confidence", type=click.FloatRange(0, 1), help="Confidence from which a change counts. [default: 0]"
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Folder for entered.csv and left.csv. [default: no files are written]")  # fmt: skip
def compare(
    *,
    as_of: str,
    since: str | None,
    model_before: Path | None,
    causes: bool,
    out: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Compare two recorded snapshots: who stayed, moved, is new or gone."""
    with command_errors(language_of_errors(options)):
        workspace = Workspace.of(options)
        explained: dict[str, Any] = {}
        if causes or model_before is not None:
            from custseg.model import SegmentModel

            model = workspace.model()
            before = model if model_before is None else SegmentModel.load(model_before)
            explained = {**workspace.logs(), "model_before": before, "model_after": model}
        movement = moved(workspace, as_of, since=since, **explained)
        movement = with_translated_segments(movement, translations(workspace))
        files = [] if out is None else write_movement(movement, out)
        wrote = [text(workspace.language, "cli", "wrote").format(file=file) for file in files]
        summary = {"command": "compare", **movement_summary(movement), "files": [str(file) for file in files]}
        echo_summary(summary, as_json=as_json, lines=[repr(movement), "", *wrote])


def moved(workspace: Workspace, as_of: str, **arguments: Any) -> Transitions:
    """The movement since the snapshot before, with the options against flapping."""
    from custseg.tracking import SegmentHistory, transitions

    return transitions(
        SegmentHistory(workspace.path("history")),
        as_of,
        min_stay=int(workspace.daily("min_stay", 1)),
        min_confidence=float(workspace.daily("min_confidence", 0.0)),
        language=workspace.language,
        **arguments,
    )


def write_movement(movement: Transitions, folder: Path) -> list[Path]:
    """Write who entered and who left a segment."""
    return [write_table(getattr(movement, name), folder / f"{name}.csv") for name in _MOVEMENT_FILES]


def movement_summary(movement: Transitions) -> dict[str, Any]:
    """The number of customers who stayed, moved, are new and are gone, as far as it may be shown."""
    sums = movement.sums()
    shown = {name: sums[name].plain() for name in ("stayed", "moved", "new", "gone")}
    return {"as_of": movement.as_of, "since": movement.since, **shown}
