"""`FeatureTable`: one row per customer, with the description of each column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._checks import check_choice, check_named, check_no_nul, did_you_mean
from custseg._column_kinds import TextNumbers, is_answer
from custseg._display import DisplayTable, Tabular, html_block
from custseg._frames import column_of, frame_from_columns
from custseg._numerics import skewness, unit_of
from custseg._privacy import share_words, with_count
from custseg.errors import DataError
from custseg.feature_table._categories import Levels, check_categories, is_category, levels_of
from custseg.feature_table._described import DescribedColumns
from custseg.feature_table._feature import CODE, Feature, distinct_labels, given_feature
from custseg.snapshot import Snapshot
from custseg.texts import DASH, LANGUAGES, listed, printable, single_line, text

ID = "customer_id"
_NAME_LENGTH = 120
RETURN_COLUMNS = ("returned_orders", "revenue", "return_share")
RETURN_FEATURES = ("order_count", *RETURN_COLUMNS)
"""Features that tell whether customers kept a purchase."""


def returned_everything(values: Mapping[str, NDArray[np.float64]]) -> NDArray[np.bool_]:
    """Which customers have ordered and have no order left: all were returned, charged back or cancelled.

    `values` hold `order_count`, and `returned_orders`, `revenue` and `return_share` if the table has them. Refunds with
    an order number of their own leave the order as it is; they returned everything if the refunds are exactly what was
    paid. Refunds without an order are of orders before the log begins.
    """
    absent = np.full(len(values["order_count"]), np.nan)
    returned, revenue, share = (values.get(name, absent) for name in RETURN_COLUMNS)
    nothing_left = (values["order_count"] == 0) & ((returned > 0) | (revenue < 0))
    refunded_apart = (values["order_count"] > 0) & (share == 1) & (revenue == 0)
    return np.asarray(nothing_left | refunded_apart)


@dataclass(frozen=True)
class Reading:
    """How a ready table was read.

    Attributes
    ----------
    id_column : str
        Column of the ids.
    is_guessed : bool
        Whether it was taken because it is the first one.
    converted : mapping of str to TextNumbers
        Text columns that were read as numbers, with what they held.
    texts : mapping of str to TextNumbers
        Text columns that were not, though at least half of their values are numbers, with what they hold.
    """

    id_column: str
    is_guessed: bool = False
    converted: Mapping[str, TextNumbers] = field(default_factory=dict)
    texts: Mapping[str, TextNumbers] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, repr=False)
class FeatureTable(DescribedColumns, Tabular):
    """Table of features: one row per customer, ids in `customer_id`, and a description of each column.

    Any frame constructor that reads the Arrow interface accepts it, as in `polars.DataFrame(table)`. `to_pandas` and
    `to_polars` give the rows too, and ``table["revenue"]`` one column as an array.

    Attributes
    ----------
    local : narwhals DataFrame
        The rows.
    described : tuple of Feature
        One entry per feature column, in the order of the columns.
    give_back : callable
        Converts a local frame to the caller's kind of table.
    snapshot : Snapshot or None
        Snapshot of the features; None for a ready table.
    reading : Reading or None
        How a ready table was read; None for features of logs.
    figures : mapping of str to object
        By family, the figures of the customer base that its features were computed with; empty for a ready table.
    language : {"en", "ru"}
        Of the printed table and, by default, of `summary`.
    coding : mapping of str to Levels
        The columns of categories that are clustered on, with their levels.
    label_sources : mapping of str to str
        The columns of single labels, with the column of lists that each was made of.
    """

    local: nw.DataFrame[Any]
    described: tuple[Feature, ...]
    give_back: Callable[[nw.DataFrame[Any]], Any]
    snapshot: Snapshot | None = None
    reading: Reading | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"
    coding: Mapping[str, Levels] = field(default_factory=dict)
    label_sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def frame(self) -> Any:
        """The table in the kind of the caller's log or table."""
        return self.give_back(self.local)

    @property
    def ids(self) -> nw.Series[Any]:
        """The customer ids."""
        return self.local.get_column(ID)

    def numeric_names(self) -> list[str]:
        """Names of the numeric feature columns, without booleans."""
        schema = self.local.schema
        return [name for name in self.names if schema[name].is_numeric()]

    def values(self, name: str) -> NDArray[np.float64]:
        """One feature as floats of shape (n_customers,), of `coding` the codes of levels; NaN where it is missing."""
        column = column_of(self.local, name)
        if name in self.coding:
            return self.coding[name].codes(column)
        column = column.cast(nw.Float64)
        return column.fill_null(float("nan")).to_numpy().astype(np.float64, copy=True)

    def with_categories(self, names: Sequence[str]) -> FeatureTable:
        """The table with the levels of those of these columns that hold no numbers; see `levels_of`."""
        numeric = self.numeric_names()
        coding = {
            name: replace(levels_of(column_of(self.local, name)), source=self.label_sources.get(name, ""))
            for name in names
            if name not in numeric
        }
        return replace(self, coding=coding) if coding else self

    def with_coding(self, coding: Mapping[str, Levels], caller: str) -> FeatureTable:
        """The table with the levels of an earlier one; DataError if a column lacks or is of another kind."""
        if not coding:
            return self
        self.check_present(coding, caller)
        check_categories(self.local, coding, caller)
        return replace(self, coding=coding)

    def returned_everything(self) -> NDArray[np.bool_]:
        """Which customers have no order left; no customer of a table without `order_count`."""
        columns = [name for name in RETURN_FEATURES if name in self.numeric_names()]
        if "order_count" not in columns:
            return np.zeros(len(self), dtype=bool)
        return returned_everything({name: self.values(name) for name in columns})

    def __getitem__(self, name: str) -> NDArray[Any]:
        """One column of shape (n_customers,): floats with NaN where a number is missing, else objects with None."""
        if name not in (columns := self.local.columns):
            raise DataError(
                f"FeatureTable: there is no column {name!r}.{did_you_mean(str(name), columns)} "
                f"Columns are {listed(columns)}."
            )
        is_number = self.local.schema[name].is_numeric() and name != ID
        return self.values(name) if is_number else np.array(column_of(self.local, name).to_list(), dtype=object)

    def __contains__(self, name: object) -> bool:
        return name in self.local.columns

    def __iter__(self) -> Iterator[str]:
        return iter(self.local.columns)

    def _ipython_key_completions_(self) -> list[str]:
        """The columns, which a notebook offers after ``table["``."""
        return list(self.local.columns)

    def summary(self, language: str | None = None) -> dict[str, list[Any]]:
        """What each column means and how it is filled, as columns for any frame constructor.

        Parameters
        ----------
        language : {"en", "ru"}, optional
            Of `label`, `unit` and `definition`; by default that of the table.

        Returns
        -------
        dict of columns
            One row per feature: `name`; `label`, different for each feature; `unit`; `definition`; `family`;
            `direction` (1 more is better, -1 worse, 0 neither); `coverage`, the share of customers with a value;
            `skew`, the third standardized moment of a numeric column (missing for text and constant columns).

        Raises
        ------
        TypeError, ValueError
            If `language` is not one of these.
        """
        language = self.language if language is None else language
        check_choice("summary", "language", language, allowed=LANGUAGES)
        columns: dict[str, list[Any]] = {
            "name": self.names,
            "label": distinct_labels(self.described, language),
            "unit": [feature.unit_label(language) for feature in self.described],
            "definition": [feature.definition(language) for feature in self.described],
            "family": [feature.family for feature in self.described],
            "direction": [feature.direction for feature in self.described],
        }
        numeric = set(self.numeric_names())
        columns["coverage"] = [
            1 - int(column_of(self.local, name).is_null().sum()) / max(len(self), 1) for name in self.names
        ]
        columns["skew"] = [_skew(self.values(name)) if name in numeric else None for name in self.names]
        return columns

    def __len__(self) -> int:
        return len(self.local)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.local.__arrow_c_stream__(requested_schema)

    @property
    def headline(self) -> str:
        """How many customers, and when."""
        words = text(self.language, "feature_table")
        customers = with_count(len(self), text(self.language, "result", "customers"), self.language)
        when = words["as_of"].format(snapshot=self.snapshot.text(self.language)) if self.snapshot else ""
        return str(words["head"]).format(customers=customers) + when

    def __repr__(self) -> str:
        families: dict[str, list[str]] = {}
        for feature in self.described:
            families.setdefault(feature.family, []).append(printable(feature.name))
        lines = [f"  {family}: {', '.join(names)}" for family, names in families.items()]
        return "\n".join([self.headline, *lines])

    def _repr_html_(self) -> str:
        words = text(self.language, "feature_table", "columns")
        labels = distinct_labels(self.described, self.language)
        n_filled = [len(self) - int(column_of(self.local, name).is_null().sum()) for name in self.names]
        filled = [share_words(count, len(self), self.language) for count in n_filled]
        rows = [
            [
                single_line(feature.name, _NAME_LENGTH),
                single_line(label, _NAME_LENGTH),
                feature.unit_label(self.language),
                share or DASH,
            ]
            for feature, label, share in zip(self.described, labels, filled, strict=True)
        ]
        # A share that is hidden or a bound has no bar, whose length would give it away.
        bars = [
            None if share is None or share[0] in "<>" else count / len(self)
            for count, share in zip(n_filled, filled, strict=True)
        ]
        return html_block(
            self.language, lead=[self.headline], tables=[DisplayTable(list(words.values()), rows, bars={3: bars})]
        )

    def _local_table(self) -> nw.DataFrame[Any]:
        return self.local


