"""Fitting, printing the result, and writing its files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custseg.cli._errors import with_options
from custseg.cli._output import say
from custseg.texts import text

if TYPE_CHECKING:
    from custseg.result import Segmentation


def fit_and_write(
    orders: object,
    out: Path | None,
    *,
    form: str = "csv",
    save: Path | None = None,
    bi: Path | None = None,
    **arguments: Any,
) -> Segmentation:
    """Fit segments, print them, and write their files; the model to `save`, and tables for BI to `bi`, if given."""
    from custseg.segmentation import fit_segments

    result = fit_segments(orders, **arguments)
    files = _write(result, out, form) if out else []
    if save is not None:
        result.model.save(save)
        files.append(save)
    notes: tuple[str, ...] = ()
    if bi is not None:
        from custseg.exports import export_bi

        tables = export_bi(result, bi, replace=True)
        files.extend(tables.files)
        notes = tables.notes
    _show(result)
    for file in files:
        say(text(result.choice.language, "cli", "wrote").format(file=file))
    for note in notes:
        say(note)
    return result


def _write(result: Any, out: Path, form: str) -> list[Path]:
    from custseg.plots import plot_segments

    figure = plot_segments(result)
    return list(result.write(out, form=form, also={"segments.png": figure.savefig}))


def _show(result: Any) -> None:
    """Print the segments, as a table on a terminal and as plain text elsewhere; then the data report and the notes."""
    if sys.stdout is not None and sys.stdout.isatty():
        from rich.box import SIMPLE_HEAD
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text as RichText

        heads, rows = result.profiles.table()
        headline = RichText(repr(result).splitlines()[0], "bold")
        table = Table(title=headline, title_justify="left", box=SIMPLE_HEAD, padding=0)
        for position, head in enumerate(heads):
            # A word per line, so that the table fits a narrow terminal.
            words = RichText(head.replace("_", " ").replace(" ", "\n"))
            table.add_column(words, justify="left" if position == 1 else "right", overflow="fold")
        for cells in rows:
            table.add_row(*map(RichText, cells))
        Console().print(table)
        say(result.why())
    else:
        say(repr(result))
    say(f"\n{with_options(repr(result.data_report))}")
    for note in result.notes:
        say(f"  {note}")
    say()
