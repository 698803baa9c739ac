"""Files in: what their bytes say about them, and CSV and Parquet files as lazy polars frames without a lost row."""

from __future__ import annotations

from custseg._frames._files._text_file import TextFacts, look_at_text_file

__all__ = ["TextFacts", "look_at_text_file"]
