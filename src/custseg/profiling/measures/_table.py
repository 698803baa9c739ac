"""The input table of profiling: one row per customer, with numeric and categorical columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._checks import check_columns, check_distinct, check_named, did_you_mean, ended
from custseg._column_kinds import answer_of
from custseg._frames import collect, column_of, open_table
from custseg._numerics import Floats
from custseg._privacy import frequent_categories
from custseg.errors import DataError
from custseg.feature_table import (
    CODE,
    RETURN_FEATURES,
    Feature,
    FeatureTable,
    Season,
    distinct_phrases,
    given_features_of,
    labeled,
    returned_everything,
    table_of_columns,
)
from custseg.texts import listed, plural_form, printable, shown, single_line, text

_ID = "customer_id"
OTHER = "(other values)"
SEASON_SHARE = "season_share"
"""The share of a customer's orders in the season, which a table of a base with a season has."""
# Some words in any case, such as True and YES: more distinct values are no flags.
_MAX_FLAGS = 64


@dataclass(frozen=True, eq=False)
class Categories:
    """One column of categories.

    Attributes
    ----------
    codes : ndarray of int, shape (n_customers,)
        Index of the category in `values`; -1 where it is missing.
    values : tuple of str
        The most frequent first. Categories that fewer than 10 customers have, or that are not among the 20 most
        frequent, are merged into the last one.
    """

    codes: NDArray[np.intp]
    values: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ProfileTable:
    """The columns to profile as numbers and categories, without ids.

    `season` is that of the customer base, None where it has none or that is not known; `day` is then the day of the
    snapshot, counted from 1970-01-01.
    """

    local: nw.DataFrame[Any]
    described: Mapping[str, Feature]
    descriptors: tuple[str, ...]
    give_back: Callable[[nw.DataFrame[Any]], Any]
    windowed: bool = False
    notes: tuple[str, ...] = ()
    season: Season | None = None
    day: int = 0
    categories: Mapping[str, Categories] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    _phrases: dict[str, dict[str, str]] = field(default_factory=dict, init=False)
    _values: dict[str, Floats] = field(default_factory=dict, init=False)

    def __len__(self) -> int:
        return len(self.local)

    @property
    def clustering_columns(self) -> list[str]:
        """The columns that are not descriptors, without those that the log does not determine reliably."""
        return [
            name for name, feature in self.described.items() if name not in self.descriptors and not feature.doubtful
        ]

    def phrase(self, name: str, language: str) -> str:
        """How the column is called inside a sentence."""
        if language not in self._phrases:
            phrases = distinct_phrases(self.described.values(), language)
            self._phrases[language] = {column: single_line(phrase) for column, phrase in phrases.items()}
        return self._phrases[language][name]

    def with_labels(self, labels: object, argument: str, *, caller: str) -> ProfileTable:
        """The same table with other names of its columns for people."""
        described = labeled(list(self.described.values()), labels, argument, caller=caller)
        return replace(self, described={feature.name: feature for feature in described})

    def returned_everything(self) -> NDArray[np.bool_]:
        """Which customers have no order left; no customer of a table without `order_count`."""
        columns = [name for name in RETURN_FEATURES if name in self.numbers]
        if "order_count" not in columns:
            return np.zeros(len(self), dtype=bool)
        return returned_everything({name: self.values(name) for name in columns})

    def values(self, name: str) -> Floats:
        """A column of numbers, read-only; NaN where it is missing."""
        # The search for the words of names reads a column hundreds of times.
        if name not in self._values:
            values: Floats = column_of(self.local, name).cast(nw.Float64).fill_null(float("nan")).to_numpy().view()
            values.flags.writeable = False
            self._values[name] = values
        return self._values[name]


