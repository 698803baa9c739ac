"""What the commands of a pipeline work with: model, history and logs, from options and the project file."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from custseg.cli._output import say
from custseg.cli.pipeline._project import FILE_NAME, LEVELS, LOGS, Project, read_project
from custseg.errors import DataError
from custseg.texts import LANGUAGES, number, text

if TYPE_CHECKING:
    from custseg.model import SegmentModel

_Command = TypeVar("_Command", bound=Callable[..., Any])
ALARM = 3
"""Exit code of a drift alarm."""
_FORMS = {".csv": "csv", ".parquet": "parquet"}


@dataclass(frozen=True)
class Workspace:
    """The project file, and the options that go before it.

    Attributes
    ----------
    project : Project
        The project file; an empty one if there is none.
    options : mapping of str to object
        The options of the command.
    """

    project: Project
    options: Mapping[str, Any]

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Workspace:
        """The workspace of a command: `--config`, or `custseg.toml` if there is one."""
        config = options.get("config")
        if config is None and not Path(FILE_NAME).exists():
            return cls(Project(), options)
        return cls(read_project(config or Path(FILE_NAME)), options)

    @property
    def language(self) -> str:
        """The language of the results."""
        return str(self.options.get("language") or self.project.language)

    @property
    def named_language(self) -> str | None:
        """The language of the option, or of a project file; None without both, where names stay as they are."""
        given = self.options.get("language") or (None if self.project == Project() else self.project.language)
        return None if given is None else str(given)

    def path(self, name: str) -> Path:
        """The path of the model, the history or the folder for results."""
        return Path(self.options.get(name) or self.project.path(name))

    def model(self) -> SegmentModel:
        """The model."""
        from custseg.model import SegmentModel

        return SegmentModel.load(self.path("model"))

    def logs(self, features: str | None = None) -> dict[str, Any]:
        """The logs: files that are given as options, which the model describes, or else those of the project.

        None of the project where there is a table of features.
        """
        paths = {name: self.options.get(name) for name in LOGS}
        if features is not None or any(path is not None for path in paths.values()):
            return paths
        return dict.fromkeys(LOGS) | self.project.described()

    def daily(self, name: str, default: Any = None) -> Any:
        """An option of `custseg daily`, else that of the project, else the default."""
        value = self.options.get(name)
        return self.project.daily.get(name, default) if value is None else value


def loaded_logs(model: SegmentModel, logs: Mapping[str, Any]) -> dict[str, Any]:
    """The logs as the model describes them, with the columns in memory: their files are read once for all steps."""
    definition = model.definition
    if definition is None or all(log is None for log in logs.values()):
        return dict(logs)
    described = definition.with_describing().as_described(logs, model.column_names, caller="daily")
    # A table of customers is read once anyway.
    return {
        name: log.loaded() if name in ("orders", "events") and log is not None else log
        for name, log in described.items()
    }


def language_of_errors(options: Mapping[str, Any]) -> str:
    """The language of the errors of a command: that of the option, or that of the project as far as it can be read."""
    if options.get("language"):
        return str(options["language"])
    try:
        return Workspace.of(options).language
    except DataError:
        return "en"


def workspace_options(*names: str) -> Callable[[_Command], _Command]:
    """The options `--config`, `--language` and `--json`, and those with the given names."""
    options = {
        "model": click.option("--model", type=click.Path(dir_okay=False, path_type=Path),
                              help="File of the model. [default: that of the project, or model.json]"),
        "history": click.option("--history", type=click.Path(file_okay=False, path_type=Path),
                                help="Folder of the history. [default: that of the project, or history]"),
        "logs": click.argument("orders", required=False, type=click.Path(path_type=str)),
        "events": click.option("--events", help="File of events, with columns as at the fit."),
        "customers": click.option("--customers", help="File with one row per customer, as at the fit."),
        "as_of": click.option("--as-of", required=True, help="Snapshot date, such as 2024-06-01. The clock is never "
                              "read."),
        "config": click.option("--config", type=click.Path(dir_okay=False, path_type=Path),
                               help=f"The project file. [default: {FILE_NAME}, if there is one]"),
        "language": click.option("--language", type=click.Choice(LANGUAGES),
                                 help="Language of the results. [default: that of the project, or en]"),
        "json": click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON instead of text."),
    }  # fmt: skip

    def decorate(command: _Command) -> _Command:
        for name in reversed((*names, "config", "language", "json")):
            command = options[name](command)
        return command

    return decorate


def write_table(table: Any, path: Path) -> Path:
    """Write a table as CSV or Parquet, by the ending of the name: whole, or not at all."""
    import narwhals.stable.v2 as nw

    from custseg._frames import CSVFormat, table_writer
    from custseg._write import write_files

    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise DataError(f"{path}: the name of the file must end in .csv or .parquet.")
    local = nw.from_native(table, eager_only=True)
    write_files(path.parent, {path.name: table_writer(local, form, CSVFormat(",", encoding="utf-8-sig"))}, caller="out")
    return path


def write_columns(columns: Mapping[str, Sequence[Any]], path: Path) -> Path:
    """Write columns as CSV or Parquet."""
    from custseg._frames import frame_from_columns

    return write_table(frame_from_columns(columns), path)


def write_text(content: str, path: Path) -> Path:
    """Write a text file: whole, or not at all."""
    from custseg._write import write_files

    write_files(path.parent, {path.name: lambda staged: staged.write_text(content, encoding="utf-8")}, caller="out")
    return path


def segment_counts(table: Any, hidden: Collection[tuple[int | None, str]] = ()) -> list[dict[str, Any]]:
    """Number, name and customers of each segment, by number; those without a segment last.

    `hidden` are numbers and names of further segments whose size may not be shown.
    """
    import narwhals.stable.v2 as nw

    from custseg._privacy import bound_words, shown_sizes

    local = nw.from_native(table, eager_only=True)
    counts = local.group_by("segment", "name").agg(nw.len().alias("customers"))
    rows = list(counts.sort("segment", "name", nulls_last=True).iter_rows(named=True))
    sizes = shown_sizes([row["customers"] for row in rows])
    return [
        {**row, "customers": bound_words(row["customers"]) if is_hidden else size}
        for row, size in zip(rows, sizes, strict=True)
        for is_hidden in [size is None or (row["segment"], row["name"]) in hidden]
    ]


def echo_summary(summary: Mapping[str, Any], *, as_json: bool, lines: Sequence[str]) -> None:
    """Print the summary as JSON, or the lines."""
    say(json.dumps(summary, ensure_ascii=False) if as_json else "\n".join(lines))


def segment_lines(segments: Sequence[Mapping[str, Any]], language: str) -> list[str]:
    """The segments with their customers as lines of text."""
    template = text(language, "cli", "segment_line")
    return [
        template.format(
            segment="–" if row["segment"] is None else row["segment"],
            name=row["name"],
            customers=number(row["customers"], language)
            if isinstance(row["customers"], int)
            else row["customers"].replace(">=", "≥"),
        )
        for row in segments
    ]


def is_alarm(verdict: str, fail_on: str | None) -> bool:
    """Whether the verdict on drift is as bad as `fail_on`, or worse."""
    return fail_on in LEVELS[1:] and LEVELS.index(verdict) >= LEVELS.index(fail_on)


def raise_alarm(verdict: str, fail_on: str | None) -> None:
    """Exit with the code of an alarm, if it is one."""
    if is_alarm(verdict, fail_on):
        raise SystemExit(ALARM)
