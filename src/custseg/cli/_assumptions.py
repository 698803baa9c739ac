"""Files of the command line as described logs: columns and formats without an option are detected, and shown."""

from __future__ import annotations

import glob
import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from custseg._checks import check_choice
from custseg.cli._errors import command_error
from custseg.cli._output import say
from custseg.errors import DataError
from custseg.inspection import NO_COLUMN, FileFinding, FileInspection, FileKind, inspect_with, option_words
from custseg.logs import Customers, Events, Orders
from custseg.sources import READABLE, SYSTEMS, SourceLogs, presets
from custseg.sources import read as read_system
from custseg.texts import listed, printable, shown, text

_BETWEEN = {True: " ", False: ", "}
_MONEY = ("amount", "quantity", "price")
_CORE = ("customer", "order", "date", *_MONEY)
_FURTHER = ("product", "category", "channel", "source", "discount", "refund", "cancelled", "currency")
_FORMAT = ("date_format", "separator", "decimal", "thousands", "encoding", "skip_rows")
_NUMBERS = ("decimal", "thousands")
_OF_SYSTEMS = (
    "timezone",
    "rates",
    "separator",
    "encoding",
    "decimal",
    "thousands",
    "date_format",
    "only",
    "attributes",
)
_OF_PRESETS = ("customer", "order", "date", "amount", "product", "category", "channel", "source", "discount", "refund",
               "currency")  # fmt: skip
"""Options of columns that are roles of `mapped`."""
_OPTION_NAMES = {"rates": "--rate", "attributes": "--attribute"}
_KINDS: dict[str, Any] = {"orders": Orders, "events": Events, "customers": Customers}
_DEFAULTS = {
    "orders": {"customer": "customer_id", "order": "order_id", "date": "ordered_at", "amount": "amount"},
    "events": {"customer": "customer_id", "date": "occurred_at", "event": "event"},
    "customers": {"customer": "customer_id"},
}


@dataclass(frozen=True)
class DescribedLog:
    """A described file, and the assumptions about it."""

    described: Orders | Events | Customers
    assumed: tuple[FileFinding, ...]
    path: str
    event_names: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def order_log(path: str, options: Mapping[str, Any], further: Mapping[str, Any], *, language: str) -> DescribedLog:
    """The file as `Orders`, described by the options and, where these are missing, by its inspection.

    `further` are arguments of `Orders` that an inspection does not detect.
    """
    specified = {name: value for name, value in options.items() if value is not None}
    for role in ("customer", "date", "quantity", "price"):
        if specified.get(role) == NO_COLUMN:
            raise ValueError(f"fit: {role} must be the name of a column, got 'none'. Every order needs one.")
    chosen = {name: None if value == NO_COLUMN else value for name, value in specified.items()}
    _check_exists(path, language)
    try:
        inspection = inspect_with(path, _with_defaults(specified), language=language)
    except DataError as error:
        return _without_inspection(path, {**further, **chosen}, error)
    assumed = _assumptions(inspection, specified, language=language)
    _check_roles(inspection, specified, language=language)
    described = Orders(path, **{**further, **_arguments(inspection, assumed), **chosen})
    return DescribedLog(described, assumed, path, notes=inspection.notes if assumed else ())


def _check_exists(path: str, language: str) -> None:
    """Raise in another language than English, in which the library has the error, if there is no such file."""
    if language != "en" and not glob.has_magic(path) and not Path(path).exists():
        raise command_error(language, "no_file", path=shown(path))


def _without_inspection(path: str, arguments: Mapping[str, Any], error: DataError) -> DescribedLog:
    """The file described by the options and the default names alone; if that fails, the error of the inspection."""
    try:
        return DescribedLog(Orders(path, **arguments), (), path)
    except DataError:
        if {"customer", "date"} & arguments.keys():
            raise
        raise error from None


def event_log(path: str, timezone: str, *, language: str) -> DescribedLog:
    """The file as `Events`, described by its inspection."""
    return _inspected(path, "events", timezone, language=language)


def customer_table(path: str, timezone: str, *, language: str) -> DescribedLog:
    """The file as `Customers`, described by its inspection."""
    return _inspected(path, "customers", timezone, language=language)


