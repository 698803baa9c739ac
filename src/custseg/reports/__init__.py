"""The result as a report that can be sent: one HTML file, Markdown for chats, or a plain dict.

Start at `_report_data.py`, which collects everything as texts and numbers; `_page.py` and `_markdown.py` lay it out and
compute nothing. `_pictures.py` lists the pictures; `report.html`, `report.css` and `report.js` are the page.
"""

from __future__ import annotations

from custseg.reports._markdown import markdown
from custseg.reports._page import report
from custseg.reports._report_data import report_data

__all__ = ["markdown", "report", "report_data"]


def __dir__() -> list[str]:
    return __all__