def given_features_of(local: nw.DataFrame[Any], names: Sequence[str]) -> tuple[Feature, ...]:
    """The description of each column of a ready table."""

    def values_of(name: str) -> NDArray[np.float64] | None:
        column = column_of(local, name)
        if not column.dtype.is_numeric():
            return None
        return column.cast(nw.Float64).fill_null(float("nan")).to_numpy()

    return tuple(given_feature(name, values_of(name)) for name in names)


def as_quantities(table: FeatureTable, names: Sequence[str]) -> FeatureTable:
    """The table with these columns as quantities, also if they look like codes."""
    described = (
        replace(feature, unit="") if feature.unit == CODE and feature.name in names else feature
        for feature in table.described
    )
    return replace(table, described=tuple(described))


def check_features(features: FeatureTable, columns: Sequence[str], *, argument: str, caller: str) -> None:
    """Raise unless all columns are numeric features of the table."""
    features.check_present(columns, caller)
    numeric = features.numeric_names()
    if text := [name for name in columns if name not in numeric]:
        schema = features.local.schema
        raise DataError(
            f"{caller}: {argument} must be numeric, got "
            + ", ".join(f"{name!r} ({schema[name]})" for name in text)
            + f". Numeric features are {listed(numeric)}. "
            + as_numbers(features, text)
        )


