"""The one rule that makes text safe to open in a spreadsheet, and its inverse.

Text that a spreadsheet would run as a formula gets one leading apostrophe: text that begins with ``=``, ``+``, ``-``,
``@``, a tab or a line break and is no plain number such as ``-5`` or ``+5.25``. Text with apostrophes in front of such
a character gets one more as well. All other text is written as it is.

So every text can be restored: one leading apostrophe is removed where nothing but apostrophes stands in front of such
a character. ``=1+1`` is written ``'=1+1``, and ``'=1+1`` is written ``''=1+1``; ``-5``, ``O'Neill`` and ``'tis`` stay.
"""

from __future__ import annotations

import re

import polars as pl

# Rust and Python read these patterns alike: no flags, no classes that differ between the two.
_RISKY = r"^'*[=+\-@\t\r\n]"
_NUMBER = r"[+-]?[0-9]+([.,][0-9]+)?"
# A number with apostrophes in front was escaped too, so that one of them must go.
_ESCAPED = r"^'+[=+\-@\t\r\n]"


def safe_for_spreadsheets(table: pl.DataFrame) -> pl.DataFrame:
    """The table with all text columns made safe; numbers stay."""
    text = pl.col(pl.String)
    is_risky = text.str.contains(_RISKY) & ~text.str.contains(f"^{_NUMBER}$")
    return table.with_columns(pl.when(is_risky).then("'" + text).otherwise(text).name.keep())


def safe_text(text: str) -> str:
    """One text made safe."""
    is_risky = re.match(_RISKY, text) and not re.fullmatch(_NUMBER, text)
    return f"'{text}" if is_risky else text


def original_text(text: str) -> str:
    """The text as it was before `safe_text`.

    ``original_text(safe_text(text))`` is the text itself, whatever it is.
    """
    return text[1:] if re.match(_ESCAPED, text) else text
