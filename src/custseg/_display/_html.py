"""Results as HTML for notebooks, made of the same template parts as the report."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from custseg.texts import DASH, printable, text

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from markupsafe import Markup

_HOME = "custseg._display"
_IN_PARENTHESES = re.compile(r" \([^()]*\)$")


@dataclass(frozen=True)
class DisplayTable:
    """A table of texts as it is shown.

    Attributes
    ----------
    head : sequence of str
        The headings.
    rows : sequence of sequences of str
        The cells. Numbers are aligned on the right.
    title : str
        Above the table; "" for none.
    bars : mapping of int to sequence of (float or None)
        By the position of a column, the share of each row in [0, 1] that is drawn as a bar below the text; None for no
        bar.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    bars: Mapping[int, Sequence[float | None]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        rows: Sequence[Sequence[str]],
        *,
        title: str = "",
        bars: Mapping[int, Sequence[float | None]] | None = None,
    ) -> DisplayTable:
        """The table of these rows, the headings first."""
        head, *body = rows
        return cls(head, body, title, bars or {})


def html_block(
    language: str,
    *,
    lead: Sequence[str] = (),
    tables: Sequence[DisplayTable] = (),
    logs: Sequence[Mapping[str, Any]] = (),
    sentences: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> str:
    """A result as HTML for a notebook: it needs no network and no script, and takes its colors from the page around it.

    Parameters
    ----------
    language : {"en", "ru"}
        The language of the texts.
    lead : sequence of str
        Sentences above everything else; the first one is the headline.
    tables : sequence of DisplayTable
        The tables. Those without rows are left out.
    logs : sequence of mappings
        Groups of findings: `title`, `findings` with `severity`, `text` and `remedy`, and `gaps`.
    sentences : sequence of str
        Below the tables, as the reason of a choice.
    notes : sequence of str
        A list at the end.

    Returns
    -------
    str
        All texts are escaped, and characters that do not print are shown as in Python.
    """
    content = {
        "lead": list(lead),
        "tables": [_as_mapping(table) for table in tables if table.rows],
        "logs": list(logs),
        "sentences": list(sentences),
        "notes": list(notes),
    }
    html: str = _block_template().render(
        **one_line_texts(content), language=language, words=text(language, "display"), style=_block_style()
    )
    return html


def _as_mapping(table: DisplayTable) -> dict[str, Any]:
    """The table as a mapping, which is what the parts of the report take."""
    return {
        "title": table.title,
        "head": list(table.head),
        "rows": [list(row) for row in table.rows],
        "bars": dict(table.bars),
    }


def one_line_texts(value: Any) -> Any:
    """The same with texts in which every character prints, so that no mark of direction turns what follows."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: one_line_texts(item) for key, item in value.items()}
    return [one_line_texts(item) for item in value] if isinstance(value, list) else value


def is_figure(cell: str) -> bool:
    """Whether a cell of a table is a number, a bound, an interval or the dash for none, and no name such as "2 orders".

    What is in parentheses, as the bound of a share, may be words.
    """
    if cell == DASH:
        return True
    number = _IN_PARENTHESES.sub("", cell)
    return number.lstrip("<>≥≤+-\N{MINUS SIGN}")[:1].isdigit() and not any(map(str.isalpha, number))


def template_source(package: str, name: str) -> str:
    """A template or style of ours: no text of the data is in it."""
    return (files(package) / name).read_text(encoding="utf-8").strip()


def template_environment() -> Environment:
    """The settings of all templates: everything is escaped; "parts.html" can be imported."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(lambda name: template_source(_HOME, name)),
    )
    environment.filters["is_figure"] = is_figure
    return environment


def parts_style() -> str:
    """The style of the parts; the variables of its colors are set by the page or block that they are in."""
    return template_source(_HOME, "parts.css")


@cache
def _block_template() -> Template:
    return template_environment().get_template("block.html")


@cache
def _block_style() -> Markup:
    """The styles of the parts and of a block, without line ends: every output of a notebook carries them."""
    from markupsafe import Markup

    style = template_source(_HOME, "block.css") + parts_style()
    return Markup(" ".join(style.split()))  # ours: no text of the data is in it
