"""Whether conditions fit the columns of a feature table: names, types, units and the currency."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw

from custseg._checks import did_you_mean
from custseg._frames import column_of
from custseg.errors import DataError
from custseg.feature_table import Feature, FeatureTable
from custseg.rule_segments.conditions._predicates import (
    PERCENT,
    Comparison,
    Flag,
    OneOf,
    Overdue,
    Predicate,
    RateAbove,
    Unknown,
    Valid,
    Within,
)
from custseg.texts import LANGUAGES, SHARES, text

_CODE = re.compile(r"[A-Z]{3}|[$€£¥₽₹]")
_SIGNS = {"€": "EUR", "₽": "RUB", "£": "GBP", "₹": "INR"}
_PARTS_OF_ONE = (*SHARES, "probability")


@dataclass(frozen=True)
class ColumnFault:
    """Why a condition does not fit a table.

    Attributes
    ----------
    kind : {"lacking", "similar", "type", "currency", "other_currency", "share", "unit"}
        The reason.
    fields : mapping of str to str
        What the sentence about it mentions; those of `keys` are keys of words in the catalog.
    """

    kind: str
    fields: Mapping[str, str]

    def text(self, language: str = "en") -> str:
        """The fault as a sentence without the full stop."""
        words = text(language, "rule_faults")
        fields = dict(self.fields)
        for name in ("needed", "kind"):
            if name in fields:
                fields[name] = words["types"][fields[name]]
        if "own" in fields:
            fields["own"] = text(language, "units", fields["own"], "label")
        return str(words[self.kind]).format(**fields)


def column_faults(predicate: Predicate, table: FeatureTable, *, currency: str | None) -> Iterator[ColumnFault]:
    """What does not fit the table; `currency` is that of its money, None where it is not known."""
    schema, features = table.local.schema, {feature.name: feature for feature in table.described}
    missing = [name for name in predicate.columns if name not in features]
    for name in missing:
        hint = did_you_mean(name, table.names, "").removeprefix("Did you mean ").rstrip("?")
        yield ColumnFault("similar" if hint else "lacking", {"column": name, "hint": hint})
    for test in predicate.tests:
        if any(name in missing for name in test.columns):
            continue
        for name, needed in _needed_kinds(test):
            kind = _kind(schema[name])
            if kind != needed and not column_of(table.local, name).is_null().all():
                yield ColumnFault("type", {"test": str(test), "column": name, "needed": needed, "kind": kind})
        inner = test.test if isinstance(test, Valid) else test
        if isinstance(inner, (Comparison, Within)) and (fault := _unit_fault(inner, features[inner.column], currency)):
            yield fault


def _kind(dtype: nw.dtypes.DType) -> str:
    if dtype.is_numeric():
        return "number"
    if dtype == nw.Boolean:
        return "flag"
    return "text" if isinstance(dtype, (nw.String, nw.Categorical, nw.Enum)) else "other"


def _needed_kinds(test: Predicate) -> Iterator[tuple[str, str]]:
    """The columns of a test, and what each must hold."""
    if isinstance(test, Valid):
        yield from _needed_kinds(test.test)
        yield test.age, "number"
    elif isinstance(test, (Comparison, Within, RateAbove, Overdue)):
        yield from ((name, "number") for name in test.columns)
    elif isinstance(test, OneOf):
        yield test.column, "text"
    elif isinstance(test, Flag):
        yield test.column, "flag"
    else:
        assert isinstance(test, Unknown)


def _unit_fault(test: Comparison | Within, feature: Feature, currency: str | None) -> ColumnFault | None:
    """Whether the unit of the bound is not that of the column; a column of a ready table without a unit takes any."""
    unit = "days" if isinstance(test, Within) else test.unit
    fields = {"test": str(test), "unit": unit, "column": feature.name}
    is_code = bool(_CODE.fullmatch(unit))
    if is_code and feature.unit in ("", "money"):
        is_other = currency is not None and _SIGNS.get(unit, unit) != currency
        return ColumnFault("other_currency", {**fields, "currency": str(currency)}) if is_other else None
    if not unit or not feature.unit:
        return None
    fields["own"] = feature.unit
    if is_code:
        return ColumnFault("currency", fields)
    if unit == PERCENT:
        return None if feature.unit in _PARTS_OF_ONE else ColumnFault("share", fields)
    return None if unit.casefold() in _unit_words(feature.unit) else ColumnFault("unit", fields)


def _unit_words(unit: str) -> set[str]:
    """What a unit is called in any language."""
    words = {unit.casefold()}
    for language in LANGUAGES:
        entry: Mapping[str, object] = text(language, "units", unit)
        forms = entry.get("forms", ())
        assert isinstance(forms, (list, tuple))
        words |= {str(entry["label"]).casefold(), *(str(form).casefold() for form in forms)}
    return words


def unit_key(word: str) -> str | None:
    """The unit of the catalog that a word names in any language; None for a currency and for other words."""
    units = text(LANGUAGES[0], "units")
    return next((unit for unit in units if word.casefold() in _unit_words(unit)), None)


def numbered(faults: list[str]) -> str:
    """All faults in one message; several are numbered."""
    if len(faults) == 1:
        return f"a fault: {faults[0]}."
    return f"{len(faults)} faults: " + "; ".join(f"({number}) {fault}" for number, fault in enumerate(faults, 1)) + "."


def check_rule_columns(
    predicates: Sequence[Predicate], table: FeatureTable, *, currency: str | None, caller: str
) -> None:
    """Raise with all faults unless the conditions of a model fit the table."""
    faults = [fault.text() for predicate in predicates for fault in column_faults(predicate, table, currency=currency)]
    if faults:
        raise DataError(
            f"{caller}: the rules of the model do not fit the table, {numbered(list(dict.fromkeys(faults)))}"
        )


def column_kinds(predicates: Sequence[Predicate]) -> dict[str, str]:
    """What each column of the conditions must hold: "number", "text" or "flag", or "any"."""
    kinds = {name: kind for predicate in predicates for test in predicate.tests for name, kind in _needed_kinds(test)}
    columns = (name for predicate in predicates for name in predicate.columns)
    return {**dict.fromkeys(columns, "any"), **kinds}
