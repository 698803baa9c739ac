"""`custseg inspect`."""

from __future__ import annotations

import click

from custseg.cli._errors import errors_told


@click.command()
@click.argument("file", type=click.Path(path_type=str))
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True,
              help="Language of the report.")  # fmt: skip
def inspect(file: str, language: str) -> None:
    """Look at FILE and say which column is what, how sure that is, and which command to run.

    FILE is a CSV (also .tsv, .txt, .gz), Parquet or Excel file. Nothing is written. Two rows are shown as an example,
    with every letter as A and every digit as 9.
    """
    with errors_told():
        from custseg.inspection import inspect as look_at

        found = look_at(file, language=language)
    click.echo(repr(found))
