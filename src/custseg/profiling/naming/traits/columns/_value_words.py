"""Words for a level of a column, and for its values within bounds: "lowest income", "visits 3–12"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from custseg._numerics import Floats
from custseg.profiling.measures._terms import OPERATORS, Term, bound_text
from custseg.profiling.naming.traits._levels import Level
from custseg.profiling.naming.traits._words import Wording, Words, is_high
from custseg.profiling.naming.traits.columns._number_kinds import FEW, LABELS, RATING, SCALE, YEARS
from custseg.texts import LANGUAGES, number, plural_form, text, whole_range

_COUNTED = frozenset({"order_count"})
"""Features of whole numbers, whose upper bound is the last one within it."""
_AWAY = "away"
"""The form for ranges of the time since something from when on it is long."""
_FORMS = {"==": "exactly", ">=": "at_least", ">": "over", "<": "under", "<=": "at_most"}


def level_words(label: Words, level: Level, feature: str, *, forms: Words) -> Wording:
    """The words for one of several levels of a column, lowest first: "lowest income" to "highest income".

    `forms` are those of the catalogs by language: "levels", or "count_levels" for numbers of things.
    """
    words = {}
    for language in LANGUAGES:
        entries = text(language, "profiling", forms[language])
        has_words = str(level.n_levels) in entries
        form = entries[str(level.n_levels)][level.position] if has_words else entries["step"]
        words[language] = form.format(label[language], position=level.position + 1, total=level.n_levels)
    height = 2 * level.position / (level.n_levels - 1) - 1
    kind = "low" if height < 0 else "high" if height > 0 else "middle"
    return Wording(words, level.terms(feature), kind, height)


def says_last(feature: str, present: Floats) -> bool:
    """Whether the words for an upper bound of a column with these values say the last whole number under it."""
    return feature in _COUNTED or (not has_bound_words(feature) and bool((present == np.floor(present)).all()))


def has_bound_words(feature: str) -> bool:
    """Whether people speak of the bounds of a feature in a way of its own."""
    return feature in text("en", "profiling", "bounds")


def bound_words(terms: Sequence[Term]) -> Words | None:
    """The words for bounds of a feature that people speak of in a way of its own: "last order under 90 days ago"."""
    feature, bounds = terms[0].feature, {term.operator: term.value for term in terms}
    if not has_bound_words(feature) or not set(bounds) <= {"<", ">=", "=="}:
        return None
    if "==" in bounds and "==" not in text("en", "profiling", "bounds", feature):
        return None
    form = "both" if len(bounds) > 1 else next(iter(bounds))
    values = [float(bounds[operator] or 0) for operator in sorted(bounds, reverse=True)]
    if feature in _COUNTED:
        values = [float(np.ceil(value)) for value in values]
        values[-1] -= "<" in bounds
    if min(values) < (2 if feature in _COUNTED else 0):
        return None
    if len(set(values)) < len(bounds):
        if feature not in _COUNTED:
            return None
        form, values = "==", values[:1]
    # Whoever ordered 7 to 90 days ago has not been silent.
    if form == "both" and _AWAY in text("en", "profiling", "bounds", feature) and is_high(feature, values[0]):
        form = _AWAY
    return {language: _bounds_as_text(feature, form, values, language=language) for language in LANGUAGES}


def _bounds_as_text(feature: str, form: str, values: Sequence[float], *, language: str) -> str:
    """The bounds in the form of the catalogs; of several forms that of the last number, as nouns are inflected."""
    words = text(language, "profiling", "bounds", feature, form)
    words = words if isinstance(words, str) else plural_form(values[-1], words, language)
    return words.format(*(number(value, language) for value in values))


def range_words(label: Words, terms: Sequence[Term], *, present: Floats, unit: str) -> Words:
    """The words for values within bounds: "visits 3–12", "bill 40+"; whole numbers up to the last one within."""
    bounds = {term.operator: float(term.value or 0) for term in terms}
    is_whole = bool((present == np.floor(present)).all())
    form, ends = _whole_form(bounds, present) if is_whole else _form(bounds)
    return {
        language: text(language, "profiling", "few_values", form).format(
            label[language], *(bound_text(end, unit, language) for end in ends)
        )
        for language in LANGUAGES
    }


def _form(bounds: Mapping[str, float]) -> tuple[str, list[float]]:
    """The form of the catalogs for bounds by operator, and its numbers."""
    if len(bounds) == 1:
        (operator, value), *_ = bounds.items()
        return _FORMS[operator], [value]
    ends = [bounds[operator] for operator in sorted(bounds, reverse=True)]
    # A dash between numbers below 0 reads as another minus.
    return ("signed" if min(ends) < 0 else "from_to"), ends


def _whole_form(bounds: Mapping[str, float], present: Floats) -> tuple[str, list[float]]:
    if not set(bounds) <= {">=", "<"}:
        return _form(bounds)
    low, high = bounds.get(">="), bounds.get("<")
    first = float(present[0]) if low is None else float(np.ceil(low))
    last = float(present[-1]) if high is None else float(np.ceil(high)) - 1
    if first == last:
        return "exactly", [first]
    if high is None:
        return "at_least", [first]
    form, (*_, bound) = whole_range(None, high)
    if low is None:
        return _FORMS[form], [bound]
    return ("signed" if first < 0 else "from_to"), [first, last]


def interval_words(label: Words, wording: Wording, *, present: Floats, kind: str) -> Wording | None:
    """The words for the whole numbers within the bounds, of a column of that kind: "children 1+".

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
    form, ends = _interval_form(low, high, present=present, kind=kind)
    words = {
        language: text(language, "profiling", "few_values", form).format(
            label[language], *(number(end, language, grouped=kind != YEARS) for end in ends)
        )
        for language in LANGUAGES
    }
    return wording._replace(words=words, kind=_kind_of(wording.kind, low, high, present=present, kind=kind))


def _kind_of(said: str, low: float, high: float, *, present: Floats, kind: str) -> str:
    """What the values say of the column: of a scale, low and high only if its middle is not among them: 3 of 1 to 5.

    A scale begins with 1 even where nobody gave the lowest answer.
    """
    if kind == LABELS:
        return "category"
    middle = (min(present[0], 1) + present[-1]) / 2
    reaches_beyond = (said == "low" and high >= middle) or (said == "high" and low <= middle)
    return "middle" if kind in (RATING, SCALE) and reaches_beyond else said


def _interval_form(low: float, high: float, *, present: Floats, kind: str) -> tuple[str, list[float]]:
    """The form of the catalogs and its numbers: at an end of a range without a natural end, "or more"; else both."""
    if low == high:
        return "exactly", [low]
    if kind in (FEW, YEARS) and low == present[0]:
        return ("at_most" if kind == FEW else "or_earlier"), [high]
    if kind in (FEW, YEARS) and high == present[-1]:
        return ("at_least" if kind == FEW else "or_later"), [low]
    return ("signed" if low < 0 else "from_to"), [low, high]