def system_logs(
    system: str, files: Mapping[str, str | None], options: Mapping[str, Any], *, specified: Collection[str]
) -> SourceLogs:
    """The logs in files of another system.

    `specified` names the options on the command line; an error names those that the system's function does not take.
    """
    paths = {kind: path for kind, path in files.items() if path is not None}
    allowed = {*_OF_SYSTEMS} & options_of_system(system)
    allowed |= set(_OF_PRESETS) if system not in SYSTEMS else set()
    if excess := sorted(set(specified) & {*_CORE, *_FURTHER, *_FORMAT, *_OF_SYSTEMS} - allowed):
        given = ", ".join(_OPTION_NAMES.get(name, f"--{name.replace('_', '-')}") for name in excess)
        raise ValueError(
            f"fit: --from {system} reads the columns by itself, so that {given} cannot be given. Leave it out, or "
            "leave --from out and describe the columns."
        )
    columns = columns_of_preset(system, options, specified)
    chosen = {name: options[name] for name in allowed & set(specified) if name not in columns}
    if columns:
        chosen["columns"] = columns
    if options.get("as_of") is not None:
        chosen["as_of"] = options["as_of"]
    return read_system(system, paths, language=options["language"], **chosen)


def columns_of_preset(system: str, options: Mapping[str, Any], specified: Collection[str]) -> dict[str, str]:
    """The columns that the command line names for a preset, by role; none for a system that knows its header."""
    return {} if system in SYSTEMS else {role: options[role] for role in _OF_PRESETS if role in specified}


def with_the_only_kind(system: str, files: Mapping[str, str | None]) -> dict[str, str | None]:
    """The files of a system; that without an option is of the one kind that it has, such as events."""
    options_of_system(system)
    kinds = list(READABLE[system].files)
    given = dict(files)
    if "orders" in kinds or given["orders"] is None:
        excess = [kind for kind, path in given.items() if path is not None and kind not in kinds]
        if excess:
            raise ValueError(
                f"fit: --from {system} reads no file of {excess[0]}. It reads those of {listed(kinds)}: leave "
                f"{_option(excess[0])} out."
            )
    elif len(kinds) == 1 and given[kinds[0]] is None:
        given[kinds[0]], given["orders"] = given["orders"], None
    else:
        options = " or ".join(map(_option, kinds))
        raise ValueError(f"fit: --from {system} reads no file of orders. Give the file with {options}.")
    return given


def _option(kind: str) -> str:
    """What the command line calls a file."""
    return kind.upper() if kind == "orders" else f"--{kind}"


def options_of_system(system: str) -> set[str]:
    """The arguments that the function of a system takes; ValueError where there is no such system."""
    if system in presets() and system not in READABLE:
        raise ValueError(
            f"fit: files of {system} need a table that says which accounts are customers, so that the command line "
            f"cannot read them. Read them in Python with sources.mapped(preset={system!r}, match={{...}})."
        )
    check_choice("fit", "--from", system, allowed=list(READABLE))
    return READABLE[system].options()


def show_assumed(logs: Sequence[DescribedLog], language: str) -> None:
    """Print the assumptions as options, those that are certain first, and what to know about the files."""
    for log in logs:
        for certainty in ("certain", "likely"):
            options = [_as_option(finding, log, language) for finding in log.assumed if finding.certainty == certainty]
            if certainty == "likely":
                options += [f"{name} = {event}" for name, event in log.event_names.items()]
            if options:
                line = text(language, "inspect", "heads", f"assumed_{certainty}")
                say(
                    line.format(
                        path=printable(log.path), options=_BETWEEN[isinstance(log.described, Orders)].join(options)
                    )
                )
        if log.notes:
            say("\n".join([text(language, "inspect", "heads", "notes"), *(f"  {note}" for note in log.notes)]))
    if any(log.assumed for log in logs):
        say()


def _as_option(finding: FileFinding, log: DescribedLog, language: str) -> str:
    if not isinstance(log.described, Orders):
        return f"{_subject(finding.subject, language)} = {finding.value!r}"
    return f"--{finding.subject.replace('_', '-')} {shlex.quote(printable(finding.value))}"


def _with_defaults(specified: Mapping[str, Any]) -> dict[str, Any]:
    """The specified roles, and the default names of the others."""
    money = {} if specified.keys() & {*_MONEY} else {"amount": "amount"}
    defaults = {name: value for name, value in _DEFAULTS["orders"].items() if name != "amount"} | money
    return {**defaults, **specified}


