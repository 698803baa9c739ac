"""What to bear in mind about a file, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from custseg._privacy import SMALLEST_GROUP, bound_text
from custseg.exports.destinations._destination import Destination
from custseg.exports.destinations._file import shown_counts
from custseg.exports.destinations._names import flagged_topics
from custseg.exports.destinations._rows import Rows
from custseg.texts import number, percent, plural_form, text


def export_notes(
    rows: Rows, system: Destination, names: Sequence[str], *, language: str, is_whole: bool, is_blind: bool
) -> list[str]:
    """Who was left out and why, how many must be matched, names that are stopped, and what the system asks for.

    `is_whole` says whether the file is the whole audience, `is_blind` whether nobody could be suppressed.
    """
    words = text(language, "destinations")
    notes = []
    if is_whole and system.minimum_matched:
        # Rounded up: at the share that is shown, the minimum is met.
        share = math.ceil(system.minimum_matched / len(rows.cells) * 100) / 100
        fields = {"system": system.title, "minimum": number(system.minimum_matched, language)}
        notes.append(words["minimum"].format(share=percent(share, language), **fields))
    if system.names.flagged and (topics := flagged_topics(names)):
        notes.append(words["flagged"].format(topics=", ".join(words["topics"][topic] for topic in topics)))
    notes += [words["notes"][key] for key in system.notes]
    if is_blind:
        notes.append(words["blind"])
    shown = shown_counts(rows)
    for reason, count in rows.left_out.items():
        notes.append(_counted(words["left_out"][reason], count, shown[reason], language=language))
    for field, count in rows.invalid.items():
        field_name = words["fields"].get(field, field)
        notes.append(_counted(words["invalid"], count, count, language=language, field=field_name))
    return notes


def _counted(forms: Sequence[str], count: int, shown: int | str, *, language: str, **fields: str) -> str:
    """A sentence with a count, as it may be shown."""
    is_hidden = isinstance(shown, str) or 0 < count < SMALLEST_GROUP
    form = plural_form(SMALLEST_GROUP if is_hidden else count, forms, language)
    return form.format(count=bound_text(count) if is_hidden else number(count, language), **fields)