def read_table(
    features: object,
    descriptors: object,
    *,
    customer_column: str | None,
    quantities: object = (),
    caller: str,
    language: str = "en",
) -> ProfileTable:
    """Read features and descriptors of any supported kind of table; codes are categories but for `quantities`."""
    local, described, give_back, guessed = _opened(features, "features", customer_column=customer_column, caller=caller)
    windowed = isinstance(features, FeatureTable) and _is_windowed(features)
    names: list[str] = []
    if descriptors is not None and _is_names(descriptors):
        names = list(descriptors)
        if lacking := [name for name in names if name not in described]:
            hints = ", ".join(f"{name!r}{did_you_mean(str(name), list(described))}" for name in lacking)
            raise DataError(f"{caller}: descriptors names columns that features lacks: {ended(hints)}")
    elif descriptors is not None:
        added, added_features, _, added_guess = _opened(
            descriptors, "descriptors", customer_column=customer_column, caller=caller
        )
        _check_together(local, added, names=(described, added_features), caller=caller)
        local = local.with_columns(added.get_column(name) for name in added_features)
        described, guessed = described | added_features, guessed | added_guess
        names = list(added_features)
    words = text(language, "profiling", "notes")
    notes = [words["ids"].format(column=shown(column), table=table) for table, column in guessed.items()]
    for name, feature in described.items():
        if feature.unit == CODE and isinstance(quantities, Sequence) and name in quantities:
            described[name] = replace(feature, unit="")
    table, left_out = _sorted_into_kinds(local, described, tuple(names), give_back=give_back, windowed=windowed)
    if left_out:
        columns = ", ".join(map(printable, left_out))
        notes.append(plural_form(len(left_out), words["left_out"], language).format(columns=columns))
    return replace(_with_season(table, features), notes=tuple(notes))


def _with_season(table: ProfileTable, features: object) -> ProfileTable:
    """The table with the season of the logs that the features were built from."""
    if not isinstance(features, FeatureTable) or features.snapshot is None:
        return table
    rhythm = features.figures.get("rhythm")
    if rhythm is None or SEASON_SHARE not in table.numbers:
        return table
    return replace(table, season=rhythm.season, day=features.snapshot.day)


def checked_weights(size_weight: object, table: ProfileTable, caller: str) -> Floats | None:
    """The weight of each customer, from a column by name or an array; missing values count as 0."""
    if size_weight is None:
        return None
    if isinstance(size_weight, str):
        if size_weight not in table.numbers:
            raise DataError(
                f"{caller}: size_weight must name a numeric column, got {size_weight!r}; these are "
                f"{listed(table.numbers)}."
            )
        return np.asarray(np.nan_to_num(table.values(size_weight), nan=0.0))
    weights = np.asarray(size_weight, dtype=float)
    if weights.shape != (len(table),):
        raise DataError(
            f"{caller}: size_weight must hold one number per customer ({len(table):,}), got shape {weights.shape}."
        )
    if np.isinf(weights).any():
        raise DataError(f"{caller}: size_weight holds infinite values.")
    return np.asarray(np.nan_to_num(weights, nan=0.0))


_Opened = tuple[nw.DataFrame[Any], dict[str, Feature], Callable[[nw.DataFrame[Any]], Any], dict[str, str]]


def _opened(table: object, argument: str, *, customer_column: str | None, caller: str) -> _Opened:
    if isinstance(table, FeatureTable):
        return table.local, {feature.name: feature for feature in table.described}, table.give_back, {}
    if isinstance(table, Mapping):
        local = table_of_columns(table, argument, caller)
        ids: str | None = customer_column or _ID
        guessed: dict[str, str] = {}
        give_back: Callable[[nw.DataFrame[Any]], Any] = nw.to_native
    else:
        opened = open_table(table, caller, in_memory=True)
        opened.check_types(caller)
        check_distinct(caller, opened.dialect.columns)
        local = collect(opened.dialect.select(opened.dialect.plain_columns(opened.dialect.columns)))
        check_columns(caller, {"customer_column": customer_column}, local.columns)
        ids = customer_column or _ids_of(local)
        guessed = {} if customer_column or ids is None or ids == _ID else {argument: ids}
        give_back = opened.returner()
    check_named(caller, local.columns, ids=ids)
    names = [name for name in local.columns if name != ids]
    described = {feature.name: feature for feature in given_features_of(local, names)}
    if not described or len(local) == 0:
        raise DataError(f"{caller}: {argument} must have rows, and a column beside the ids; got {local.shape}.")
    if ids is not None and ids in local.columns and ids != _ID:
        local = local.rename({ids: _ID})
    return local, described, give_back, guessed