def _assumptions(inspection: FileInspection, specified: Mapping[str, Any], *, language: str) -> tuple[FileFinding, ...]:
    """The findings that no option specifies; ambiguous ones are an error.

    If options name columns of the log, optional columns that they do not name are not used.
    """
    settled = {*specified}
    if settled & {*_MONEY}:
        settled |= {*_MONEY}
    if settled & {*_NUMBERS}:
        settled |= {"decimal"}
    if settled & {*_CORE}:
        settled |= {*_FURTHER}
    open_findings = [finding for finding in inspection.findings if finding.used and finding.subject not in settled]
    ambiguous = [finding for finding in open_findings if finding.certainty == "ambiguous"]
    if ambiguous:
        words = text(language, "cli")
        choices = "; ".join(
            words["choice"].format(
                subject=_subject(item.subject, language),
                reason=item.reason,
                options=words["or"].join(option_words(item)),
            )
            for item in ambiguous
        )
        raise command_error(language, "several_ways", path=shown(inspection.path), choices=choices)
    defaults = _DEFAULTS.get(inspection.kind, {})
    return tuple(finding for finding in open_findings if defaults.get(finding.subject) != finding.value)


def _arguments(inspection: FileInspection, assumed: Iterable[FileFinding]) -> dict[str, Any]:
    """The assumptions as arguments."""
    names = {finding.subject for finding in assumed}
    return {name: value for name, value in inspection.arguments.items() if name in names}


def _check_roles(inspection: FileInspection, specified: Mapping[str, Any], *, language: str) -> None:
    """Raise if the file and the options lack a required column of an order log."""
    present = {*specified, *(finding.subject for finding in inspection.findings if finding.used)}
    missing = [role for role in ("customer", "date") if role not in present]
    if not present & {"amount", "quantity"}:
        missing.append("amount")
    if inspection.kind in ("events", "customers") and not {"customer", "date"} <= specified.keys():
        kind = text(language, "inspect", "kinds", inspection.kind)
        raise command_error(language, "not_orders", path=shown(inspection.path), kind=kind, option=inspection.kind)
    if missing:
        words = text(language, "cli")
        raise command_error(
            language,
            "no_column",
            path=shown(inspection.path),
            roles=words["role_separator"].join(_subject(role, language) for role in missing),
            options=", ".join(f"--{role}" for role in missing),
            columns=listed(inspection.columns),
            without_money=words["without_money"] if "amount" in missing else "",
            command=shlex.quote(printable(inspection.path)),
        )


def _subject(subject: str, language: str) -> str:
    """What a role or setting is called."""
    named = text(language, "inspect", "roles") | text(language, "inspect", "settings")
    return subject if language == "en" else str(named.get(subject, subject))


def _inspected(path: str, kind: FileKind, timezone: str, *, language: str) -> DescribedLog:
    _check_exists(path, language)
    inspection = inspect_with(path, _DEFAULTS[kind], language=language, kind=kind)
    takes = {field_.name for field_ in fields(_KINDS[kind])}
    used = tuple(finding for finding in inspection.findings if finding.used and finding.subject in takes)
    ambiguous = [finding for finding in used if finding.certainty == "ambiguous"]
    missing = [role for role in _DEFAULTS[kind] if role not in {finding.subject for finding in used}]
    if ambiguous or missing:
        problems = [
            f"{finding.subject} is {finding.value!r} or {listed(finding.alternatives)}" for finding in ambiguous
        ]
        problems += [f"no column looks like the {role}" for role in missing]
        raise DataError(
            f"fit: {shown(path)}, given as --{kind}: {'; '.join(problems)}. Call its columns "
            f"{listed(_DEFAULTS[kind].values())} and write dates as 2024-06-30, or describe it in Python with "
            f"custseg.{kind.title()}."
        )
    arguments = {name: value for name, value in inspection.arguments.items() if name in takes}
    assumed = tuple(finding for finding in used if _DEFAULTS[kind].get(finding.subject) != finding.value)
    return DescribedLog(_KINDS[kind](path, timezone=timezone, **arguments), assumed, path, inspection.event_names)
