"""Words for a level of a column, and for its values where there are few: "lowest income", "children: 1 or more"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import shorten

import numpy as np

from custseg._numerics import Floats
from custseg.profiling.measures._terms import OPERATORS, Term
from custseg.profiling.naming.traits._levels import Level
from custseg.profiling.naming.traits._words import Wording, Words
from custseg.profiling.naming.traits.columns._number_kinds import FEW, LABELS, RATING, SCALE, YEARS
from custseg.texts import LANGUAGES, number, text

_COUNTED = frozenset({"order_count"})
"""Features of whole numbers, whose upper bound is the last one within it."""
_LONGEST_LABEL, _COUNTED_LABEL = 28, 10
_UNIT = re.compile(r"\s*\([^()]*\)$")


def level_words(label: Words, level: Level, feature: str, *, forms: str = "levels") -> Wording:
    """The words for one of several levels of a column, lowest first: "lowest income" to "highest income".

    `forms` are those of the catalogs: "levels", or "count_levels" for numbers of things.
    """
    words = {}
    for language in LANGUAGES:
        entries = text(language, "profiling", forms)
        has_words = str(level.n_levels) in entries
        form = entries[str(level.n_levels)][level.position] if has_words else entries["step"]
        words[language] = form.format(label[language], position=level.position + 1, total=level.n_levels)
    height = 2 * level.position / (level.n_levels - 1) - 1
    kind = "low" if height < 0 else "high" if height > 0 else "middle"
    return Wording(words, level.terms(feature), kind, height)


def bound_words(terms: Sequence[Term]) -> Words | None:
    """The words for bounds of a feature that people speak of in a way of its own: "last order under 90 days ago"."""
    feature, bounds = terms[0].feature, {term.operator: term.value for term in terms}
    if feature not in text("en", "profiling", "bounds") or not set(bounds) <= {"<", ">="}:
        return None
    form = "both" if len(bounds) > 1 else next(iter(bounds))
    values = [float(bounds[operator] or 0) for operator in sorted(bounds, reverse=True)]
    if feature in _COUNTED and "<" in bounds:
        values[-1] = np.ceil(values[-1]) - 1
    if min(values) < (2 if feature in _COUNTED else 0) or len(set(values)) < len(bounds):
        return None
    return {
        language: text(language, "profiling", "bounds", feature, form).format(*(number(v, language) for v in values))
        for language in LANGUAGES
    }


def interval_words(label: Words, wording: Wording, *, present: Floats, kind: str) -> Wording | None:
    """The words for the whole numbers within the bounds, of a column of that kind: "children: 1 or more".

    None where the bounds hold all values or none, or several of a column of labels.
    """
    feature = wording.terms[0].feature
    if kind == YEARS:
        present = np.arange(present[0], present[-1] + 1)
    inside = np.logical_and.reduce([OPERATORS[term.operator](present, term.value) for term in wording.terms])
    values = present[inside]
    if len(values) in (0, len(present)) or (kind == LABELS and len(values) > 1):
        return None
    low, high = float(values[0]), float(values[-1])
    if low == high:
        wording = wording._replace(terms=(Term(feature, "==", low),))
    form = _interval_form(low, high, present=present, kind=kind)
    words = {
        language: text(language, "profiling", "few_values", form).format(
            label[language], *(number(bound, language, grouped=kind != YEARS) for bound in (low, high))
        )
        for language in LANGUAGES
    }
    return wording._replace(words=words, kind=_kind_of(wording.kind, low, high, present=present, kind=kind))


def _kind_of(said: str, low: float, high: float, *, present: Floats, kind: str) -> str:
    """What the values say of the column: of a scale, low and high only on one side of its middle."""
    if kind == LABELS:
        return "category"
    middle = (present[0] + present[-1]) / 2
    reaches_beyond = (said == "low" and high > middle) or (said == "high" and low < middle)
    return "middle" if kind in (RATING, SCALE) and reaches_beyond else said


def _interval_form(low: float, high: float, *, present: Floats, kind: str) -> str:
    """The form of the catalogs: at an end of a range without a natural end, "or more"; else both ends."""
    if low == high:
        return "exactly"
    if kind in (FEW, YEARS) and low == present[0]:
        return "or_fewer" if kind == FEW else "or_earlier"
    if kind in (FEW, YEARS) and high == present[-1]:
        return "or_more" if kind == FEW else "or_later"
    return "either" if high == low + 1 else "from_to"


def shortened(label: str) -> str:
    """The label in a name: without its unit in parentheses, and of as many whole words as there is space for."""
    label = _UNIT.sub("", label) or label
    if len(label) <= _LONGEST_LABEL:
        return label
    return shorten(label, _LONGEST_LABEL, placeholder="…") if " " in label[:_LONGEST_LABEL] else label


def counted_lengths(words: Words, label: Words, *, column: str) -> dict[str, int]:
    """Characters of the words, of which the label counts as many as the name of the column has, at most 10."""
    surplus = {code: len(label[code]) - min(len(column), _COUNTED_LABEL) for code in LANGUAGES}
    return {code: len(said) - surplus[code] * (label[code] in said) for code, said in words.items()}
