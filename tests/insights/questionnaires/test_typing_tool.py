"""The typing tool of a result: planted questions, honest accuracy, forms of both languages, SQL and bad input."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest
from sql_databases import DATABASES, PARAMETERS

from custseg import DataError, Segmentation, fit_segments
from custseg.datasets import make_shop
from custseg.insights import TypingTool, typing_tool

N = 600


def table() -> pl.DataFrame:
    """Two groups by visits, which the plan tells without error, and spending that tells nothing."""
    rng = np.random.default_rng(0)
    often = np.arange(N) % 3 == 0
    return pl.DataFrame(
        {
            "customer_id": range(N),
            "visits": np.where(often, rng.integers(30, 40, N), rng.integers(2, 12, N)),
            "spent": rng.gamma(2, 30, N),
            "plan": np.where(often, "gold's \\o/", "basic"),
            "sex": np.where(often, "f", "m"),
            "fixed": 1.0,
        }
    )


@pytest.fixture(scope="module")
def result() -> Segmentation:
    fitted = fit_segments(features=table(), columns=["visits"], n_segments=2, method="kmeans", min_size=50)
    return fitted.rename({0: "Rare", 1: "Often"})


@pytest.fixture(scope="module")
def tool(result: Segmentation) -> TypingTool:
    return typing_tool(result, columns=["visits", "spent"])


@pytest.mark.slow
def test_one_question_and_its_cut(tool: TypingTool) -> None:
    [question] = tool.questions
    assert question.column == "visits"
    assert [answer.letter for answer in question.answers] == ["A", "B"]
    assert tool.rules() == ["Rare: visits is missing or under 20", "Often: visits is at least 20"]
    assert (tool.accuracy, tool.is_reached) == (1.0, True)


def test_figures_of_held_out_customers(tool: TypingTool, result: Segmentation) -> None:
    # 70 % of 400 and of 200 are learned from; all of the others are right, two thirds are in the largest segment.
    assert [(row.customers, row.recovered) for row in tool.recalls] == [(120, 120), (60, 60)]
    assert (tool.measured_on, tool.largest_share) == (180, 120 / 180)
    interval = binomtest(180, 180).proportion_ci(method="wilson")
    assert (tool.low, tool.high) == pytest.approx((interval.low, interval.high))
    # Without an answer, everybody is "Rare".
    assert tool.questions[0].accuracy_without == 120 / 180
    assert tool.labels({"visits": np.array([np.nan, 3.0, 35.0])}).tolist() == [0, 0, 1]


def test_sensitive_columns_are_asked_only_if_named(result: Segmentation) -> None:
    assert [question.column for question in typing_tool(result, columns=["sex", "spent"]).questions] == ["sex"]
    unnamed = {question.column for question in typing_tool(result).questions}
    assert unnamed <= {"visits", "plan"}


@pytest.mark.slow
def test_computed_scores_are_the_last_resort() -> None:
    score = np.arange(N) % 40
    given = pl.DataFrame({"customer_id": range(N), "calls": np.arange(N) % 7, "score": score})
    fitted = fit_segments(features=given, columns=["score"], n_segments=2, method="kmeans", min_size=50)
    described = [replace(f, unit="points" if f.name == "score" else "") for f in fitted.features.described]
    tool = typing_tool(replace(fitted, features=replace(fitted.features, described=tuple(described))))
    assert [(question.column, question.is_computed) for question in tool.questions] == [("score", True)]
    assert "Nobody can answer these questions, whose values are computed and must be looked up: 1." in tool.sentences()


def test_no_short_form_is_good_enough(result: Segmentation) -> None:
    # Spending tells nothing: without a question, the largest segment is named.
    tool = typing_tool(result, 0.9, ["spent"])
    assert (tool.is_reached, tool.questions, tool.accuracy) == (False, (), 120 / 180)
    assert tool.rules() == ["Rare: any customer"]
    best = "the best that was reached is 67% (number of questions: 0)."
    assert tool.sentences()[1] == f"No short form is good enough: 90% was asked for; {best}"
    assert len(tool.sentences()) == 2
    assert tool.form().splitlines()[-4] == "Rare"
    assert tool.sentences("ru")[1].startswith("Достаточно точной короткой анкеты нет: задано 90")


def test_form_in_words(tool: TypingTool) -> None:
    lines = tool.form().splitlines()
    assert lines[2:6] == ["1. visits", "   [ ] A  under 20", "   [ ] B  20 or more", "   [ ] 0  no answer"]
    assert [line.split() for line in lines[9:12]] == [["1", "segment"], ["A", "0", "Rare"], ["B", "Often"]]
    russian = tool.form("ru")
    assert "   [ ] B  20 или больше" in russian.splitlines()
    assert "1 вопрос верно определяет сегмент у 100\u00a0%" in russian


def test_form_in_html_is_escaped(result: Segmentation) -> None:
    form = typing_tool(result.rename({1: "Often <b>"}), columns=["plan"]).form_html()
    assert "Often &lt;b&gt;" in form
    assert "Often <b>" not in form


@pytest.mark.parametrize("dialect", PARAMETERS)
@pytest.mark.parametrize("column", ["visits", "plan"])
def test_sql_agrees_with_python(result: Segmentation, column: str, dialect: str) -> None:
    tool = typing_tool(result, columns=[column])
    answers = pl.DataFrame({column: [*table()[column], None]})
    expected = tool.labels(answers).tolist()
    rows = DATABASES[dialect](f"SELECT {tool.sql(dialect)} FROM answers", {"answers": answers})
    assert [row[0] for row in rows] == expected


def test_sql_quotes_names_as_the_database_does(result: Segmentation) -> None:
    assert "`visits`" in typing_tool(result, columns=["visits"]).sql("bigquery")


def test_small_counts_are_bounds_in_print(tool: TypingTool) -> None:
    few = replace(tool.recalls[1], recovered=57)
    rows = replace(tool, recalls=(tool.recalls[0], few))
    # 3 of 60 are wrong: at least 50 of 60 are right.
    assert repr(rows).splitlines()[-1].split() == ["Often", "60", ">83%"]
    tiny = replace(few, customers=7, recovered=4)
    assert repr(replace(tool, recalls=(tiny,))).splitlines()[-1].split() == ["Often", "<10", "–"]
    assert replace(tool, recalls=(tiny,)).columns()["recall"] == [None]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"at_least": 0}, ValueError, "typing_tool: at_least must be an accuracy above 0"),
        ({"at_least": 1.5}, ValueError, "typing_tool: at_least must be an accuracy above 0"),
        ({"columns": ["visit"]}, DataError, r"no columns \['visit'\]. Did you mean 'visits'"),
        ({"columns": "visits"}, TypeError, "typing_tool: columns must list names"),
        ({"columns": []}, TypeError, "typing_tool: columns must list names"),
        ({"columns": ["visits", "visits"]}, TypeError, "columns must name each column once"),
        ({"columns": ["fixed"]}, DataError, "typing_tool: no column can be asked"),
        ({"max_questions": 0}, ValueError, "typing_tool: max_questions must be"),
        ({"language": "de"}, ValueError, "typing_tool: language must be"),
    ],
)
def test_bad_input(result: Segmentation, arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        typing_tool(result, **arguments)


def test_another_result_and_a_single_segment() -> None:
    with pytest.raises(TypeError, match="typing_tool: result must be a Segmentation, got DataFrame"):
        typing_tool(table())  # type: ignore[arg-type]
    single = fit_segments(features=table(), columns=["spent"], n_segments=1, method="kmeans", min_size=50)
    with pytest.raises(DataError, match="two segments or more"):
        typing_tool(single)


def test_customers_in_spark(result: Segmentation) -> None:
    whole: Any = "all customers"
    with pytest.raises(DataError, match=r"customers of the result are in Spark\. Fit the segments to a sample"):
        typing_tool(replace(result, whole=whole))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_four_questions_suffice_for_the_shop(seed: int) -> None:
    shop = make_shop(1500, seed)
    tool = typing_tool(fit_segments(shop.orders, as_of=shop.as_of, method="kmeans", n_segments=5))
    assert len(tool.questions) <= 4
    assert tool.is_reached
