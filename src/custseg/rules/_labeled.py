"""Customers with labels, from which rules are learned, and the accuracy of rules for those that are held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_columns
from custseg._frames import columns_of
from custseg._labels import read_labels
from custseg._numerics import Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.rules._conditions import Condition
from custseg.rules._input import given_columns
from custseg.rules._results import Rule, RuleSet, all_hold, labels_by
from custseg.texts import listed, text


@dataclass(frozen=True, eq=False)
class LabeledCustomers:
    """The customers of all segments that are large enough to be described.

    Attributes
    ----------
    table : DataFrame
        The columns that rules may use, one row per customer.
    templates : mapping of str to Condition
        By column, a condition without bounds.
    rows : array of int
        Rows of these customers among all.
    codes : array of int
        The position of the segment of each in `segments`.
    segments : list of int
        The segments of at least ten customers, sorted.
    names : list of str
        Their names.
    largest : int
        The largest segment.
    n_segments : int
        Number of segments, those that are too small included.
    """

    table: nw.DataFrame[Any]
    templates: Mapping[str, Condition]
    rows: Integers
    codes: Integers
    segments: list[int]
    names: list[str]
    largest: int
    n_segments: int


def labeled_customers(
    features: object,
    labels: object,
    *,
    columns: Sequence[str] | None,
    names: object,
    customer_column: str | None,
    language: str,
    caller: str,
) -> LabeledCustomers:
    """Read features, labels and names; errors are those of `segment_rules`."""
    table, templates = given_columns(features, caller, customer_column=customer_column)
    table = _selected(table, columns, caller)
    groups = read_labels(labels, len(table), caller, allow_text=False)
    present, sizes = list(map(int, groups.segments)), np.bincount(groups.codes[groups.codes >= 0])
    all_names = dict(zip(present, _names(names, present, language=language, caller=caller), strict=True))
    segments = [segment for segment, size in zip(present, sizes, strict=True) if size >= SMALLEST_GROUP]
    # Customers in no segment, or in one too small to be described, must not influence thresholds and categories.
    used = np.flatnonzero((groups.codes >= 0) & (sizes[groups.codes] >= SMALLEST_GROUP))
    codes = np.unique(groups.codes[used], return_inverse=True)[1]
    return LabeledCustomers(
        table[used],
        templates,
        used,
        codes,
        segments,
        [all_names[segment] for segment in segments],
        present[int(sizes.argmax())],
        len(present),
    )


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Measures rules on held-out customers."""

    customers: LabeledCustomers
    rows: Integers
    language: str

    @cached_property
    def held_out(self) -> nw.DataFrame[Any]:
        """The table of these customers."""
        return self.customers.table[self.rows]

    @property
    def truth(self) -> Integers:
        """The positions of their segments."""
        return self.customers.codes[self.rows]

    def rule(self, code: int, conditions: tuple[Condition, ...]) -> Rule:
        """The conditions as a rule, with its precision, recall and lift."""
        members, selected = self.truth == code, all_hold(conditions, self.held_out)
        n_members, n_selected, n_hits = int(members.sum()), int(selected.sum()), int((members & selected).sum())
        enough = n_members >= SMALLEST_GROUP
        precision = n_hits / n_selected if enough and n_selected >= SMALLEST_GROUP else None
        return Rule(
            segment=self.customers.segments[code],
            name=self.customers.names[code],
            conditions=conditions,
            precision=precision,
            recall=n_hits / n_members if enough else None,
            lift=None if precision is None else precision * len(members) / n_members,
            measured_on=len(members),
            language=self.language,
        )

    def rule_set(self, rules: Sequence[tuple[int, tuple[Condition, ...]]]) -> RuleSet:
        """The rules that cover all customers as a set, sorted by segment, with its fidelity."""
        measured = [self.rule(code, conditions) for code, conditions in sorted(rules, key=lambda rule: rule[0])]
        return RuleSet(tuple(measured), self.customers.largest, self._fidelity(measured), len(self.rows), self.language)

    def _fidelity(self, rules: Sequence[Rule]) -> float | None:
        """Share of the held-out customers whose segment the rules predict; None under ten customers."""
        if len(self.rows) < SMALLEST_GROUP:
            return None
        predicted = labels_by(rules, self.held_out, self.customers.largest)
        return float((predicted == np.array(self.customers.segments)[self.truth]).mean())


def _selected(table: nw.DataFrame[Any], columns: Sequence[str] | None, caller: str) -> nw.DataFrame[Any]:
    if columns is None:
        return table
    if not isinstance(columns, (list, tuple)) or not all(isinstance(name, str) for name in columns):
        raise TypeError(f"{caller}: columns must be a list of feature names, got {columns!r}.")
    if not columns or len(set(columns)) < len(columns):
        raise ValueError(f"{caller}: columns must name each feature once, got {list(columns)}.")
    check_columns(caller, {f"columns[{index}]": name for index, name in enumerate(columns)}, table.columns)
    return columns_of(table, columns)


def _names(names: object, segments: Sequence[int], *, language: str, caller: str) -> list[str]:
    """The name of each segment."""
    if names is None:
        return [text(language, "rules", "segment").format(segment) for segment in segments]
    if isinstance(names, str) or not isinstance(names, (Mapping, Sequence)):
        raise TypeError(f"{caller}: names must map segments to names, or list them, got {type(names).__name__}.")
    by_segment = names if isinstance(names, Mapping) else dict(enumerate(names))
    if unnamed := [segment for segment in segments if segment not in by_segment]:
        raise ValueError(f"{caller}: names lacks the segments {listed(unnamed)}. Name all of {listed(segments)}.")
    if wrong := [segment for segment in segments if not isinstance(by_segment[segment], str)]:
        raise TypeError(f"{caller}: names must be text, but those of the segments {listed(wrong)} are not.")
    return [by_segment[segment] for segment in segments]
