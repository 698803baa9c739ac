"""How results and running work are shown: HTML from the template parts of the report, tables, and progress.

`_html.py` renders the parts of `parts.html`, which the report uses too, as a block for a notebook; `_tabular.py` gives
the table of a result to pandas and polars; `_progress.py` shows how far a fit is.
"""

from __future__ import annotations

from custseg._display._html import (
    DisplayTable,
    html_block,
    is_figure,
    one_line_texts,
    parts_style,
    template_environment,
    template_source,
)
from custseg._display._progress import Progress, checked_progress, progress_shown
from custseg._display._tabular import Columnar, Tabular

__all__ = [
    "Columnar",
    "DisplayTable",
    "Progress",
    "Tabular",
    "checked_progress",
    "html_block",
    "is_figure",
    "one_line_texts",
    "parts_style",
    "progress_shown",
    "template_environment",
    "template_source",
]
