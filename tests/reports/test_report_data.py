"""The plain dict of a report: what it holds, in which language, and what it never holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from full_report import hostile, movement, parts, previous, proof, result
from quick import quick_fit

from custseg import fit_segments
from custseg.reports import report_data


def keys_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from keys_of(item)


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts_of(item)


def section(data: dict[str, Any], key: str) -> dict[str, Any]:
    return next(item for item in data["sections"] if item["key"] == key)


@pytest.mark.slow
def test_dict_is_json_and_every_key_is_documented() -> None:
    data = report_data(result(), **parts())
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    documented = set(re.findall(r"`(\w+)`", report_data.__doc__ or ""))
    assert set(keys_of(data)) - documented == set()


@pytest.mark.slow
def test_sections_are_those_with_data() -> None:
    plain = ["choice", "stability", "data", "method"]
    assert [item["key"] for item in report_data(result())["sections"]] == plain


@pytest.mark.slow
def test_sections_of_a_full_report() -> None:
    full = ["choice", "stability", "proof", "scorecard", "movement", "previous", "data", "method"]
    assert [item["key"] for item in report_data(result(), **parts())["sections"]] == full


@pytest.mark.slow
def test_movement_names_segments_that_have_no_card() -> None:
    names = {row.segment: row.name for row in movement().segments if row.segment is not None}
    same, others = result().rename(names), result().rename({0: "A", 1: "B", 2: names[2]})
    assert section(report_data(same, transitions=movement()), "movement")["text"] == [movement().headline]
    _, text = section(report_data(others, transitions=movement()), "movement")["text"]
    assert text.endswith(f"not those above: “{names[0]}”, “{names[1]}”.")


def test_cards_are_those_of_the_profiles() -> None:
    data = report_data(result())
    for card, row in zip(data["segments"], result().profiles.segments, strict=True):
        assert (card["number"], card["name"], card["size"]) == (row.segment, row.name, row.size)
        assert card["do"] == list(row.advice.do)
        assert card["stability"]["jaccard"] == row.stability.jaccard
        assert card["rule"]["sql"] == row.rule.sql
    assert sum(card["share"] for card in data["segments"]) == pytest.approx(1)


def test_segments_are_in_the_printed_order() -> None:
    turned = replace(result(), profiles=replace(result().profiles, listing=(2, 0, 1)))
    assert [card["number"] for card in report_data(turned)["segments"]] == [2, 0, 1]


def test_summary_names_the_largest_and_the_richest() -> None:
    data = report_data(result())
    [who] = [entry["answers"] for entry in data["summary"] if entry["question"] == "Who are they?"]
    largest = max(data["segments"], key=lambda card: card["share"])
    richest = max(data["segments"], key=lambda card: card["revenue_share"])
    assert largest["name"] in who[1]
    assert richest["name"] in who[-1]
    assert richest["revenue_share_text"] in who[-1]


@pytest.mark.slow
def test_previous_segments_are_compared_by_name_and_those_of_the_same_model_by_number() -> None:
    data = section(report_data(result(), previous=previous().model), "previous")
    assert "by their name" in data["text"][-1]
    renamed = result().rename({0: "Fans"})
    again = section(report_data(result(), previous=result()), "previous")
    assert [row[1] for row in again["tables"][0]["rows"]] == [row[2] for row in again["tables"][0]["rows"]]
    changed = section(report_data(renamed, previous=result()), "previous")
    assert "Not there before: “Fans”." in changed["text"]


@pytest.mark.slow
def test_code_gives_the_same_segments() -> None:
    table = pl.DataFrame({"client": range(200), "a": [i % 4 + i / 500 for i in range(200)]})
    segments = fit_segments(features=table, method="kmeans", n_segments=range(2, 5), min_size=20)
    code = "\n".join(section(report_data(segments), "method")["code"])
    names: dict[str, Any] = {"features": table}
    exec(code, names)
    assert (names["result"].labels == segments.labels).all()


def test_code_describes_the_logs() -> None:
    code = "\n".join(section(report_data(result("ru")), "method")["code"])
    compile(code, "report", "exec")
    for words in (
        "from custseg import Customers, Events, Orders, fit_segments",
        "cancelled='cancelled'",
        "language='ru'",
    ):
        assert words in code


def test_command_is_printed() -> None:
    data = report_data(result(), command="custseg report orders.csv")
    assert section(data, "method")["command"] == "custseg report orders.csv"


@pytest.mark.slow
def test_there_are_no_ids_and_no_small_counts() -> None:
    dumped = json.dumps(report_data(hostile()), ensure_ascii=False)
    assert "client-" not in dumped
    amounts = [row / 900 + 40 * (row >= 60) + 40 * (row >= 92) for row in range(100)]
    data = report_data(quick_fit(features=pl.DataFrame({"client": range(100), "a": amounts}), min_size=2))
    assert [card["size_text"] for card in data["segments"]] == ["60 customers", "≥10 customers", "<10 customers"]
    assert [card["share_text"] for card in data["segments"]] == ["60.0%", "–", "–"]


def test_characters_that_do_not_print_are_escaped_and_long_names_shortened() -> None:
    data = report_data(hostile())
    assert all(text.isprintable() or "\u200c" in text for text in texts_of(data))
    long = data["segments"][3]
    assert len(long["name"]) == 120
    assert long["full_name"] == "x" * 5_000
    assert "\\u202e" in data["segments"][2]["name"]


@pytest.mark.slow
@pytest.mark.parametrize(("fitted", "asked"), [("en", "ru"), ("ru", "en")])
def test_report_in_another_language_equals_that_of_a_fit_in_it(fitted: str, asked: str) -> None:
    assert report_data(result(fitted), language=asked) == report_data(result(asked))


def test_wrong_parts_are_errors() -> None:
    with pytest.raises(TypeError, match="report_data: result must be what fit_segments returns, got int"):
        report_data(1)
    with pytest.raises(TypeError, match="report_data: proof must be a Proof, got str"):
        report_data(result(), proof="yes")
    with pytest.raises(ValueError, match="report_data: language must be one of"):
        report_data(result(), language="de")


@pytest.mark.slow
def test_proof_in_another_language_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"the report is in 'ru', and proof in 'en'\. Make proof with language='ru'"):
        report_data(result("ru"), proof=proof())
