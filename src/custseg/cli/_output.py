"""Standard output of the commands: a reader that goes away stops no work, a full disk gives one line."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import click

from custseg.cli._errors import LocalizedUsageError
from custseg.cli._messages import message_in
from custseg.texts import LANGUAGES, text

_ARGUMENTS = "custseg.arguments"


class QuietGroup(click.Group):
    """A group whose commands print one line when the operating system fails, for instance if the disk is full."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the arguments: those of a command that cannot be parsed say in which language its error is read."""
        ctx.meta[_ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; errors of the operating system become one line, and those of usage are in its language."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise _usage_error(error, ctx.meta.get(_ARGUMENTS, ())) from error
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # click ends quietly where the reader of the errors has gone
            _discard_output()
            filename = f" {error.filename!r}" if error.filename else ""
            raise click.ClickException(f"{error.strerror or error}{filename}.") from error


def _usage_error(error: click.UsageError, arguments: Sequence[str]) -> click.ClickException:
    """The error of usage in the language that the arguments ask for; itself where that is English."""
    language = _requested_language(arguments)
    if language == "en":
        return error
    message = _message_of(error)
    translation = message_in(language, message)
    command = error.ctx.command_path if error.ctx is not None else None
    hint = "" if command is None else "\n" + text(language, "cli", "help").format(command=command)
    return LocalizedUsageError((translation or message) + hint, language, is_english=translation is None)


def _message_of(error: click.UsageError) -> str:
    """The message, of an unknown option as click 8.4 words it: the catalog has no older wording of that."""
    if not isinstance(error, click.NoSuchOption):
        return error.format_message()
    similar = [repr(name) for name in sorted(error.possibilities or ())]
    question = "Did you mean" if len(similar) == 1 else "Did you mean one of:"
    hint = f" ({question} {', '.join(similar)}?)" if similar else ""
    return f"No such option {error.option_name!r}.{hint}"


def _requested_language(arguments: Sequence[str]) -> str:
    """The value of --language among arguments that could not be parsed; English where it is none of the languages."""
    joined = [argument.partition("=")[2] for argument in arguments if argument.startswith("--language=")]
    following = [value for name, value in pairwise(arguments) if name == "--language"]
    return next((value for value in (*joined, *following) if value in LANGUAGES), "en")


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
