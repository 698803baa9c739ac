"""What the data was like: counts that a person should see before trusting the segments."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal

from custseg._checks import check_choice
from custseg._display import Columnar, html_block
from custseg._privacy import SMALLEST_GROUP, at_least, bound_words
from custseg.texts import LANGUAGES, calendar_date, counted, number, percent, plural_form, printable, text

Severity = Literal["note", "warning", "severe"]
Texts = Mapping[str, str]
"""One text in each language."""

_LONGEST_NAME = 60
_MOST_GAPS = 20
_ROW_PER_CUSTOMER = ("customers", "features")


@dataclass(frozen=True)
class Finding:
    """One thing found in the data.

    Attributes
    ----------
    name : str
        A stable name, such as "refund_lines".
    count : int
        How often.
    severity : {"note", "warning", "severe"}
        Good to know; may mislead; cannot be used as it is.
    texts : mapping of str to str
        A sentence with the count by language; never a row or an id.
    remedies : mapping of str to str
        What to do about it, with a file or with a data frame, by language.
    language : {"en", "ru"}, default "en"
        Of `text` and `remedy`.
    """

    name: str
    count: int
    severity: Severity
    texts: Texts
    remedies: Texts
    language: str = "en"

    @property
    def text(self) -> str:
        """The sentence in the language of the finding."""
        return self.texts[self.language]

    @property
    def remedy(self) -> str:
        """What to do about it, in the language of the finding."""
        return self.remedies[self.language]


@dataclass(frozen=True, repr=False)
class LogReport:
    """What one log was like before the snapshot.

    Attributes
    ----------
    log : {"orders", "events", "customers", "features"}
        Which; "features" is a ready table.
    rows, customers : int
        Rows before the snapshot, and distinct customers among them.
    first_day, last_day : date or None
        The period of these rows.
    coverage : mapping of str to float
        Share of these rows that have a value, by described column.
    labels : mapping of str to mapping of str to str
        By language, what people call a column, where that is not its name.
    findings : tuple of Finding
        What was found, the most serious first.
    language : {"en", "ru"}, default "en"
        Of the texts.
    n_beside : tuple of int
        Numbers of customers that are shown beside the report, or will be: where one of them differs by 1 to 9, the
        number of all is shown as a bound.
    """

    log: str
    rows: int
    customers: int
    first_day: date | None = None
    last_day: date | None = None
    coverage: Mapping[str, float] = field(default_factory=dict)
    labels: Mapping[str, Texts] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    language: str = "en"
    n_beside: tuple[int, ...] = ()

    @property
    def headline(self) -> str:
        """Which log, how many rows and customers, and the period."""
        words = text(self.language, "data_report")
        head = str(words["head"]).format(
            log=words["logs"][self.log],
            rows=self._total(self.rows, "rows")
            if self.log in _ROW_PER_CUSTOMER
            else counted(self.rows, words["rows"], self.language),
            customers=self._total(self.customers, "customers"),
        )
        if self.first_day is not None and self.last_day is not None:
            head += words["period"].format(
                first=calendar_date(self.first_day, self.language), last=calendar_date(self.last_day, self.language)
            )
        return head

    @property
    def title(self) -> str:
        """The headline as the beginning of a paragraph."""
        return _capitalized(self.headline)

    @property
    def gaps(self) -> str:
        """The columns with missing values, in one sentence; "" for none."""
        words = text(self.language, "data_report")
        # Orders and events have roles, a table of customers its columns.
        has_roles = self.log in ("orders", "events")
        labels = text(self.language, "inspect", "roles") if has_roles else self.labels.get(self.language, {})
        names_empty = any(item.name == "left_out_no_value" for item in self.findings)
        thin = [
            f"{labels.get(name, name)} {percent(share, self.language, decimals=1)}"
            for name, share in self.coverage.items()
            if share < 1 and not (share == 0 and names_empty)
        ]
        if len(thin) > _MOST_GAPS:
            listed = ", ".join(thin[:_MOST_GAPS])
            thin = [words["more"].format(columns=listed, count=number(len(thin) - _MOST_GAPS, self.language))]
        return str(words["gaps"]).format(columns=", ".join(thin)) if thin else ""

    def in_language(self, language: str) -> LogReport:
        """The same report with its texts in "en" or "ru"."""
        return replace(self, findings=_in_language(self.findings, language), language=language)

    def __repr__(self) -> str:
        gaps = [f"     {self.gaps}"] if self.gaps else []
        return "\n".join([self.headline, *finding_lines(self.findings), *gaps])

    def _total(self, count: int, noun: str) -> str:
        """The number of customers in words; as a bound where it would give away how many are not shown beside it."""
        forms = text(self.language, "data_report", noun)
        if any(0 < abs(count - beside) < SMALLEST_GROUP <= count for beside in self.n_beside):
            return plural_form(SMALLEST_GROUP, forms, self.language).format(count=at_least(count, self.language))
        return counted(count, forms, self.language)


@dataclass(frozen=True, repr=False)
class DataReport(Columnar):
    """What the data was like: one report per log; never rows or ids.

    Attributes
    ----------
    logs : tuple of LogReport
        One per log that was given.
    between : tuple of Finding
        What was found when the customers of two logs were compared.
    language : {"en", "ru"}, default "en"
        Of the texts.
    """

    logs: tuple[LogReport, ...]
    between: tuple[Finding, ...] = ()
    language: str = "en"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found in all logs and between them."""
        return (*(finding for log in self.logs for finding in log.findings), *self.between)

    def beside(self, n_customers: int) -> DataReport:
        """The same report, to be shown beside a number of its customers: no difference of the two is from 1 to 9."""
        return replace(self, logs=tuple(replace(log, n_beside=(*log.n_beside, n_customers)) for log in self.logs))

    def in_language(self, language: str) -> DataReport:
        """The same report with its texts in "en" or "ru"; ValueError for another language."""
        check_choice("in_language", "language", language, allowed=LANGUAGES)
        logs = tuple(log.in_language(language) for log in self.logs)
        return DataReport(logs, _in_language(self.between, language), language)

    def count(self, name: str) -> int:
        """How often a finding of that name occurred, such as ``count("refund_lines")``."""
        return sum(finding.count for finding in self.findings if finding.name == name)

    def groups(self) -> list[dict[str, Any]]:
        """The findings as texts, one group per log and one for what was found between logs.

        Each has `title`, `findings` (`severity`, `text` and `remedy`, "" for a note) and `gaps`, "" for none.
        """
        groups = [(log.title, log.findings, log.gaps) for log in self.logs]
        if self.between:
            groups.append((_capitalized(text(self.language, "data_report", "between")), self.between, ""))
        return [
            {
                "title": title,
                "findings": [
                    {
                        "severity": item.severity,
                        "text": printable(item.text),
                        "remedy": "" if item.severity == "note" else printable(item.remedy),
                    }
                    for item in findings
                ],
                "gaps": gaps,
            }
            for title, findings, gaps in groups
        ]

    def columns(self) -> dict[str, list[Any]]:
        """One row per finding as columns, for any frame constructor.

        `log` (missing for what was found between logs), `name`, `severity`, `count` (missing for 1 to 9), `text` and
        `remedy`.
        """
        rows: list[tuple[str | None, Finding]] = [(log.log, item) for log in self.logs for item in log.findings]
        rows += [(None, item) for item in self.between]
        return {
            "log": [log for log, _ in rows],
            "name": [item.name for _, item in rows],
            "severity": [item.severity for _, item in rows],
            "count": [item.count if item.count >= SMALLEST_GROUP else None for _, item in rows],
            "text": [item.text for _, item in rows],
            "remedy": [item.remedy for _, item in rows],
        }

    def _repr_html_(self) -> str:
        return html_block(self.language, logs=self.groups())

    def __repr__(self) -> str:
        words = text(self.language, "data_report")
        between = [words["between"], *finding_lines(self.between)] if self.between else []
        return "\n".join([words["title"], *(repr(log) for log in self.logs), *between])


