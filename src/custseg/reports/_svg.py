"""A figure as an SVG picture inside a page: without names that clash, addresses, dates and comments."""

from __future__ import annotations

import io
import re
from html import escape

import matplotlib
from matplotlib.figure import Figure

_HEAD = re.compile(r'.*?<svg [^>]*viewBox="([^"]*)"[^>]*>', re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_STYLE = re.compile(r"<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_PLACE = re.compile(r' (d|x|y|points)="([^"]*)"|translate\(([^)]*)\)')
_LONG = re.compile(r"-?\d+\.\d{2,}")
_ID = re.compile(r' id="([^"]*)"')
_USED = re.compile(r'(href="#|url\(#)([^")]*)')
# On a narrow screen a picture is scrolled rather than shrunk further.
_SMALLEST = 0.6
_NO_METADATA: dict[str, None] = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def inline_svg(figure: Figure, *, prefix: str, label: str) -> str:
    """The figure as an `svg` element that can stand in a page beside others; the same figure gives the same text.

    Parameters
    ----------
    figure : matplotlib Figure
        Its texts become outlines, so that it looks the same with every font.
    prefix : str
        Begins all ids, so that those of two pictures differ.
    label : str
        What a screen reader says.

    Returns
    -------
    str
    """
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": prefix, "svg.fonttype": "path"}):
        figure.savefig(buffer, format="svg", metadata=_NO_METADATA)
    drawn = buffer.getvalue()
    head = _HEAD.match(drawn)
    assert head is not None
    # A comment holds the text of each outline, which is that of the data.
    body = _COMMENT.sub("", drawn[head.end() :])
    body = _METADATA.sub("", _STYLE.sub("", body)).replace("xlink:href=", "href=")
    names = list(dict.fromkeys(name for _, name in _USED.findall(body)))
    short = {name: f"{prefix}-{number}" for number, name in enumerate(names)}
    body = _ID.sub(lambda match: f' id="{short[match[1]]}"' if match[1] in short else "", body)
    body = _USED.sub(lambda match: match[1] + short[match[2]], body)
    body = _PLACE.sub(_rounded, body)
    body = re.sub(r">\s+<", "><", body)
    width = float(head[1].split()[2])
    # matplotlib sets these two for the whole document.
    style = f"stroke-linejoin:round;stroke-linecap:butt;max-width:{width:.0f}pt;min-width:{_SMALLEST * width:.0f}pt"
    return f'<svg role="img" aria-label="{escape(label)}" viewBox="{head[1]}" style="{style}">{body.strip()}'


def _rounded(match: re.Match[str]) -> str:
    """A path or a place on one line, with one decimal: a twentieth of a point cannot be seen."""
    name, path, shift = match.groups()
    numbers = _LONG.sub(lambda number: f"{float(number[0]):z.1f}".removesuffix(".0"), " ".join((path or shift).split()))
    return f"translate({numbers})" if name is None else f' {name}="{numbers}"'
