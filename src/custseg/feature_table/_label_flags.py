"""Columns of several labels per customer, such as interests: one column of yes and no for each frequent label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import column_of, frame_from_columns
from custseg._privacy import SMALLEST_GROUP
from custseg.feature_table._categories import MOST_LEVELS, SMALLEST_LEVEL, Levels
from custseg.feature_table._feature import Feature
from custseg.feature_table._table import FeatureTable


def with_label_flags(
    table: FeatureTable, columns: Sequence[str] | None
) -> tuple[FeatureTable, Sequence[str] | None, dict[str, list[str]]]:
    """The table with a boolean column for each label of the lists among these columns; and the columns to cluster on.

    A label that at least 1 % of the customers with a list have, and ten of them, has a column, at most the 20 most
    frequent ones; it is called by the name of the list and the label, as in "interests: sport". An empty list is no
    label, a missing one is missing. Also returned: the columns of each list.
    """
    if columns is None or not isinstance(columns, (list, tuple)):
        return table, columns, {}
    flags: dict[str, list[str]] = {}
    for name in columns:
        if isinstance(name, str) and name in table.names and _is_list(table, name):
            labels = _frequent_labels(column_of(table.local, name).to_list())
            flags[name] = [f"{name}: {label}" for label in labels]
            table = _with_flags(table, {f"{name}: {label}": (name, label) for label in labels})
    names = [flag for name in columns for flag in flags.get(name, [name])]
    return replace(table, label_sources={flag: source for source in flags for flag in flags[source]}), names, flags


def with_flags_of_fit(table: FeatureTable, coding: Mapping[str, Levels]) -> FeatureTable:
    """The table with the columns of labels that a fit has made of lists, where it has the lists and not the columns."""
    lacking = {
        name: (levels.source, name.removeprefix(f"{levels.source}: "))
        for name, levels in coding.items()
        if levels.source and name not in table.names and levels.source in table.names
    }
    return _with_flags(table, {name: pair for name, pair in lacking.items() if _is_list(table, pair[0])})


def _is_list(table: FeatureTable, name: str) -> bool:
    return isinstance(table.local.schema[name], (nw.List, nw.Array))


def _frequent_labels(lists: Sequence[Sequence[Any] | None]) -> list[str]:
    """The labels with a column of their own, the most frequent first."""
    counts = Counter(str(label) for labels in lists if labels is not None for label in set(labels) if label is not None)
    enough = max(SMALLEST_GROUP, SMALLEST_LEVEL * sum(labels is not None for labels in lists))
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [label for label, count in ordered[:MOST_LEVELS] if count >= enough]


def _with_flags(table: FeatureTable, flags: Mapping[str, tuple[str, str]]) -> FeatureTable:
    """The table with boolean columns, each of a list and a label in it."""
    local = table.local
    for name, (source, label) in flags.items():
        lists = column_of(table.local, source).to_list()
        has_label = [None if labels is None else label in map(str, labels) for labels in lists]
        frame = nw.from_native(frame_from_columns({name: has_label}), eager_only=True)
        local = local.with_columns(frame.get_column(name).cast(nw.Boolean))
    return replace(table, local=local, described=(*table.described, *(Feature(name) for name in flags)))
