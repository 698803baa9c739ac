"""`Customers`: a customer table with its columns described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_distinct, check_integer
from custseg._frames import Dialect, Table, open_table
from custseg.errors import DataError
from custseg.logs._attribute_kinds import DATES, RULES, YES_AND_NO, Attribute, AttributeKind, possible_kinds
from custseg.logs._dates import LogDates, log_dates
from custseg.logs._roles import IDS, csv_format
from custseg.texts import listed

_ROLES: dict[str, AttributeKind] = {
    "numeric": "number",
    "counts": "count",
    "category": "category",
    "flags": "flag",
    "interests": "interests",
    "dates": "date",
}
_MAPPINGS: dict[str, tuple[tuple[type, ...], str]] = {
    "consent": ((Mapping,), "a mapping of channels to columns"),
    "observed_at": ((Mapping, str), "a column, or a mapping of attributes to columns"),
    "max_age_days": ((Mapping, int), "a number of days, or a mapping of attributes to numbers"),
    "date_format": ((Mapping, str), "a pattern, or a mapping of columns to patterns"),
}
_USUAL_OBSERVED_AT = "observed_at"


@dataclass(frozen=True, eq=False, repr=False)
class Customers:
    """A customer table, one row per customer, with its columns described.

    Creating the description reads only the names and types of the columns.

    Parameters
    ----------
    table : polars or pandas DataFrame, LazyFrame, pyarrow Table, DuckDB relation, Spark DataFrame, str or Path
        The table, or the path of a CSV or Parquet file.
    customer : str, default "customer_id"
        Column of customer ids, each once.
    numeric : sequence of str, optional
        Columns of numbers.
    counts : sequence of str, optional
        Columns of whole numbers that cannot be negative, such as children in the household.
    category : sequence of str, optional
        Columns of words, such as a region.
    flags : sequence of str, optional
        Columns of yes or no: booleans, 0 and 1, or words such as "yes"; an empty value is unknown, not no.
    interests : sequence of str, optional
        Columns with several labels in one text, such as ``"books|toys"``. An empty text is unknown.
    label_separator : str, default "|"
        Separator between two labels.
    birth_date : str, optional
        Column of birth dates.
    dates : sequence of str, optional
        Columns of other dates in the past, such as a sign-up. A date at or after the snapshot counts as
        missing.
    consent : mapping of str to str, optional
        Channel -> column of yes or no, as for `flags`.
    observed_at : str or mapping of str to str, optional
        Column with the date of observation of a row, or attribute -> column. A value observed at or after the
        snapshot counts as missing. Without it, all values count.
    max_age_days : int or mapping of str to int, optional
        Maximum age of values in calendar days: older values, and values without a date of observation, count as
        missing. One number for all attributes that have `observed_at`, or attribute -> number.
    timezone : str, default "UTC"
        The zone whose calendar gives the days.
    date_format : str or mapping of str to str, optional
        Pattern of dates given as text, or column -> pattern; without it ISO 8601. ``"unix"``, ``"unix_ms"``,
        ``"unix_us"``, ``"unix_ns"`` or ``"excel"`` for dates that are numbers.
    separator, decimal, thousands, encoding : str, optional
        Of a CSV file, as in `Orders`.
    skip_rows : int, default 0
        The same.

    Raises
    ------
    DataError
        If the file or columns are missing, or a column has an unsupported type.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Columns that are not described are not used; `undeclared` lists them.

    If no attribute is described, kinds are inferred from the types: numbers are numeric, booleans are flags,
    dates are dates; text is a date column if all of its values are dates, and a category otherwise. In a CSV
    file, numbers and flags are also inferred from the values. The columns `observed_at`, `birth_date` and
    `interests` are inferred from their names. Columns called ``id`` or ``..._id`` are left out, and so are
    text columns with nearly unique values, such as names: more than 50 different values, and more than one
    for every two customers.

    Examples
    --------
    >>> import polars as pl
    >>> table = pl.DataFrame({"who": [1], "city": ["Rome"], "mail_ok": [True], "note": ["-"]})
    >>> customers = Customers(table, customer="who", category=["city"], consent={"email": "mail_ok"})
    >>> customers
    Customers(customer='who', category=['city'], consent={'email': 'mail_ok'}, timezone='UTC')
    >>> customers.undeclared
    ['note']
    """

    table: Any
    _: KW_ONLY
    customer: str = "customer_id"
    numeric: Sequence[str] = ()
    counts: Sequence[str] = ()
    category: Sequence[str] = ()
    flags: Sequence[str] = ()
    interests: Sequence[str] = ()
    label_separator: str = "|"
    birth_date: str | None = None
    dates: Sequence[str] = ()
    consent: Mapping[str, str] | None = None
    observed_at: str | Mapping[str, str] | None = None
    max_age_days: int | Mapping[str, int] | None = None
    timezone: str = "UTC"
    date_format: str | Mapping[str, str] | None = None
    separator: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    encoding: str = "utf-8"
    skip_rows: int = 0
    source_table: Table = field(init=False)

    def __post_init__(self) -> None:
        self._check_arguments()
        table = open_table(self.table, "Customers", form=csv_format(self), in_memory=True, on_spark=True)
        object.__setattr__(self, "source_table", table)
        table.check_columns("Customers", self.described(), required=("customer",))
        if not self._declared():
            check_distinct("Customers", table.dialect.columns)
        self._check_types()
        self._check_ages()
        if self._declared():
            _ = self.date_columns  # an unknown time zone raises here

    def __repr__(self) -> str:
        words = [f"customer={self.customer!r}"]
        for role in (*_ROLES, "birth_date", "consent", "observed_at", "max_age_days"):
            value = getattr(self, role)
            if value not in (None, (), [], {}):
                words.append(f"{role}={list(value) if role in _ROLES else value!r}")
        return f"Customers({', '.join(words)}, timezone={self.timezone!r})"

    def described(self) -> dict[str, str]:
        """The described columns by role, such as ``"numeric[0]"``."""
        named = {"customer": self.customer}
        for role in _ROLES:
            named |= {f"{role}[{i}]": name for i, name in enumerate(getattr(self, role))}
        if self.birth_date is not None:
            named["birth_date"] = self.birth_date
        named |= {f"consent[{channel!r}]": name for channel, name in (self.consent or {}).items()}
        if isinstance(self.observed_at, Mapping):
            named |= {f"observed_at[{name!r}]": column for name, column in self.observed_at.items()}
        elif self.observed_at is not None:
            named["observed_at"] = self.observed_at
        return named

    @property
    def undeclared(self) -> list[str]:
        """Columns that are neither described nor inferred."""
        used = {self.customer, *(attribute.name for attribute in self.attributes), *self.observation_columns}
        return [name for name in self._dialect.columns if name not in used | set(self.described().values())]

    @cached_property
    def attributes(self) -> tuple[Attribute, ...]:
        """Attributes in the order of the arguments; inferred from column types if none is described."""
        declared = self._declared()
        kinds = declared or self._inferred()
        channels = {column: channel for channel, column in (self.consent or {}).items()}
        return tuple(
            Attribute(
                name,
                kind,
                index,
                channel=channels.get(name, ""),
                observed_at=self._observed_at(name),
                max_age_days=self._max_age(name),
                inferred=not declared,
            )
            for index, (name, kind) in enumerate(kinds)
        )

    @property
    def observation_columns(self) -> list[str]:
        """Columns with dates of observation, each once."""
        return list(dict.fromkeys(a.observed_at for a in self.attributes if a.observed_at is not None))

    @cached_property
    def date_columns(self) -> Mapping[str, LogDates]:
        """Date settings of each column that holds dates."""
        style = self.date_format
        names = [attribute.name for attribute in self.attributes if attribute.is_date]
        return {
            name: log_dates(
                self._dialect,
                name,
                timezone=self.timezone,
                date_format=style.get(name) if isinstance(style, Mapping) else style,
                caller="Customers",
            )
            for name in dict.fromkeys([*names, *self.observation_columns])
        }

    def lines(self) -> nw.LazyFrame[Any]:
        """Lazy frame with the table in canonical form, on the engine of the data.

        Returns
        -------
        narwhals LazyFrame
            `customer` (own type). For the attribute at `index`, ``value_<place>``: numbers and counts
            (Float64), categories and interests (text), flags and consents (boolean), dates (Int64,
            microseconds) with ``day_<place>`` (Int64, days since 1970); and ``filled_<place>``, whether
            there is a value at all. For each of `observation_columns`, by its number: ``seen_<number>``
            (microseconds), ``seen_day_<number>``, ``seen_filled_<number>``.
        """
        dialect = self._dialect
        columns: dict[str, Any] = {"customer": dialect.identity(self.customer)}
        for attribute in self.attributes:
            columns |= self._canonical(attribute)
        for number, name in enumerate(self.observation_columns):
            dates = self.date_columns[name].expressions()
            columns[f"seen_{number}"] = dates["moment"]
            columns[f"seen_day_{number}"] = dates["day"]
            columns[f"seen_filled_{number}"] = dates["has_date"]
        lines = dialect.select(columns)
        answers = [f"value_{attribute.index}" for attribute in self.attributes if attribute.is_answer]
        return lines.with_columns((nw.col(name) == "yes").alias(name) for name in answers) if answers else lines

    def reading(self, attribute: Attribute) -> Any:
        """Expression that reads the attribute's values; null where a value cannot be read."""
        if attribute.kind in ("number", "count"):
            return self._dialect.number(attribute.name)
        if attribute.is_date:
            return self.date_columns[attribute.name].expressions()["moment"]
        if attribute.is_answer:
            return self._dialect.mapped(attribute.name, YES_AND_NO)
        return self._dialect.word(attribute.name)

    @property
    def _dialect(self) -> Dialect:
        return self.source_table.dialect

    def _canonical(self, attribute: Attribute) -> dict[str, Any]:
        index = attribute.index
        columns = {
            f"value_{index}": self.reading(attribute),
            f"filled_{index}": self._dialect.filled([attribute.name]),
        }
        if attribute.is_date:
            columns[f"day_{index}"] = self.date_columns[attribute.name].expressions()["day"]
        return columns

    def _declared(self) -> list[tuple[str, AttributeKind]]:
        """The described attributes: column and kind."""
        declared = [(name, kind) for role, kind in _ROLES.items() for name in getattr(self, role)]
        if self.birth_date is not None:
            declared.append((self.birth_date, "birth date"))
        return declared + [(column, "consent") for column in (self.consent or {}).values()]

    def _inferred(self) -> list[tuple[str, AttributeKind]]:
        """Each column with its possible kinds, the most likely first."""
        observed_at = self.observed_at
        excluded = {
            self.customer,
            *(observed_at.values() if isinstance(observed_at, Mapping) else [self._observed_at("")]),
        }
        columns = [name for name in self._dialect.columns if name not in excluded]
        numbers = self._dialect.number_columns(columns)
        return [(name, kind) for name in columns for kind in possible_kinds(self._dialect, name, name in numbers)]

    def _observed_at(self, name: str) -> str | None:
        if isinstance(self.observed_at, Mapping):
            return self.observed_at.get(name)
        if self.observed_at is None and not self._declared():
            usual = _USUAL_OBSERVED_AT
            is_date = usual in self._dialect.columns and self._dialect.kind(usual) in DATES
            return usual if is_date and usual != self.customer else None
        return self.observed_at

    def _max_age(self, name: str) -> int | None:
        if isinstance(self.max_age_days, Mapping):
            return self.max_age_days.get(name)
        return self.max_age_days

    def _check_arguments(self) -> None:
        for role in _ROLES:
            value: Any = getattr(self, role)
            if isinstance(value, str) or not isinstance(value, Sequence):
                raise TypeError(f"Customers: {role} must be a list of columns, got {value!r}.")
        for role, (kinds, rule) in _MAPPINGS.items():
            value = getattr(self, role)
            if value is not None and not isinstance(value, kinds):
                raise TypeError(f"Customers: {role} must be {rule}, got {type(value).__name__}.")
        separator: Any = self.label_separator
        if not isinstance(separator, str) or not separator:
            raise ValueError(f"Customers: label_separator must be text such as '|', got {separator!r}.")
        names = [name for name, _ in self._declared()]
        if twice := sorted({str(name) for name in names if names.count(name) > 1 or name == self.customer}):
            raise ValueError(f"Customers: a column is one attribute, but {listed(twice)} are described twice.")

    def _check_types(self) -> None:
        dialect = self._dialect
        if dialect.text:
            return
        kinds = dict(self._declared())
        faults = []
        for argument, name in self.described().items():
            rule, allowed = RULES[kinds[name]] if name in kinds else RULES["date"]
            if argument == "customer":
                rule, allowed = IDS
            if dialect.kind(name) not in allowed:
                faults.append(f"column {name!r} ({argument}=) must {rule}, got {dialect.type_name(name)}")
        if faults:
            raise DataError(
                f"Customers: {'; '.join(faults)}. Cast them, or describe them as what they are; "
                f"columns are {listed(dialect.columns)}."
            )

    def _check_ages(self) -> None:
        """Check that `observed_at` and `max_age_days` name attributes, and that ages have a date of observation."""
        names = [attribute.name for attribute in self.attributes]
        for argument in ("observed_at", "max_age_days"):
            value = getattr(self, argument)
            unknown = [name for name in value if name not in names] if isinstance(value, Mapping) else []
            if unknown:
                raise ValueError(
                    f"Customers: {argument} names {listed(unknown)}, which are no attributes; "
                    f"attributes are {listed(dict.fromkeys(names))}."
                )
        ages = self.max_age_days
        for age in ages.values() if isinstance(ages, Mapping) else [ages] if ages is not None else []:
            check_integer("Customers", "max_age_days", age, minimum=1)
        unseen = [name for name in (ages if isinstance(ages, Mapping) else ()) if self._observed_at(name) is None]
        if unseen or (ages is not None and not self.observation_columns):
            raise ValueError(
                f"Customers: max_age_days needs observed_at{f' for {listed(unseen)}' if unseen else ''}, "
                "the column that says when a value was observed."
            )


def as_customers(customers: object) -> Customers:
    """The description itself, or the description of a plain table with the default column names."""
    return customers if isinstance(customers, Customers) else Customers(customers)
