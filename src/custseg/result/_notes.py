"""The notes of a result: what was done to values, and what must be known to read the segments."""

from __future__ import annotations

from collections.abc import Mapping

from custseg._column_kinds import column_notes, person_notes
from custseg._numerics import Integers
from custseg.clustering import cross_table
from custseg.feature_table import GIVEN_FAMILIES, FeatureTable
from custseg.model import SegmentModel
from custseg.profiling import Profiles
from custseg.texts import EXACT, number, printable, text
from custseg.trials import AutoMinimum


def notes_on_minimum(minimum: AutoMinimum | None, profiles: Profiles, language: str) -> list[str]:
    """What ``min_size="auto"`` stood for, and what each segment can show."""
    if minimum is None:
        return []
    names = {row.segment: row.name for row in profiles.listed if isinstance(row.segment, int)}
    return [minimum.text(language), *minimum.segment_texts(names, language)]


def notes_on_columns(
    features: FeatureTable, labels: Integers, names: list[str], *, phrases: Mapping[str, str], language: str
) -> list[str]:
    """Codes and circular values among the attributes, and whether the segments are a cross table."""
    clustered = labels >= 0
    columns = {name: features.values(name)[clustered] for name in names}
    # Those of a ready table are in the data report.
    attributes = {feature.name for feature in features.described if feature.family == "attributes"}
    notes = column_notes({name: columns[name] for name in columns if name in attributes}, language, phrases)
    table = cross_table(columns, labels[clustered])
    return notes if table is None else [*notes, table.text(language, phrases)]


def notes_on_goal(model: SegmentModel, language: str) -> list[str]:
    """Attributes of people among the columns of the segments, and what it means that there is no goal."""
    made = [column for column in model.columns if column.family in GIVEN_FAMILIES]
    attributes = {column.name for column in made if column.family == "attributes"}
    names, n_others = [column.name for column in made], len(model.columns) - len(made)
    notes = person_notes(names, language, attributes=attributes, n_others=n_others)
    is_plain = model.options.goal is not None or model.as_of is None
    return notes if is_plain else [*notes, str(text(language, "goals", "none"))]


def notes_on_weights(model: SegmentModel, phrases: Mapping[str, str], language: str) -> list[str]:
    """The weights of columns that the caller gave; `phrases` has what columns are called inside a sentence."""
    weights = model.options.weights
    shown = [
        f"{printable(phrases[name])} {number(value, language, digits=EXACT)}"
        for name, value in weights.items()
        if value != 1
    ]
    return [str(text(language, "preparation", "weighted")).format(weights=", ".join(shown))] if shown else []
