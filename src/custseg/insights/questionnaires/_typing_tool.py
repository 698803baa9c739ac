"""`typing_tool`: the fewest questions that recover the segments of a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_choice, check_integer
from custseg._frames import columns_of
from custseg._numerics import wilson_interval
from custseg.errors import DataError
from custseg.insights.questionnaires._askable import column_choices
from custseg.insights.questionnaires._questions import Question, questions_of
from custseg.insights.questionnaires._tool import SegmentRecall, TypingTool
from custseg.result import Segmentation
from custseg.rules import RuleSet, ShortestRules, shortest_rules
from custseg.texts import LANGUAGES

_CALLER = "typing_tool"
_CONFIDENCE = 0.95


def typing_tool(
    result: Segmentation,
    at_least: float = 0.85,
    columns: Sequence[str] | None = None,
    *,
    max_questions: int = 6,
    language: str | None = None,
    random_state: int = 0,
) -> TypingTool:
    """Find the fewest questions, with the fewest answers, that tell which segment a customer is in.

    A call centre or a survey knows a few answers about somebody and not the thirty columns of the fit. The tool chooses
    the columns and cut points whose rules recover the segments, and measures on customers that had no say in them how
    often the rules are right.

    Parameters
    ----------
    result : Segmentation
        The segments. Customers in no segment, and in segments of fewer than ten, are left out.
    at_least : float, default 0.85
        The share of customers to be assigned to their segment, in (0, 1].
    columns : sequence of str, optional
        Columns of ``result.features`` that can be asked. By default those that people can answer; if these are not
        accurate enough, also computed scores, probabilities, ratios and smoothed rates, which must be looked up.
        Sensitive columns and codes are asked only if they are named.
    max_questions : int, default 6
        The most questions, from 1 to 12.
    language : {"en", "ru"}, optional
        Of the printed tool; by default that of `result`. The form is available in both.
    random_state : int, default 0
        Seed of the splits of the customers.

    Returns
    -------
    TypingTool
        If no tool of at most `max_questions` questions is accurate enough, the best one: its `is_reached` is false, and
        it says so.

    Raises
    ------
    DataError
        If a column does not exist, no column varies, fewer than two segments have ten customers, fewer than 100
        customers are in segments, or the customers are in Spark.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Columns, cut points and the number of questions come from 70 % of the customers of each segment, see
    `custseg.rules.shortest_rules`; the accuracy is that for the others. The number of questions is decided by the
    lower end of an interval, so that the accuracy for the others seldom falls below `at_least`.

    A question may be left unanswered. The rules then go on with the answer by which most customers of the training part
    would be classified correctly if none of them had answered. Where ten or more customers have no value in a column,
    they have learned what that means.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg import fit_segments
    >>> from custseg.insights import typing_tool
    >>> table = pl.DataFrame({"id": range(210), "visits": [2.0, 3.0, 9.0] * 70, "age": [20, 30, 40] * 70})
    >>> result = fit_segments(features=table, n_segments=2, method="kmeans", min_size=20)
    >>> tool = typing_tool(result)
    >>> [question.column for question in tool.questions], tool.accuracy
    (['visits'], 1.0)
    """
    if not isinstance(result, Segmentation):
        raise TypeError(f"{_CALLER}: result must be a Segmentation, got {type(result).__name__}.")
    if result.whole is not None:
        raise DataError(
            f"{_CALLER}: the customers of the result are in Spark. Fit the segments to a sample of them as a local "
            "table, such as fit_segments(features=sample.toPandas()), and ask for its questions."
        )
    language = result.choice.language if language is None else language
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    names = {row.segment: row.name for row in result.profiles.listed if isinstance(row.segment, int)}
    most = check_integer(_CALLER, "max_questions", max_questions, minimum=1, maximum=12)
    best: ShortestRules | None = None
    # Decided without the held-out customers, or their accuracy would be that of the luckier tool.
    for choice in column_choices(result.features, columns, _CALLER):
        shortest = shortest_rules(
            result.features,
            result.labels,
            at_least=at_least,
            columns=choice,
            max_columns=most,
            names=names,
            language=language,
            random_state=random_state,
            caller=_CALLER,
        )
        if best is None or max(shortest.validated, default=0.0) > max(best.validated, default=0.0):
            best = shortest
        if best.is_validated:
            break
    assert best is not None
    return _measured(result, best, language)


def _measured(result: Segmentation, shortest: ShortestRules, language: str) -> TypingTool:
    """The tool with what it gets right among the held-out customers."""
    rule_set, rows = shortest.rule_set, shortest.held_out
    table = result.features.local[rows]
    truth, labels = result.labels[rows], rule_set.labels(columns_of(table, ["customer_id", *shortest.names]))
    n_correct, n = int((labels == truth).sum()), len(rows)
    [low], [high] = wilson_interval([n_correct], [n], confidence=_CONFIDENCE)
    names = {row.segment: row.name for row in result.profiles.listed}
    recalls = []
    for segment in np.unique(truth).tolist():
        size, hits = int((truth == segment).sum()), int(((truth == segment) & (labels == segment)).sum())
        [lower], [upper] = wilson_interval([hits], [size], confidence=_CONFIDENCE)
        recalls.append(SegmentRecall(segment, names[segment], size, hits, float(lower), float(upper)))
    questions = questions_of(shortest.names, rule_set.rules, result.features.described)
    return TypingTool(
        tuple(_with_accuracy(question, rule_set, table, truth=truth) for question in questions),
        rule_set,
        shortest.at_least,
        n_correct / n,
        float(low),
        float(high),
        float((truth == rule_set.otherwise).mean()),
        tuple(recalls),
        n,
        shortest.validated,
        {row.segment: row.names for row in result.profiles.listed if isinstance(row.segment, int)},
        _CONFIDENCE,
        language,
    )


def _with_accuracy(question: Question, rule_set: RuleSet, table: nw.DataFrame[Any], *, truth: object) -> Question:
    """The question with the accuracy if it is left unanswered."""
    unanswered = table.with_columns(nw.lit(None).cast(table.schema[question.column]).alias(question.column))
    return replace(question, accuracy_without=float((rule_set.labels(unanswered) == truth).mean()))
