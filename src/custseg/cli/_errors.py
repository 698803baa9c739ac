"""Errors as one sentence with the names of options, and an exit code instead of a traceback."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import click

from custseg.cli._messages import message_in
from custseg.errors import CustsegError, InfeasibleMinimumError
from custseg.texts import text

LIBRARY_NAMES = {"segments": "n_segments", "seed": "random_state"}
"""Parameters of commands that have another name in the library."""

_FURTHER_NAMES = {"after": "as_of", "model_after": "model"}
"""Arguments of the library that a command has under the name of another one."""

_QUOTED = re.compile(r"""((?<![\w\])])'(?:[^'\\]|\\.)*'|(?<!\w)"(?:[^"\\]|\\.)*")""")
_OF_PROJECT = ("date_format", "decimal", "thousands", "separator", "encoding", "skip_rows", "timezone", "rates")
"""Arguments of the description of a log that most commands take from the project file."""


_MAPPED = ("rates", "only", "columns")
"""Arguments that map, which are options with KEY=VALUE, or, of columns, one option for each."""
_MAPPING = re.compile(rf"(?<![\w-])({'|'.join(_MAPPED)})=\{{'([^']*)': (.+?)(?:, \.\.\.)?\}}")
_FUNCTION = re.compile(r"^(?:sources\.)?[a-z][a-z0-9_]*: ")
_READ_WITH = re.compile(r"read it with sources\.(\w+)\(\w+=\.\.\.\)")
_VERBS = r"(?= (?:must|cannot|need|needs|belongs|is|are|has)\b)"


class LocalizedError(click.ClickException):
    """An error of a command in a language; other than in English, a message of the library is set apart."""

    def __init__(self, message: str, language: str, *, is_english: bool = False) -> None:
        super().__init__(message)
        self.language, self.is_english = language, is_english

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the error with the words of the language before it."""
        line = text(self.language, "cli", "english_error" if self.is_english else "error")
        click.echo(line.format(message=self.format_message()), file=file, err=file is None)


class LocalizedUsageError(LocalizedError):
    """An error of usage in a language."""

    exit_code = click.UsageError.exit_code


def command_error(language: str, key: str, **fields: str) -> LocalizedError:
    """The error with a text of the catalog."""
    return LocalizedError(text(language, "cli", key).format(**fields), language)


@contextmanager
def command_errors(language: str = "en") -> Iterator[None]:
    """Turn errors of the library into errors of the command, with options in place of arguments.

    Messages of the library are in English. In another language, the usual ones are translated; a line in that language
    announces the others.
    """
    try:
        yield
    except InfeasibleMinimumError as error:
        if language == "en":
            raise LocalizedError(with_options(str(error)), language) from error
        key = "infeasible" if error.feasible else "infeasible_unknown"
        raise command_error(language, key, feasible=f"{error.feasible or 0:g}") from error
    except CustsegError as error:
        raise _library_error(LocalizedError, error, language) from error
    except (TypeError, ValueError, NotImplementedError) as error:
        if language == "en":
            raise click.UsageError(with_options(str(error))) from error
        raise _library_error(LocalizedUsageError, error, language) from error


def _library_error(kind: type[LocalizedError], error: Exception, language: str) -> LocalizedError:
    """The error of the command: in the language if its catalog has the message, else the message set apart."""
    message = with_options(str(error))
    translation = None if language == "en" else message_in(language, message)
    return kind(translation or message, language, is_english=translation is None)


def with_options(message: str) -> str:
    """The message with the options of the current command in place of arguments."""
    context = click.get_current_context(silent=True)
    if context is None:
        return message
    # Functions of the library are named by the command; descriptions such as Orders keep their name.
    message = _FUNCTION.sub(f"{context.command.name}: ", message, count=1)
    if any("--from" in parameter.opts for parameter in context.command.params):
        message = _READ_WITH.sub(r"read it with --from \1", message)
    message = _MAPPING.sub(lambda match: _entry(match, options_of(context.command)), message)
    return translated(message, options_of(context.command))


def _entry(match: re.Match[str], options: Mapping[str, str]) -> str:
    """An entry of a mapping as the command line has it: ``rates={'EUR': 1.0, ...}`` as ``--rate 'EUR=1.0'``."""
    name, key, value = match.groups()
    if name == "columns":
        return f"{options[key]} {value}" if key in options else match[0]
    words = value.strip("[]'") if value != "[...]" else "..."
    return f"{options[name]} '{key}={words}'" if name in options else match[0]


def options_of(command: click.Command) -> dict[str, str]:
    """Map each argument of the library to its option."""
    options = {
        LIBRARY_NAMES.get(param.name, param.name): param.opts[-1]
        for param in command.params
        if isinstance(param, click.Option) and param.name
    }
    names = [param.name for param in command.params if isinstance(param, click.Argument)]
    # The log of orders is an argument without a name.
    options |= {name: name.upper() for name in names if name == "orders"}
    if "config" in options and "date_format" not in options:
        options |= {name: f"{name} in the project file" for name in _OF_PROJECT if name not in options}
    return options | {name: options[other] for name, other in _FURTHER_NAMES.items() if other in options}


def translated(message: str, options: Mapping[str, str]) -> str:
    """The message with `name=value` as `--name value`, and names of arguments as options.

    Quoted text stays unchanged. A name that is an ordinary word, such as "date", is an argument only before an equals
    sign or as the subject of the sentence.
    """
    if not options:
        return message
    names = "|".join(sorted(map(re.escape, options), key=len, reverse=True))
    assignment = re.compile(rf"(?<![\w-])({names})=(?P<value>(?=[\w'\"\[{{]))?")
    without_value = re.compile(rf"(?<![\w-])({names})=None\b")
    flag = re.compile(rf"(?<![\w-])({names})=True\b")
    underscored = "|".join(re.escape(name) for name in options if "_" in name)
    plain = re.compile(rf"(?<![\w-])({underscored or '(?!)'})(?![\w-])")
    subject = re.compile(rf"(?<=: )((?:{names})(?:(?:,| and|, and) (?:{names}))*){_VERBS}")

    def with_value(match: re.Match[str]) -> str:
        return options[match[1]] + (" " if match["value"] is not None else "")

    def listed(match: re.Match[str]) -> str:
        return re.sub(names, lambda name: options[name[0]], match[1])

    # An option without a value, such as --replace.
    message = re.sub(rf"(?<![\w-])({names})=True\b", lambda match: options[match[1]], message)
    # The subject comes first, so that names inside options are not replaced again.
    pieces = _QUOTED.split(subject.sub(listed, message, count=1))
    for i in range(0, len(pieces), 2):
        before_quote = i + 1 < len(pieces)
        text = without_value.sub(lambda match: f"{options[match[1]]} none", pieces[i])
        text = flag.sub(lambda match: options[match[1]], text)
        text = assignment.sub(with_value, text)
        if before_quote and re.search(rf"(?<![\w-])({names})=$", pieces[i]):
            text += " "
        pieces[i] = plain.sub(lambda match: options[match[1]], text)
    return "".join(pieces)
