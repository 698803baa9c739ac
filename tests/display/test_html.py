"""Blocks for notebooks: escaped texts, numbers on the right, bars, and styles that stay inside."""

import re

import pytest

from custseg._display import DisplayTable, html_block, is_figure, parts_style

TABLE = DisplayTable.of(
    [["name", "share", "what"], ["<b>Fans</b>", "62.5%", "a"], ["\u202eGuests", "–", "b"]],
    title="Sizes & shares",
    bars={1: [0.625, None]},
)


def test_texts_are_escaped_and_print() -> None:
    page = html_block("en", lead=["<i>x</i>"], tables=[TABLE], sentences=["a < b"], notes=["</div>"])
    assert "&lt;i&gt;x&lt;/i&gt;" in page
    assert "<bdi>&lt;b&gt;Fans&lt;/b&gt;</bdi>" in page
    assert "<bdi>\\u202eGuests</bdi>" in page
    assert "<caption>Sizes &amp; shares</caption>" in page
    assert "<li>&lt;/div&gt;</li>" in page
    assert page.count("<div") == page.count("</div>")


def test_numbers_and_their_heading_are_aligned_on_the_right() -> None:
    page = html_block("en", tables=[TABLE])
    assert '<th scope="col" class="cs-figure">share</th>' in page
    assert page.count('<td class="cs-figure">') == 2
    assert "<td><bdi>a</bdi></td>" in page


@pytest.mark.parametrize("cell", ["1 998", "12,5 %", "<10", "≥2 000", "-0.2", "–", "0 (up to 3.8%)", "8% (5–13%)"])
def test_numbers_bounds_and_intervals_are_figures(cell: str) -> None:
    assert is_figure(cell)


@pytest.mark.parametrize("cell", ["", "Loyal", "2–4 orders · spend 500–1,700", "3-я ступень", "2 orders (or more)"])
def test_names_that_begin_with_a_number_are_no_figures(cell: str) -> None:
    assert not is_figure(cell)


@pytest.mark.parametrize(
    ("share", "width"), [(0.625, "62.5%"), (0.0, "0.0%"), (1.0, "100.0%"), (-0.2, "0.0%"), (1.7, "100.0%")]
)
def test_bar_is_as_long_as_the_share(share: float, width: str) -> None:
    page = html_block("en", tables=[DisplayTable(["a", "b"], [["x", "1"]], bars={1: [share]})])
    assert re.findall(r'style="width:([^"]*)"', page) == [width]


def test_missing_share_has_no_bar() -> None:
    assert html_block("en", tables=[TABLE]).count("aria-hidden") == 1


def test_findings_have_their_remedy() -> None:
    findings = [{"severity": "warning", "text": "Few rows.", "remedy": "Add rows."}]
    page = html_block("en", logs=[{"title": "Orders", "findings": findings, "gaps": "Gaps."}])
    assert '<li class="cs-warning">Few rows. <span class="cs-remedy">Add rows.</span></li>' in page
    assert '<li class="cs-note">Gaps.</li>' in page


def test_table_without_rows_is_left_out() -> None:
    assert "<table>" not in html_block("en", tables=[DisplayTable(["a"], [])])


def test_block_says_its_language() -> None:
    page = html_block("ru", tables=[DisplayTable(["a"], [["b"]])])
    assert 'lang="ru"' in page
    assert 'aria-label="Таблица"' in page


def selectors(style: str) -> list[str]:
    """The selectors of all rules, also of those inside a media query."""
    flat = re.sub(r"@media[^{]*\{((?:[^{}]*\{[^}]*\})*)\s*\}", r"\1", style)
    return [part.strip() for head in re.findall(r"([^{}]+)\{", flat) for part in head.split(",")]


def test_styles_stay_inside_the_block() -> None:
    [style] = re.findall(r"<style>(.*?)</style>", html_block("en"), re.DOTALL)
    for names in (selectors(style), selectors(parts_style())):
        assert len(names) > 10
        assert [name for name in names if not re.match(r"\.custseg[. ]", name)] == []
    assert not re.search(r"url\(|@import|https?:", style)


def test_block_takes_its_colors_from_the_page() -> None:
    [style] = re.findall(r"<style>(.*?)</style>", html_block("en"), re.DOTALL)
    colors = set(re.findall(r"(?<![-\w])color: ([^;]*);", style))
    assert colors == {"inherit", "var(--quiet)"}
    assert "--quiet: color-mix(in srgb, currentColor" in style
    assert "--card: transparent" in style
