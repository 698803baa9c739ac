"""Families of features: what each requires and computes, and names of columns made from values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._frames import Rows, sorted_by, with_lookup
from custseg._privacy import SMALLEST_GROUP
from custseg.feature_table import Feature
from custseg.features.sums._shared import SharedSums
from custseg.logs import Logs

_LONGEST_WORD = 32


@dataclass(frozen=True, eq=False)
class FamilyColumns:
    """The columns of one family.

    Attributes
    ----------
    source : narwhals DataFrame, or LazyFrame on Spark
        `customer_id` and what the features are computed from, one row per customer in the family's log. Families of
        one source are computed in one step.
    columns : mapping of str to narwhals Expr
        By feature, how it is computed from the source.
    features : tuple of Feature
        One entry per feature column, in their order.
    steps : tuple of mappings of str to narwhals Expr
        Columns that the source gets before, one step after the other; no other family has columns of these names. What
        stands in a quotient belongs here: engines write its parts out several times.
    lookup : Lookup or None
        A small table that the source is joined with before.
    """

    source: Rows
    columns: Mapping[str, nw.Expr]
    features: tuple[Feature, ...]
    steps: tuple[Mapping[str, nw.Expr], ...] = ()
    lookup: Lookup | None = None

    @classmethod
    def of_table(cls, table: Rows, features: tuple[Feature, ...]) -> FamilyColumns:
        """The columns of a table that has one per feature."""
        return cls(table, {feature.name: nw.col(feature.name) for feature in features}, features)

    @property
    def table(self) -> Rows:
        """`customer_id` and one column per feature."""
        return selected([self], {feature.name: feature.name for feature in self.features})


@dataclass(frozen=True, eq=False)
class Lookup:
    """A small local table with one row per combination of the columns `on`."""

    table: nw.DataFrame[Any]
    on: tuple[str, ...]


def all_features(families: Sequence[FamilyColumns]) -> tuple[Feature, ...]:
    """The features of all families, in their order."""
    return tuple(feature for family in families for feature in family.features)


def selected(families: Sequence[FamilyColumns], names: Mapping[str, str]) -> Rows:
    """`customer_id` and the columns of families of one source; `names` are those that the features get."""
    source = families[0].source
    for family in families:
        if family.lookup is not None:
            source = with_lookup(source, family.lookup.table, family.lookup.on)
        for step in family.steps:
            source = source.with_columns(values.alias(name) for name, values in step.items())
    columns = [family.columns[item.name].alias(names[item.name]) for family in families for item in family.features]
    return sorted_by(source.select("customer_id", *columns))


@dataclass(frozen=True)
class NoFigures:
    """Figures of a family whose features depend on the customer alone."""


@dataclass(frozen=True)
class Family:
    """A family of features.

    Attributes
    ----------
    name : str
        As given in `families`.
    lacks : callable
        What the logs lack for the family, as text that completes "needs ..."; "" if nothing.
    columns : callable
        Computes the columns of the family from the sums over the logs and the family's figures of the customer base.
    learn : callable
        Computes these figures from the sums. Customers of later logs are measured against them, so that the features
        of a customer change only when the customer does.
    figures : type
        The dataclass of the figures.
    needed : callable
        The figures without those that no column of these names depends on.
    on_request : bool
        Whether the family is built only if it is asked for.
    """

    name: str
    lacks: Callable[[Logs], str]
    columns: Callable[[SharedSums, Any], FamilyColumns]
    learn: Callable[[SharedSums], Any] = lambda sums: NoFigures()
    figures: type = NoFigures
    needed: Callable[[Any, Collection[str]], Any] = lambda figures, names: figures
    on_request: bool = False


def n_not_rare(customers: Sequence[int] | NDArray[Any]) -> int:
    """How many of the values are not rare: ten customers or more have them; all, if every value is rare.

    `customers` has the number of each value, which need not be sorted. Rare values are no columns of their own: such
    columns would describe single customers.
    """
    common = int((np.asarray(customers) >= SMALLEST_GROUP).sum())
    return common or len(customers)


def column_words(values: Sequence[str], reserved: Collection[str] = ()) -> list[str]:
    """One name per value, all different and none of them reserved.

    Lower case; all but letters, digits and underscores becomes an underscore; at most 32 characters. Values
    that give the same name are numbered in their order.
    """
    words: list[str] = []
    for value in values:
        plain = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", value).lower())
        word = stem = plain[:_LONGEST_WORD].strip("_") or "value"
        number = 2
        while word in words or word in reserved:
            word, number = f"{stem}_{number}", number + 1
        words.append(word)
    return words
