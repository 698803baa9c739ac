"""The data report of a ready table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._column_kinds import TextNumbers, is_answer, is_id_name, is_outcome_name
from custseg._frames import column_of
from custseg._numerics import Floats
from custseg.feature_table import CODE, FeatureTable, Reading, duplicate_columns, is_id, unclustered_columns
from custseg.logs.report._findings import (
    DataReport,
    Finding,
    FindingWriter,
    LogReport,
    Severity,
    Texts,
    by_severity,
    column_name,
    in_each_language,
)
from custseg.logs.report.ready_table._people import dates_of, people_findings
from custseg.logs.report.ready_table._values import code_findings, outlier_findings, repeated_rows
from custseg.texts import LANGUAGES, text

_MOST_NAMES = 10
# A result is one of a few: responded or not, or a segment.
_MOST_RESULTS = 20
# Two words in any case, such as yes, Yes and YES.
_MOST_ANSWERS = 16
# Values of a column of yes and no.
_FLAG = 2
_REASONS = (
    "outcome", "sensitive", "text", "own text", "code", "flag",
    "date", "other", "no value", "constant", "id", "duplicate",
)  # fmt: skip


def table_report(
    table: FeatureTable,
    clustered_on: Sequence[str],
    *,
    were_given: bool = False,
    sensitive: Sequence[str] = (),
    language: str = "en",
) -> DataReport:
    """Report on a ready table: columns left out and why, texts read as numbers, codes, outliers, doubtful columns.

    Parameters
    ----------
    table : FeatureTable
        The table.
    clustered_on : sequence of str
        The columns that are clustered on.
    were_given : bool, default False
        Whether the caller named these columns; otherwise the report says why others were left out.
    sensitive : sequence of str, optional
        Columns that the caller named as sensitive.
    language : {"en", "ru"}, default "en"
        Language of the texts.

    Returns
    -------
    DataReport
        One report, "features"; never rows or ids.
    """
    labels = {code: {feature.name: feature.label(code) for feature in table.described} for code in LANGUAGES}
    write = FindingWriter("features", labels)
    given = [feature.name for feature in table.described if feature.family == "given"]
    columns = {name: table.values(name) for name in table.numeric_names() if name in clustered_on and name in given}
    findings = [
        *(_id_findings(write, table, table.reading) if table.reading else []),
        *_converted(write, _used_numbers(table, clustered_on, were_given=were_given, sensitive=sensitive)),
        *([] if were_given else _left_out(write, table, given, clustered_on=clustered_on, sensitive=sensitive)),
        *_rare(write, table),
        *_only_describe(write, given, clustered_on=clustered_on, were_given=were_given),
        *_results(write, columns),
        *_repeated_columns(write, columns),
        *people_findings(write, table, given),
        *code_findings(write, columns),
        *outlier_findings(write, columns),
        *repeated_rows(write, table, [name for name in given if _is_comparable(table, name)]),
    ]
    rows = len(table)
    report = LogReport(
        log="features",
        rows=rows,
        customers=rows,
        coverage={name: 1 - int(column_of(table.local, name).is_null().sum()) / max(rows, 1) for name in table.names},
        labels=labels,
        findings=by_severity(findings),
    )
    return DataReport((report,)).in_language(language)


def _id_findings(write: FindingWriter, table: FeatureTable, reading: Reading) -> list[Finding]:
    """Which column was taken as the ids, if the caller did not say; a warning where it may be a measure."""
    if not reading.is_guessed:
        return []
    source = reading.id_column
    is_number = table.ids.dtype.is_numeric()
    is_plain = not is_number or is_id_name(source) or is_id(source, table.ids.cast(nw.Float64).to_numpy())
    better = [name for name in table.names if is_id_name(name) and _all_differ(table, name)]
    if is_plain and not (better and not is_id_name(source)):
        return write("guessed_ids", 1, column=write.column(source))
    # To be written as an argument.
    remedy = column_name(better[0]) if better else "'...'"
    return write("doubtful_ids", 1, "warning", column=write.column(source), better=remedy)


def _all_differ(table: FeatureTable, name: str) -> bool:
    column = column_of(table.local, name)
    return not column.is_null().any() and column.n_unique() == len(column)


def _is_comparable(table: FeatureTable, name: str) -> bool:
    """Whether equal values say something: ids and names differ anyway."""
    if name in table.numeric_names():
        return not is_id(name, table.values(name))
    return _kind(table, name) not in ("other", "no value", "own text")


def _used_numbers(
    table: FeatureTable, clustered_on: Sequence[str], *, were_given: bool, sensitive: Sequence[str]
) -> Mapping[str, TextNumbers]:
    """The texts that were read as numbers, without codes and other columns that the report says are left out."""
    if table.reading is None:
        return {}
    left_out = {feature.name for feature in table.described if feature.unit == CODE}
    if not were_given:
        left_out |= set(unclustered_columns(table, sensitive))
    left_out -= set(clustered_on)
    return {name: numbers for name, numbers in table.reading.converted.items() if name not in left_out}


def _converted(write: FindingWriter, converted: Mapping[str, TextNumbers]) -> Iterator[Finding]:
    """Texts that were read as numbers, and how many cells became missing; many plain columns are only named."""
    plain = [name for name, numbers in converted.items() if not numbers.others]
    together = plain if len(plain) > _MOST_NAMES else []
    yield from write("columns_from_text", len(together), columns=_names(write, together))
    for name, numbers in converted.items():
        if name in together:
            continue
        missing = len(numbers.values) - numbers.count
        wording = "numbers_from_text_with_words" if numbers.others else "numbers_from_text_with_gaps" if missing else ""
        yield from write(
            "numbers_from_text",
            numbers.count,
            "warning" if numbers.others else "note",
            wording=wording,
            people=("count", "missing", "words"),
            column=write.column(name),
            missing=missing,
            words=numbers.others,
        )


def _left_out(
    write: FindingWriter,
    table: FeatureTable,
    given: Sequence[str],
    *,
    clustered_on: Sequence[str],
    sensitive: Sequence[str],
) -> Iterator[Finding]:
    """Columns that are not clustered on, by the reason."""
    texts = table.reading.texts if table.reading else {}
    for name, numbers in texts.items():
        if not numbers.is_code:
            wording = "doubtful_commas" if numbers.is_doubtful else ""
            fields: dict[str, Any] = {"column": write.column(name), "rows": len(table)}
            yield from write("numbers_in_text", numbers.count, "warning", wording=wording, **fields)
    reasons: dict[str, str] = dict(unclustered_columns(table, sensitive))
    numeric = set(table.numeric_names())
    reasons |= {name: _kind(table, name) for name in given if name not in numeric and name not in texts}
    reasons |= {name: "code" for name, numbers in texts.items() if numbers.is_code}
    for reason in _REASONS:
        names = [name for name, of_name in reasons.items() if of_name == reason and name not in clustered_on]
        severity: Severity = "warning" if reason in ("other", "outcome") else "note"
        wording = f"left_out_{reason.replace(' ', '_')}"
        yield from write(wording, len(names), severity, columns=_names(write, names))


def _only_describe(
    write: FindingWriter, names: Sequence[str], *, clustered_on: Sequence[str], were_given: bool
) -> list[Finding]:
    """How many columns the caller left out of those to cluster on."""
    descriptors = [name for name in names if name not in clustered_on]
    return write("columns_that_describe", len(descriptors) if were_given and clustered_on else 0)


def _rare(write: FindingWriter, table: FeatureTable) -> list[Finding]:
    """Columns of categories that the caller wants to cluster on, and none of whose categories is frequent."""
    names = [name for name, levels in table.coding.items() if not levels.values]
    return write("left_out_own_text", len(names), "warning", columns=_names(write, names))


def _kind(table: FeatureTable, name: str) -> str:
    """What a column that is not numeric holds."""
    column = column_of(table.local, name)
    kind = column.dtype
    if column.is_null().all():
        return "no value"
    if not kind.is_temporal() and kind not in (nw.Boolean, nw.String, nw.Categorical, nw.Enum):
        return "other"
    distinct = column.drop_nulls().n_unique()
    if distinct == 1:
        return "constant"
    if distinct == _FLAG and is_outcome_name(name):
        return "outcome"
    if kind == nw.Boolean:
        return "flag"
    if kind.is_temporal():
        return "date"
    # A CSV file has flags and dates as text.
    if _are_answers(column):
        return "flag"
    if dates_of(table, name) is not None:
        return "date"
    return "own text" if _all_differ(table, name) else "text"


def _are_answers(column: nw.Series[Any]) -> bool:
    """Whether all values are words for yes and no."""
    distinct = column.drop_nulls().unique().cast(nw.String).to_list()
    return len(distinct) <= _MOST_ANSWERS and all(is_answer(word) for word in distinct)


def _results(write: FindingWriter, columns: Mapping[str, Floats]) -> list[Finding]:
    """Columns clustered on that look like the outcome of a campaign, a target or an earlier segmentation."""
    names = [name for name, values in columns.items() if is_outcome_name(name) and _has_few_values(values)]
    return write("results", len(names), "warning", columns=_names(write, names))


def _has_few_values(values: Floats) -> bool:
    present = values[~np.isnan(values)]
    return bool((present == np.floor(present)).all()) and len(np.unique(present)) <= _MOST_RESULTS


def _repeated_columns(write: FindingWriter, columns: Mapping[str, Floats]) -> list[Finding]:
    """Columns that the caller wants to cluster on, and that count twice."""
    names = duplicate_columns(columns)
    return write("repeated_columns", len(names), "warning", columns=_names(write, list(names)))


def _names(write: FindingWriter, names: Sequence[str]) -> Texts:
    """The first names in quotes, and how many more there are."""
    return in_each_language(lambda language: _listed([write.column(name)[language] for name in names], language))


def _listed(quoted: Sequence[str], language: str) -> str:
    if len(quoted) <= _MOST_NAMES + 1:
        return ", ".join(quoted)
    form = str(text(language, "data_report", "more"))
    return form.format(columns=", ".join(quoted[:_MOST_NAMES]), count=len(quoted) - _MOST_NAMES)
