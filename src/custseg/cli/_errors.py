"""Errors as one sentence with the names of the options, and an exit code; never a traceback."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from custseg.errors import CustsegError

LIBRARY_NAMES = {"segments": "n_segments", "seed": "random_state"}
"""Parameters of commands that the library calls otherwise."""

_QUOTED = re.compile(r"""((?<![\w\])])'(?:[^'\\]|\\.)*'|(?<!\w)"(?:[^"\\]|\\.)*")""")
_VERBS = r"(?= (?:must|cannot|need|needs|belongs|is|are)\b)"


class QuietGroup(click.Group):
    """A group whose commands end with one line where their output cannot be written."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; errors of the operating system are no tracebacks."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # click ends quietly where the reader of a pipe has gone
            _let_go_of_output()
            what = f" {error.filename!r}" if error.filename else ""
            raise click.ClickException(f"{error.strerror or error}{what}.") from error


def _let_go_of_output() -> None:
    """Send what is left in the buffer of the output nowhere: Python would try, and fail, to write it at its end."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


@contextmanager
def errors_told() -> Iterator[None]:
    """Errors of the library as those of the command, with its options in the place of arguments."""
    try:
        yield
    except CustsegError as error:
        raise click.ClickException(with_options(str(error))) from error
    except (TypeError, ValueError, NotImplementedError) as error:
        raise click.UsageError(with_options(str(error))) from error


def with_options(message: str) -> str:
    """The message with the options of the present command in the place of arguments."""
    context = click.get_current_context(silent=True)
    return translated(message, options_of(context.command)) if context else message


def options_of(command: click.Command) -> dict[str, str]:
    """The option for each argument of the library."""
    return {
        LIBRARY_NAMES.get(param.name, param.name): param.opts[-1]
        for param in command.params
        if isinstance(param, click.Option) and param.name
    }


def translated(message: str, options: Mapping[str, str]) -> str:
    """The message with `name=value` as `--name value`, and names of arguments as options.

    What stands in quotes is left as it is. A name that is an ordinary word, such as "date", is an argument only
    before an equals sign and as the subject of the sentence.
    """
    if not options:
        return message
    names = "|".join(sorted(map(re.escape, options), key=len, reverse=True))
    given = re.compile(rf"(?<![\w-])({names})=(?P<value>(?=[\w'\"\[{{]))?")
    underscored = "|".join(re.escape(name) for name in options if "_" in name)
    plain = re.compile(rf"(?<![\w-])({underscored or '(?!)'})(?![\w-])")
    subject = re.compile(rf"(?<=: )((?:{names})(?:(?:,| and|, and) (?:{names}))*){_VERBS}")

    def with_value(match: re.Match[str]) -> str:
        return options[match[1]] + (" " if match["value"] is not None else "")

    def listed(match: re.Match[str]) -> str:
        return re.sub(names, lambda name: options[name[0]], match[1])

    # The subject comes first: options have no more names of arguments in them that could be taken again.
    parts = _QUOTED.split(subject.sub(listed, message, count=1))
    for place in range(0, len(parts), 2):
        before_quote = place + 1 < len(parts)
        text = given.sub(with_value, parts[place])
        if before_quote and re.search(rf"(?<![\w-])({names})=$", parts[place]):
            text += " "
        parts[place] = plain.sub(lambda match: options[match[1]], text)
    return "".join(parts)
