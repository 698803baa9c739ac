"""A figure inside a page: its ids are its own, and it looks as matplotlib drew it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import matplotlib
from matplotlib.figure import Figure

from custseg.reports._svg import inline_svg


def drawn(label: str = "sizes") -> Figure:
    figure = Figure(figsize=(4, 2))
    axes = figure.add_subplot()
    axes.barh([0, 1], [1.23456, 2], hatch="///")
    axes.imshow([[0, 1]], extent=(0, 1, 2, 3))
    axes.set_title(label, parse_math=False)
    return figure


def test_picture_is_well_formed_and_has_a_label() -> None:
    element = ElementTree.fromstring(inline_svg(drawn(), prefix="a", label='"<b>" & c'))
    assert element.attrib["aria-label"] == '"<b>" & c'
    assert element.attrib["viewBox"] == "0 0 288 144"
    assert "max-width:288pt" in element.attrib["style"]


def test_ids_begin_with_the_prefix_and_only_used_ones_are_kept() -> None:
    picture = inline_svg(drawn(), prefix="first", label="")
    ids = set(re.findall(r' id="([^"]*)"', picture))
    used = set(re.findall(r'(?:href="#|url\(#)([^")]*)', picture))
    assert ids == used
    assert all(name.startswith("first-") for name in ids)


def test_texts_of_the_data_are_outlines_alone() -> None:
    picture = inline_svg(drawn("</svg><script>alert(1)"), prefix="a", label="")
    assert "alert" not in picture
    assert "<!--" not in picture


def test_same_figure_gives_the_same_text_and_settings_are_left_alone() -> None:
    before = dict(matplotlib.rcParams)
    assert inline_svg(drawn(), prefix="a", label="") == inline_svg(drawn(), prefix="a", label="")
    assert dict(matplotlib.rcParams) == before
