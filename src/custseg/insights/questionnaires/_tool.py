"""`TypingTool`: the questions, the rules behind them, and how many held-out customers they assign correctly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from custseg._checks import check_choice, optional_module
from custseg._display import Columnar
from custseg._numerics import Integers
from custseg._privacy import SMALLEST_GROUP, group_size, share_words
from custseg.insights.questionnaires._form import form_html, form_text
from custseg.insights.questionnaires._questions import Question
from custseg.rules import Rule, RuleSet
from custseg.sql_dialects import DIALECTS
from custseg.texts import DASH, LANGUAGES, number, percent, plural_form, printable, table, text


@dataclass(frozen=True)
class SegmentRecall:
    """How many of the held-out customers of a segment the questions recover.

    Attributes
    ----------
    segment : int
        The segment.
    name : str
        Its name.
    customers : int
        Its held-out customers.
    recovered : int
        Those of them who are assigned to it. Where it or the rest is 1 to 9, the printed tool shows a bound.
    low, high : float
        Wilson's interval of their share.
    """

    segment: int
    name: str
    customers: int
    recovered: int
    low: float
    high: float

    @property
    def recall(self) -> float | None:
        """The share that is recovered; None for fewer than ten customers."""
        return self.recovered / self.customers if self.customers >= SMALLEST_GROUP else None


@dataclass(frozen=True, eq=False, repr=False)
class TypingTool(Columnar):
    """The shortest questions that tell which segment a customer is in.

    Attributes
    ----------
    questions : tuple of Question
        The questions, the most telling first.
    rule_set : RuleSet
        Rules on the answers: exactly one holds for every customer, also where answers are missing.
    at_least : float
        The accuracy that was to be reached.
    accuracy, low, high : float
        Share of the held-out customers who are assigned to their segment, with Wilson's interval.
    largest_share : float
        The share that would be right if everybody were assigned to the largest segment.
    recalls : tuple of SegmentRecall
        The same by segment.
    measured_on : int
        Number of held-out customers. They had no say in columns and cut points.
    validated : tuple of float
        The accuracy with one question, two, and so on, for the customers on whom the number of questions was decided.
    names : mapping of int to mapping of str to str
        Names of the segments, by language.
    confidence : float
        Of the intervals.
    language : {"en", "ru"}
        Of `repr` and, by default, of the form.
    """

    questions: tuple[Question, ...]
    rule_set: RuleSet
    at_least: float
    accuracy: float
    low: float
    high: float
    largest_share: float
    recalls: tuple[SegmentRecall, ...]
    measured_on: int
    validated: tuple[float, ...]
    names: Mapping[int, Mapping[str, str]]
    confidence: float = 0.95
    language: str = "en"

    @property
    def is_reached(self) -> bool:
        """Whether the accuracy for held-out customers is `at_least`."""
        return self.accuracy >= self.at_least

    def labels(self, answers: object) -> Integers:
        """Assign customers to segments by their answers.

        Parameters
        ----------
        answers : FeatureTable, table or mapping of str to array
            The columns of the questions, missing where a question is unanswered.

        Returns
        -------
        ndarray of int, shape (n_customers,)
            The number of the segment of each.
        """
        return self.rule_set.labels(answers)

    def sql(self, dialect: str = "duckdb") -> str:
        """The number of the segment as an SQL expression over the columns of the questions.

        Parameters
        ----------
        dialect : {"duckdb", "postgres", "sqlite", "spark", "bigquery", "snowflake"}
            The database.

        Returns
        -------
        str
            A CASE expression that is never NULL; missing answers are NULL in the table.

        Raises
        ------
        MissingDependencyError
            If sqlglot is not installed.
        ValueError
            If the dialect is not one of these.
        """
        check_choice("sql", "dialect", dialect, allowed=DIALECTS)
        sqlglot = optional_module("sqlglot", "sql")
        expression: str = sqlglot.parse_one(self.rule_set.sql, read="duckdb").sql(dialect=dialect, pretty=True)
        return expression

    def form(self, language: str | None = None) -> str:
        """A form for people on the phone, as plain text: boxes of each question, then which answers give which segment.

        Parameters
        ----------
        language : {"en", "ru"}, optional
            By default that of the tool.

        Returns
        -------
        str
            Lines of text.
        """
        language = self._language(language)
        rules = self._rules(language)
        return form_text(self.questions, rules, lines=self.sentences(language), language=language)

    def form_html(self, language: str | None = None) -> str:
        """The same form as HTML; all texts are escaped.

        Parameters
        ----------
        language : {"en", "ru"}, optional
            By default that of the tool.

        Returns
        -------
        str
            A block without scripts that needs no network.
        """
        language = self._language(language)
        rules = self._rules(language)
        return form_html(self.questions, rules, lines=self.sentences(language), language=language)

    def rules(self, language: str | None = None) -> list[str]:
        """The rules in words, one sentence each, sorted by segment.

        Parameters
        ----------
        language : {"en", "ru"}, optional
            By default that of the tool.

        Returns
        -------
        list of str
            Sentences such as "Champions: order_count is at least 5".
        """
        language = self._language(language)
        return [f"{printable(rule.name)}: {rule.text}" for rule in self._rules(language)]

    def sentences(self, language: str | None = None) -> list[str]:
        """How accurate the questions are, what an unanswered one costs, and whether they are good enough."""
        language = self._language(language)
        words = text(language, "typing_tool")
        computed = [str(position) for position, question in enumerate(self.questions, 1) if question.is_computed]
        output = [
            plural_form(len(self.questions), words["accuracy"], language).format_map(self._figures(language)),
            words["reached" if self.is_reached else "not_reached"].format_map(self._figures(language)),
            *([str(words["looked_up"]).format(positions=", ".join(computed))] if computed else []),
            *([str(words["unanswered"])] if self.questions else []),
        ]
        for position, question in enumerate(self.questions, start=1):
            without = percent(question.accuracy_without, language)
            output.append(str(words["without"]).format(position=position, accuracy=without))
        return output

    def columns(self) -> dict[str, list[Any]]:
        """The recall of each segment as columns, for any frame constructor.

        Returns
        -------
        dict of columns
            One row per segment: `segment`, `name`, `customers` (held out), `recall`, `low` and `high`, all missing for
            fewer than ten customers.
        """
        shown = [row if row.customers >= SMALLEST_GROUP else None for row in self.recalls]
        return {
            "segment": [row.segment for row in self.recalls],
            "name": [row.name for row in self.recalls],
            "customers": [None if row is None else row.customers for row in shown],
            "recall": [None if row is None else row.recall for row in shown],
            "low": [None if row is None else row.low for row in shown],
            "high": [None if row is None else row.high for row in shown],
        }

    def _rules(self, language: str) -> list[Rule]:
        """The rules with their texts and the names of their segments in a language."""
        return [replace(r, name=self.names[r.segment][language], language=language) for r in self.rule_set.rules]

    def _figures(self, language: str) -> Mapping[str, str]:
        return {
            "count": number(len(self.questions), language),
            "accuracy": percent(self.accuracy, language),
            "low": percent(self.low, language),
            "high": percent(self.high, language),
            "level": percent(self.confidence, language),
            "customers": number(self.measured_on, language),
            "largest": percent(self.largest_share, language),
            "at_least": percent(self.at_least, language),
        }

    def _recall_rows(self) -> list[list[str]]:
        words = text(self.language, "typing_tool", "columns")
        rows = []
        for row in self.recalls:
            size = row.customers if row.customers >= SMALLEST_GROUP else None
            share = share_words(row.recovered, row.customers, self.language)
            rows.append([printable(row.name), group_size(size, self.language), share or DASH])
        return [[str(words[key]) for key in ("segment", "customers", "recall")], *rows]

    def _language(self, language: str | None) -> str:
        language = self.language if language is None else language
        check_choice("form", "language", language, allowed=LANGUAGES)
        return language

    def __repr__(self) -> str:
        recalls = table(self._recall_rows(), left={0})
        return "\n".join([*self.sentences(), "", *self.rules(), "", *recalls])

    def _repr_html_(self) -> str:
        return self.form_html()
