"""Findings and notes in the language of the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

import numpy as np

from custseg._column_kinds import column_notes
from custseg._frames import TableSample
from custseg.inspection._kind import Reading
from custseg.inspection._result import FileFinding
from custseg.inspection._settings import DateSetting, NumberSetting, date_setting, number_setting
from custseg.inspection.columns._dates import is_time_of_day
from custseg.inspection.columns._facts import ColumnFacts
from custseg.inspection.columns._roles import Certainty, RoleFinding
from custseg.inspection.columns._words import concepts
from custseg.logs import Events, Orders
from custseg.texts import percent, shown, text

_NEEDED = ("customer", "order", "date", "amount", "quantity", "price", "event")
_MONEY = ("amount", "quantity", "price", "discount", "refund")
_MAX_KINDS = 20
_UNMISTAKABLE = ("utf-8", "utf-8-sig", "utf-16")
_ONE_BYTE = ("cp", "koi8", "mac", "latin", "iso")


def findings_of(
    reading: Reading, columns: Sequence[ColumnFacts], sample: TableSample, *, language: str
) -> tuple[FileFinding, ...]:
    """The columns that have a role, and the settings."""
    roles = [_of_role(role, finding, language) for role, finding in reading.roles.items()]
    roles += [
        _of_role(role, finding, language, used=False)
        for role, finding in (reading.money.extra if reading.money else ())
    ]
    if reading.kind == "orders" and "order" not in reading.roles:
        roles.insert(1, FileFinding("order", "none", "likely", text(language, "inspect", "reasons", "no_order")))
    used = [finding.column for role, finding in reading.roles.items() if role in _MONEY]
    if reading.kind == "customers":
        used = [column for column in columns if column.is_number and "customer" not in column.scores]
    date = reading.roles.get("date")
    dates = date_setting(date.column, columns) if date is not None else None
    numbers = number_setting(used, columns)
    return (*roles, *_of_dates(dates, language), *_of_numbers(numbers, language), *_of_layout(sample, language))


def _of_role(role: str, finding: RoleFinding, language: str, *, used: bool = True) -> FileFinding:
    certainty = finding.certainty
    rivals = tuple(column.name for column in finding.rivals)
    if not any(role == entry.name for entry in fields(Orders) + fields(Events)):
        used = False
    if role == "currency" and finding.column.distinct < 2:
        used = False
    if role == "discount" and finding.column.is_share:
        used = False
    if role not in _NEEDED and certainty == "ambiguous":
        used = False
    reason = text(language, "inspect", "reasons", finding.reason)
    if rivals:
        reason += text(
            language, "inspect", "reasons", "alike" if finding.reason == "same_partition" else "rivals"
        ).format(columns=", ".join(map(shown, rivals[:4])))
    return FileFinding(role, finding.column.name, certainty, reason, rivals, used)


def _of_dates(setting: DateSetting | None, language: str) -> Iterator[FileFinding]:
    if setting is None or not (setting.reading.pattern or setting.rivals):
        return
    words = text(language, "inspect", "orders_of_dates")
    if setting.rivals:
        reason = text(language, "inspect", "reasons", "date_ambiguous").format(
            example=_without_letters(setting.example), first=words[setting.reading.order],
            second=words[setting.rivals[0].order],
        )  # fmt: skip
    else:
        key = "date_all" if setting.reading.share >= 1 else "date_most"
        missed = percent(1 - setting.reading.share, language, decimals=1)
        reason = text(language, "inspect", "reasons", key).format(order=words[setting.reading.order], missed=missed)
    rivals = tuple(finding.pattern for finding in setting.rivals)
    yield FileFinding("date_format", setting.reading.pattern, setting.certainty, reason, rivals)


def _without_letters(example: str) -> str:
    return example if not any(letter.isalpha() for letter in example) else ""


def _of_numbers(setting: NumberSetting, language: str) -> Iterator[FileFinding]:
    if setting.certainty == "ambiguous":
        pairs = [(setting.decimal, setting.thousands), *setting.rivals]
        marks = [text(language, "inspect", "marks", "pair" if pair[1] else "decimal").format(
            decimal=pair[0], thousands=pair[1]) for pair in pairs]  # fmt: skip
        key = "number_ambiguous" if setting.rivals else "number_unread"
        reason = text(language, "inspect", "reasons", key).format(example=setting.example, column=setting.column)
        yield FileFinding("decimal", marks[0], "ambiguous", reason, tuple(marks[1:]))
        return
    reason = text(language, "inspect", "reasons", "number").format(example=setting.example, column=setting.column)
    if setting.decimal != ".":
        yield FileFinding("decimal", setting.decimal, setting.certainty, reason)
    if setting.thousands:
        mark = " " if setting.thousands.isspace() else setting.thousands
        yield FileFinding("thousands", mark, setting.certainty, reason)


def _of_layout(sample: TableSample, language: str) -> Iterator[FileFinding]:
    reasons = text(language, "inspect", "reasons")
    facts = sample.text
    if facts is not None:
        encoding = facts.encoding
        if encoding is None:
            yield FileFinding("encoding", "?", "ambiguous", reasons["encoding_unknown"])
        elif encoding not in _UNMISTAKABLE:
            sure: Certainty = "likely" if encoding.startswith(_ONE_BYTE) else "certain"
            yield FileFinding("encoding", encoding, sure, reasons["encoding"], facts.other_encodings)
        if facts.separator not in (",", None) and not facts.separator_line:
            sure = "likely" if facts.other_separators else "certain"
            yield FileFinding("separator", str(facts.separator), sure, reasons["separator"], facts.other_separators)
    if sample.skip_rows:
        yield FileFinding("skip_rows", str(sample.skip_rows), "certain", reasons["skip_rows"])


def notes_of(
    reading: Reading,
    columns: Sequence[ColumnFacts],
    sample: TableSample,
    *,
    totals: int,
    language: str,
) -> tuple[str, ...]:
    """Further notes to read before the file is used."""
    notes = [
        text(language, "inspect", "notes", key).format(**values)
        for key, values in (
            *_notes_on_layout(columns, sample, totals),
            *_notes_on_roles(reading, columns, language),
            *_notes_on_values(reading),
        )
    ]
    return (*notes, *_notes_on_numbers(reading, columns, language))


def _notes_on_numbers(reading: Reading, columns: Sequence[ColumnFacts], language: str) -> list[str]:
    """Codes and circular values in a table of customers; the lines of a log are summed up, and not compared."""
    if reading.kind not in ("customers", "other"):
        return []
    ids = {finding.column.index for role, finding in reading.roles.items() if role in ("customer", "order")}
    numbers = {
        column.name: np.array([_or_nan(column.number(value)) for value in column.values])
        for column in columns
        if column.is_number and column.index not in ids
    }
    return column_notes(numbers, language)


def _or_nan(number: float | None) -> float:
    return float("nan") if number is None else number


Note = tuple[str, dict[str, object]]


def _notes_on_layout(columns: Sequence[ColumnFacts], sample: TableSample, totals: int) -> Iterator[Note]:
    names = [column.name for column in columns]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        yield "repeated_names", {"columns": ", ".join(map(shown, repeated))}
    if sample.text is not None and sample.text.separator_line:
        yield "separator_line", {}
    if sample.text is not None and sample.text.quoting == "irregular":
        yield "quoting", {}
    if totals:
        yield "totals", {"rows": totals}
    if len(sample.sheets) > 1:
        yield "sheets", {"sheets": ", ".join(sample.sheets)}


def _notes_on_roles(reading: Reading, columns: Sequence[ColumnFacts], language: str) -> Iterator[Note]:
    roles, money = reading.roles, reading.money
    customer = roles.get("customer")
    if reading.missing:
        words = text(language, "inspect", "roles")
        yield "missing", {"roles": ", ".join(words[role] for role in reading.missing)}
    if "amount" in reading.missing and {"customer", "date"} <= roles.keys():
        yield "without_money", {}
    numbers = sum(column.is_number for column in columns)
    if reading.kind == "other" and not roles.keys() & {"customer", "date"} and 2 * numbers > len(columns):
        yield "features", {}
    if reading.kind == "orders" and customer is not None and customer.column.distinct_share > 0.98:
        yield "one_order_each", {"column": customer.column.name}
    if money is not None and money.order_total is not None:
        key = "order_total_used" if money.quantity is None else "order_total"
        yield key, {"column": money.order_total.name}
    for column in columns:
        if column.scores.get("date", 0.0) >= 0.6 and not column.is_date and _may_be_dates(column):
            yield "unread_dates", {"column": column.name}
    yield from _notes_on_unused(reading, columns)


def _may_be_dates(column: ColumnFacts) -> bool:
    """Whether most values are texts with several digits, and no times of a day: a time zone is no date."""
    dated = [value for value in column.filled if sum(map(str.isdigit, value)) > 2 and not is_time_of_day(value)]
    return column.kind == "text" and 2 * len(dated) > len(column.filled)


def _notes_on_unused(reading: Reading, columns: Sequence[ColumnFacts]) -> Iterator[Note]:
    for role in ("discount", "refund", "channel", "source", "currency", "cancelled"):
        finding = reading.roles.get(role)
        if finding is not None and finding.certainty == "ambiguous":
            names = ", ".join(shown(column.name) for column in (finding.column, *finding.rivals))
            yield "several", {"role": role, "columns": names}
        elif finding is not None and role == "discount" and finding.column.is_share:
            yield "discount_rate", {"column": finding.column.name}
    used = {finding.column.index for finding in reading.roles.values()}
    for column in columns:
        unread = column.index not in used and column.distinct > 0
        if not unread or reading.kind != "orders":
            continue
        if _is_status(column):
            yield "status", {"column": column.name}
        elif refund_values := _refund_values(column):
            yield "taken_back", {"column": column.name, "values": ", ".join(map(shown, refund_values))}
    currency = reading.roles.get("currency")
    if currency is not None and currency.column.distinct > 1:
        codes = ", ".join(sorted(set(currency.column.filled))[:5])
        yield "currencies", {"column": currency.column.name, "codes": codes}


def _notes_on_values(reading: Reading) -> Iterator[Note]:
    for role in _MONEY:
        finding = reading.roles.get(role)
        if finding is not None and finding.column.numbers.signs - {"%"}:
            signs = ", ".join(sorted(finding.column.numbers.signs))
            yield "signs", {"column": finding.column.name, "signs": signs}
        if finding is not None and finding.column.numbers.parentheses:
            yield "parentheses", {"column": finding.column.name}


def _refund_values(column: ColumnFacts) -> list[str]:
    """Values that suggest refunds or cancellations, in a column of few different values."""
    if column.kind != "text" or column.distinct > _MAX_KINDS:
        return []
    return [value for value in sorted(set(column.filled)) if concepts(value) & {"refund", "cancelled"}][:3]


def _is_status(column: ColumnFacts) -> bool:
    if "cancelled" in column.concepts and column.is_date:
        return True
    return max(column.scores.get("status", 0.0), column.scores.get("cancelled", 0.0)) >= 0.9
