"""Findings about a ready table with one row per customer; start with `_table_report.py`."""
