"""`Feature`: one column of a feature table, and what it is called in each language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from custseg._checks import check_choice
from custseg._column_kinds import certain_codes, is_label_column, is_share_column, is_year_column
from custseg._labels import read_column_labels
from custseg._numerics import Floats
from custseg.texts import LANGUAGES, YEAR, filled, single_line, text

GIVEN_FAMILIES = ("given", "attributes")
"""Families of columns that the user gave: of a ready table and of the table of customers."""

CODE = "code"
"""Unit of whole numbers that are labels and no quantities, such as post codes."""


@dataclass(frozen=True)
class Feature:
    """One column of a feature table.

    Its texts are in the catalog of each language: a label, the unit and a definition.

    Attributes
    ----------
    name : str
        The column.
    unit : str
        Key of the unit in the catalog, such as "days"; "" if the unit is not known.
    family : str
        The family that computes the feature; "given" for a column of a ready table.
    direction : {1, 0, -1}
        Whether more is better (1), worse (-1) or neither (0) for the company.
    absent : int or None
        The value for customers who are not in the family's log: 0 for counts, None (missing) for others.
    composition : str
        The dimension whose shares add up to 1, such as "category"; "" for other features.
    shrunk : bool
        Whether customers with little data of their own get a value close to that of all customers.
    doubtful : bool
        Whether the log measures the feature unreliably, such as opens if machine opens are not marked.
    entry : str
        Key of the texts in the catalog; "" if it is `name`, or "given" for a column of a ready table.
    fields : mapping of str to str
        Values for the texts of a generated feature, such as the category of a share.
    labels : mapping of str to str
        Labels by language that replace that of the catalog.
    """

    name: str
    unit: str = ""
    family: str = "given"
    direction: Literal[-1, 0, 1] = 0
    absent: int | None = None
    composition: str = ""
    shrunk: bool = False
    doubtful: bool = False
    entry: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def label(self, language: str = "en") -> str:
        """A short name for people, such as "Days since last order"."""
        label = self._text("label", language)
        return self.labels.get(language, label)

    def phrase(self, language: str = "en") -> str:
        """The label inside a sentence, such as "days since last order".

        Its first letter is lower case, unless the label begins with an acronym or is the name of a column or given.
        """
        return self._inside_a_sentence("label", language)

    def short_phrase(self, language: str = "en") -> str:
        """The phrase for the name of a segment, such as "unevenness of gaps"; a label that was given stays as it is."""
        template = text(language, "features", "given" if self._is_raw else self.entry or self.name)
        return self._inside_a_sentence("short" if "short" in template else "label", language)

    def _inside_a_sentence(self, key: str, language: str) -> str:
        label = self.labels.get(language, self._text(key, language))
        is_given = language in self.labels or self._template(key, language).startswith("{")
        return label if is_given or label[1:2].isupper() else label[:1].lower() + label[1:]

    def definition(self, language: str = "en") -> str:
        """One sentence: what the feature measures, in which unit, and what high or low means."""
        return self._text("definition", language)

    def unit_label(self, language: str = "en") -> str:
        """The unit for people, such as "days"; "as given" if it is not known."""
        check_choice("unit_label", "language", language, allowed=LANGUAGES)
        return str(text(language, "units", self.unit or "given", "label"))

    def _text(self, key: str, language: str) -> str:
        check_choice(key, "language", language, allowed=LANGUAGES)
        return filled(self._template(key, language), {"column": self.name} if self._is_raw else self.fields)

    def _template(self, key: str, language: str) -> str:
        entry = "given" if self._is_raw else self.entry or self.name
        return str(text(language, "features", entry, key))

    @property
    def _is_raw(self) -> bool:
        return self.family == "given" and not self.entry


def codes_of(feature: Feature, values: Floats) -> tuple[float, ...]:
    """Values of a given column or an attribute that are surely codes and no amounts, such as -1 for "never"."""
    if feature.family not in GIVEN_FAMILIES:
        return ()
    return tuple(value for code in certain_codes(feature.name, values) for value in code.values)


def given_feature(name: str, values: Floats | None) -> Feature:
    """A column of a ready table: years, shares and codes are recognized; None for a column that is not numeric."""
    if values is None:
        return Feature(name)
    if is_year_column(name, values):
        return Feature(name, unit=YEAR)
    if is_share_column(name, values):
        return Feature(name, unit="share")
    return Feature(name, unit=CODE if is_label_column(name, values) else "")


def distinct_labels(features: Sequence[Feature], language: str) -> list[str]:
    """A label per feature; labels that several features share are followed by the column."""
    return _distinct([feature.label(language) for feature in features], features)


def distinct_phrases(features: Iterable[Feature], language: str) -> dict[str, str]:
    """How each feature is called inside a sentence, by column; different for each feature."""
    features = list(features)
    phrases = _distinct([feature.phrase(language) for feature in features], features)
    return dict(zip((feature.name for feature in features), phrases, strict=True))


def _distinct(labels: Sequence[str], features: Sequence[Feature]) -> list[str]:
    times = Counter(labels)
    return [
        label if times[label] == 1 else f"{label} ({single_line(feature.name)})"
        for label, feature in zip(labels, features, strict=True)
    ]


def labeled(features: Sequence[Feature], labels: object, argument: str, *, caller: str) -> tuple[Feature, ...]:
    """The features with other labels for people; see `read_column_labels` for the form of `labels` and errors."""
    if labels is None:
        return tuple(features)
    present = {feature.name: {language: feature.label(language) for language in LANGUAGES} for feature in features}
    by_column = read_column_labels(labels, present, argument, caller=caller)
    return tuple(replace(feature, labels={**feature.labels, **by_column.get(feature.name, {})}) for feature in features)