@dataclass(frozen=True)
class FindingWriter:
    """Words findings of one log in each language, from ``[findings.<log>]`` or ``[findings.any]`` of the catalog.

    `labels` has by language what people call a column, where that is not its name.
    """

    log: str
    labels: Mapping[str, Texts] = field(default_factory=dict)

    def label(self, name: str, language: str) -> str:
        """What people call a column: its label, or else its name."""
        return self.labels.get(language, {}).get(name, name)

    def column(self, name: str) -> Texts:
        """What people call a column in each language, in quotes."""
        return in_each_language(lambda language: column_name(self.label(name, language)))

    def __call__(
        self,
        name: str,
        count: int,
        severity: Severity = "note",
        *,
        wording: str = "",
        people: Collection[str] = (),
        **fields: Any,
    ) -> list[Finding]:
        """The finding in a list; an empty list where the count is 0.

        `wording` names the entry of the catalog where a finding has several. `people` names the fields that count
        customers or their cells: 1 to 9 read "<10". Of what is shown, whole numbers
        get their thousands separated, fractions are shares, text stays, and of texts by language one is taken.
        """
        if not count:
            return []
        figures = fields | {"count": int(count)}
        few = {field for field in people if 0 < figures[field] < SMALLEST_GROUP}
        form = SMALLEST_GROUP if "count" in few else count
        sentences, remedies = {}, {}
        for language in LANGUAGES:
            words = {
                key: bound_words(value) if key in few else _formatted(value, language) for key, value in figures.items()
            }
            entry = self._entry(wording or name, language)
            sentences[language] = plural_form(form, entry["text"], language).format(**words)
            remedies[language] = str(entry["remedy"]).format(**words)
        return [Finding(name, int(count), severity, sentences, remedies)]

    def phrase(self, *keys: str) -> Texts:
        """A part of a sentence in each language, from ``[data_report]`` of the catalog."""
        return in_each_language(lambda language: str(text(language, "data_report", *keys)))

    def _entry(self, key: str, language: str) -> Mapping[str, Any]:
        entries = text(language, "findings")
        entry: Mapping[str, Any] = entries[self.log][key] if key in entries[self.log] else entries["any"][key]
        return entry