def check_clusterable(features: FeatureTable, columns: Sequence[str], *, argument: str, caller: str) -> None:
    """Raise unless all columns are numeric features of the table or categories: text or booleans with a value.

    Text whose values are numbers for the most part is neither.
    """
    features.check_present(columns, caller)
    doubtful = features.reading.texts if features.reading else {}
    numeric = features.numeric_names()
    others = [name for name in columns if name not in numeric and name not in doubtful]
    categories = [name for name in others if is_category(column_of(features.local, name))]
    check_features(features, [name for name in columns if name not in categories], argument=argument, caller=caller)


def as_numbers(features: FeatureTable, names: Sequence[str]) -> str:
    """Advice on how to make non-numeric columns usable for clustering."""
    schema = features.local.schema
    partly_numeric = features.reading.texts if features.reading else {}
    numbers = {name: values for name, values in partly_numeric.items() if name in names}
    empty = [name for name in names if column_of(features.local, name).is_null().all()]
    flags = [name for name in names if name not in empty and _is_flag(column_of(features.local, name))]
    kinds = (nw.String, nw.Categorical, nw.Enum)
    texts = [name for name in names if schema[name] in kinds and name not in (*numbers, *empty, *flags)]
    own = [name for name in texts if column_of(features.local, name).n_unique() == len(features)]
    categories = [name for name in texts if name not in own]
    sentences = []
    for name, values in numbers.items():
        if values.is_doubtful:
            sentences.append(f"Write the numbers of {name!r} without commas: 1,234 may be 1234 or 1.234.")
            continue
        sentences.append(
            f"Convert {name!r} to numbers: it is text, and {values.count:,} of {len(features):,} values are numbers."
        )
    if empty:
        sentences.append(f"Leave out {listed(empty)}, without any value.")
    if flags:
        sentences.append(f"Write yes and no as 1 and 0 in {listed(flags)}.")
    if categories:
        sentences.append(f"Replace {listed(categories)} by one column of 1 and 0 for each value.")
    if own:
        sentences.append(f"Leave out {listed(own)}, whose text differs from customer to customer.")
    remaining = [name for name in names if name not in (*flags, *texts, *numbers, *empty)]
    if remaining:
        sentences.append(f"Replace {listed(remaining)} by numbers, such as days for dates.")
    return " ".join(["Segments are made from numbers.", *sentences])


