"""`SourceTable`: an opened file of a system, whose columns are named by their roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fsdecode
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_choice
from custseg._frames import USUAL_FORM, CSVFormat, DateStyle, Table, in_memory, is_json, open_table, with_nested
from custseg.errors import DataError
from custseg.sources.reading._formats import FileFormat, file_format, missing_columns, other_kind, recognized_file
from custseg.texts import shown


@dataclass(frozen=True)
class SourceTable:
    """An opened file or table of a system.

    Attributes
    ----------
    caller : str
        The function that reads it, for messages.
    table : Table
        Its columns.
    names : mapping of str to str
        By role, the name of the column; only roles whose column is there.
    form : FileFormat
        The format.
    costly : bool
        Whether reading the file again takes long, as for JSON: its rows are kept in memory.
    """

    caller: str
    table: Table
    names: dict[str, str]
    form: FileFormat
    costly: bool = False

    def has(self, role: str) -> bool:
        """Whether the file has a column of the role."""
        return role in self.names

    def rows(
        self,
        words: Iterable[str] = (),
        *,
        numbers: Iterable[str] = (),
        date: str = "",
        date_format: str | None = None,
        plain: Iterable[str] = (),
        mapped: Mapping[str, tuple[str, Mapping[str, str]]] | None = None,
    ) -> nw.LazyFrame[Any]:
        """The rows with the columns of these roles, lazily and on the engine of the data.

        Parameters
        ----------
        words : iterable of str
            Roles that are read as text without blanks around it; blank text is null.
        numbers : iterable of str
            Roles that are read as 64-bit floats; ``"<role> unread"`` says whether a value is no number.
        date : str
            The role of the dates. It keeps its values, and ``"moment"`` has them in microseconds since 1970, null
            where they cannot be read.
        date_format : str, optional
            How the dates are written, as in `Orders`.
        plain : iterable of str
            Roles that keep their values and types; those without a column are left out.
        mapped : mapping of str to tuple of str and mapping, optional
            Further columns: the words of a role, replaced by those of the mapping, or null.

        Returns
        -------
        narwhals LazyFrame
            Roles without a column are null: text, or numbers.
        """
        words, numbers = list(words), list(numbers)
        dialect = self.table.dialect
        columns: dict[str, Any] = {role: dialect.word(self.names[role]) for role in words if role in self.names}
        for role in numbers:
            if role in self.names:
                columns[role] = dialect.number(self.names[role])
                columns[f"{role} filled"] = dialect.filled([self.names[role]])
        for role in (*plain, *([date] if date else ())):
            if role in self.names:
                columns[role] = dialect.word(self.names[role]) if dialect.text else dialect.plain(self.names[role])
        for name, (role, words_of_role) in (mapped or {}).items():
            columns[name] = dialect.mapped(self.names[role], words_of_role)
        if date:
            columns["moment"] = dialect.moment(self.names[date], self.date_style(date, date_format))
        frame = dialect.select(columns)
        further = [nw.col(role).str.strip_chars() for role in words if role in columns]
        further += [nw.lit(None, nw.String).alias(role) for role in words if role not in columns]
        further += [nw.lit(None, nw.Float64).alias(role) for role in numbers if role not in columns]
        further += [_unread(role, is_read=role in columns).alias(f"{role} unread") for role in numbers]
        frame = frame.with_columns(*further) if further else frame
        return in_memory(frame) if self.costly else frame

    def date_style(self, role: str, date_format: str | None = None) -> DateStyle:
        """How the dates of the role are written."""
        return self.table.dialect.date_style(self.names[role], date_format)


def _unread(role: str, *, is_read: bool) -> nw.Expr:
    return nw.col(f"{role} filled") & nw.col(role).is_null() if is_read else nw.lit(value=False)


def open_source(
    table: object,
    system: str,
    argument: str,
    *,
    form: CSVFormat = USUAL_FORM,
    columns: Mapping[str, str] | None = None,
) -> SourceTable:
    """The file or table that an argument of a system's function takes, opened, with its header checked.

    `columns` names the columns of some roles, for files whose header is another than that of the format.

    Raises
    ------
    DataError
        If it cannot be opened, or lacks required columns. The message says which file of which system it looks like.
    """
    caller, kind, columns = f"sources.{system}", file_format(system, argument), columns or {}
    for role in columns:
        check_choice(caller, "role of columns", role, allowed=list(kind.columns))
    try:
        opened = open_table(table, caller, form=form, on_spark=True)
    except DataError as error:
        looks_like = recognized_file(table, kind)
        if not looks_like or not isinstance(table, (str, PathLike)):
            raise
        raise DataError(f"{caller}: {shown(fsdecode(table), 300)} is not {kind.title}. {looks_like.strip()}") from error
    opened = with_nested(opened, [name for names in kind.columns.values() for name in names] + list(columns.values()))
    opened.check_columns(caller, {f"columns[{role!r}]": name for role, name in columns.items()}, required=())
    if looks_like := other_kind(system, kind, opened.dialect.columns):
        raise DataError(f"{caller}: {argument}= takes {kind.title}. {looks_like.strip()}")
    names = {**_names_by_role(kind, opened.dialect.columns), **columns}
    lacking = [role for role in kind.required if role not in names]
    if lacking:
        present = opened.dialect.columns
        raise missing_columns(caller, table, kind, lacking=lacking, present=present, advice=opened.advice)
    opened.check_columns(caller, names, required=kind.required)
    return SourceTable(caller, opened, names, kind, costly=is_json(table))


def _names_by_role(kind: FileFormat, present: Sequence[str]) -> dict[str, str]:
    """By role, the first of its names that is in the header; blanks around a name do not count."""
    stripped = {name.strip(): name for name in reversed(present)}
    candidates = {role: [name for name in names if name in stripped] for role, names in kind.columns.items()}
    return {role: stripped[names[0]] for role, names in candidates.items() if names}
