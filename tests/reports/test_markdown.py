"""The report in Markdown: names are text, whatever they hold."""

from __future__ import annotations

import re

import pytest
from full_report import hostile, parts, result

from custseg.reports import markdown


@pytest.mark.slow
def test_markdown_has_the_segments_and_their_advice() -> None:
    text = markdown(result(), **parts())
    for row in result().profiles.segments:
        assert f"### {row.name}" in text
        assert all(f"- {line}" in text for line in row.advice.do)
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## In brief",
        "## The segments",
        "## What segments said about the future",
        "## How the segments responded",
        "## Who moved",
        "## Compared with before",
    ]


@pytest.mark.slow
def test_rows_of_a_table_have_as_many_cells_as_its_head() -> None:
    for text in (markdown(result(), **parts()), markdown(hostile())):
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            rows = [re.sub(r"\\.", "", line).count("|") for line in table.splitlines()]
            assert len(set(rows)) == 1


@pytest.mark.slow
def test_columns_of_figures_are_aligned_on_the_right() -> None:
    lines = markdown(result(), **parts()).splitlines()
    assert "| --- | --- | ---: | ---: | ---: |" in lines  # number, name, customers, shares
    assert lines[lines.index("| segment | share before | share now |") + 1] == "| --- | ---: | ---: |"


def test_hostile_names_are_escaped() -> None:
    text = markdown(hostile())
    assert "<" not in text
    assert "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "=cmd()\\|" in text
    assert "\u202e" not in text


def test_what_would_begin_a_list_a_link_or_a_mention_is_text() -> None:
    names = {0: "- *bold* [link](javascript:1) `code`", 1: "1. #first @all", 2: "https://example.org ~~gone~~"}
    text = markdown(result().rename(names))
    assert "### \\- \\*bold\\* \\[link\\](javascript:1) \\`code\\`" in text
    assert "### 1\\. \\#first &commat;all" in text
    assert "### https\N{WORD JOINER}://example.org \\~\\~gone\\~\\~" in text


@pytest.mark.slow
def test_markdown_in_russian() -> None:
    assert markdown(result("ru")) == markdown(result("ru"), language="ru")
    assert markdown(result(), language="ru").startswith("# Сегменты клиентов\n")
