"""Values within columns: members of structures, entries of lists by their key, and lists written as text."""

from __future__ import annotations

from custseg._frames._nested._lists import exploded, text_lists
from custseg._frames._nested._members import rows_of, with_nested, with_rows

__all__ = ["exploded", "rows_of", "text_lists", "with_nested", "with_rows"]
