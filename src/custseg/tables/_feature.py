"""`Feature`: one column of a feature table, with its texts in every language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from custseg._checks import check_choice
from custseg._texts import LANGUAGES, filled, text


@dataclass(frozen=True)
class Feature:
    """One column of a feature table.

    Its texts are in the catalogue of each language: a label, the unit and a definition.

    Attributes
    ----------
    name : str
        The column.
    unit : str
        Key of the unit in the catalogue, such as "days"; "" where the unit is not known.
    family : str
        The family that computes the feature; "given" for a column of a ready table.
    direction : {1, 0, -1}
        Whether more is better (1), worse (-1) or neither (0) for the company.
    absent : int or None
        The value for customers who are not in the family's log: 0 for counts, None (missing) for others.
    composition : str
        The dimension whose shares add up to 1, such as "category"; "" for other features.
    doubtful : bool
        Whether the log cannot show what the feature should measure, as opens where machine opens are not marked.
    entry : str
        Key of the texts in the catalogue; "" where it is `name`, or "given" for a column of a ready table.
    fields : mapping of str to str
        What the texts of a generated feature are filled with, such as the category of a share.
    """

    name: str
    unit: str = ""
    family: str = "given"
    direction: Literal[-1, 0, 1] = 0
    absent: int | None = None
    composition: str = ""
    doubtful: bool = False
    entry: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)

    def label(self, language: str = "en") -> str:
        """A short name for people, such as "Days since last order"."""
        return self._text("label", language)

    def definition(self, language: str = "en") -> str:
        """One sentence: what the feature measures, in which unit, and what high or low means."""
        return self._text("definition", language)

    def unit_label(self, language: str = "en") -> str:
        """The unit for people, such as "days"; "as given" where it is not known."""
        check_choice("unit_label", "language", language, allowed=LANGUAGES)
        return str(text(language, "units", self.unit or "given", "label"))

    def _text(self, part: str, language: str) -> str:
        check_choice(part, "language", language, allowed=LANGUAGES)
        given = self.family == "given" and not self.entry
        template = text(language, "features", "given" if given else self.entry or self.name)[part]
        return filled(template, {"column": self.name} if given else self.fields)


def distinct_labels(features: Sequence[Feature], language: str) -> list[str]:
    """A label per feature; labels that several features share are followed by the column."""
    labels = [feature.label(language) for feature in features]
    times = Counter(labels)
    return [
        label if times[label] == 1 else f"{label} ({feature.name})"
        for label, feature in zip(labels, features, strict=True)
    ]
