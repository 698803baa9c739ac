"""Files of the command line as described logs: what the options do not say is inspected, and shown."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import click

from custseg._format import listed, shown
from custseg._texts import printable, text
from custseg.errors import DataError
from custseg.inspection import FileInspection, FileKind, Finding, inspect_with, option_words
from custseg.logs import Customers, Events, Orders

_NONE = "none"
_BETWEEN = {True: " ", False: ", "}
_MONEY = ("amount", "quantity", "price")
_CORE = ("customer", "order", "date", *_MONEY)
_FURTHER = ("product", "category", "channel", "source", "discount", "refund", "cancelled", "currency")
_NUMBERS = ("decimal", "thousands")
_KINDS: dict[str, Any] = {"orders": Orders, "events": Events, "customers": Customers}
_DEFAULTS = {
    "orders": {"customer": "customer_id", "order": "order_id", "date": "ordered_at", "amount": "amount"},
    "events": {"customer": "customer_id", "date": "occurred_at", "event": "event"},
    "customers": {"customer": "customer_id"},
}


@dataclass(frozen=True)
class DescribedLog:
    """A described file, and what was assumed about it."""

    described: Orders | Events | Customers
    assumed: tuple[Finding, ...]
    path: str
    event_names: Mapping[str, str] = field(default_factory=dict)


def order_log(path: str, options: Mapping[str, Any], others: Mapping[str, Any], *, language: str) -> DescribedLog:
    """The file as `Orders`, described by the options and, where they say nothing, by its inspection."""
    given = {name: value for name, value in options.items() if value is not None}
    for role in ("customer", "date", *_MONEY):
        if given.get(role) == _NONE:
            raise ValueError(f"fit: {role} must be the name of a column, got 'none'. Every order needs one.")
    chosen = {name: None if value == _NONE else value for name, value in given.items()}
    try:
        found = inspect_with(path, _with_defaults(given), language=language)
    except DataError as error:
        return _without_inspection(path, {**others, **chosen}, error)
    assumed = _assumptions(found, given)
    _refuse_unknown(found, given)
    return DescribedLog(Orders(path, **{**others, **_arguments(found, assumed), **chosen}), assumed, path)


def _without_inspection(path: str, arguments: Mapping[str, Any], error: DataError) -> DescribedLog:
    """The file with the options alone, where they and the default names describe it; else the inspection's error."""
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


def show_assumed(logs: Sequence[DescribedLog], language: str) -> None:
    """What was assumed, as options, the sure things first."""
    for log in logs:
        for certainty in ("certain", "likely"):
            words = [_as_option(one, log) for one in log.assumed if one.certainty == certainty]
            if certainty == "likely":
                words += [f"{name} = {event}" for name, event in log.event_names.items()]
            if words:
                line = text(language, "inspect", "heads", f"assumed_{certainty}")
                click.echo(
                    line.format(
                        path=printable(log.path), options=_BETWEEN[isinstance(log.described, Orders)].join(words)
                    )
                )
    if any(log.assumed for log in logs):
        click.echo()


def _as_option(one: Finding, log: DescribedLog) -> str:
    if not isinstance(log.described, Orders):
        return f"{one.subject} = {one.value!r}"
    return f"--{one.subject.replace('_', '-')} {shlex.quote(printable(one.value))}"


def _with_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """The given roles and the default names of those that are not given."""
    money = {} if given.keys() & {*_MONEY} else {"amount": "amount"}
    defaults = {name: value for name, value in _DEFAULTS["orders"].items() if name != "amount"} | money
    return {**defaults, **given}


def _assumptions(found: FileInspection, given: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The findings that the options leave open; what is ambiguous among them is an error.

    Who describes the log has described what is wanted of it: further columns are left alone then.
    """
    settled = {*given}
    if settled & {*_MONEY}:
        settled |= {*_MONEY}
    if settled & {*_NUMBERS}:
        settled |= {"decimal"}
    if settled & {*_CORE}:
        settled |= {*_FURTHER}
    open_findings = [one for one in found.findings if one.used and one.subject not in settled]
    ambiguous = [one for one in open_findings if one.certainty == "ambiguous"]
    if ambiguous:
        choices = "; ".join(f"{one.subject}: {one.reason}. Give {' or '.join(option_words(one))}" for one in ambiguous)
        raise DataError(f"fit: {shown(found.path)} can be read in several ways. {choices}.")
    defaults = _DEFAULTS.get(found.kind, {})
    return tuple(one for one in open_findings if defaults.get(one.subject) != one.value)


def _arguments(found: FileInspection, assumed: Iterable[Finding]) -> dict[str, Any]:
    """What was assumed, as arguments."""
    names = {one.subject for one in assumed}
    return {name: value for name, value in found.arguments.items() if name in names}


def _refuse_unknown(found: FileInspection, given: Mapping[str, Any]) -> None:
    """Raise where the file is no log of orders and the options do not make it one."""
    known = {*given, *(one.subject for one in found.findings if one.used)}
    missing = [role for role in ("customer", "date") if role not in known]
    if not known & {"amount", "quantity"}:
        missing.append("amount")
    if found.kind in ("events", "customers") and not {"customer", "date"} <= given.keys():
        what = "a log of events" if found.kind == "events" else "a table with one row per customer"
        raise DataError(
            f"fit: {shown(found.path)} looks like {what}. Give it as --{found.kind} FILE, "
            "or name its columns with --customer, --date and --amount."
        )
    if missing:
        options = ", ".join(f"--{role}" for role in missing)
        raise DataError(
            f"fit: no column of {shown(found.path)} looks like the {' or the '.join(missing)}. "
            f"Name it with {options}, or join the file that has it first; columns are {listed(found.columns)}. "
            f"custseg inspect {shlex.quote(printable(found.path))} says more."
        )


def _inspected(path: str, kind: FileKind, timezone: str, *, language: str) -> DescribedLog:
    found = inspect_with(path, _DEFAULTS[kind], language=language, kind=kind)
    takes = {one.name for one in fields(_KINDS[kind])}
    used = tuple(one for one in found.findings if one.used and one.subject in takes)
    ambiguous = [one for one in used if one.certainty == "ambiguous"]
    missing = [role for role in _DEFAULTS[kind] if role not in {one.subject for one in used}]
    if ambiguous or missing:
        what = [f"{one.subject} is {one.value!r} or {listed(one.alternatives)}" for one in ambiguous]
        what += [f"no column looks like the {role}" for role in missing]
        raise DataError(
            f"fit: {shown(path)}, given as --{kind}: {'; '.join(what)}. Call its columns "
            f"{listed(_DEFAULTS[kind].values())} and write dates as 2024-06-30, or describe it in Python with "
            f"custseg.{kind.title()}."
        )
    arguments = {name: value for name, value in found.arguments.items() if name in takes}
    assumed = tuple(one for one in used if _DEFAULTS[kind].get(one.subject) != one.value)
    return DescribedLog(_KINDS[kind](path, timezone=timezone, **arguments), assumed, path, found.event_names)