def _is_flag(column: nw.Series[Any]) -> bool:
    """Whether a column holds yes and no, as booleans or as words."""
    if column.dtype == nw.Boolean:
        return True
    if column.dtype not in (nw.String, nw.Categorical, nw.Enum):
        return False
    return all(map(is_answer, column.drop_nulls().unique().cast(nw.String).to_list()))


def _skew(values: NDArray[np.float64]) -> float | None:
    finite_values = values[np.isfinite(values)] if len(values) else values
    finite_values = finite_values / unit_of(finite_values)
    if not len(finite_values) or np.ptp(finite_values) <= 1e-12 * float(np.abs(finite_values).max()):
        return None
    # Sorted, so that the sum does not depend on the order of the rows.
    return skewness(np.sort(finite_values))


def table_of_columns(columns: Mapping[Any, Any], argument: str, caller: str) -> nw.DataFrame[Any]:
    """A mapping of names to columns as a table."""
    if not columns:
        raise DataError(f"{caller}: {argument} has no columns. Give at least one.")
    if unnamed := [name for name in columns if not isinstance(name, str)]:
        raise TypeError(f"{caller}: the names of {argument} must be text, got {listed(unnamed)}.")
    check_no_nul(caller, columns)
    check_named(caller, list(columns))
    arrays = {name: _column_array(values) for name, values in columns.items()}
    shapes = {name: (len(values),) if isinstance(values, list) else values.shape for name, values in arrays.items()}
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        raise DataError(f"{caller}: the columns of {argument} must be of one length, got shapes {shapes}.")
    try:
        return nw.from_native(frame_from_columns(arrays), eager_only=True)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(
            f"{caller}: a column of {argument} mixes types: each must hold only numbers, only booleans or only text, "
            f"and None where a value is missing ({error})."
        ) from error


def _column_array(values: Any) -> Any:
    """The values as an array, with text as objects; flat lists stay, since NumPy would turn mixed values into text."""
    if isinstance(values, list) and not any(isinstance(value, (list, tuple)) for value in values):
        return values
    array = np.asarray(values)
    return array.astype(object) if array.dtype.kind in "US" else array
