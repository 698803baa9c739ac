"""Standard output of the commands: a reader that goes away stops no work, a full disk gives one line."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

import click


class QuietGroup(click.Group):
    """A group whose commands print one line when the operating system fails, for instance if the disk is full."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; errors of the operating system become one line."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # click ends quietly where the reader of the errors has gone
            _discard_output()
            filename = f" {error.filename!r}" if error.filename else ""
            raise click.ClickException(f"{error.strerror or error}{filename}.") from error


def say(message: object = "") -> None:
    """Print to standard output; where its reader has gone, the command goes on and prints nothing more.

    Its files are then written as ever, and its exit code is that of its work: ``custseg fit ... | head -1``.
    """
    try:
        click.echo(message)
    except OSError as error:
        if error.errno != errno.EPIPE:
            raise
        _discard_output()


def _discard_output() -> None:
    """Discard output from now on, also what is buffered: at exit, Python would try to write it and fail."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
