"""What a column is besides an amount: codes that stand for no value, hours, weekdays and months, labels, years, text.

Start with `_notes.py`, whose sentences both the data report and the inspection of a file give. `_codes.py`,
`_cycles.py`, `_labels_in_numbers.py` and `_text_numbers.py` decide from the values and the name of one column,
`_words.py` from the name alone.
"""

from __future__ import annotations

from custseg._column_kinds._codes import Code, certain_codes, codes_among
from custseg._column_kinds._cycles import Cycle, cycle_of, is_cycle_name
from custseg._column_kinds._flags import flags_of
from custseg._column_kinds._labels_in_numbers import (
    OLDEST,
    YEARS,
    impossible_births,
    is_demographic_column,
    is_label_column,
    is_share_column,
    is_year_column,
)
from custseg._column_kinds._notes import Remark, column_notes, column_remarks, person_notes
from custseg._column_kinds._text_numbers import TextNumbers, numbers_in_text
from custseg._column_kinds._words import (
    answer_of,
    is_age_name,
    is_amount_or_count,
    is_answer,
    is_birth_name,
    is_counted_name,
    is_demographic_name,
    is_id_name,
    is_kind_name,
    is_money_name,
    is_outcome_name,
    is_plural_name,
    is_scale_name,
    is_sensitive_name,
    is_share_name,
)

__all__ = [
    "OLDEST",
    "YEARS",
    "Code",
    "Cycle",
    "Remark",
    "TextNumbers",
    "answer_of",
    "certain_codes",
    "codes_among",
    "column_notes",
    "column_remarks",
    "cycle_of",
    "flags_of",
    "impossible_births",
    "is_age_name",
    "is_amount_or_count",
    "is_answer",
    "is_birth_name",
    "is_counted_name",
    "is_cycle_name",
    "is_demographic_column",
    "is_demographic_name",
    "is_id_name",
    "is_kind_name",
    "is_label_column",
    "is_money_name",
    "is_outcome_name",
    "is_plural_name",
    "is_scale_name",
    "is_sensitive_name",
    "is_share_column",
    "is_share_name",
    "is_year_column",
    "numbers_in_text",
    "person_notes",
]
