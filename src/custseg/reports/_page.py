"""`report`: the page, one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Template
from markupsafe import Markup

from custseg._display import parts_style, template_environment, template_source
from custseg._write import write_files
from custseg.reports._pictures import drawn_pictures
from custseg.reports._report_data import collected
from custseg.reports._sources import Sources, checked_sources
from custseg.reports._svg import inline_svg
from custseg.texts import text

if TYPE_CHECKING:
    from custseg.insights import Scorecard
    from custseg.model import SegmentModel
    from custseg.proof import Proof
    from custseg.result import Segmentation
    from custseg.tracking import Transitions

_CALLER = "report"


def report(
    result: Segmentation,
    path: str | PathLike[str],
    *,
    language: str | None = None,
    previous: Segmentation | SegmentModel | None = None,
    proof: Proof | None = None,
    scorecard: Scorecard | None = None,
    transitions: Transitions | None = None,
    command: str | None = None,
) -> Path:
    """Write the result as one HTML file that can be sent, read without a network, and printed.

    In brief: how many segments, why, how sure that is, what for, and what changed; a card per segment; pictures, each
    with its figures as a table; the choice, stability, proof, scorecard, movement and data as far as they are given;
    and how to get the same segments again. The same arguments give the same bytes. The page loads nothing from
    elsewhere, and names from the data are shown as text, whatever they hold. It has no ids, no point of a single
    customer, and counts of 1 to 9 read "<10".

    Parameters
    ----------
    result : Segmentation
        The result of `fit_segments`.
    path : str or Path
        The file, such as "report.html"; an earlier one is replaced, whole or not at all.
    language : {"en", "ru"}, optional
        The language; by default that of the result.
    previous : Segmentation or SegmentModel, optional
        The segments before, to say what changed.
    proof, scorecard, transitions : Proof, Scorecard, Transitions, optional
        Further parts, see `report_data`.
    command : str, optional
        The command that makes the report, to be printed in it.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type, the language is unknown, or one of the parts is in another language.
    DataError
        If the path is not that of a file.
    CustsegError
        If the file cannot be written.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.reports import report
    >>> report(fit_segments(make_shop(500, 0).orders), "report.html").name  # doctest: +SKIP
    'report.html'
    """
    further = {"previous": previous, "proof": proof, "scorecard": scorecard, "transitions": transitions}
    sources = checked_sources(_CALLER, result, language=language, command=command, **further)
    target = _checked_path(path)

    def write(file: Path) -> None:
        file.write_text(page(sources), encoding="utf-8", newline="\n")

    return write_files(target.parent, {target.name: write}, caller=_CALLER)[0]


def _checked_path(path: object) -> Path:
    if not isinstance(path, (str, PathLike)):
        raise TypeError(f"{_CALLER}: path must be a path (str or Path), got {type(path).__name__}.")
    return Path(path)


def page(sources: Sources) -> str:
    """The HTML of the page."""
    data = collected(sources)
    alternatives = {entry["key"]: f"{entry['title']}. {entry['alt']}" for entry in data["pictures"]}
    svg = {
        key: Markup(inline_svg(figure, prefix=key, label=alternatives[key]))  # made here, with all texts as outlines
        for key, figure in drawn_pictures(sources)
    }
    words = {**text(sources.language, "report", "words"), **text(sources.language, "profiling", "advice")}
    labels = {
        "full_name": sources.words["full_name"],
        "code": sources.words["code"],
        "command": sources.words["command"],
    }
    # Those of the parts first: the page says more about some of them.
    style = Markup(parts_style() + "\n" + _part("report.css"))
    script = Markup(_part("report.js"))
    html: str = _template().render(
        data=data, svg=svg, words=words | labels, style=style, script=script, policy=_policy(str(script))
    )
    return html


def _part(name: str) -> str:
    """A file of the page, which is ours: no text of the data is in it."""
    return template_source("custseg.reports", name)


def _policy(script: str) -> str:
    """The content security policy: nothing is loaded, and only our own script runs."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _template() -> Template:
    return template_environment().from_string(_part("report.html"))