def in_each_language(wording: Callable[[str], str]) -> Texts:
    """What the function says in each language."""
    return {language: wording(language) for language in LANGUAGES}


def _formatted(value: Any, language: str) -> str:
    if isinstance(value, Mapping):
        return str(value[language])
    if isinstance(value, float):
        return percent(value, language, decimals=1)
    if isinstance(value, date):
        return calendar_date(value, language)
    return number(value, language) if isinstance(value, int) else str(value)


def _in_language(findings: tuple[Finding, ...], language: str) -> tuple[Finding, ...]:
    return tuple(replace(item, language=language) for item in findings)


def finding_lines(findings: tuple[Finding, ...]) -> list[str]:
    """The findings as lines of text; below what may mislead stands what to do."""
    marks = {"note": "  ", "warning": "! ", "severe": "!!"}
    lines = []
    for item in findings:
        lines.append(f"  {marks[item.severity]} {item.text}")
        if item.severity != "note" and item.remedy:
            lines.append(f"       {item.remedy}")
    return lines


def _capitalized(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def by_severity(findings: list[Finding]) -> tuple[Finding, ...]:
    """The most serious first, else in the given order."""
    order = ("severe", "warning", "note")
    return tuple(sorted(findings, key=lambda item: order.index(item.severity)))


def calendar_day(day: int | None) -> date | None:
    """A day counted from 1970-01-01 as a date."""
    return None if day is None else date(1970, 1, 1) + timedelta(days=day)


def column_name(name: str) -> str:
    """A column's name in quotes, without characters that do not print."""
    return repr(name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…")
