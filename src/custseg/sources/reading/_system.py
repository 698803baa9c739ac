"""`System`: the record with which a system enters the list of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from inspect import signature
from typing import Any, TypedDict, get_args, get_type_hints

from custseg.logs import Finding, FindingWriter
from custseg.sources.reading._result import SourceLogs
from custseg.texts import listed


class SourceOptions(TypedDict, total=False):
    """The arguments that the functions of all systems share; each function describes its own."""

    timezone: str
    date_format: str | None
    as_of: object
    separator: str | None
    language: str


class FileOptions(SourceOptions, total=False):
    """Those of files with amounts, in an encoding of their own."""

    rates: Mapping[str, float] | None
    decimal: str | None
    thousands: str | None
    encoding: str


@dataclass(frozen=True)
class System:
    """A system whose files are read.

    Attributes
    ----------
    name : str
        The name of its function, its format and its texts, such as "shopify".
    read : callable
        The function; it returns `SourceLogs`.
    files : mapping of str to str
        By the file that the command line takes ("orders", "events" or "customers"), the argument of the function.
    gives : tuple of str
        The logs that it can give.
    fixed : mapping of str to object
        Arguments that are always given, for several systems with one function.
    """

    name: str
    read: Callable[..., SourceLogs]
    files: Mapping[str, str]
    gives: tuple[str, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def options(self) -> set[str]:
        """The names of the function's arguments, with those that it shares with other systems as ``**options``."""
        names = set(signature(self.read).parameters)
        shared = get_type_hints(self.read).get("options")
        return names | set().union(*(get_type_hints(kind) for kind in get_args(shared)))

    def logs(self, files: Mapping[str, object], **options: Any) -> SourceLogs:
        """The logs in files, by what the command line calls them."""
        arguments: dict[str, object] = {}
        for kind, file in files.items():
            argument = self.files[kind]
            other = arguments.setdefault(argument, file)
            # Two files for one argument would leave one of them unread.
            if other is not file and not (isinstance(file, str) and other == file):
                kinds = listed([kind for kind in files if self.files[kind] == argument])
                raise ValueError(
                    f"sources.read: {self.name} has {kinds} in the same files, and two are given. Give one of them, or "
                    "a pattern that fits both."
                )
        return self.read(**self.fixed, **arguments, **options)


def source_findings(language: str, counts: Mapping[str, int], **fields: Any) -> tuple[Finding, ...]:
    """The findings of a report, from ``[findings.sources]`` of the catalog; those with a count of 0 are left out.

    `counts` has the number of rows by the name of the finding. `fields` fill the sentences that have further fields.
    """
    write = FindingWriter("sources")
    return tuple(
        replace(finding, language=language)
        for name, count in counts.items()
        for finding in write(name, count, "warning" if name in _MISLEADING else "note", **fields)
    )


_MISLEADING = ("unmatched", "repeated_rows", "before_2000", "after_as_of", "without_customer",
               "several_contacts", "further_sheets")  # fmt: skip
"""Findings of rows that are left out though the user may miss them."""
