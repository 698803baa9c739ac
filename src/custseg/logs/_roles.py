"""Columns by role: what the descriptions of orders, events and customers check in the same way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

from custseg._frames import CSVFormat, Dialect
from custseg.errors import DataError
from custseg.logs._dates import NUMBER_KINDS, date_kinds, is_compound
from custseg.texts import listed

IDS = ("hold ids (numbers or text)", ("integer", "number", "text"))
NUMERIC = ("be numeric", ("integer", "number"))
BOOLEAN = ("be boolean", ("boolean", "integer"))
WORDS: tuple[str, tuple[str, ...]] = ("hold words (text or numbers)", ())
"""What a column must be, in words and as kinds of columns; none stands for all kinds with a plain text."""
_SPARK_TEXT = " Spark reads every column of a CSV file as text, unless it is given a schema or inferSchema."


def csv_format(log: Any) -> CSVFormat:
    """How a CSV file is written, from the options of a description."""
    return CSVFormat(log.separator, log.decimal, log.thousands, log.encoding, log.skip_rows)


def columns_by_role(log: object, roles: tuple[str, ...]) -> dict[str, str]:
    """The columns of the roles that are described."""
    return {role: name for role in roles if (name := getattr(log, role)) is not None}


def check_required_roles(log: object, roles: tuple[str, ...]) -> None:
    """Raise if a role that must be described is not the name of a column."""
    for role in roles:
        if not isinstance(name := getattr(log, role), str):
            raise TypeError(f"{type(log).__name__}: {role} must be the name of a column, got {type(name).__name__}.")


def check_types(log: Any, dialect: Dialect, rules: Mapping[str, tuple[str, tuple[str, ...]]]) -> None:
    """Raise one error that lists all described columns of a type that their role cannot use."""
    rules = {**rules, "date": ("hold dates", date_kinds(log.date_format))}
    faults = []
    for role, name in log.described().items():
        rule, kinds = rules[role]
        if not (dialect.text or dialect.kind(name) in kinds if kinds else not is_compound(dialect, name)):
            faults.append((role, f"column {name!r} must {rule}, got {dialect.type_name(name)}. "
                                 f"Cast it, or pass {role}='...'"))  # fmt: skip
    # `log_dates` looks at the values of a date column of numbers, unless other columns are at fault.
    only_date = [role for role, _ in faults] == ["date"] and dialect.kind(log.date) in NUMBER_KINDS
    if faults and not only_date:
        texts = "; ".join(text for _, text in faults)
        is_text = any(dialect.kind(log.described()[role]) == "text" for role, _ in faults)
        hint = _SPARK_TEXT if is_text and log.source_table.is_distributed else ""
        raise DataError(f"{type(log).__name__}: {texts}; columns are {listed(dialect.columns)}.{hint}")


def description_arguments(log: Any, leave_out: Collection[str] = ()) -> dict[str, Any]:
    """The arguments of a description that are not the defaults, without the table; as values of JSON and TOML."""
    arguments: dict[str, Any] = {}
    for item in fields(log):
        value = getattr(log, item.name)
        if item.init and item.name not in ("table", *leave_out) and value != _default(item):
            arguments[item.name] = _plain(value)
    return arguments


def _default(item: Field[Any]) -> Any:
    return item.default if item.default is not MISSING else None


def _plain(value: Any) -> Any:
    """Sequences as lists and mappings as dicts."""
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, (list, tuple)) else value
