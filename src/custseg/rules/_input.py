"""Input of the rule search: the feature columns, and the split into customers to learn from and held-out ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._checks import check_distinct
from custseg._frames import collect, column_of, columns_of, open_table
from custseg._numerics import Floats, Integers, mix
from custseg.errors import DataError
from custseg.feature_table import FeatureTable, distinct_phrases, given_features, table_of_columns
from custseg.rules._bins import Column, binned
from custseg.rules._conditions import Condition, numbers_of
from custseg.texts import LANGUAGES, listed

LEARNED_SHARE = 0.7
_MAX_LEARNED = 30_000
_MIN_LEARNED = 1_000
_MAX_HELD_OUT = 100_000


@dataclass(frozen=True, eq=False)
class Split:
    """Rows to learn rules from, with the weight of each segment among them, and held-out rows."""

    learned: Integers
    weights: Floats
    held_out: Integers


def given_columns(
    features: object, caller: str, *, customer_column: str | None = None
) -> tuple[nw.DataFrame[Any], dict[str, Condition]]:
    """The feature columns as a local table, and for each a condition without bounds: its name, unit and phrases."""
    if isinstance(features, Mapping):
        local = table_of_columns(features, "features", caller)
        return local, {name: Condition(name) for name in local.columns}
    table = given_features(features, customer_column, caller)
    phrases = {language: distinct_phrases(table.described, language) for language in LANGUAGES}
    templates = {
        feature.name: Condition(
            feature.name,
            unit=feature.unit,
            phrases={language: by_column[feature.name] for language, by_column in phrases.items()},
        )
        for feature in table.described
    }
    return columns_of(table.local, table.names), templates


def needed_columns(features: object, names: Sequence[str], caller: str) -> nw.DataFrame[Any]:
    """These columns of a feature table, a frame or a mapping, as a local table."""
    if isinstance(features, FeatureTable):
        _check_present(names, features.names, caller)
        return columns_of(features.local, names or ["customer_id"])
    if isinstance(features, Mapping):
        _check_present(names, list(features), caller)
        return table_of_columns({name: features[name] for name in names} or features, "features", caller)
    opened = open_table(features, caller, in_memory=True)
    opened.check_types(caller, names or None)
    dialect = opened.dialect
    _check_present(names, dialect.columns, caller)
    columns = names or dialect.columns
    check_distinct(caller, dialect.columns, columns)
    return collect(dialect.select(dialect.plain_columns(columns)))


def _check_present(names: Sequence[str], present: Sequence[str], caller: str) -> None:
    if lacking := [name for name in names if name not in present]:
        raise DataError(f"{caller}: features lacks {listed(lacking)}, which the rules name; it has {listed(present)}.")


def columns_in_bins(
    table: nw.DataFrame[Any], templates: Mapping[str, Condition], *, as_questions: bool = False
) -> list[Column]:
    """The columns that vary, in bins; see `binned`."""
    columns = (binned(templates[name], column_of(table, name), as_question=as_questions) for name in table.columns)
    return [column for column in columns if column is not None]


def split_rows(table: nw.DataFrame[Any], labels: Integers, *, columns: Sequence[Column], seed: int) -> Split:
    """Split each segment: 70 % of the customers to learn from, 30 % held out; large tables are sampled.

    The split depends on values only, and duplicates within a segment are interchangeable, so the rules do not depend
    on the order of the rows. In a large table rules are learned from at least a thousand customers of each segment;
    `weights` correct for the unequal sampling.
    """
    draw = _draws(table, labels, columns=columns, seed=seed)
    order = np.lexsort((draw, labels))
    order = order[labels[order] >= 0]
    sizes = np.bincount(labels[order])
    rank = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    n_learned = np.ceil(LEARNED_SHARE * sizes).astype(int)
    sampling_rate = min(1.0, _MAX_LEARNED / n_learned.sum())
    quota = np.minimum(n_learned, np.maximum(_MIN_LEARNED, n_learned * sampling_rate).astype(int))
    learned = order[rank < np.repeat(quota, sizes)]
    remaining = order[rank >= np.repeat(n_learned, sizes)]
    held_out = remaining[np.argsort(draw[remaining])[:_MAX_HELD_OUT]]
    weights = np.divide(n_learned, quota, out=np.zeros(len(sizes)), where=quota > 0)
    return Split(learned, weights, held_out)


def _draws(table: nw.DataFrame[Any], labels: Integers, *, columns: Sequence[Column], seed: int) -> NDArray[np.uint64]:
    """Pseudo-random key per row, from its values and its index among duplicates."""
    hashes = np.full(len(labels), np.uint64(seed), dtype=np.uint64)
    for column in columns:
        values = column_of(table, column.template.feature)
        mix(hashes, column.codes(values).astype(float) if column.template.kind == "category" else numbers_of(values))
    order = np.lexsort((labels, hashes))
    first = np.ones(len(order), dtype=bool)
    first[1:] = hashes[order][1:] != hashes[order][:-1]
    position = np.arange(len(order))
    duplicate_index = np.empty(len(order))
    duplicate_index[order] = position - np.maximum.accumulate(np.where(first, position, 0))
    return mix(hashes, duplicate_index)