def _ids_of(local: nw.DataFrame[Any]) -> str | None:
    """The column of ids, which must not be shown: `customer_id`, or a first column whose values all differ."""
    if _ID in local.columns:
        return _ID
    first = local.columns[0]
    kind = local.schema[first]
    column = column_of(local, first)
    may_be_ids = (kind.is_integer() or kind == nw.String) and len(local) >= 2
    return first if may_be_ids and column.n_unique() == len(local) else None


def _is_names(descriptors: object) -> TypeGuard[Sequence[str]]:
    if isinstance(descriptors, str) or not isinstance(descriptors, Sequence):
        return False
    return all(isinstance(name, str) for name in descriptors)


def _check_together(
    local: nw.DataFrame[Any],
    added: nw.DataFrame[Any],
    *,
    names: tuple[Mapping[str, Feature], Mapping[str, Feature]],
    caller: str,
) -> None:
    if len(local) != len(added):
        raise DataError(
            f"{caller}: descriptors must have one row per customer of features, got {len(added):,} rows for "
            f"{len(local):,} customers."
        )
    if shared := [name for name in names[1] if name in names[0]]:
        raise DataError(f"{caller}: descriptors and features both have {listed(shared)}. Rename or drop one of each.")
    if _ID in local.columns and _ID in added.columns:
        ids = local.get_column(_ID), added.get_column(_ID)
        if ids[0].to_list() != ids[1].to_list():
            raise DataError(
                f"{caller}: the ids of descriptors are not those of features in the same order. "
                "Join both tables on the id first."
            )


def _sorted_into_kinds(
    local: nw.DataFrame[Any],
    described: Mapping[str, Feature],
    descriptors: tuple[str, ...],
    *,
    give_back: Callable[[nw.DataFrame[Any]], Any],
    windowed: bool,
) -> tuple[ProfileTable, list[str]]:
    """The table with its columns of numbers and of categories, and the columns that are neither."""
    categories: dict[str, Categories] = {}
    numbers, left_out = [], []
    for name in described:
        kind = local.schema[name]
        if described[name].unit == CODE:
            categories[name] = _coded(_as_text(column_of(local, name)))
        elif kind.is_numeric() or kind == nw.Unknown:
            numbers.append(name)
        elif kind in (nw.Boolean, nw.String, nw.Categorical, nw.Enum):
            categories[name] = _coded(column_of(local, name))
        else:
            left_out.append(name)
    table = ProfileTable(
        local, described, descriptors, give_back=give_back, windowed=windowed, categories=categories,
        numbers=tuple(numbers),
    )  # fmt: skip
    return table, left_out


def _as_text(column: nw.Series[Any]) -> nw.Series[Any]:
    """Whole numbers as text without a decimal mark."""
    return column.cast(nw.Int64).cast(nw.String)


def _coded(column: nw.Series[Any]) -> Categories:
    """The column as categories; a text column of yes and no, as in CSV files, like a boolean one."""
    if column.dtype == nw.Boolean:
        flags = column.cast(nw.Int8).fill_null(-1).to_numpy()
        return Categories(np.where(flags < 0, -1, 1 - flags).astype(np.intp), ("yes", "no"))
    values = column.cast(nw.String)
    missing = values.is_null().to_numpy()
    distinct = values.drop_nulls().unique().to_list()
    answers = {value: answer_of(value) for value in distinct} if 0 < len(distinct) <= _MAX_FLAGS else {}
    # A column of F alone, or of M and F, is none of no.
    if answers and None not in answers.values() and ("yes" in answers.values() or any(map(_is_written_out, distinct))):
        yes = [value for value, answer in answers.items() if answer == "yes"]
        codes = np.where(values.is_in(yes).fill_null(value=False).to_numpy(), 0, 1)
        return Categories(np.where(missing, -1, codes).astype(np.intp), ("yes", "no"))
    frequent = frequent_categories(values)
    codes = np.where(missing, -1, len(frequent)).astype(np.intp)
    for code, category in enumerate(frequent):
        codes[(values == category).fill_null(value=False).to_numpy()] = code
    has_others = (codes == len(frequent)).any()
    return Categories(codes, (*frequent, *[OTHER] * bool(has_others)))


def _is_written_out(answer: str) -> bool:
    return len(answer.strip()) > 1


def _is_windowed(table: FeatureTable) -> bool:
    return table.snapshot is not None and table.snapshot.window_days is not None
